"""Accounts."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, String, text
from sqlalchemy.orm import Mapped, composite, mapped_column

from app.domain.money import Money
from app.models.base import Base, Currency, OfBook, Stamped, WithId, choice, currency_check


class AccountKind(enum.StrEnum):
    CASH = "cash"
    CHECKING = "checking"
    SAVINGS = "savings"
    CREDIT_CARD = "credit_card"
    LOAN = "loan"
    INVESTMENT = "investment"
    ASSET = "asset"


class Account(WithId, OfBook, Stamped, Base):
    """An account in one currency. ``opening_balance`` is signed; a debt is negative."""

    __tablename__ = "account"
    __table_args__ = (
        currency_check(),
        Index("uq_account_book_id_name", "book_id", "name", unique=True),
        Index(
            "uq_account_default",
            "book_id",
            unique=True,
            sqlite_where=text("is_default"),
            postgresql_where=text("is_default"),
        ),
        {"sqlite_autoincrement": True},
    )

    journaled = True

    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[AccountKind] = mapped_column(choice(AccountKind, "kind"))
    currency: Mapped[str] = mapped_column(Currency)
    opening_balance_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    is_default: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(Integer, default=0)
    archived_at: Mapped[datetime | None]

    opening_balance: Mapped[Money] = composite(Money, "opening_balance_minor", "currency")
