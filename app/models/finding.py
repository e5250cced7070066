"""Findings: unusual amounts, new payees, duplicates, raised prices and missing bills."""

from __future__ import annotations

import enum
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, Currency, OfBook, PortableJSON, Stamped, WithId, choice


class FindingKind(enum.StrEnum):
    AMOUNT_HIGH = "amount_high"
    AMOUNT_LOW = "amount_low"
    NEW_PAYEE = "new_payee"
    DUPLICATE = "duplicate"
    PRICE_RISE = "price_rise"
    MISSING_BILL = "missing_bill"


class FindingState(enum.StrEnum):
    """Open until the user answers. ``normal`` teaches that similar rows are usual, ``dismissed`` teaches nothing."""

    OPEN = "open"
    NORMAL = "normal"
    DISMISSED = "dismissed"


class Finding(WithId, OfBook, Stamped, Base):
    """Unusual activity in a book. A job writes it; only the answer is journaled.

    Amounts are magnitudes: ``amount_minor`` is that of the transaction, or the usual one of a missing bill;
    ``low_minor`` and ``high_minor`` are the expected range. ``comparable`` has ids of similar transactions, ``kinds``
    everything that was found in this one. ``payee_key`` is the detector's name for the payee.
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
