"""One category by itself: its months, what is usual, what may come, and who is behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median

from sqlalchemy import Select, bindparam, case, func, select, union_all

from app.domain.period import Period, shift_month
from app.models import CategoryKind, MonthTotal, Payee, Split, Transaction
from app.services.base import Service
from app.services.categories import CategoryOption
from app.services.forecasts.outlook import Outlook
from app.services.forecasts.results import category_target
from app.services.insights import Flow, InBase
from app.services.transaction_list import Filter, Line

MONTHS = 25  # the shown one and two years before it
USUAL_MONTHS = 12
MAX_PAYEES = 8
MAX_LATEST = 6


@dataclass(frozen=True, slots=True)
class PayeeShare:
    """What one payee came to in the last twelve months and in the twelve before; 0 where it was not there."""

    payee_id: int | None
    name: str
    minor: int
    before: int
    count: int


@dataclass(frozen=True)
class CategoryPage:
    """Amounts are positive for what one expects of the category's kind, in the book's currency."""

    category: CategoryOption
    group: str
    period: Period
    year: Period
    months: Sequence[tuple[date, int]]  # oldest first, from its first use on, the shown month last
    entries: int  # of the shown month
    usual: int | None
    usual_of: int  # months that the usual is the median of
    outlook: Outlook | None
    payees: Sequence[PayeeShare]
    others: int  # what payees that are not shown came to in the year
    latest: Sequence[Line]
    rules: int
    rates_of: date | None = None
    missing_rates: Sequence[str] = field(default_factory=list)

    @property
    def now(self) -> int:
        return self.months[-1][1] if self.months else 0

    @property
    def before(self) -> int:
        return self.months[-2][1] if len(self.months) > 1 else 0

    @property
    def largest(self) -> int:
        return max((each.minor for each in self.payees), default=0)


def _whole(category_id: int, book_id: int, since: date, until: date) -> Select[int | None, str, date, int]:
    return select(
        Transaction.payee_id, Transaction.currency, Transaction.booked_on, Transaction.amount_minor.label("minor")
    ).where(
        Transaction.book_id == book_id,
        Transaction.category_id == category_id,
        Transaction.is_split.is_(False),
        Transaction.booked_on >= since,
        Transaction.booked_on < until,
    )


def _split(category_id: int, book_id: int, since: date, until: date) -> Select[int | None, str, date, int]:
    return (
        select(Transaction.payee_id, Transaction.currency, Transaction.booked_on, Split.amount_minor.label("minor"))
        .join(Split, Split.transaction_id == Transaction.id)
        .where(
            Transaction.book_id == book_id,
            Split.category_id == category_id,
            Transaction.booked_on >= since,
            Transaction.booked_on < until,
        )
    )


FLOWS = (
    select(
        MonthTotal.month,
        MonthTotal.currency,
        func.sum(MonthTotal.in_minor),
        func.sum(MonthTotal.out_minor),
        func.sum(MonthTotal.count),
    )
    .where(
        MonthTotal.book_id == bindparam("book_id"),
        MonthTotal.category_id == bindparam("category_id"),
        MonthTotal.month >= bindparam("since"),
        MonthTotal.month <= bindparam("until"),
    )
    .group_by(MonthTotal.month, MonthTotal.currency)
)


def _minor(flow: Flow, kind: CategoryKind) -> int:
    return flow.net if kind is CategoryKind.INCOME else -flow.net


class CategoryPageService(Service):
    """Reads everything about one category of the book."""

    async def get(self, category_id: int, month: date) -> CategoryPage:
        """Everything about a category up to the end of a budget month; not found when it is not of this book."""
        category = await self.services.categories.option(category_id)
        group = next(each.name for each in await self.services.categories.all_groups() if each.id == category.group_id)
        months = self.member.book.months
        running = months.of(self.today)
        in_base = InBase(self.services.currencies, self.member.book.base_currency)
        flows = await self._flows(category, month, in_base)
        shown = [(start, _minor(flow, category.kind)) for start, flow in flows]
        over = [minor for start, minor in shown if start < min(month, running)][-USUAL_MONTHS:]
        year = Period(shift_month(month, -11), months.period(month).until)
        payees, others = await self._payees(category, year, in_base)
        outlook = None
        if month >= running:
            outlook = await self.services.forecasts.stored_monthly(category_target(category_id))
        page = await self.services.transaction_list.page(
            Filter(category=(category_id,), until=year.last), limit=MAX_LATEST, totals=False
        )
        return CategoryPage(
            category,
            group,
            months.period(month),
            year,
            shown,
            flows[-1][1].count if flows else 0,
            round(median(over)) if over else None,
            len(over),
            outlook,
            payees,
            others,
            page.lines,
            sum(rule.then.get("category") == category_id for rule in await self.services.rules.all()),
            in_base.as_of,
            sorted(in_base.missing),
        )

    async def _flows(self, category: CategoryOption, month: date, in_base: InBase) -> list[tuple[date, Flow]]:
        """What went through the category by month, from the first month that it was used in."""
        starts = self.member.book.months.back(month, MONTHS)
        found = (
            await self.session.execute(
                FLOWS,
                {
                    "book_id": self.member.book.id,
                    "category_id": category.id,
                    "since": starts[0],
                    "until": month,
                },
            )
        ).all()
        rows = [
            (start, currency, int(inflow), int(outflow), int(count))
            for start, currency, inflow, outflow, count in found
        ]
        day_of = self.services.insights.day_of_rate
        await in_base.prepare((row[1], day_of(row[0])) for row in rows)
        flows = {start: Flow() for start in starts}
        for start, currency, inflow, outflow, count in rows:
            flow = flows[start]
            flow.inflow += in_base.minor(inflow, currency, day_of(start))
            flow.outflow += in_base.minor(outflow, currency, day_of(start))
            flow.count += count
        used = [start for start, flow in flows.items() if flow.count]
        return [(start, flow) for start, flow in flows.items() if used and start >= used[0]]

    async def _payees(self, category: CategoryOption, year: Period, in_base: InBase) -> tuple[list[PayeeShare], int]:
        """The payees of the year, the largest first, and what the rest came to; at the rate of the year's last day."""
        since = shift_month(year.since, -12)
        arguments = category.id, self.member.book.id, since, year.until
        parts = union_all(_whole(*arguments), _split(*arguments)).subquery()
        recent = case((parts.c.booked_on >= year.since, True), else_=False)
        query = (
            select(parts.c.payee_id, Payee.name, parts.c.currency, recent, func.sum(parts.c.minor), func.count())
            .outerjoin(Payee, Payee.id == parts.c.payee_id)
            .group_by(parts.c.payee_id, Payee.name, parts.c.currency, recent)
        )
        rows = (await self.session.execute(query)).all()
        day = min(year.last, self.today)
        await in_base.prepare((row[2], day) for row in rows)
        sign = 1 if category.kind is CategoryKind.INCOME else -1
        names: dict[int | None, str] = {}
        sums, counts = defaultdict[tuple[int | None, bool], int](int), defaultdict[int | None, int](int)
        for payee_id, name, currency, is_recent, minor, count in rows:
            names[payee_id] = name or ""
            sums[payee_id, bool(is_recent)] += sign * in_base.minor(int(minor), currency, day)
            if is_recent:
                counts[payee_id] += count
        found = [
            PayeeShare(payee_id, name, sums[payee_id, True], sums[payee_id, False], counts[payee_id])
            for payee_id, name in names.items()
            if counts[payee_id]
        ]
        found.sort(key=lambda each: (-each.minor, each.name))
        return found[:MAX_PAYEES], sum(each.minor for each in found[MAX_PAYEES:])
