"""Categories and their groups."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, OfBook, Stamped, WithId, choice


class CategoryKind(enum.StrEnum):
    EXPENSE = "expense"
    INCOME = "income"


class CategoryGroup(WithId, OfBook, Stamped, Base):
    __tablename__ = "category_group"
    __table_args__ = (
        Index("uq_category_group_book_id_name", "book_id", "name", unique=True),
        {"sqlite_autoincrement": True},
    )

    journaled = True

    name: Mapped[str] = mapped_column(String(60))
    kind: Mapped[CategoryKind] = mapped_column(choice(CategoryKind, "kind"))
    position: Mapped[int] = mapped_column(Integer, default=0)


class Category(WithId, OfBook, Stamped, Base):
    """A category. ``key`` is the stable name of a default category, which models and budgets refer to."""

    __tablename__ = "category"
    __table_args__ = (
        Index("uq_category_group_id_name", "group_id", "name", unique=True),
        Index("uq_category_book_id_key", "book_id", "key", unique=True),
        CheckConstraint("colour BETWEEN 1 AND 8", name="colour"),
        {"sqlite_autoincrement": True},
    )

    journaled = True

    group_id: Mapped[int] = mapped_column(BigId, ForeignKey("category_group.id"))
    key: Mapped[str | None] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(60))
    icon: Mapped[str] = mapped_column(String(40), default="tag")
    colour: Mapped[int] = mapped_column(SmallInteger, default=8)
    position: Mapped[int] = mapped_column(Integer, default=0)
    archived_at: Mapped[datetime | None]
