"""Import batches, their lines that need a decision, and how each bank's files are read."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, OfBook, PortableJSON, Stamped, WithId, choice


class ImportStatus(enum.StrEnum):
    DRAFT = "draft"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    UNDONE = "undone"


class ImportBatch(WithId, OfBook, Stamped, Base):
    """One imported file, or one API call; undone as a whole. A draft is a file in preview."""

    __tablename__ = "import_batch"
    __table_args__ = (Index("ix_import_batch_book_id", "book_id", "id"), {"sqlite_autoincrement": True})

    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("account.id", ondelete="CASCADE"))
    source: Mapped[str] = mapped_column(String(12))  # csv, api
    filename: Mapped[str] = mapped_column(String(200), default="")
    path: Mapped[str | None] = mapped_column(String(80))
    sha256: Mapped[str | None] = mapped_column(String(64))
    mapping: Mapped[dict[str, Any]] = mapped_column(PortableJSON, default=dict)
    status: Mapped[ImportStatus] = mapped_column(choice(ImportStatus, "status"), default=ImportStatus.DRAFT)
    rows: Mapped[int] = mapped_column(Integer, default=0)
    done: Mapped[int] = mapped_column(Integer, default=0)
    created: Mapped[int] = mapped_column(Integer, default=0)
    duplicates: Mapped[int] = mapped_column(Integer, default=0)
    unsure: Mapped[int] = mapped_column(Integer, default=0)
    failed: Mapped[int] = mapped_column(Integer, default=0)
    summary: Mapped[dict[str, Any]] = mapped_column(PortableJSON, default=dict)
    problem: Mapped[str] = mapped_column(String(300), default="")
    created_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"))
    finished_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]


class RowOutcome(enum.StrEnum):
    UNSURE = "unsure"
    FAILED = "failed"
    DUPLICATE = "duplicate"
    BOOKED = "booked"
    SKIPPED = "skipped"


class ImportRow(WithId, OfBook, Base):
    """A line that was not simply imported: unsure or unreadable, with the reason."""

    __tablename__ = "import_row"
    __table_args__ = (
        Index("uq_import_row_batch_id_line", "batch_id", "line", unique=True),
        Index("ix_import_row_book_outcome", "book_id", "outcome"),
        {"sqlite_autoincrement": True},
    )

    batch_id: Mapped[int] = mapped_column(BigId, ForeignKey("import_batch.id", ondelete="CASCADE"))
    line: Mapped[int] = mapped_column(Integer)
    outcome: Mapped[RowOutcome] = mapped_column(choice(RowOutcome, "outcome"))
    reason: Mapped[str] = mapped_column(String(300), default="")
    parsed: Mapped[dict[str, Any]] = mapped_column(PortableJSON, default=dict)
    match_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("transaction.id", ondelete="SET NULL"), index=True)
    transaction_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("transaction.id", ondelete="SET NULL"), index=True
    )


class ImportMapping(WithId, OfBook, Stamped, Base):
    """How a bank's files are read, remembered by their header."""

    __tablename__ = "import_mapping"
    __table_args__ = (
        Index("uq_import_mapping_book_id_fingerprint", "book_id", "fingerprint", unique=True),
        {"sqlite_autoincrement": True},
    )

    fingerprint: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("account.id", ondelete="SET NULL"))
    mapping: Mapped[dict[str, Any]] = mapped_column(PortableJSON)
    own_account: Mapped[str] = mapped_column(String(40), default="", server_default="")
    #: Our category by the bank's name for it in lower case; chosen in a preview.
    categories: Mapped[dict[str, Any]] = mapped_column(PortableJSON, default=dict, server_default="{}")


class Tombstone(WithId, OfBook, Base):
    """An imported line that the user deleted, so that it is not imported again."""

    __tablename__ = "tombstone"
    __table_args__ = (
        Index("ix_tombstone_account_identity", "account_id", "identity", "ordinal"),
        {"sqlite_autoincrement": True},
    )

    journaled = True

    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("account.id", ondelete="CASCADE"))
    identity: Mapped[int | None] = mapped_column(BigInteger)
    ordinal: Mapped[int | None] = mapped_column(SmallInteger)
    external_id: Mapped[str | None] = mapped_column(String(120))
