"""API tokens: personal ones that a user names and revokes, and short-lived access tokens with rotating refresh tokens.

A refresh token works once. Its successor is derived from it, so that two tabs that refresh at once, or a client that
lost the answer, get the same successor; a later use means theft and ends the family.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import jwt
from sqlalchemy import bindparam, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import read_session, rows, write_session
from app.errors import Invalid, NotFound, Unauthenticated
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
REPEATABLE = timedelta(seconds=60)  # how long a used refresh token is answered with its unused successor
DEFAULT_VALID_DAYS, MAX_VALID_DAYS = 90, 731  # of personal tokens
USED_EVERY = timedelta(hours=1)  # how stale last_used_at may be
CLAIMS = ["exp", "iat", "iss", "aud", "jti", "sub", "typ", "fam"]


@dataclass(frozen=True, slots=True)
class Pair:
    """The answer to an API sign-in: a JWT for 15 minutes and a refresh token for the next one."""

    access: str
    refresh: str


class TokenRow(NamedTuple):
    """A personal token as its owner sees it; ``hint`` is the end of the secret."""

    id: int
    name: str
    hint: str
    may_write: bool
    may_confirm: bool
    expires_on: date
    created_at: datetime
    last_used_at: datetime | None


def key() -> str:
    """Return the secret that signs API tokens."""
    return settings().secret("jwt_secret_key")


def refresh_hash(token: str) -> bytes:
    """Return the stored hash. It is keyed, so that a new secret ends the refresh tokens too."""
    return _keyed_hash(token)


def successor_of(token: str) -> str:
    """Return the refresh token that follows. Only the holder of the secret can derive it."""
    return base64.urlsafe_b64encode(_keyed_hash(f"successor:{token}")).decode().rstrip("=")


def _keyed_hash(text: str) -> bytes:
    return hmac.new(key().encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()


def access_token(user_id: int, family: str) -> str:
    """Return a JWT for 15 minutes, valid as long as its family is."""
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
    """Return user and family of a valid access token, or None."""
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
    select(
        *PERSON, *BOOK, BookMember.role, ApiToken.id, ApiToken.may_write, ApiToken.may_confirm, ApiToken.last_used_at
    )
    .select_from(ApiToken)
    .join(User, User.id == ApiToken.user_id)
    .join(Book, Book.id == ApiToken.book_id)
    .join(BookMember, (BookMember.book_id == Book.id) & (BookMember.user_id == User.id))
    .where(
        ApiToken.token_hash == bindparam("token_hash"),
        ApiToken.revoked_at.is_(None),
        ApiToken.expires_on >= bindparam("today"),
        User.suspended_at.is_(None),
    )
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
    """Make, list, renew and revoke tokens. Works without a member."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def create(
        self,
        member: Member,
        name: str,
        *,
        may_write: bool = True,
        may_confirm: bool = False,
        expires_on: date | None = None,
    ) -> tuple[ApiToken, str]:
        """Make a personal token for the member's book. Return it with its secret, which is not stored.

        It works through ``expires_on`` (UTC), by default for 90 days. Raises ``Invalid`` at ``expires_on``.
        """
        today = now().date()
        expires_on = expires_on or today + timedelta(days=DEFAULT_VALID_DAYS)
        if not today <= expires_on <= today + timedelta(days=MAX_VALID_DAYS):
            raise Invalid(_("Choose a date within the next two years."), field="expires_on")
        secret = PREFIX + new_token()
        token = ApiToken(
            user_id=member.user.id,
            book_id=member.book.id,
            name=name,
            token_hash=hash_of(secret),
            hint=secret[-4:],
            may_write=may_write,
            may_confirm=may_confirm and may_write,
            expires_on=expires_on,
        )
        self.session.add(token)
        security_events.record(self.session, "token-made", member.user.id, name=name)
        await self.session.flush()
        return token, secret

    async def list_active(self, user_id: int) -> list[TokenRow]:
        """Return the user's personal tokens that are not revoked, newest first."""
        found = await self.session.execute(
            select(*(getattr(ApiToken, name) for name in TokenRow._fields))
            .where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
            .order_by(ApiToken.id.desc())
        )
        return [TokenRow(*row) for row in found]

    async def revoke(self, user_id: int, token_id: int) -> ApiToken:
        """Revoke a personal token of the user at once. Raises ``NotFound``."""
        found = await self.session.scalars(
            select(ApiToken).where(ApiToken.id == token_id, ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
        )
        token = found.one_or_none()
        if token is None:
            raise NotFound(_("That token does not exist."))
        token.revoked_at = now()
        security_events.record(self.session, "token-revoked", user_id, name=token.name)
        return token

    async def revoke_all(self, user_id: int) -> None:
        """Revoke every token of the user: personal ones and API sign-ins, also one that is being renewed right now."""
        await self.session.execute(select(User.id).where(User.id == user_id).with_for_update())
        for table in (RefreshToken, ApiToken):
            await self.session.execute(
                update(table).where(table.user_id == user_id, table.revoked_at.is_(None)).values(revoked_at=now())
            )

    async def sign_in(self, user_id: int) -> Pair:
        """Start a family of refresh tokens."""
        return await self._issue(user_id, secrets.token_hex(16), new_token())

    async def rotate(self, token: str) -> Pair | None:
        """Return the next pair for a refresh token, or None if it is not valid. A stolen one ends its family."""
        # Lock the user's row: a new password ends the family together with the token made here, or before it is made.
        owner = select(RefreshToken.user_id).where(RefreshToken.token_hash == refresh_hash(token)).scalar_subquery()
        user = select(User.suspended_at).where(User.id == owner).with_for_update()
        is_suspended = await self.session.scalar(user) is not None
        found = await self._find_refresh(token)
        if found is None or found.revoked_at is not None or is_suspended:
            return None
        if found.used_at is None:
            if found.expires_at <= now():
                return None
            found.used_at = now()
            return await self._issue(found.user_id, found.family, successor_of(token))
        successor = await self._find_refresh(successor_of(token))
        if successor is not None and successor.used_at is None and now() - found.used_at <= REPEATABLE:
            return Pair(access_token(found.user_id, found.family), successor_of(token))
        await self._end_family(found.family)
        security_events.record(self.session, "refresh-reused", found.user_id)
        return None

    async def end_family(self, token: str, user_id: int) -> None:
        """Sign out one API sign-in of the user by any of its refresh tokens."""
        found = await self._find_refresh(token)
        if found is not None and found.user_id == user_id:
            await self._end_family(found.family)

    async def _issue(self, user_id: int, family: str, token: str) -> Pair:
        self.session.add(
            RefreshToken(user_id=user_id, family=family, token_hash=refresh_hash(token), expires_at=now() + REFRESH)
        )
        await self.session.flush()
        return Pair(access_token(user_id, family), token)

    async def _find_refresh(self, token: str) -> RefreshToken | None:
        query = select(RefreshToken).where(RefreshToken.token_hash == refresh_hash(token))
        return (await self.session.scalars(query.execution_options(populate_existing=True))).one_or_none()

    async def _end_family(self, family: str) -> None:
        ending = update(RefreshToken).where(RefreshToken.family == family, RefreshToken.revoked_at.is_(None))
        await self.session.execute(ending.values(revoked_at=now()))


async def refresh(token: str) -> Pair:
    """Return both tokens anew. Raises ``Unauthenticated`` if the refresh token is not valid."""
    async with write_session() as session, session.begin():
        pair = await TokenService(session).rotate(token)
    if pair is None:
        raise Unauthenticated(_("The refresh token is invalid or has expired."))
    return pair


async def find_member(token: str) -> Member | None:
    """Return the member of a Bearer token, a personal or an access token. Holds no connection when it returns."""
    if token.startswith(PREFIX):
        return await _find_by_personal(token)
    found = read_access(token) if len(token) < 2000 else None
    if found is None:
        return None
    user_id, family = found
    async with read_session() as session:
        by_access = await rows(session, BY_ACCESS, {"user_id": user_id, "family": family})
    return from_row(tuple(by_access[0])) if by_access else None


async def _find_by_personal(token: str) -> Member | None:
    async with read_session() as session:
        found = await rows(session, BY_PERSONAL, {"token_hash": hash_of(token), "today": now().date()})
    if not found:
        return None
    *fields, token_id, may_write, may_confirm, last_used_at = found[0]
    if last_used_at is None or now() - last_used_at > USED_EVERY:
        async with write_session() as session, session.begin():
            await session.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=now()))
    return replace(from_row(tuple(fields)), token_id=token_id, is_read_only=not may_write, may_confirm=may_confirm)
