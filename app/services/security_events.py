"""What happened at the doors: sign-ins, failures, changes of passwords and tokens, exports."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import write_session
from app.i18n import _
from app.models import SecurityEvent


class SecurityEventRow(NamedTuple):
    what: str
    at: datetime
    address: str
    about: str


def words() -> dict[str, str]:
    """Each kind of event in the reader's language."""
    return {
        "signed-up": _("Account made"),
        "signed-in": _("Signed in"),
        "signed-out": _("Signed out"),
        "sign-in-failed": _("Wrong password"),
        "sessions-ended": _("Other devices signed out"),
        "password-changed": _("Password changed"),
        "password-reset": _("Password reset by link"),
        "reset-asked": _("Link for a new password asked for"),
        "email-changed": _("E-mail address changed"),
        "email-verified": _("E-mail address confirmed"),
        "token-made": _("API token made"),
        "token-revoked": _("API token revoked"),
        "refresh-reused": _("An old API log-in was used again and ended"),
        "denied": _("Access refused"),
        "exported": _("Data exported"),
        "deleted": _("Data deleted"),
    }


def note(session: AsyncSession, kind: str, user_id: int | None, address: str = "", **details: Any) -> None:
    """Add an event to this unit of work; ``details`` hold no secret and no amount."""
    session.add(SecurityEvent(kind=kind, user_id=user_id, address=address[:64], details=details))


async def note_now(kind: str, user_id: int | None, address: str = "", **details: Any) -> None:
    """Keep an event whatever becomes of the request."""
    async with write_session() as session, session.begin():
        note(session, kind, user_id, address, **details)


async def latest(session: AsyncSession, user_id: int, limit: int = 30) -> list[SecurityEventRow]:
    rows = await session.execute(
        select(SecurityEvent.kind, SecurityEvent.at, SecurityEvent.address, SecurityEvent.details)
        .where(SecurityEvent.user_id == user_id)
        .order_by(SecurityEvent.id.desc())
        .limit(limit)
    )
    named = words()
    return [
        SecurityEventRow(named.get(kind, kind), at, address, str(more.get("name", "")))
        for kind, at, address, more in rows
    ]
