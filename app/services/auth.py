"""Sign up, sign in, sign out and change passwords. Passwords are verified outside any writing transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import read_session, write_session
from app.errors import Forbidden, Invalid, NotFound, SaldoError
from app.i18n import _
from app.models import OneTimeLink, User
from app.models.base import now
from app.services import rate_limit, security_events
from app.services.known_devices import find_device
from app.services.member import Member
from app.services.passwords import check_new_password, hash_password, needs_rehash, verify_password
from app.services.sessions import SessionService
from app.services.tokens import Pair, TokenService
from app.services.unit_of_work import commit_scope
from app.services.users import UserService
from app.settings import settings


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a request comes from. ``devices`` is the cookie of known devices."""

    address: str = ""
    user_agent: str = ""
    devices: str = ""


class BrowserSession(NamedTuple):
    """A new session: whose it is, and the token for the cookie."""

    user_id: int
    token: str


class WrongPassword(SaldoError):
    """The same message for an unknown user and for a wrong password."""

    status = 401

    def __init__(self, field: str = "form") -> None:
        super().__init__(_("Wrong username or password."), field=field)


async def find_user(session: AsyncSession, name: str) -> User | None:
    """Return the active user with this user name or email address."""
    wanted = name.strip()
    query = select(User).where(
        or_(User.username_key == wanted.casefold(), User.email == wanted.lower()), User.suspended_at.is_(None)
    )
    return (await session.scalars(query.order_by(User.id).limit(1))).first()


def failures_of(user: User | None, name: str, visitor: Visitor) -> rate_limit.Subject:
    """Return whose failed sign-ins count: the known device's own, else the account's, else the unknown name's."""
    if user is None:
        return rate_limit.login_name(name)
    device = find_device(visitor.devices, user.id)
    return rate_limit.device(device) if device else rate_limit.user(user.id)


async def verify(name: str, password: str, visitor: Visitor) -> User:
    """Return the user with this name and password. An unknown name takes as long and leaves the same traces.

    Raises ``WrongPassword`` or ``TooMany``. A known device is not slowed down by what others try.
    """
    name = name.replace("\0", "")[:254].encode("utf-8", "replace").decode()
    async with read_session() as session:
        user = await find_user(session, name)
    subject = failures_of(user, name, visitor)
    if subject.space != "device":
        await rate_limit.count("login", rate_limit.address(visitor.address))
    await rate_limit.register_attempt(subject)
    if not await verify_password(password, user.password_hash if user else None) or user is None:
        await security_events.record_now("sign-in-failed", user.id if user else None, visitor.address)
        raise WrongPassword
    await rate_limit.clear_failures(subject)
    return user


async def sign_in(name: str, password: str, visitor: Visitor, *, old_token: str = "") -> BrowserSession:
    """Verify the password and open a session. The browser's former session ends."""
    user = await verify(name, password, visitor)
    stale = user.password_hash is not None and needs_rehash(user.password_hash)
    fresh = await hash_password(password) if stale else None
    async with write_session() as session, commit_scope(session):
        await _lock_unchanged(session, user)
        if fresh:
            await session.execute(update(User).where(User.id == user.id).values(password_hash=fresh))
        return BrowserSession(user.id, await _open_session(session, user.id, visitor, old_token))


async def _lock_unchanged(session: AsyncSession, user: User) -> None:
    """Lock the user's row if its password is still the one that was verified; it may have changed meanwhile.

    Whoever revokes access writes that row first, so that either transaction sees what the other did.
    """
    own = select(User.password_hash).where(User.id == user.id, User.suspended_at.is_(None)).with_for_update()
    if await session.scalar(own) != user.password_hash:
        raise WrongPassword


async def _open_session(session: AsyncSession, user_id: int, visitor: Visitor, old_token: str) -> str:
    sessions = SessionService(session)
    if old_token:
        await sessions.end(old_token)
    security_events.record(session, "signed-in", user_id, visitor.address)
    return await sessions.open(user_id, address=visitor.address, user_agent=visitor.user_agent)


async def sign_up_is_open(session: AsyncSession) -> bool:
    """Return whether strangers may create accounts. The first account can always be created."""
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
    """Create an account, if sign-up is open. ``then`` runs in the same transaction."""
    await rate_limit.count("sign-up", rate_limit.address(visitor.address))
    async with read_session() as session:
        if not await sign_up_is_open(session):
            raise Forbidden(_("Sign-up is closed. Ask the administrator for an account."))
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
        security_events.record(session, "signed-up", user.id, visitor.address)
        if then is not None:
            await then(session, user)
    return user


async def open_session(user_id: int, visitor: Visitor, *, old_token: str = "") -> str:
    """Sign in the user who has just signed up. Return the cookie's token."""
    async with write_session() as session, commit_scope(session):
        return await _open_session(session, user_id, visitor, old_token)


async def sign_out(token: str, user_id: int | None, visitor: Visitor) -> None:
    """End the session of a cookie's token."""
    async with write_session() as session, commit_scope(session):
        await SessionService(session).end(token)
        if user_id is not None:
            security_events.record(session, "signed-out", user_id, visitor.address)


async def sign_in_api(user: User, visitor: Visitor) -> Pair:
    """Start an API sign-in of a verified user."""
    async with write_session() as session, commit_scope(session):
        await _lock_unchanged(session, user)
        security_events.record(session, "signed-in", user.id, visitor.address, name="API")
        return await TokenService(session).sign_in(user.id)


async def revoke_access(session: AsyncSession, user_id: int, *, but_session: int | None = None) -> None:
    """End everything that opens the account besides the password.

    That is every session but the named one, every API sign-in, every personal token and every unused one-time link: a
    link to change the address would otherwise give the account back. Call it whenever trust ends.
    """
    await TokenService(session).revoke_all(user_id)
    await SessionService(session).end_all(user_id, but=but_session)
    await session.execute(
        update(OneTimeLink).where(OneTimeLink.user_id == user_id, OneTimeLink.used_at.is_(None)).values(used_at=now())
    )


async def sign_out_everywhere(member: Member, visitor: Visitor) -> None:
    """Revoke all access but the member's current session."""
    async with write_session() as session, commit_scope(session):
        await revoke_access(session, member.user.id, but_session=member.session_id)
        security_events.record(session, "sessions-ended", member.user.id, visitor.address)


async def verify_own_password(member: Member, password: str, visitor: Visitor, *, field: str = "current") -> User:
    """Return the member's user if the password is theirs. Raises ``Invalid`` at ``field``, or ``TooMany``."""
    await rate_limit.count("password", rate_limit.user(member.user.id))
    async with read_session() as session:
        user = await session.get_one(User, member.user.id)
    if not await verify_password(password, user.password_hash):
        await security_events.record_now("sign-in-failed", user.id, visitor.address)
        raise Invalid(_("Wrong password."), field=field)
    return user


async def change_password(member: Member, old: str, new: str, visitor: Visitor, *, field: str = "current") -> None:
    """Set a new password and revoke all access but the member's current session."""
    user = await verify_own_password(member, old, visitor, field=field)
    check_new_password(new, user.username, user.email, user.name, field="new")
    password_hash = await hash_password(new)
    async with write_session() as session, commit_scope(session):
        try:
            await _lock_unchanged(session, user)
        except WrongPassword:
            raise Invalid(_("Wrong password."), field=field) from None
        await session.execute(update(User).where(User.id == user.id).values(password_hash=password_hash))
        await revoke_access(session, user.id, but_session=member.session_id)
        security_events.record(session, "password-changed", user.id, visitor.address)


async def set_password(name: str, password: str) -> None:
    """Set any user's password and revoke their access, for the operator at the console. Raises ``NotFound``."""
    async with read_session() as session:
        user = await find_user(session, name)
    if user is None:
        raise NotFound(_("That user does not exist."))
    check_new_password(password, user.username, user.email, user.name)
    password_hash = await hash_password(password)
    async with write_session() as session, commit_scope(session):
        await session.execute(update(User).where(User.id == user.id).values(password_hash=password_hash))
        await revoke_access(session, user.id)
        security_events.record(session, "password-reset", user.id)
    await rate_limit.clear_failures(rate_limit.user(user.id))


async def set_suspended(name: str, suspended: bool) -> None:
    """Suspend a user and revoke their access, or restore them. Raises ``NotFound``."""
    wanted = name.strip()
    async with write_session() as session, commit_scope(session):
        user = (
            await session.scalars(
                select(User).where(or_(User.username_key == wanted.casefold(), User.email == wanted.lower()))
            )
        ).first()
        if user is None:
            raise NotFound(_("That user does not exist."))
        user.suspended_at = now() if suspended else None
        await session.flush()
        await revoke_access(session, user.id)
        security_events.record(session, "suspended" if suspended else "restored", user.id)
