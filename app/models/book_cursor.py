"""How far background work has read the journal of each book."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, now


class BookCursor(Base):
    """The last change set of a book that a consumer (detection, forecast, …) has processed, and when."""

    __tablename__ = "book_cursor"
    __table_args__ = ()

    book_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("book.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    consumer: Mapped[str] = mapped_column(String(40), primary_key=True)
    change_set_id: Mapped[int] = mapped_column(BigId, default=0)
    advanced_at: Mapped[datetime] = mapped_column(default=now)
