"""Totals, written in the same transaction as the rows they sum. ``saldo check`` verifies them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, Currency, OfBook


class AccountTotal(OfBook, Base):
    """The sum of an account's transactions. The balance is the opening balance plus ``posted_minor``."""

    __tablename__ = "account_total"
    __table_args__ = (Index("ix_account_total_book_id", "book_id"),)

    account_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    posted_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    pending_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    reconciled_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    count: Mapped[int] = mapped_column(Integer, default=0)


class DayTotal(OfBook, Base):
    """The sum of an account's transactions of one day."""

    __tablename__ = "day_total"
    __table_args__ = (Index("ix_day_total_book_day", "book_id", "day"),)

    account_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    net_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    count: Mapped[int] = mapped_column(Integer, default=0)


class MonthTotal(OfBook, Base):
    """Flows of an account in one category and budget month; ``category_id`` 0 is unfiled, -1 a transfer.

    ``month`` is the first day of the budget month. ``in_minor`` and ``out_minor`` are both ≥ 0; ``count`` counts rows.
    """

    __tablename__ = "month_total"
    __table_args__ = (Index("ix_month_total_book_month", "book_id", "month"),)

    account_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    month: Mapped[date] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    currency: Mapped[str] = mapped_column(Currency)
    in_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    out_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    count: Mapped[int] = mapped_column(Integer, default=0)


UNFILED = 0
TRANSFER = -1
