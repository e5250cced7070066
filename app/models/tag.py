"""Tags of transactions."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, OfBook, Stamped, WithId


class Tag(WithId, OfBook, Stamped, Base):
    __tablename__ = "tag"
    __table_args__ = (
        Index("uq_tag_book_id_key", "book_id", "key", unique=True),
        {"sqlite_autoincrement": True},
    )

    journaled = True

    name: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(40))


class TransactionTag(WithId, OfBook, Base):
    __tablename__ = "transaction_tag"
    __table_args__ = (
        Index("uq_transaction_tag_transaction_id_tag_id", "transaction_id", "tag_id", unique=True),
        Index("ix_transaction_tag_tag_id", "tag_id", "transaction_id"),
        {"sqlite_autoincrement": True},
    )

    journaled = True

    transaction_id: Mapped[int] = mapped_column(BigId, ForeignKey("transaction.id", ondelete="CASCADE"))
    tag_id: Mapped[int] = mapped_column(BigId, ForeignKey("tag.id", ondelete="CASCADE"))
