"""Exchange rates by date and source."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, Currency, Stamped, WithId, currency_check


class Rate(WithId, Stamped, Base):
    """A custom rate of a book, or a fetched one for all (no book).

    ``rate`` is decimal text: quote units for one base.
    """

    __tablename__ = "rate"
    __table_args__ = (
        currency_check("base"),
        currency_check("quote"),
        Index("uq_rate_book_pair_day", "book_id", "base", "quote", "as_of", unique=True),
        {"sqlite_autoincrement": True},
    )

    journaled = True

    book_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("book.id", ondelete="CASCADE"))
    base: Mapped[str] = mapped_column(Currency)
    quote: Mapped[str] = mapped_column(Currency)
    as_of: Mapped[date]
    rate: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(40))
