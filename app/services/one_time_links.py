"""One-time links: a new password, a confirmed address. 256 bits, kept hashed, good for half an hour and one use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import read_session, write_session
from app.errors import Conflict, Gone, Unavailable
from app.i18n import _, use_locale
from app.integrations.mail import mailer
from app.log import logger
from app.models import LinkPurpose, OneTimeLink, User
from app.models.base import now
from app.services import rate_limit, security_events
from app.services.auth import Visitor, find_user
from app.services.passwords import check_new, hashed
from app.services.sessions import SessionService, hash_of, new_token
from app.services.tokens import TokenService
from app.services.unit_of_work import commit_scope

GOOD_FOR = timedelta(minutes=30)
log = logger("saldo.links")
Address = Callable[[str], str]  # makes the whole address of a path of ours


async def _make(session: AsyncSession, user_id: int, purpose: LinkPurpose, email: str) -> str:
    """A new link; older ones of its kind stop working."""
    token = new_token()
    await session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.user_id == user_id, OneTimeLink.purpose == purpose, OneTimeLink.used_at.is_(None))
        .values(used_at=now())
    )
    session.add(
        OneTimeLink(
            user_id=user_id, purpose=purpose, token_hash=hash_of(token), email=email, expires_at=now() + GOOD_FOR
        )
    )
    return token


async def find(session: AsyncSession, token: str, *purposes: LinkPurpose) -> OneTimeLink:
    """The link, if it can still be used and its user still has the address it was sent to."""
    row = (
        await session.execute(
            select(OneTimeLink, User.email, User.suspended_at)
            .join(User, User.id == OneTimeLink.user_id)
            .where(OneTimeLink.token_hash == hash_of(token[:100]), OneTimeLink.purpose.in_(purposes))
        )
    ).first()
    if row is not None:
        link, email, suspended = row
        bound = link.purpose is LinkPurpose.EMAIL or link.email == (email or "")
        if link.used_at is None and link.expires_at > now() and bound and suspended is None:
            return link
    raise Gone(_("This link was used already, or is too old. Ask for a new one."))


async def _use(session: AsyncSession, token: str, *purposes: LinkPurpose) -> OneTimeLink:
    """Spend the link; of two who try at once only one may."""
    link = await find(session, token, *purposes)
    spent = await session.execute(
        update(OneTimeLink).where(OneTimeLink.id == link.id, OneTimeLink.used_at.is_(None)).values(used_at=now())
    )
    if getattr(spent, "rowcount", 0) != 1:
        raise Gone(_("This link was used already, or is too old. Ask for a new one."))
    return link


async def ask_for_password(name: str, visitor: Visitor, address: Address) -> Callable[[], object] | None:
    """Make a link to a new password, and give back what sends it.

    The caller sends it after the answer has left, so that an answer tells neither by its words nor by its time
    whether there is such an account.
    """
    await rate_limit.count("reset", visitor.address)
    await rate_limit.count("reset", name.strip().casefold())
    async with read_session() as session:
        user = await find_user(session, name)
    if user is None:
        new_token()
        return None

    async def send() -> None:
        async with write_session() as session, commit_scope(session):
            token = await _make(session, user.id, LinkPurpose.RESET, user.email or "")
            security_events.note(session, "reset-asked", user.id, visitor.address)
        use_locale(user.locale)
        await _send(
            user.email or "",
            _("A new password for Saldo"),
            _("Somebody, most likely you, asked for a new password. Open this link within 30 minutes to choose it. "
              "If it was not you, do nothing."),
            address(f"/reset/{token}"),
        )  # fmt: skip

    return send


async def _send(to: str, subject: str, text: str, link: str) -> None:
    try:
        await mailer().send(to, subject, text, link)
    except Unavailable:
        log.warning("a link could not be sent by mail", subject=subject)


async def reset_password(token: str, password: str, visitor: Visitor) -> None:
    """Set the password that a link allows to set, and end every session and API log-in of its user."""
    async with read_session() as session:
        link = await find(session, token, LinkPurpose.RESET)
        user = await session.get_one(User, link.user_id)
    check_new(password, user.username, user.email, user.name)
    password_hash = await hashed(password)
    async with write_session() as session, commit_scope(session):
        await _use(session, token, LinkPurpose.RESET)
        changed = {"password_hash": password_hash}
        await session.execute(update(User).where(User.id == user.id).values(**changed))
        await SessionService(session).end_all(user.id)
        await TokenService(session).end_families(user.id)
        security_events.note(session, "password-reset", user.id, visitor.address)
    await rate_limit.succeeded(user.id)


async def confirm_address(user_id: int, email: str, address: Address, *, new: bool) -> None:
    """Send a link that proves the address; with ``new`` it becomes the user's only when the link is opened."""
    purpose = LinkPurpose.EMAIL if new else LinkPurpose.VERIFY
    async with write_session() as session, commit_scope(session):
        token = await _make(session, user_id, purpose, email)
    text = _("Open this link within 30 minutes to confirm that this address is yours.")
    await mailer().send(email, _("Confirm your address for Saldo"), text, address(f"/verify/{token}"))


async def verify(token: str, visitor: Visitor, *, but: int | None = None) -> Callable[[], object] | None:
    """Confirm an address by the link that was sent to it.

    Where it takes another's place, every session and API log-in but the named session ends, and what comes back
    tells the former address.
    """
    async with write_session() as session, commit_scope(session):
        link = await _use(session, token, LinkPurpose.VERIFY, LinkPurpose.EMAIL)
        user = await session.get_one(User, link.user_id)
        former, locale = user.email, user.locale
        is_new = link.purpose is LinkPurpose.EMAIL
        if is_new:
            await set_address(session, link.user_id, link.email, visitor)
            await SessionService(session).end_all(link.user_id, but=but)
            await TokenService(session).end_families(link.user_id)
        await session.execute(update(User).where(User.id == link.user_id).values(email_verified_at=now()))
        security_events.note(session, "email-verified", link.user_id, visitor.address)
    if not is_new or not former or former == link.email:
        return None

    async def tell() -> None:
        use_locale(locale)
        text = _("The account that had this address has another one now. If it was not you, tell who runs Saldo.")
        await _send(former, _("Your address for Saldo was changed"), text, "")

    return tell


async def set_address(session: AsyncSession, user_id: int, email: str | None, visitor: Visitor) -> None:
    """Make an address the user's; other people's stays theirs. Unused links to the old one stop working."""
    taken = await session.scalar(select(User.id).where(User.email == email, User.id != user_id)) if email else None
    if taken is not None:
        raise Conflict(_("There is an account with this e-mail address already."), field="email")
    await session.execute(update(User).where(User.id == user_id).values(email=email, email_verified_at=None))
    security_events.note(session, "email-changed", user_id, visitor.address)
