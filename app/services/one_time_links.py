"""One-time links to reset a password or confirm an address: 256 random bits, stored hashed, valid for 30 minutes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import read_session, write_session
from app.errors import Conflict, Gone, Unavailable
from app.i18n import _, use_locale
from app.integrations.mail import mailer
from app.log import logger
from app.models import BookMember, BookRole, LinkPurpose, OneTimeLink, User
from app.models.base import now
from app.services import rate_limit, security_events
from app.services.auth import Visitor, failures_of, find_user, revoke_access
from app.services.passwords import check_new_password, hash_password
from app.services.sessions import hash_of, new_token
from app.services.unit_of_work import commit_scope
from app.services.users import UserService

VALID_FOR = timedelta(minutes=30)
log = logger("saldo.links")
UrlOf = Callable[[str], str]  # returns the full URL of a path
Send = Callable[[], Awaitable[None]]  # sends a mail after the answer has left


async def _make(session: AsyncSession, user_id: int, purpose: LinkPurpose, email: str) -> str:
    """Make a link. Older ones with the same purpose stop working."""
    token = new_token()
    await session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.user_id == user_id, OneTimeLink.purpose == purpose, OneTimeLink.used_at.is_(None))
        .values(used_at=now())
    )
    session.add(
        OneTimeLink(
            user_id=user_id, purpose=purpose, token_hash=hash_of(token), email=email, expires_at=now() + VALID_FOR
        )
    )
    return token


async def find(session: AsyncSession, token: str, *purposes: LinkPurpose) -> OneTimeLink:
    """Return the link if it is valid and its user still has the address it was sent to. Raises ``Gone``."""
    row = (
        await session.execute(
            select(OneTimeLink, User.email, User.suspended_at)
            .join(User, User.id == OneTimeLink.user_id)
            .where(OneTimeLink.token_hash == hash_of(token[:100]), OneTimeLink.purpose.in_(purposes))
        )
    ).first()
    if row is not None:
        link, email, suspended = row
        is_bound = link.purpose is LinkPurpose.EMAIL or link.email == (email or "")
        if link.used_at is None and link.expires_at > now() and is_bound and suspended is None:
            return link
    raise _gone()


def _gone() -> Gone:
    return Gone(_("This link has expired or was used before. Request a new one."))


async def _use(session: AsyncSession, token: str, *purposes: LinkPurpose) -> OneTimeLink:
    """Mark the link as used. Of two that try at once, one gets ``Gone``."""
    link = await find(session, token, *purposes)
    used = await session.execute(
        update(OneTimeLink).where(OneTimeLink.id == link.id, OneTimeLink.used_at.is_(None)).values(used_at=now())
    )
    if getattr(used, "rowcount", 0) != 1:
        raise _gone()
    return link


async def request_password_reset(name: str, visitor: Visitor, url_of: UrlOf) -> Send | None:
    """Return what makes and sends a reset link, or None for an unknown name.

    The caller sends it after the answer has left, so that neither words nor time reveal whether the account exists.
    """
    async with read_session() as session:
        user = await find_user(session, name)
    subject = failures_of(user, name, visitor)
    if subject.space != "device":
        await rate_limit.count("reset", rate_limit.address(visitor.address))
    await rate_limit.count("reset", subject)
    if user is None:
        return None

    async def send() -> None:
        async with write_session() as session, commit_scope(session):
            token = await _make(session, user.id, LinkPurpose.RESET, user.email or "")
            security_events.record(session, "reset-asked", user.id, visitor.address)
        use_locale(user.locale)
        await _send(
            user.email or "",
            _("Reset your Saldo password"),
            _("Someone, probably you, asked to reset your password. Open this link within 30 minutes. "
              "If it was not you, ignore this message."),
            url_of(f"/reset/{token}"),
        )  # fmt: skip

    return send


async def _send(to: str, subject: str, text: str, link: str) -> None:
    try:
        await mailer().send(to, subject, text, link)
    except Unavailable:
        log.warning("a mail could not be sent", subject=subject)


async def reset_password(token: str, password: str, visitor: Visitor) -> None:
    """Set a new password and revoke all access to the account.

    The link proves the address. If the address was not verified before, somebody else may have signed up with it: then
    nobody but the address's owner keeps access to its books either. The data stays, because most such accounts are
    the owner's own.
    """
    async with read_session() as session:
        link = await find(session, token, LinkPurpose.RESET)
        user = await session.get_one(User, link.user_id)
    check_new_password(password, user.username, user.email, user.name)
    password_hash = await hash_password(password)
    async with write_session() as session, commit_scope(session):
        link = await _use(session, token, LinkPurpose.RESET)
        user = await session.get_one(User, link.user_id, with_for_update=True, populate_existing=True)
        if link.email and user.email_verified_at is None:
            await _end_shared_access(session, user)
            user.email_verified_at = now()
        user.password_hash = password_hash
        await session.flush()
        await revoke_access(session, user.id)
        security_events.record(session, "password-reset", user.id, visitor.address)
    await rate_limit.clear_failures(rate_limit.user(user.id))


async def _end_shared_access(session: AsyncSession, user: User) -> None:
    """Remove others from the user's own books, and the user from other people's books."""
    own = list(
        await session.scalars(
            select(BookMember.book_id).where(BookMember.user_id == user.id, BookMember.role == BookRole.OWNER)
        )
    )
    await session.execute(delete(BookMember).where(BookMember.book_id.in_(own), BookMember.user_id != user.id))
    await session.execute(delete(BookMember).where(BookMember.user_id == user.id, BookMember.book_id.not_in(own)))
    if not own:
        await UserService(session).open_book(user)


async def send_confirmation(user_id: int, email: str, url_of: UrlOf, *, is_new: bool) -> None:
    """Send a link that proves the address. With ``is_new`` it becomes the user's only when the link is opened."""
    purpose = LinkPurpose.EMAIL if is_new else LinkPurpose.VERIFY
    async with write_session() as session, commit_scope(session):
        token = await _make(session, user_id, purpose, email)
    text = _("Open this link within 30 minutes to confirm your email address.")
    await mailer().send(email, _("Confirm your email address for Saldo"), text, url_of(f"/verify/{token}"))


async def confirm_address(token: str, visitor: Visitor, *, but_session: int | None = None) -> Send | None:
    """Confirm an address by its link.

    If it replaces another one, all access but the named session is revoked, and what is returned tells the former
    address.
    """
    async with write_session() as session, commit_scope(session):
        link = await _use(session, token, LinkPurpose.VERIFY, LinkPurpose.EMAIL)
        user = await session.get_one(User, link.user_id)
        former, locale = user.email, user.locale
        is_new = link.purpose is LinkPurpose.EMAIL
        if is_new:
            await set_address(session, link.user_id, link.email, visitor, but_session=but_session)
        await session.execute(update(User).where(User.id == link.user_id).values(email_verified_at=now()))
        security_events.record(session, "email-verified", link.user_id, visitor.address)
    if not is_new or not former or former == link.email:
        return None

    async def send() -> None:
        use_locale(locale)
        text = _("Your Saldo account now has another email address. If it was not you, contact the administrator.")
        await _send(former, _("Your Saldo email address was changed"), text, "")

    return send


async def set_address(
    session: AsyncSession, user_id: int, email: str | None, visitor: Visitor, *, but_session: int | None = None
) -> None:
    """Change the user's address, not yet confirmed, and revoke all access but the named session.

    Raises ``Conflict`` if the address is somebody else's.
    """
    taken = await session.scalar(select(User.id).where(User.email == email, User.id != user_id)) if email else None
    if taken is not None:
        raise Conflict(_("An account with this email address exists already."), field="email")
    await session.execute(update(User).where(User.id == user_id).values(email=email, email_verified_at=None))
    await revoke_access(session, user_id, but_session=but_session)
    security_events.record(session, "email-changed", user_id, visitor.address)
