"""Counters of rate limits, security events and stored answers to repeated requests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, PortableJSON, WithId, now


class Attempt(Base):
    """How often a key (an account, an address) was tried in its current window.

    ``blocked_until`` ends the pause after failed sign-ins.
    """

    __tablename__ = "attempt"
    __table_args__ = ()

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    expires_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]


class SecurityEvent(WithId, Base):
    """Sign-ins, failures, denials, exports and key changes. Never updated; deleted when they expire."""

    __tablename__ = "security_event"
    __table_args__ = (Index("ix_security_event_user_at", "user_id", "at"), {"sqlite_autoincrement": True})

    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(default=now)
    address: Mapped[str] = mapped_column(String(64), default="")
    details: Mapped[dict[str, Any]] = mapped_column(PortableJSON, default=dict)


class IdempotencyKey(WithId, Base):
    """The first answer to a POST with an ``Idempotency-Key``, repeated for the same request for 24 hours."""

    __tablename__ = "idempotency_key"
    __table_args__ = (
        Index("uq_idempotency_key_user_id_key", "user_id", "key", unique=True),
        {"sqlite_autoincrement": True},
    )

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(200))
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int] = mapped_column(Integer)
    answer: Mapped[dict[str, Any]] = mapped_column(PortableJSON)
    created_at: Mapped[datetime] = mapped_column(default=now)
