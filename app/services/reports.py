"""Reports of a month or any other period: every category beside the period before, gathered in groups, and payees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, select

from app.db import rows as rows_of
from app.domain.period import Period
from app.models import CategoryKind, Payee, Transaction
from app.services.base import Service
from app.services.insights import AVERAGE_OVER, History, InBase, Month, Share
from app.services.transaction_list import Filter

PAYEES = 10


@dataclass(frozen=True, slots=True)
class Group:
    """A category group with what its categories add up to."""

    name: str
    shares: Sequence[Share]

    @property
    def minor(self) -> int:
        return sum(each.minor for each in self.shares)

    @property
    def previous(self) -> int:
        return sum(each.previous for each in self.shares)

    @property
    def average(self) -> int:
        return sum(each.average for each in self.shares)


@dataclass(frozen=True, slots=True)
class Side:
    """Income or spending of the period."""

    kind: CategoryKind
    groups: Sequence[Group]
    minor: int
    previous: int
    average: int


@dataclass(frozen=True, slots=True)
class PayeeSpending:
    """What was spent at a payee, less refunds, in the book's currency."""

    payee_id: int
    name: str
    minor: int
    count: int


@dataclass(frozen=True)
class Report:
    """A period and the one of equal length before it.

    ``averaged`` counts the months that averages are of; it is 0 for anything but a whole month of all accounts.
    ``rows`` finds the transactions of the period.
    """

    period: Period
    before: Period
    rows: Filter
    history: History
    totals: Month
    previous: Month
    averaged: int
    sides: Sequence[Side]
    payees: Sequence[PayeeSpending]

    @property
    def has_history(self) -> bool:
        """Whether the history has the year before a month; otherwise it has the two periods only."""
        return len(self.history.months) > 2


class ReportService(Service):
    """The reports of one book."""

    async def get(self, month: date) -> Report:
        """The report of a budget month, with the year before it."""
        return await self.get_period(self.member.book.months.period(month))

    async def get_period(self, period: Period, accounts: Sequence[int] = (), tag: str = "") -> Report:
        """The report of any period, of all or some accounts, with or without a tag."""
        insights, months = self.services.insights, self.member.book.months
        before = months.before(period)
        rows = Filter(account=tuple(accounts), tag=tag, since=period.since, until=period.last)
        if months.count(period) == 1 and not accounts and not tag:
            history = await insights.history(period.since)
            past = [each for each in history.months[:-1] if each.count][-AVERAGE_OVER:]
        else:
            in_base = insights.in_base()
            both = [await insights.sum_period(each, rows, in_base) for each in (before, period)]
            history, past = History(both, await insights.labels(), in_base), []
        sides = [_side(history, kind, past) for kind in (CategoryKind.EXPENSE, CategoryKind.INCOME)]
        payees = await self._payees(rows, history.in_base)
        return Report(period, before, rows, history, history.last, history.months[-2], len(past), sides, payees)

    async def _payees(self, rows: Filter, in_base: InBase) -> list[PayeeSpending]:
        """The payees with the most spending; splits and refunds count as in the categories."""
        spending = replace(rows, kind=CategoryKind.EXPENSE)
        listed, insights = self.services.transaction_list, self.services.insights
        some = (
            select(
                Transaction.payee_id,
                Transaction.currency,
                insights.rate_day.label("day"),
                (await listed.counted_minor(spending)).label("minor"),
            )
            .where(*await listed.conditions(spending), Transaction.payee_id.is_not(None))
            .subquery()
        )
        keys = some.c.payee_id, some.c.currency, some.c.day
        minor, count = func.sum(some.c.minor).label("minor"), func.count().label("count_")
        grouped = select(*keys, minor, count).group_by(*keys).subquery()
        found = await rows_of(self.session, select(grouped, Payee.name).join(Payee, Payee.id == grouped.c.payee_id), {})
        sums: dict[tuple[int, str, date], int] = defaultdict(int)
        names, counts = dict[int, str](), defaultdict[int, int](int)
        for payee_id, currency, booked_on, total, number, name in found:
            sums[payee_id, currency, insights.day_of_rate_on(booked_on)] -= int(total)
            names[payee_id] = name
            counts[payee_id] += number
        await in_base.prepare((currency, day) for _payee_id, currency, day in sums)
        totals = defaultdict[int, int](int)
        for (payee_id, currency, day), total in sums.items():
            totals[payee_id] += in_base.minor(total, currency, day)
        payees = [PayeeSpending(each, names[each], total, counts[each]) for each, total in totals.items() if total > 0]
        return sorted(payees, key=lambda each: (-each.minor, each.name))[:PAYEES]


def _side(history: History, kind: CategoryKind, past: Sequence[Month]) -> Side:
    month, previous = history.last, history.months[-2]
    shares = history.breakdown(month, kind, previous)
    names = dict.fromkeys(label.group for label in history.labels.values())
    groups = [Group(name, [each for each in shares if each.label.group == name]) for name in names]
    average = round(sum(each.total(kind) for each in past) / len(past)) if past else 0
    shown = sorted((each for each in groups if each.shares), key=lambda each: (not each.name, -each.minor))
    return Side(kind, shown, month.total(kind), previous.total(kind), average)
