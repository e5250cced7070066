"""Credentials: browser sessions, API tokens, one-time links. Only hashes are stored."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, WithId, choice, now


class AuthSession(WithId, Base):
    """A signed-in browser. ``book_id`` is its current book."""

    __tablename__ = "auth_session"

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id", ondelete="CASCADE"), index=True)
    book_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("book.id", ondelete="SET NULL"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_seen_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(String(64), default="")
    user_agent: Mapped[str] = mapped_column(String(300), default="")


class LinkPurpose(enum.StrEnum):
    RESET = "reset"
    VERIFY = "verify"
    EMAIL = "email"


class OneTimeLink(WithId, Base):
    """A link sent by mail, for one use and valid only while the user has the address it was sent to."""

    __tablename__ = "one_time_link"

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[LinkPurpose] = mapped_column(choice(LinkPurpose, "purpose"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    email: Mapped[str] = mapped_column(String(254), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ApiToken(WithId, Base):
    """A personal token of a user for one book. Without ``may_write`` it only reads; it works through ``expires_on``."""

    __tablename__ = "api_token"

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id", ondelete="CASCADE"), index=True)
    book_id: Mapped[int] = mapped_column(BigId, ForeignKey("book.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(60))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    hint: Mapped[str] = mapped_column(String(8))
    may_write: Mapped[bool] = mapped_column(default=True)
    may_confirm: Mapped[bool] = mapped_column(default=False)
    expires_on: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class RefreshToken(WithId, Base):
    """One of a chain of refresh tokens, the family. Using an old one again revokes the family."""

    __tablename__ = "refresh_token"
    __table_args__ = (Index("ix_refresh_token_family", "family"), {"sqlite_autoincrement": True})

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id", ondelete="CASCADE"), index=True)
    family: Mapped[str] = mapped_column(String(32))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
