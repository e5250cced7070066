"""What wants a second look, and how far each book has been looked through."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, Currency, OfBook, PortableJSON, Stamped, WithId, choice, now


class FindingKind(enum.StrEnum):
    AMOUNT_HIGH = "amount_high"
    AMOUNT_LOW = "amount_low"
    NEW_PAYEE = "new_payee"
    DUPLICATE = "duplicate"
    PRICE_RISE = "price_rise"
    MISSING_BILL = "missing_bill"


class FindingState(enum.StrEnum):
    """Open until somebody answers: ``normal`` teaches that its like is usual, ``dismissed`` teaches nothing."""

    OPEN = "open"
    NORMAL = "normal"
    DISMISSED = "dismissed"


class Finding(WithId, OfBook, Stamped, Base):
    """One thing that stands out. A job writes it; only the answer is journaled.

    ``amount_minor`` is the transaction's magnitude (what is usual for a missing bill), the expected range are
    magnitudes too. ``comparable`` are ids of transactions beside which it stands out, ``kinds`` all that was found
    in it. ``payee_key`` is the name under which the detector knows the payee.
    """

    __tablename__ = "finding"
    __table_args__ = (
        Index("uq_finding_book_id_key", "book_id", "key", unique=True),
        Index(
            "ix_finding_transaction_id",
            "transaction_id",
            sqlite_where=text("transaction_id IS NOT NULL"),
            postgresql_where=text("transaction_id IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    journaled = True

    key: Mapped[str] = mapped_column(String(80))
    kind: Mapped[FindingKind] = mapped_column(choice(FindingKind, "kind"))
    kinds: Mapped[list[Any]] = mapped_column(PortableJSON, default=list)
    on: Mapped[date]
    payee: Mapped[str] = mapped_column(String(120))
    payee_key: Mapped[str] = mapped_column(String(200))
    transaction_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("transaction.id", ondelete="SET NULL"))
    candidate_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("recurring_candidate.id", ondelete="SET NULL"))
    currency: Mapped[str] = mapped_column(Currency)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    low_minor: Mapped[int] = mapped_column(BigInteger)
    high_minor: Mapped[int] = mapped_column(BigInteger)
    score: Mapped[int] = mapped_column(SmallInteger)  # per mille
    comparable: Mapped[list[Any]] = mapped_column(PortableJSON, default=list)
    state: Mapped[FindingState] = mapped_column(choice(FindingState, "state"), default=FindingState.OPEN)


Finding.unjournaled = Base.unjournaled | {
    each.key for each in Finding.__table__.columns if each.key not in ("id", "book_id", "state")
}


class Watch(OfBook, Base):
    """How far a book has been looked through: the last change set seen, and the day of its owner."""

    __tablename__ = "watch"

    book_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("book.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    change_set_id: Mapped[int] = mapped_column(BigId, default=0)
    looked_at: Mapped[datetime] = mapped_column(default=now)
