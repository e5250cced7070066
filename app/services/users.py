"""Users: sign up, with a first book."""

from __future__ import annotations

import re

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.categories import defaults
from app.domain.money import check_currency
from app.errors import Conflict, Invalid
from app.i18n import _, current_language, current_locale
from app.models import (
    Account,
    AccountKind,
    Book,
    BookMember,
    BookRole,
    Category,
    CategoryGroup,
    CategoryKind,
    Profile,
    User,
    UserRole,
)
from app.services.passwords import check_new_password, hash_password
from app.settings import settings

USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,38}[A-Za-z0-9]")

SIGN_UP_LOCK = 7_311_001


class Taken(Conflict):
    """The name or the address belongs to another account."""


class UserService:
    """Create users. Works without a member: nobody is signed in yet."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def sign_up(
        self,
        *,
        username: str | None,
        password: str,
        email: str | None = None,
        name: str = "",
        first_name: str = "",
        last_name: str = "",
        currency: str = "EUR",
        time_zone: str = "UTC",
    ) -> User:
        """Create a user with a book: default categories in the reader's language and one account, “Cash”.

        The first user of an install is its admin. Raises ``Taken`` or ``Invalid``.
        """
        email = email.strip().lower() if email else None
        if username is not None and not USERNAME.fullmatch(username):
            raise Invalid(
                _("Use 3 to 40 letters, digits, dots, dashes or underscores, with a letter or digit at both ends."),
                field="username",
            )
        check_new_password(password, username, email, name)
        password_hash = await hash_password(password)  # before the first statement, so that no lock is held meanwhile
        await self._lock_sign_up()
        await self._check_free(username, email)
        first = await self.session.scalar(select(func.count()).select_from(User)) == 0
        user = User(
            username=username,
            username_key=username.casefold() if username else None,
            email=email,
            name=(name or f"{first_name} {last_name}").strip()[:120],
            first_name=first_name[:60],
            last_name=last_name[:60],
            password_hash=password_hash,
            role=UserRole.ADMIN if first else UserRole.USER,
            locale=current_locale(),
            time_zone=time_zone,
        )
        self.session.add(user)
        await self.session.flush()
        self.session.add(Profile(user_id=user.id, currency=check_currency(currency)))
        await self.open_book(user, currency)
        return user

    async def _lock_sign_up(self) -> None:
        """Sign up one user at a time: of two on a new install, only one is the first."""
        if self.session.get_bind().dialect.name == "postgresql":
            await self.session.execute(select(func.pg_advisory_xact_lock(SIGN_UP_LOCK)))

    async def _check_free(self, username: str | None, email: str | None) -> None:
        taken = await self.session.execute(
            select(User.username_key, User.email).where(
                or_(
                    User.username_key == (username or "\x01").casefold(),
                    User.email == (email or "\x01"),
                )
            )
        )
        for key, address in taken:
            if email and address == email:
                raise Taken(_("An account with this email address exists already. Sign in instead."), field="email")
            if username and key == username.casefold():
                raise Taken(_("This username is taken. Try another."), field="username")

    async def open_book(self, user: User, currency: str = "", name: str = "") -> Book:
        """Create a book of the user's own, ready for the first transaction."""
        currency = check_currency(currency or settings().currency)
        book = Book(name=name or _("My household"), base_currency=currency)
        self.session.add(book)
        await self.session.flush()
        self.session.add_all(
            [
                BookMember(book_id=book.id, user_id=user.id, role=BookRole.OWNER),
                Account(book_id=book.id, name=_("Cash"), kind=AccountKind.CASH, currency=currency, is_default=True),
            ]
        )
        await self._add_categories(book)
        return book

    async def _add_categories(self, book: Book) -> None:
        groups = defaults(current_language())
        rows = [
            CategoryGroup(book_id=book.id, name=group.name, kind=CategoryKind(group.kind), position=place)
            for place, group in enumerate(groups)
        ]
        self.session.add_all(rows)
        await self.session.flush()
        self.session.add_all(
            Category(
                book_id=book.id,
                group_id=row.id,
                key=each.key,
                name=each.name,
                icon=each.icon,
                colour=each.colour,
                position=place,
            )
            for row, group in zip(rows, groups, strict=True)
            for place, each in enumerate(group.categories)
        )
        await self.session.flush()
