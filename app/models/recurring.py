"""Recurring bills and income: those the user keeps, detected candidates, and bills marked as paid."""

from __future__ import annotations

import enum
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.money import Money
from app.models.base import Base, BigId, Currency, OfBook, Stamped, WithId, choice, currency_check, now


class RecurringKind(enum.StrEnum):
    BILL = "bill"
    INCOME = "income"


class Cadence(enum.StrEnum):
    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"


#: By cadence.
OCCURRENCES_PER_YEAR = {
    Cadence.WEEKLY: Decimal("52.1775"),
    Cadence.FORTNIGHTLY: Decimal("26.08875"),
    Cadence.MONTHLY: Decimal(12),
    Cadence.QUARTERLY: Decimal(4),
    Cadence.YEARLY: Decimal(1),
}


class CandidateState(enum.StrEnum):
    NEW = "new"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"


class Recurring(WithId, OfBook, Stamped, Base):
    """A recurring bill or income. Amounts are magnitudes, a range if they vary."""

    __tablename__ = "recurring"
    __table_args__ = (
        currency_check(),
        CheckConstraint("amount_minor > 0 AND amount_max_minor >= amount_minor", name="amounts"),
        CheckConstraint('"interval" BETWEEN 1 AND 60', name="interval"),
        Index("ix_recurring_book_id", "book_id"),
        {"sqlite_autoincrement": True},
    )

    journaled = True

    name: Mapped[str] = mapped_column(String(120))
    payee_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("payee.id", ondelete="SET NULL"))
    kind: Mapped[RecurringKind] = mapped_column(choice(RecurringKind, "kind"))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    amount_max_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(Currency)
    account_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("account.id", ondelete="SET NULL"))
    category_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("category.id", ondelete="SET NULL"))
    cadence: Mapped[Cadence] = mapped_column(choice(Cadence, "cadence"))
    interval: Mapped[int] = mapped_column(SmallInteger, default=1)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    count: Mapped[int | None] = mapped_column(Integer)
    notice_days: Mapped[int] = mapped_column(SmallInteger, default=3)
    paused_at: Mapped[datetime | None]


class BillMark(WithId, OfBook, Base):
    """An occurrence that the user marked as paid without a transaction."""

    __tablename__ = "bill_mark"
    __table_args__ = (
        Index("uq_bill_mark_recurring_id_due_on", "recurring_id", "due_on", unique=True),
        {"sqlite_autoincrement": True},
    )

    journaled = True

    recurring_id: Mapped[int] = mapped_column(BigId, ForeignKey("recurring.id", ondelete="CASCADE"))
    due_on: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Candidate(WithId, OfBook, Stamped, Base):
    """A detected recurring payment. A job rewrites it; only the user's decision is journaled.

    ``key`` identifies it across runs: direction, currency, payee, cadence and a number.
    """

    __tablename__ = "recurring_candidate"
    __table_args__ = (
        Index("uq_recurring_candidate_book_id_key", "book_id", "key", unique=True),
        {"sqlite_autoincrement": True},
    )

    journaled = True

    key: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[RecurringKind] = mapped_column(choice(RecurringKind, "kind"))
    cadence: Mapped[Cadence] = mapped_column(choice(Cadence, "cadence"))
    currency: Mapped[str] = mapped_column(Currency)
    low_minor: Mapped[int] = mapped_column(BigInteger)
    high_minor: Mapped[int] = mapped_column(BigInteger)
    next_on: Mapped[date | None]
    last_on: Mapped[date]
    count: Mapped[int] = mapped_column(Integer)
    confidence: Mapped[int] = mapped_column(SmallInteger)  # per mille
    missed_on: Mapped[date | None]
    before_minor: Mapped[int | None] = mapped_column(BigInteger)
    after_minor: Mapped[int | None] = mapped_column(BigInteger)
    changed_on: Mapped[date | None]
    last_transaction_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("transaction.id", ondelete="SET NULL"))
    state: Mapped[CandidateState] = mapped_column(choice(CandidateState, "state"), default=CandidateState.NEW)
    recurring_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("recurring.id", ondelete="SET NULL"))

    @property
    def monthly(self) -> Money:
        """Return the average per month, from the middle of its range."""
        middle = Money(self.low_minor + self.high_minor, self.currency)
        return middle.times(OCCURRENCES_PER_YEAR[self.cadence] / 24)


Candidate.unjournaled = Base.unjournaled | {
    each.key for each in Candidate.__table__.columns if each.key not in ("id", "book_id", "state", "recurring_id")
}
