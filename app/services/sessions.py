"""Browser sessions: a random token in the cookie, only its hash in the table, none for anonymous visitors."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import rows
from app.errors import NotFound
from app.i18n import _
from app.models import AuthSession, Book, BookMember, User
from app.models.base import now
from app.services.member import BOOK, PERSON, Member, from_row

ABSOLUTE = timedelta(days=30)
IDLE = timedelta(days=14)
SEEN_EVERY = timedelta(minutes=5)  # how stale last_seen_at may be, so that not every request writes


def new_token() -> str:
    """Return 256 random bits for a URL or a cookie."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The member of a valid session cookie."""

    member: Member
    last_seen_at: datetime


SIGNED_IN = (
    select(*PERSON, *BOOK, BookMember.role, AuthSession.id, AuthSession.last_seen_at)
    .select_from(AuthSession)
    .join(User, User.id == AuthSession.user_id)
    .join(BookMember, BookMember.user_id == User.id)
    .join(Book, Book.id == BookMember.book_id)
    .where(
        AuthSession.token_hash == bindparam("token_hash"),
        AuthSession.revoked_at.is_(None),
        AuthSession.expires_at > bindparam("moment"),
        User.suspended_at.is_(None),
    )
    .order_by(func.coalesce(AuthSession.book_id == Book.id, False).desc(), BookMember.id)
    .limit(1)
)


class SessionService:
    """Open, find and end browser sessions. Works without a member."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def open(self, user_id: int, *, book_id: int | None = None, address: str = "", user_agent: str = "") -> str:
        """Start a session. Return the cookie's token, which is not stored."""
        token = new_token()
        self.session.add(
            AuthSession(
                user_id=user_id,
                book_id=book_id,
                token_hash=hash_of(token),
                expires_at=now() + ABSOLUTE,
                address=address[:64],
                user_agent=user_agent[:300],
            )
        )
        await self.session.flush()
        return token

    async def find(self, token: str) -> SignedIn | None:
        """Return the member of a cookie's token, in their current book, by one statement."""
        found = await rows(self.session, SIGNED_IN, {"token_hash": hash_of(token), "moment": now()})
        if not found:
            return None
        *fields, session_id, seen = found[0]
        member = from_row(tuple(fields)).signed_in(session_id)
        return SignedIn(member, seen) if now() - seen < IDLE else None

    async def set_last_seen(self, session_id: int) -> None:
        """Record that the session is in use."""
        await self.session.execute(
            update(AuthSession)
            .where(AuthSession.id == session_id, AuthSession.revoked_at.is_(None))
            .values(last_seen_at=now())
        )

    async def list_open(self, user_id: int) -> list[AuthSession]:
        """Return the user's open sessions, the latest seen first."""
        rows = await self.session.scalars(
            select(AuthSession)
            .where(
                AuthSession.user_id == user_id,
                AuthSession.revoked_at.is_(None),
                AuthSession.expires_at > now(),
                AuthSession.last_seen_at > now() - IDLE,
            )
            .order_by(AuthSession.last_seen_at.desc())
        )
        return list(rows)

    async def end(self, token: str) -> None:
        """End the session of a cookie's token."""
        await self.session.execute(
            update(AuthSession).where(AuthSession.token_hash == hash_of(token)).values(revoked_at=now())
        )

    async def end_one(self, user_id: int, session_id: int) -> None:
        """End one of the user's own sessions. Raises ``NotFound``."""
        done = await self.session.execute(
            update(AuthSession)
            .where(AuthSession.id == session_id, AuthSession.user_id == user_id, AuthSession.revoked_at.is_(None))
            .values(revoked_at=now())
        )
        if getattr(done, "rowcount", 0) != 1:
            raise NotFound(_("That session does not exist."))

    async def end_all(self, user_id: int, *, but: int | None = None) -> None:
        """End the user's sessions, all or all but one."""
        ending = update(AuthSession).where(AuthSession.user_id == user_id, AuthSession.revoked_at.is_(None))
        if but is not None:
            ending = ending.where(AuthSession.id != but)
        await self.session.execute(ending.values(revoked_at=now()))
