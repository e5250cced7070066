"""What all tables share: integer ids, UTC times, portable JSON, and marks for journal and ownership."""

from __future__ import annotations

import enum
from datetime import UTC, datetime
from typing import Any, ClassVar

from advanced_alchemy.base import CommonTableAttributes
from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import JSON, BigInteger, CheckConstraint, Enum, ForeignKey, Integer, MetaData, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, registry

BigId = BigInteger().with_variant(Integer, "sqlite")
PortableJSON = JSON().with_variant(JSONB(), "postgresql")
NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def now() -> datetime:
    return datetime.now(UTC)


class Base(CommonTableAttributes, DeclarativeBase):
    """Base of all tables. SQLite never reuses an id, because undo restores rows by id."""

    __abstract__ = True
    registry = registry(
        metadata=MetaData(naming_convention=NAMING_CONVENTION),
        type_annotation_map={
            datetime: DateTimeUTC(timezone=True),
            dict[str, Any]: PortableJSON,
            list[Any]: PortableJSON,
        },
    )
    __table_args__: Any = {"sqlite_autoincrement": True}

    #: Changes of these rows are written to the journal.
    journaled: ClassVar[bool] = False
    #: Columns that the journal leaves out: derived or secret ones.
    unjournaled: ClassVar[frozenset[str]] = frozenset({"created_at", "updated_at", "version", "search_text"})


class WithId:
    id: Mapped[int] = mapped_column(BigId, primary_key=True, sort_order=-100)


class Stamped:
    created_at: Mapped[datetime] = mapped_column(default=now, sort_order=900)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now, sort_order=901)


class OfBook:
    """A row that belongs to a book. Every query filters by the book."""

    @declared_attr
    def book_id(cls) -> Mapped[int]:
        return mapped_column(BigId, ForeignKey("book.id", ondelete="CASCADE"), sort_order=-90)


def choice(kinds: type[enum.StrEnum], name: str) -> Enum:
    """Return a column type for one of these words, which the database checks too."""
    return Enum(
        kinds,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=24,
        values_callable=lambda each: [member.value for member in each],
    )


def currency_check(column: str = "currency") -> CheckConstraint:
    return CheckConstraint(f"length({column}) = 3 AND upper({column}) = {column}", name=f"{column}_code")


Currency = String(3)
