"""API tokens: personal ones that a user names and revokes, and short-lived access with rotating refresh tokens."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import jwt
from sqlalchemy import bindparam, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import rows, write_session
from app.errors import NotFound, Unauthenticated
from app.i18n import _
from app.models import ApiToken, Book, BookMember, RefreshToken, User
from app.models.base import now
from app.services import security_events
from app.services.member import BOOK, PERSON, Member, from_row
from app.services.sessions import hash_of, new_token
from app.settings import settings

PREFIX = "saldo_"
ISSUER, AUDIENCE = "saldo", "saldo-api"
ACCESS, REFRESH = timedelta(minutes=15), timedelta(days=14)
USED_EVERY = timedelta(hours=1)  # how stale last_used_at may be
CLAIMS = ["exp", "iat", "iss", "aud", "jti", "sub", "typ", "fam"]


@dataclass(frozen=True, slots=True)
class Pair:
    """What an API log-in gives: a JWT for a quarter of an hour, and what fetches the next one, once."""

    access: str
    refresh: str


def key() -> str:
    return settings().secret("jwt_secret_key")


def refresh_hash(token: str) -> bytes:
    """Keyed, so that a new secret ends the refresh tokens too."""
    return hmac.new(key().encode(), token.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()


def access_token(user_id: int, family: str) -> str:
    moment = now()
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(user_id),
        "typ": "access",
        "fam": family,
        "jti": secrets.token_hex(8),
        "iat": moment,
        "exp": moment + ACCESS,
    }
    return jwt.encode(claims, key(), algorithm="HS256")


def read_access(token: str) -> tuple[int, str] | None:
    """User and family of an access token that is ours, of the right kind, and not over."""
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key(),
            algorithms=["HS256"],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={"require": CLAIMS, "strict_aud": True},
        )
        if claims["typ"] != "access" or not isinstance(claims["fam"], str):
            return None
        return int(claims["sub"]), claims["fam"]
    except (jwt.InvalidTokenError, ValueError):
        return None


BY_PERSONAL = (
    select(*PERSON, *BOOK, BookMember.role, ApiToken.id, ApiToken.may_confirm, ApiToken.last_used_at)
    .select_from(ApiToken)
    .join(User, User.id == ApiToken.user_id)
    .join(Book, Book.id == ApiToken.book_id)
    .join(BookMember, (BookMember.book_id == Book.id) & (BookMember.user_id == User.id))
    .where(ApiToken.token_hash == bindparam("token_hash"), ApiToken.revoked_at.is_(None), User.suspended_at.is_(None))
)
BY_ACCESS = (
    select(*PERSON, *BOOK, BookMember.role)
    .select_from(User)
    .join(BookMember, BookMember.user_id == User.id)
    .join(Book, Book.id == BookMember.book_id)
    .where(
        User.id == bindparam("user_id"),
        User.suspended_at.is_(None),
        exists().where(
            RefreshToken.family == bindparam("family"),
            RefreshToken.user_id == User.id,
            RefreshToken.revoked_at.is_(None),
        ),
    )
    .order_by(BookMember.id)
    .limit(1)
)


class TokenService:
    """Makes tokens, finds the member that a Bearer token stands for, takes tokens back."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def create(self, member: Member, name: str, *, may_confirm: bool = False) -> str:
        """A personal token for the member's book; the only time that it is told."""
        token = PREFIX + new_token()
        self.session.add(
            ApiToken(
                user_id=member.user.id,
                book_id=member.book.id,
                name=name,
                token_hash=hash_of(token),
                hint=token[-4:],
                may_confirm=may_confirm,
            )
        )
        security_events.note(self.session, "token-made", member.user.id, name=name)
        await self.session.flush()
        return token

    async def of(self, user_id: int) -> list[ApiToken]:
        """The user's personal tokens that work, the newest first."""
        found = await self.session.scalars(
            select(ApiToken)
            .where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
            .order_by(ApiToken.id.desc())
        )
        return list(found)

    async def revoke(self, user_id: int, token_id: int) -> ApiToken:
        """Take a personal token back; it stops working at once."""
        found = await self.session.scalars(
            select(ApiToken).where(ApiToken.id == token_id, ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
        )
        token = found.one_or_none()
        if token is None:
            raise NotFound(_("That token does not exist."))
        token.revoked_at = now()
        security_events.note(self.session, "token-revoked", user_id, name=token.name)
        return token

    async def member(self, token: str) -> Member | None:
        """Whom a Bearer token stands for: a personal token, or an access token of a log-in that goes on."""
        if token.startswith(PREFIX):
            return await self._by_personal(token)
        if len(token) < 2000 and (found := read_access(token)) is not None:
            return await self._by_access(*found)
        return None

    async def _by_personal(self, token: str) -> Member | None:
        found = await rows(self.session, BY_PERSONAL, {"token_hash": hash_of(token)})
        if not found:
            return None
        *fields, token_id, may_confirm, last_used_at = found[0]
        await self._used(token_id, last_used_at)
        return replace(from_row(tuple(fields)), token_id=token_id, may_confirm=may_confirm)

    async def _used(self, token_id: int, last: datetime | None) -> None:
        if last is None or now() - last > USED_EVERY:
            await self.session.close()  # a reader that waits for a writer may wait for itself
            async with write_session() as session, session.begin():
                await session.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=now()))

    async def _by_access(self, user_id: int, family: str) -> Member | None:
        found = await rows(self.session, BY_ACCESS, {"user_id": user_id, "family": family})
        return from_row(tuple(found[0])) if found else None

    async def pair(self, user_id: int, family: str | None = None) -> Pair:
        """Both tokens of a log-in; without a family a new one begins."""
        family = family or secrets.token_hex(16)
        token = new_token()
        self.session.add(
            RefreshToken(user_id=user_id, family=family, token_hash=refresh_hash(token), expires_at=now() + REFRESH)
        )
        await self.session.flush()
        return Pair(access_token(user_id, family), token)

    async def end_families(self, user_id: int) -> None:
        """End every API log-in of the user, also one that is being renewed at this moment."""
        await self.session.execute(select(User.id).where(User.id == user_id).with_for_update())
        await self.session.execute(
            update(RefreshToken)
            .where(RefreshToken.user_id == user_id, RefreshToken.revoked_at.is_(None))
            .values(revoked_at=now())
        )

    async def end_family(self, token: str, user_id: int) -> None:
        """Log out one API log-in of the user by any refresh token of it."""
        family = select(RefreshToken.family).where(
            RefreshToken.token_hash == refresh_hash(token), RefreshToken.user_id == user_id
        )
        await self.session.execute(
            update(RefreshToken)
            .where(RefreshToken.family.in_(family), RefreshToken.revoked_at.is_(None))
            .values(revoked_at=now())
        )


async def rotate(token: str) -> Pair:
    """Both tokens anew for a refresh token that was not used yet.

    One that was used before was stolen, or its thief was quicker: the whole family ends.
    """
    async with write_session() as session, session.begin():
        # the user's row is held: a new password ends the family with the token made here, or before it is made
        owner = select(RefreshToken.user_id).where(RefreshToken.token_hash == refresh_hash(token)).scalar_subquery()
        await session.execute(select(User.id).where(User.id == owner).with_for_update())
        used = await session.execute(
            update(RefreshToken)
            .where(
                RefreshToken.token_hash == refresh_hash(token),
                RefreshToken.used_at.is_(None),
                RefreshToken.revoked_at.is_(None),
                RefreshToken.expires_at > now(),
                exists().where(User.id == RefreshToken.user_id, User.suspended_at.is_(None)),
            )
            .values(used_at=now())
            .returning(RefreshToken.user_id, RefreshToken.family)
        )
        row = used.first()
        if row is not None:
            return await TokenService(session).pair(row[0], row[1])
        await _end_family_of_reused(session, token)
    raise Unauthenticated(_("The refresh token is not valid, or has expired."))


async def _end_family_of_reused(session: AsyncSession, token: str) -> None:
    found = await session.execute(
        select(RefreshToken.user_id, RefreshToken.family).where(
            RefreshToken.token_hash == refresh_hash(token), RefreshToken.used_at.is_not(None)
        )
    )
    if (row := found.first()) is None:
        return
    ended = await session.execute(
        update(RefreshToken)
        .where(RefreshToken.family == row[1], RefreshToken.revoked_at.is_(None))
        .values(revoked_at=now())
    )
    if getattr(ended, "rowcount", 0):
        security_events.note(session, "refresh-reused", row[0])
