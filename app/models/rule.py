"""Rules that change new transactions."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, OfBook, PortableJSON, Stamped, WithId


class Rule(WithId, OfBook, Stamped, Base):
    """A rule; ``when`` and ``then`` have the shapes of ``app.schemas.rules``.

    The first matching rule sets each field.
    """

    __tablename__ = "rule"
    __table_args__ = (
        Index("ix_rule_book_id_position", "book_id", "position"),
        {"sqlite_autoincrement": True},
    )

    journaled = True

    position: Mapped[int] = mapped_column(Integer, default=0)
    enabled: Mapped[bool] = mapped_column(default=True)
    when: Mapped[dict[str, Any]] = mapped_column(PortableJSON)
    then: Mapped[dict[str, Any]] = mapped_column(PortableJSON)
