"""Security events of a user: sign-ins, failures, changes of passwords and tokens, exports."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import write_session
from app.i18n import _
from app.models import SecurityEvent


class SecurityEventRow(NamedTuple):
    """A line of the list of recent events; ``about`` names the token or format, if any."""

    label: str
    at: datetime
    address: str
    about: str


def labels() -> dict[str, str]:
    """Return each kind of event in the reader's language."""
    return {
        "signed-up": _("Account created"),
        "signed-in": _("Signed in"),
        "signed-out": _("Signed out"),
        "sign-in-failed": _("Wrong password"),
        "sessions-ended": _("Signed out everywhere else"),
        "password-changed": _("Password changed"),
        "password-reset": _("Password reset"),
        "reset-asked": _("Password reset requested"),
        "email-changed": _("Email address changed"),
        "email-verified": _("Email address confirmed"),
        "token-made": _("API token created"),
        "token-revoked": _("API token revoked"),
        "refresh-reused": _("API sign-in ended: an old refresh token was used again"),
        "suspended": _("Account suspended"),
        "restored": _("Account restored"),
        "denied": _("Access denied"),
        "exported": _("Data exported"),
        "deleted": _("Data deleted"),
    }


def record(session: AsyncSession, kind: str, user_id: int | None, address: str = "", **details: Any) -> None:
    """Add an event to the unit of work. ``details`` hold no secret and no amount."""
    session.add(SecurityEvent(kind=kind, user_id=user_id, address=address[:64], details=details))


async def record_now(kind: str, user_id: int | None, address: str = "", **details: Any) -> None:
    """Add an event in a transaction of its own, whatever becomes of the request."""
    async with write_session() as session, session.begin():
        record(session, kind, user_id, address, **details)


async def list_recent(session: AsyncSession, user_id: int, limit: int = 30) -> list[SecurityEventRow]:
    """Return the user's latest events, newest first."""
    rows = await session.execute(
        select(SecurityEvent.kind, SecurityEvent.at, SecurityEvent.address, SecurityEvent.details)
        .where(SecurityEvent.user_id == user_id)
        .order_by(SecurityEvent.id.desc())
        .limit(limit)
    )
    named = labels()
    return [
        SecurityEventRow(named.get(row.kind, row.kind), row.at, row.address, str(row.details.get("name", "")))
        for row in rows
    ]
