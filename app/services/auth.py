"""Signing in and up: the password is looked at outside any writing transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import read_session, write_session
from app.errors import Forbidden, Invalid, NotFound, SaldoError
from app.i18n import _
from app.models import User
from app.services import rate_limit, security_events
from app.services.member import Member
from app.services.passwords import check_new, fits, hashed, outdated
from app.services.sessions import SessionService
from app.services.tokens import Pair, TokenService
from app.services.unit_of_work import commit_scope
from app.services.users import UserService
from app.settings import settings


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a request comes from."""

    address: str = ""
    user_agent: str = ""


class WrongPassword(SaldoError):
    """The same words for an unknown user and for a wrong password."""

    status = 401

    def __init__(self, field: str = "form") -> None:
        super().__init__(_("The name or the password is not right."), field=field)


async def find_user(session: AsyncSession, name: str) -> User | None:
    """The active user of this user name or e-mail address."""
    wanted = name.strip()
    query = select(User).where(
        or_(User.username_key == wanted.casefold(), User.email == wanted.lower()), User.suspended_at.is_(None)
    )
    return (await session.scalars(query.order_by(User.id).limit(1))).first()


async def verify(name: str, password: str, visitor: Visitor) -> User:
    """The user whom name and password belong to. Counted, and as slow for a stranger as for a friend."""
    await rate_limit.count("login-address", visitor.address)
    name = name.replace("\0", "")[:254].encode("utf-8", "replace").decode()
    async with read_session() as session:
        user = await find_user(session, name)
    key = user.id if user else name.casefold().strip()
    await rate_limit.register_attempt(key)
    if not await fits(password, user.password_hash if user else None) or user is None:
        # an unknown name is noted too: the time it takes tells nothing either
        await security_events.note_now("sign-in-failed", user.id if user else None, visitor.address)
        raise WrongPassword
    await rate_limit.succeeded(key)
    return user


async def sign_in(name: str, password: str, visitor: Visitor, *, old_token: str = "") -> str:
    """Open a session; what comes back belongs into the cookie. The session that the browser had is ended."""
    user = await verify(name, password, visitor)
    stale = user.password_hash is not None and outdated(user.password_hash)
    fresh = await hashed(password) if stale else None
    async with write_session() as session, commit_scope(session):
        await _still(session, user)
        if fresh:
            await session.execute(update(User).where(User.id == user.id).values(password_hash=fresh))
        return await _open(session, user.id, visitor, old_token, "signed-in")


async def _still(session: AsyncSession, user: User) -> None:
    """Hold the user's row, if its password is the one that was looked at: it may have been changed since.

    Whoever ends what a password opened writes that row first, so that either sees what the other did.
    """
    own = select(User.password_hash).where(User.id == user.id, User.suspended_at.is_(None)).with_for_update()
    if await session.scalar(own) != user.password_hash:
        raise WrongPassword


async def _open(session: AsyncSession, user_id: int, visitor: Visitor, old_token: str, kind: str) -> str:
    sessions = SessionService(session)
    if old_token:
        await sessions.end(old_token)
    security_events.note(session, kind, user_id, visitor.address)
    return await sessions.open(user_id, address=visitor.address, user_agent=visitor.user_agent)


async def sign_up_is_open(session: AsyncSession) -> bool:
    """Whether strangers may make accounts; the first one always may."""
    return settings().sign_up == "open" or (await session.scalar(select(User.id).limit(1))) is None


async def sign_up(
    *,
    username: str | None,
    email: str | None,
    password: str,
    visitor: Visitor,
    name: str = "",
    first_name: str = "",
    last_name: str = "",
    currency: str | None = None,
    time_zone: str = "UTC",
    then: Callable[[AsyncSession, User], Awaitable[None]] | None = None,
) -> User:
    """Make an account, if this install takes new ones. ``then`` is done in the same transaction, or all is undone."""
    await rate_limit.count("sign-up", visitor.address)
    async with read_session() as session:
        if not await sign_up_is_open(session):
            raise Forbidden(_("This Saldo takes no new accounts. Ask the person who runs it."))
    async with write_session() as session, commit_scope(session):
        user = await UserService(session).sign_up(
            username=username,
            password=password,
            email=email,
            name=name,
            first_name=first_name,
            last_name=last_name,
            currency=currency or settings().currency,
            time_zone=time_zone,
        )
        security_events.note(session, "signed-up", user.id, visitor.address)
        if then is not None:
            await then(session, user)
    return user


async def open_session(user_id: int, visitor: Visitor, *, old_token: str = "") -> str:
    """Sign in who has just signed up."""
    async with write_session() as session, commit_scope(session):
        return await _open(session, user_id, visitor, old_token, "signed-in")


async def sign_out(token: str, user_id: int | None, visitor: Visitor) -> None:
    async with write_session() as session, commit_scope(session):
        await SessionService(session).end(token)
        if user_id is not None:
            security_events.note(session, "signed-out", user_id, visitor.address)


async def open_api(user: User, visitor: Visitor) -> Pair:
    """Begin an API log-in of a user whose password was looked at."""
    async with write_session() as session, commit_scope(session):
        await _still(session, user)
        security_events.note(session, "signed-in", user.id, visitor.address, name="API")
        return await TokenService(session).pair(user.id)


async def own_password(member: Member, password: str, visitor: Visitor, *, field: str = "current") -> User:
    """The member's user row, once the password they typed is theirs."""
    await rate_limit.count("password", member.user.id)
    async with read_session() as session:
        user = await session.get_one(User, member.user.id)
    if not await fits(password, user.password_hash):
        await security_events.note_now("sign-in-failed", user.id, visitor.address)
        raise Invalid(_("This is not your password."), field=field)
    return user


async def change_password(member: Member, old: str, new: str, visitor: Visitor, *, field: str = "current") -> None:
    """Set a new password; every other session and API log-in of the member ends."""
    user = await own_password(member, old, visitor, field=field)
    check_new(new, user.username, user.email, user.name, field="new")
    password_hash = await hashed(new)
    async with write_session() as session, commit_scope(session):
        try:
            await _still(session, user)
        except WrongPassword:
            raise Invalid(_("This is not your password."), field=field) from None
        await session.execute(update(User).where(User.id == user.id).values(password_hash=password_hash))
        await SessionService(session).end_all(user.id, but=member.session_id)
        await TokenService(session).end_families(user.id)
        security_events.note(session, "password-changed", user.id, visitor.address)


async def set_password(name: str, password: str) -> None:
    """Set anybody's password, for the operator at the console; ends all their sessions and API log-ins."""
    async with read_session() as session:
        user = await find_user(session, name)
    if user is None:
        raise NotFound(_("There is no such user."))
    check_new(password, user.username, user.email, user.name)
    password_hash = await hashed(password)
    async with write_session() as session, commit_scope(session):
        await session.execute(update(User).where(User.id == user.id).values(password_hash=password_hash))
        await SessionService(session).end_all(user.id)
        await TokenService(session).end_families(user.id)
        security_events.note(session, "password-reset", user.id)
    await rate_limit.succeeded(user.id)
