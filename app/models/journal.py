"""The journal: one change set a unit of work, with values before and after."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, OfBook, PortableJSON, WithId, choice, now


class Actor(enum.StrEnum):
    USER = "user"
    AGENT = "agent"
    RULE = "rule"
    IMPORT = "import"
    JOB = "job"
    SAMPLE = "sample"


class ChangeSet(WithId, OfBook, Base):
    """The changes of one unit of work. ``undoes_id`` is the change set that this one undid."""

    __tablename__ = "change_set"
    __table_args__ = (
        Index("ix_change_set_book_id", "book_id", "id"),
        Index("uq_change_set_undoes_id", "undoes_id", unique=True),
        Index(
            "ix_change_set_sample",
            "book_id",
            "id",
            sqlite_where=text("actor = 'sample'"),
            postgresql_where=text("actor = 'sample'"),
        ),
        {"sqlite_autoincrement": True},
    )

    actor: Mapped[Actor] = mapped_column(choice(Actor, "actor"))
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"))
    label: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    undoes_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("change_set.id", ondelete="SET NULL"))
    import_batch_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("import_batch.id", ondelete="SET NULL"))


class ChangeAction(enum.StrEnum):
    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    BULK = "bulk"


class Change(WithId, Base):
    """The change of one row. For a bulk update, ``before`` has ids and old values, ``after`` the new ones."""

    __tablename__ = "change"
    __table_args__ = (
        Index("ix_change_change_set_id", "change_set_id"),
        Index("ix_change_row", "table_name", "row_id"),
        {"sqlite_autoincrement": True},
    )

    change_set_id: Mapped[int] = mapped_column(BigId, ForeignKey("change_set.id", ondelete="CASCADE"))
    table_name: Mapped[str] = mapped_column(String(40))
    row_id: Mapped[int] = mapped_column(BigId)
    action: Mapped[ChangeAction] = mapped_column(choice(ChangeAction, "action"))
    before: Mapped[dict[str, Any] | None] = mapped_column(PortableJSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(PortableJSON)
