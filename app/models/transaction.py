"""Transactions with their splits, transfers as linked pairs, attachments and saved filters."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Text,
    false,
    text,
)
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from app.domain.money import Money
from app.models.base import Base, BigId, Currency, OfBook, Stamped, WithId, choice, currency_check, now


class Status(enum.StrEnum):
    PENDING = "pending"
    CLEARED = "cleared"
    RECONCILED = "reconciled"


class CategorisedBy(enum.StrEnum):
    """Who chose the category."""

    PERSON = "person"
    RULE = "rule"
    MEMORY = "memory"
    MODEL = "model"
    FILE = "file"


class Transaction(WithId, OfBook, Stamped, Base):
    """A transaction. Spending is negative.

    ``statement_text`` is the bank description, ``payee`` derived from it. ``identity`` and ``ordinal`` say which
    line of a bank's file this is, so that it is imported once. A payment in another
    currency keeps its original amount, the rate and the source of the rate. A valuation is one side of a transfer
    that has no other.
    """

    __tablename__ = "transaction"
    __table_args__ = (
        currency_check(),
        CheckConstraint("category_id IS NULL OR transfer_id IS NULL", name="transfer_has_no_category"),
        CheckConstraint("category_id IS NULL OR NOT is_split", name="split_has_no_category"),
        # The list and its search read only this index; rows are fetched for what is shown.
        Index("ix_transaction_book_booked", "book_id", "booked_on", "id", "amount_minor", "search_text"),
        Index("ix_transaction_account_booked", "account_id", "booked_on", "id"),
        Index("ix_transaction_category_booked", "category_id", "booked_on", "id"),
        Index("ix_transaction_payee_booked", "payee_id", "booked_on", "id"),
        Index("ix_transaction_book_amount", "book_id", "amount_minor", "id"),
        Index(
            "ix_transaction_unfiled",
            "book_id",
            "booked_on",
            "id",
            sqlite_where=text("category_id IS NULL AND transfer_id IS NULL AND NOT is_split"),
            postgresql_where=text("category_id IS NULL AND transfer_id IS NULL AND NOT is_split"),
        ),
        Index(
            "uq_transaction_identity",
            "account_id",
            "identity",
            "ordinal",
            unique=True,
            sqlite_where=text("identity IS NOT NULL"),
            postgresql_where=text("identity IS NOT NULL"),
        ),
        Index(
            "uq_transaction_external_id",
            "account_id",
            "external_id",
            unique=True,
            sqlite_where=text("external_id IS NOT NULL"),
            postgresql_where=text("external_id IS NOT NULL"),
        ),
        Index(
            "ix_transaction_import_batch_id",
            "import_batch_id",
            sqlite_where=text("import_batch_id IS NOT NULL"),
            postgresql_where=text("import_batch_id IS NOT NULL"),
        ),
        Index(
            "ix_transaction_transfer_id",
            "transfer_id",
            sqlite_where=text("transfer_id IS NOT NULL"),
            postgresql_where=text("transfer_id IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    journaled = True

    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("account.id", ondelete="CASCADE"))
    booked_on: Mapped[date]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(Currency)
    payee_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("payee.id", ondelete="SET NULL"))
    category_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("category.id"))
    transfer_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("transfer.id", ondelete="SET NULL"))
    is_split: Mapped[bool] = mapped_column(default=False)
    is_valuation: Mapped[bool] = mapped_column(default=False, server_default=false())
    memo: Mapped[str] = mapped_column(Text, default="")
    statement_text: Mapped[str] = mapped_column(String(300), default="")
    status: Mapped[Status] = mapped_column(choice(Status, "status"), default=Status.CLEARED)
    original_minor: Mapped[int | None] = mapped_column(BigInteger)
    original_currency: Mapped[str | None] = mapped_column(Currency)
    rate: Mapped[str | None] = mapped_column(String(40))
    rate_source: Mapped[str | None] = mapped_column(String(40))
    categorised_by: Mapped[CategorisedBy | None] = mapped_column(choice(CategorisedBy, "categorised_by"))
    confidence: Mapped[int | None] = mapped_column(SmallInteger)  # per mille
    reason: Mapped[str | None] = mapped_column(String(200))
    import_batch_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("import_batch.id", ondelete="SET NULL"))
    external_id: Mapped[str | None] = mapped_column(String(120))
    identity: Mapped[int | None] = mapped_column(BigInteger)
    ordinal: Mapped[int | None] = mapped_column(SmallInteger)
    search_text: Mapped[str] = mapped_column(Text, default="")
    created_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"))
    version: Mapped[int] = mapped_column(Integer, default=1)

    amount: Mapped[Money] = composite(Money, "amount_minor", "currency")
    splits: Mapped[list[Split]] = relationship(
        back_populates="transaction", cascade="all, delete-orphan", lazy="raise", order_by="Split.id"
    )

    __mapper_args__ = {"version_id_col": version}


class Split(WithId, OfBook, Stamped, Base):
    """Part of a transaction in one category; the splits of a transaction add up to its amount."""

    __tablename__ = "split"
    __table_args__ = (
        Index("ix_split_transaction_id", "transaction_id"),
        Index("ix_split_category_id", "category_id", "transaction_id"),
        {"sqlite_autoincrement": True},
    )

    journaled = True

    transaction_id: Mapped[int] = mapped_column(BigId, ForeignKey("transaction.id", ondelete="CASCADE"))
    category_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("category.id"))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    memo: Mapped[str] = mapped_column(String(300), default="")

    transaction: Mapped[Transaction] = relationship(back_populates="splits", lazy="raise_on_sql")


class Transfer(WithId, OfBook, Stamped, Base):
    """Links the two transactions of a transfer. They net to zero; across currencies the rate is stored."""

    __tablename__ = "transfer"

    journaled = True

    rate: Mapped[str | None] = mapped_column(String(40))


class Attachment(WithId, OfBook, Base):
    """A file kept with a transaction; ``path`` is a random name under the uploads folder."""

    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_transaction_id", "transaction_id"), {"sqlite_autoincrement": True})

    journaled = True

    transaction_id: Mapped[int] = mapped_column(BigId, ForeignKey("transaction.id", ondelete="CASCADE"))
    filename: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    path: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"))


class DismissedTransferPair(WithId, OfBook, Base):
    """The user's answer that two transactions are no transfer, so that they are not suggested again."""

    __tablename__ = "dismissed_transfer_pair"
    __table_args__ = (
        Index("uq_dismissed_transfer_pair_source_id_target_id", "source_id", "target_id", unique=True),
        Index("ix_dismissed_transfer_pair_target_id", "target_id"),
        {"sqlite_autoincrement": True},
    )

    journaled = True

    source_id: Mapped[int] = mapped_column(BigId, ForeignKey("transaction.id", ondelete="CASCADE"))
    target_id: Mapped[int] = mapped_column(BigId, ForeignKey("transaction.id", ondelete="CASCADE"))


class SavedFilter(WithId, OfBook, Stamped, Base):
    """A named filter of the list; ``query`` is the query string."""

    __tablename__ = "saved_filter"
    __table_args__ = (
        Index("uq_saved_filter_book_id_name", "book_id", "name", unique=True),
        {"sqlite_autoincrement": True},
    )

    journaled = True

    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(String(1000))
