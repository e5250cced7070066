"""Whom money goes to or comes from."""

from __future__ import annotations

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, OfBook, Stamped, WithId


class Payee(WithId, OfBook, Stamped, Base):
    """``key`` is the normalised name under which the same payee is found again."""

    __tablename__ = "payee"
    __table_args__ = (
        Index("uq_payee_book_id_key", "book_id", "key", unique=True),
        {"sqlite_autoincrement": True},
    )

    journaled = True

    name: Mapped[str] = mapped_column(String(120))
    key: Mapped[str] = mapped_column(String(120))
