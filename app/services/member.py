"""Who is asking, and in which book: what every service is built from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.period import Months
from app.errors import Forbidden, NotFound
from app.i18n import _
from app.models import Book, BookMember, BookRole, User, UserRole


@dataclass(frozen=True)
class Person:
    """A signed-in user, as far as a request needs to know."""

    id: int
    username: str | None
    email: str | None
    name: str
    avatar: str | None
    role: UserRole
    locale: str
    time_zone: str
    theme: str
    shortcuts: bool

    @property
    def shown_name(self) -> str:
        return self.name or self.username or (self.email or "").partition("@")[0] or _("You")

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.shown_name.replace(".", " ").split()[:2]).upper()

    @property
    def avatar_url(self) -> str | None:
        return f"/settings/avatar/{self.avatar}" if self.avatar else None

    @property
    def is_admin(self) -> bool:
        return self.role is UserRole.ADMIN

    @cached_property
    def language(self) -> str:
        return self.locale.partition("-")[0]


@dataclass(frozen=True)
class BookInfo:
    id: int
    name: str
    base_currency: str
    first_day_of_month: int
    first_day_of_week: int
    revision: int

    @cached_property
    def months(self) -> Months:
        return Months(self.first_day_of_month)


@dataclass(frozen=True)
class Member:
    """A user in a book with a role; ``Services`` see this book and no other."""

    user: Person
    book: BookInfo
    role: BookRole
    session_id: int | None = None
    token_id: int | None = None
    is_read_only: bool = False  # a personal token made for reading; the policy guard refuses its other requests
    may_confirm: bool = True  # proposals; a personal token only if it was made with that right

    @property
    def may_write(self) -> bool:
        return self.role is not BookRole.VIEWER and not self.is_read_only

    @property
    def today(self) -> date:
        """The user's own date."""
        return datetime.now(ZoneInfo(self.user.time_zone)).date()

    def require_write(self) -> Member:
        """This member, if they may change the book."""
        if not self.may_write:
            raise Forbidden(_("You can view this household, but not change it."))
        return self

    def require_owner(self) -> Member:
        """This member, if the book is theirs to change: its name, its currency, its calendar."""
        if self.role is not BookRole.OWNER:
            raise Forbidden(_("Only an owner can change this household."))
        return self

    def signed_in(self, session_id: int) -> Member:
        return replace(self, session_id=session_id)


PERSON = (
    User.id,
    User.username,
    User.email,
    User.name,
    User.avatar,
    User.role,
    User.locale,
    User.time_zone,
    User.theme,
    User.shortcuts,
)
BOOK = (Book.id, Book.name, Book.base_currency, Book.first_day_of_month, Book.first_day_of_week, Book.revision)


def members() -> Any:
    """Rows that ``from_row`` reads: each active user with each of their books, their own first."""
    return (
        select(
            *PERSON,
            *(column.label(f"book_{column.key}") for column in BOOK),
            BookMember.role.label("book_role"),
        )
        .join(BookMember, BookMember.user_id == User.id)
        .join(Book, Book.id == BookMember.book_id)
        .where(User.suspended_at.is_(None))
        .order_by(BookMember.id)
    )


def from_row(row: tuple[object, ...]) -> Member:
    people = len(PERSON)
    return Member(
        user=Person(*row[:people]),  # type: ignore[arg-type]
        book=BookInfo(*row[people : people + len(BOOK)]),  # type: ignore[arg-type]
        role=row[people + len(BOOK)],  # type: ignore[arg-type]
    )


async def member_of(session: AsyncSession, user_id: int, book_id: int | None = None) -> Member:
    """The user in the named book, or in their first; not found when they do not belong to it."""
    wanted = members().where(User.id == user_id).limit(1)
    if book_id is not None:
        wanted = wanted.where(Book.id == book_id)
    row = (await session.execute(wanted)).first()
    if row is None:
        raise NotFound(_("Household not found."))
    return from_row(tuple(row))
