"""Habits: on which days money goes, to whom it goes most often, and what payday does to it.

What is regular (bills, incomes and what looks like them) and transfers are left out of habits: only everyday spending
counts. Other currencies count at today's rate. Each figure is told only where there is enough to tell it from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import case, func, select
from sqlalchemy.sql.elements import ColumnElement

from app.domain.period import DAY, Period, shift_month
from app.models import Candidate, Category, CategoryGroup, CategoryKind, Payee, Recurring, Transaction
from app.services.base import Service
from app.services.insights import InBase

if TYPE_CHECKING:
    pass

MONTHS = 12
MIN_DAYS = 56  # eight of each weekday
MIN_PAYDAYS = 3
WEEK = 7
MAX_PAYEES = 5  # payees shown
MIN_VISITS = 3
PAYDAY_DIVISOR = 4  # a payday is an income of at least a quarter (1/4) of the largest one


@dataclass(frozen=True, slots=True)
class Weekday:
    """What an everyday day of the week costs on average; ``number`` is 0 for Monday."""

    number: int
    minor: int


@dataclass(frozen=True, slots=True)
class Visited:
    """A payee that is paid often, with what one payment comes to on average."""

    payee_id: int
    name: str
    times: int
    each: int
    total: int


@dataclass(frozen=True, slots=True)
class AfterPayday:
    """Everyday spending a day in the seven days from a payday on, and on all other days."""

    after: int
    otherwise: int
    paydays: int
    last: Period


@dataclass(frozen=True, slots=True)
class Habits:
    """``days`` is all that was spent by day; the rest is everyday spending. Amounts are positive, in the base."""

    period: Period
    days: Mapping[date, int]
    weekdays: Sequence[Weekday]
    visited: Sequence[Visited]
    after_payday: AfterPayday | None

    @property
    def dearest(self) -> Weekday | None:
        return max(self.weekdays, key=lambda each: each.minor, default=None)

    @property
    def other_days(self) -> int:
        """What the other days of the week cost on average."""
        rest = [each.minor for each in self.weekdays if each is not self.dearest]
        return round(sum(rest) / len(rest)) if rest else 0


class HabitService(Service):
    """Looks for habits in a year of one book."""

    async def get_year(self, month: date) -> Habits:
        """The year that ends with a budget month, or today where that is earlier."""
        last = min(self.member.book.months.period(month).until, self.services.today + DAY)
        period = Period(shift_month(month, 1 - MONTHS), max(last, shift_month(month, 1 - MONTHS)))
        spent, everyday = await self._by_day(period)
        first = min(spent, default=period.until)
        lived = Period(first, period.until)
        return Habits(
            period,
            spent,
            weekdays(everyday, lived) if lived.days >= MIN_DAYS else (),
            await self._visited(period),
            after_payday(everyday, await self._paydays(lived), lived),
        )

    def _spending(self, period: Period) -> tuple[ColumnElement[bool], ...]:
        return (
            Transaction.book_id == self.member.book.id,
            Transaction.booked_on >= period.since,
            Transaction.booked_on < period.until,
            Transaction.transfer_id.is_(None),
            Transaction.amount_minor < 0,
        )

    def _regular(self) -> ColumnElement[bool]:
        """Whether a row's payee is one of a bill, an income, or of what looks like one."""
        book_id = self.member.book.id
        kept = select(Recurring.payee_id).where(Recurring.book_id == book_id, Recurring.payee_id.is_not(None))
        found = (
            select(Transaction.payee_id)
            .join(Candidate, Candidate.last_transaction_id == Transaction.id)
            .where(Candidate.book_id == book_id, Transaction.payee_id.is_not(None))
        )
        return case((Transaction.payee_id.in_(kept.union(found)), True), else_=False)

    async def _by_day(self, period: Period) -> tuple[dict[date, int], dict[date, int]]:
        """All spending by day, and everyday spending alone."""
        regular = self._regular()
        query = (
            select(Transaction.booked_on, Transaction.currency, regular, func.sum(-Transaction.amount_minor))
            .where(*self._spending(period))
            .group_by(Transaction.booked_on, Transaction.currency, regular)
        )
        rows = (await self.session.execute(query)).all()
        in_base = await self._in_base(row[1] for row in rows)
        spent, everyday = defaultdict[date, int](int), defaultdict[date, int](int)
        for day, currency, is_regular, minor in rows:
            converted = in_base.minor(int(minor), currency, self.services.today)
            spent[day] += converted
            if not is_regular:
                everyday[day] += converted
        return spent, everyday

    async def _in_base(self, currencies: Iterable[str]) -> InBase:
        in_base = InBase(self.services.currencies, self.member.book.base_currency)
        return await in_base.prepare((each, self.services.today) for each in currencies)

    async def _visited(self, period: Period) -> list[Visited]:
        """Whom one pays most often."""
        query = (
            select(Payee.id, Payee.name, Transaction.currency, func.count(), func.sum(-Transaction.amount_minor))
            .join(Payee, Payee.id == Transaction.payee_id)
            .where(*self._spending(period), ~self._regular())
            .group_by(Payee.id, Payee.name, Transaction.currency)
            .order_by(func.count().desc(), Payee.name)
            .limit(MAX_PAYEES)
        )
        rows = (await self.session.execute(query)).all()
        in_base = await self._in_base(row[2] for row in rows)
        found = []
        for payee_id, name, currency, times, minor in rows:
            total = in_base.minor(int(minor), currency, self.services.today)
            if times >= MIN_VISITS:
                found.append(Visited(payee_id, name, times, round(total / times), total))
        return found

    async def _paydays(self, period: Period) -> list[date]:
        """The days on which a large income came, in the base currency or not."""
        query = (
            select(Transaction.booked_on, Transaction.currency, func.sum(Transaction.amount_minor))
            .join(Category, Category.id == Transaction.category_id)
            .join(CategoryGroup, CategoryGroup.id == Category.group_id)
            .where(
                Transaction.book_id == self.member.book.id,
                Transaction.booked_on >= period.since,
                Transaction.booked_on < period.until,
                Transaction.transfer_id.is_(None),
                Transaction.amount_minor > 0,
                CategoryGroup.kind == CategoryKind.INCOME,
            )
            .group_by(Transaction.booked_on, Transaction.currency)
        )
        rows = (await self.session.execute(query)).all()
        in_base = await self._in_base(row[1] for row in rows)
        sums = defaultdict[date, int](int)
        for day, currency, minor in rows:
            sums[day] += in_base.minor(int(minor), currency, self.services.today)
        largest = max(sums.values(), default=0)
        return sorted(day for day, minor in sums.items() if minor * PAYDAY_DIVISOR >= largest)


def weekdays(everyday: Mapping[date, int], period: Period) -> list[Weekday]:
    """The mean of each weekday over the period, days without spending among them."""
    sums, counts = [0] * WEEK, [0] * WEEK
    for day in period:
        sums[day.weekday()] += everyday.get(day, 0)
        counts[day.weekday()] += 1
    return [Weekday(at, round(sums[at] / counts[at])) for at in range(WEEK) if counts[at]]


def after_payday(everyday: Mapping[date, int], paydays: Sequence[date], period: Period) -> AfterPayday | None:
    """The week from each payday on against all other days; nothing with few paydays, or where every day is in one."""
    if len(paydays) < MIN_PAYDAYS:
        return None
    near = {day + timedelta(n) for day in paydays for n in range(WEEK)}
    after = [everyday.get(day, 0) for day in period if day in near]
    otherwise = [everyday.get(day, 0) for day in period if day not in near]
    if len(after) < MIN_PAYDAYS * WEEK or len(otherwise) < len(after) // 2:
        return None
    last = Period(paydays[-1], min(paydays[-1] + timedelta(WEEK), period.until))
    return AfterPayday(round(sum(after) / len(after)), round(sum(otherwise) / len(otherwise)), len(paydays), last)
