"""A member's profile and preferences, and the settings of their book."""

from __future__ import annotations

from typing import Any

from sqlalchemy import exists, select

from app.domain.money import exponent
from app.domain.period import Months
from app.errors import Conflict
from app.i18n import _
from app.models import Account, Book, Profile, Transaction, User
from app.services.base import Service
from app.services.ledger import rollups

MONEY = ("monthly_income_minor", "savings_minor", "investments_minor", "debts_minor")
USER_FIELDS = frozenset({"name", "first_name", "last_name", "locale", "time_zone", "theme", "shortcuts"})


class ProfileService(Service):
    """The data of one member, and of the book they look at."""

    async def user(self) -> User:
        return await self.session.get_one(User, self.member.user.id)

    async def get(self) -> Profile:
        """Return the user's profile, added if missing. Amounts are in its ``currency``."""
        found = await self.session.scalars(select(Profile).where(Profile.user_id == self.member.user.id))
        profile = found.one_or_none()
        if profile is None:
            profile = Profile(user_id=self.member.user.id, currency=self.member.book.base_currency)
            self.session.add(profile)
        return profile

    async def change_user(self, **values: Any) -> User:
        """Change names, language, time zone and appearance."""
        user = await self.user()
        for name in USER_FIELDS & values.keys():
            setattr(user, name, values[name])
        await self.session.flush()
        return user

    async def change(self, currency: str, **values: Any) -> Profile:
        """Change the financial profile. ``*_minor`` are in this currency, the book's."""
        profile = await self.get()
        if profile.currency != currency:
            self._relabel(profile, currency)
        for name, value in values.items():
            setattr(profile, name, value)
        await self.session.flush()
        return profile

    async def book(self) -> Book:
        return await self.session.get_one(Book, self.member.book.id)

    async def may_change_currency(self) -> bool:
        """Return whether the base currency can change: until the first transaction."""
        entry = exists().where(Transaction.book_id == self.member.book.id)
        return not await self.session.scalar(select(entry))

    async def change_book(self, **values: Any) -> Book:
        """Change name, base currency, first day of the month or week. Raises ``Forbidden`` unless an owner asks."""
        self.member.require_owner()
        book = await self.book()
        currency = values.pop("base_currency", book.base_currency)
        if currency != book.base_currency:
            await self._change_currency(book, currency)
        first_day = values.get("first_day_of_month", book.first_day_of_month)
        new_months = first_day != book.first_day_of_month
        for name, value in values.items():
            setattr(book, name, value)
        self.services.journal.note(_("Changed the household settings"))
        await self.session.flush()
        if new_months:
            await rollups.rebuild(self.session, book.id, Months(first_day))
        return book

    async def _change_currency(self, book: Book, currency: str) -> None:
        if not await self.may_change_currency():
            raise Conflict(_("The currency can’t change after the first transaction."), field="base_currency")
        accounts = await self.session.scalars(
            select(Account).where(
                Account.book_id == book.id, Account.currency == book.base_currency, Account.opening_balance_minor == 0
            )
        )
        for account in accounts:
            account.currency = currency
        profile = await self.get()
        self._relabel(profile, currency)
        book.base_currency = currency

    def _relabel(self, profile: Profile, currency: str) -> None:
        """Keep the figures in another currency: 1,200 EUR becomes 1,200 JPY."""
        shift = exponent(currency) - exponent(profile.currency)
        for name in MONEY:
            minor = getattr(profile, name)
            if minor is not None and shift:
                setattr(profile, name, minor * 10**shift if shift > 0 else minor // 10**-shift)
        profile.currency = currency
