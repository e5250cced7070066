"""Books (households in the interface) and their members."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, Currency, Stamped, WithId, choice, currency_check, now


class Book(WithId, Stamped, Base):
    """The accounts, categories and settings that members share, with one base currency."""

    __tablename__ = "book"
    __table_args__ = (
        currency_check("base_currency"),
        CheckConstraint("first_day_of_month BETWEEN 1 AND 28", name="first_day_of_month"),
        CheckConstraint("first_day_of_week BETWEEN 0 AND 6", name="first_day_of_week"),
        {"sqlite_autoincrement": True},
    )

    journaled = True
    unjournaled = Base.unjournaled | {"revision"}

    name: Mapped[str] = mapped_column(String(80))
    base_currency: Mapped[str] = mapped_column(Currency)
    first_day_of_month: Mapped[int] = mapped_column(SmallInteger, default=1)
    first_day_of_week: Mapped[int] = mapped_column(SmallInteger, default=0)  # Monday is 0
    #: Increases with every unit of work. Pages that were rendered at one revision are valid until the next.
    revision: Mapped[int] = mapped_column(BigInteger, default=0)


class BookRole(enum.StrEnum):
    OWNER = "owner"
    EDITOR = "editor"
    VIEWER = "viewer"


class BookMember(WithId, Base):
    __tablename__ = "book_member"
    __table_args__ = (
        Index("uq_book_member_book_id_user_id", "book_id", "user_id", unique=True),
        {"sqlite_autoincrement": True},
    )

    book_id: Mapped[int] = mapped_column(BigId, ForeignKey("book.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id", ondelete="CASCADE"), index=True)
    role: Mapped[BookRole] = mapped_column(choice(BookRole, "role"), default=BookRole.OWNER)
    created_at: Mapped[datetime] = mapped_column(default=now)
