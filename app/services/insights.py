"""Figures of a month: income, spending and savings by category, in the household's currency.

They are read from the roll-ups, so their cost does not grow with the number of transactions. Spending of a category
is what went out of it less what came back (refunds); transfers are neither income nor spending; what is uncategorized
counts by its sign. Flows of a month are converted at the rate of its last day, of the running month at today's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import CompoundSelect, Date, bindparam, case, false, func, literal_column, select, true, union_all

from app.db import rows as rows_of
from app.domain.money import Money
from app.domain.period import DAY, Period, shift_month
from app.i18n import _
from app.models import TRANSFER, UNFILED, CategoryKind, MonthTotal, Split, Transaction
from app.services.base import Service
from app.services.currencies import CurrencyService, Quote
from app.services.transaction_list import Filter

if TYPE_CHECKING:
    from app.services import Services

AVERAGE_OVER = 6  # months before the one that is looked at


class Label(NamedTuple):
    """How a category is shown; id 0 is uncategorized."""

    id: int
    name: str
    icon: str
    colour: int
    kind: CategoryKind
    group_id: int
    group: str
    key: str | None


class InBase:
    """Amounts of any currency in the book's own, at the rates that ``prepare`` looked up."""

    def __init__(self, rates: CurrencyService, base: str) -> None:
        self.rates, self.base = rates, base
        self.quotes: dict[tuple[str, date], Quote] = {}
        self.missing: set[str] = set()

    async def prepare(self, pairs: Iterable[tuple[str, date]]) -> InBase:
        """Find the rate of each (currency, day)."""
        for currency, day in set(pairs) - self.quotes.keys():
            if currency == self.base:
                continue
            quote = await self.rates.find(currency, self.base, day)
            if quote is None:
                self.missing.add(currency)
            else:
                self.quotes[currency, day] = quote
        return self

    def minor(self, minor: int, currency: str, day: date) -> int:
        """In minor units of the base; nothing where no rate is known, which ``missing`` names."""
        if currency == self.base:
            return minor
        quote = self.quotes.get((currency, day))
        return Money(minor, currency).to(self.base, quote.rate).minor if quote else 0

    @property
    def approximate(self) -> set[str]:
        """The currencies that were converted at approximate rates."""
        return {currency for (currency, _day), quote in self.quotes.items() if quote.is_approximate}

    @property
    def as_of(self) -> date | None:
        """The day of the newest rate that was used."""
        return max((each.as_of for each in self.quotes.values()), default=None)


@dataclass(slots=True)
class Flow:
    """Money in and out, both at least 0, in the book's currency."""

    inflow: int = 0
    outflow: int = 0
    count: int = 0

    @property
    def net(self) -> int:
        return self.inflow - self.outflow

    def add(self, other: Flow) -> None:
        self.inflow += other.inflow
        self.outflow += other.outflow
        self.count += other.count


@dataclass(frozen=True, slots=True)
class Share:
    """A category's part of a month. ``minor`` is positive for what one expects of its kind."""

    label: Label
    minor: int
    share: float
    previous: int = 0
    average: int = 0
    count: int = 0


@dataclass(frozen=True)
class Month:
    """The flows of a budget month, or of another period, by category id; ``start`` is its first day."""

    start: date
    flows: Mapping[int, Flow]
    labels: Mapping[int, Label]

    def of(self, category_id: int, kind: CategoryKind) -> int:
        flow = self.flows.get(category_id)
        if flow is None:
            return 0
        if category_id == UNFILED:
            return flow.inflow if kind is CategoryKind.INCOME else flow.outflow
        return flow.net if kind is CategoryKind.INCOME else -flow.net

    def total(self, kind: CategoryKind) -> int:
        labels = self.labels
        filed = sum(
            flow.inflow - flow.outflow
            for each, flow in self.flows.items()
            if each != UNFILED and labels[each].kind is kind
        )
        return (filed if kind is CategoryKind.INCOME else -filed) + self.of(UNFILED, kind)

    @cached_property
    def income(self) -> int:
        return self.total(CategoryKind.INCOME)

    @cached_property
    def expenses(self) -> int:
        return self.total(CategoryKind.EXPENSE)

    @property
    def saved(self) -> int:
        return self.income - self.expenses

    @property
    def savings_rate(self) -> float | None:
        """Saved as a share of income; nothing without income."""
        return self.saved / self.income if self.income > 0 else None

    @property
    def count(self) -> int:
        return sum(each.count for each in self.flows.values())


@dataclass(frozen=True)
class History:
    """Months, oldest first, and what turned their currencies into one."""

    months: Sequence[Month]
    labels: Mapping[int, Label]
    in_base: InBase
    nets: Mapping[date, Mapping[str, int]] = field(default_factory=dict)

    @property
    def last(self) -> Month:
        return self.months[-1]

    def at(self, start: date) -> Month:
        found = next((each for each in self.months if each.start == start), None)
        return found or Month(start, {}, self.labels)

    def breakdown(self, month: Month, kind: CategoryKind, before: Month | None = None) -> list[Share]:
        """The month's categories of a kind, the largest first, beside the month ``before`` or a part of it."""
        earlier = before or self.at(shift_month(month.start, -1))
        past = [each for each in self.months if each.start < month.start and each.count][-AVERAGE_OVER:]
        ids = {each for each in (*month.flows, *earlier.flows) if each == UNFILED or self.labels[each].kind is kind}
        whole = month.total(kind)
        shares = []
        for each in ids:
            minor = month.of(each, kind)
            previous = earlier.of(each, kind)
            average = round(sum(one.of(each, kind) for one in past) / len(past)) if past else 0
            flow = month.flows.get(each)
            share = minor / whole if whole > 0 else 0.0
            shares.append(Share(self.labels[each], minor, share, previous, average, flow.count if flow else 0))
        return sorted(
            (each for each in shares if each.minor or each.previous), key=lambda each: (-each.minor, each.label.name)
        )


MONTHS = (
    select(
        MonthTotal.month,
        MonthTotal.category_id,
        MonthTotal.currency,
        func.sum(MonthTotal.in_minor).label("inflow"),
        func.sum(MonthTotal.out_minor).label("outflow"),
        func.sum(MonthTotal.count).label("count_"),
    )
    .where(MonthTotal.book_id == bindparam("book_id"), MonthTotal.month.between(bindparam("first"), bindparam("last")))
    .group_by(MonthTotal.month, MonthTotal.category_id, MonthTotal.currency)
)
PART_MINOR = func.coalesce(Split.amount_minor, Transaction.amount_minor)
PART_CATEGORY = func.coalesce(Split.category_id, Transaction.category_id, literal_column(str(UNFILED)))
#: What is dated after today in the running month, each split by its part. Transfers and valuations are no flows.
AHEAD = (
    select(
        bindparam("running", type_=Date()).label("month"),
        PART_CATEGORY.label("category_id"),
        Transaction.currency,
        func.sum(case((PART_MINOR > 0, PART_MINOR), else_=0)).label("inflow"),
        func.sum(case((PART_MINOR < 0, -PART_MINOR), else_=0)).label("outflow"),
        func.count().label("count_"),
    )
    .outerjoin(Split, Split.transaction_id == Transaction.id)
    .where(
        Transaction.book_id == bindparam("book_id"),
        Transaction.booked_on > bindparam("today"),
        Transaction.booked_on < bindparam("until"),
        Transaction.transfer_id.is_(None),
        ~Transaction.is_valuation,
    )
    .group_by(PART_CATEGORY, Transaction.currency)
)
ALL_MONTHS = MONTHS.add_columns(false().label("is_ahead"))
MONTHS_SO_FAR: CompoundSelect[Any] = union_all(ALL_MONTHS, AHEAD.add_columns(true().label("is_ahead")))


class InsightService(Service):
    """Reads monthly figures of one household."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._labels: dict[int, Label] | None = None

    async def labels(self) -> dict[int, Label]:
        """Return all categories by id, archived ones too, and 0 for uncategorized."""
        if self._labels is None:
            unfiled = Label(UNFILED, _("Uncategorized"), "circle-help", 8, CategoryKind.EXPENSE, 0, "", None)
            self._labels = {UNFILED: unfiled}
            for group in await self.services.categories.all_groups():
                for each in group.categories:
                    self._labels[each.id] = Label(
                        each.id, each.name, each.icon, each.colour, each.kind, group.id, group.name, each.key
                    )
        return self._labels

    def day_of_rate(self, month: date) -> date:
        """The day whose rate counts for a month's flows."""
        return min(self.member.book.months.period(month).last, self.today)

    async def history(
        self, month: date, count: int = 13, *, so_far: bool = False, in_base: InBase | None = None
    ) -> History:
        """``count`` months up to and with ``month``. With ``so_far`` the running one ends with today.

        The ``nets`` count every transaction, so that balances can be walked back from the current ones.
        """
        months = self.member.book.months.back(month, count)
        rows = await self._month_totals(
            months[0], month, so_far=so_far and self.member.book.months.of(self.today) in months
        )
        days = {each: self.day_of_rate(each) for each in months}
        in_base = in_base or self.in_base()
        await in_base.prepare({(row.currency, days[row.month]) for row in rows})
        flows: dict[date, dict[int, Flow]] = {each: {} for each in months}
        nets: dict[date, dict[str, int]] = {each: defaultdict(int) for each in months}
        for start, category_id, currency, into, out, entries, is_ahead in rows:
            inflow, outflow = int(into), int(out)  # PostgreSQL sums into Decimal
            if not is_ahead:
                nets[start][currency] += inflow - outflow
            if category_id == TRANSFER:
                continue
            sign = -1 if is_ahead else 1
            of_month = flows[start]
            flow = of_month.get(category_id)
            if flow is None:
                flow = of_month[category_id] = Flow()
            flow.inflow += sign * in_base.minor(inflow, currency, days[start])
            flow.outflow += sign * in_base.minor(outflow, currency, days[start])
            flow.count += sign * entries
        labels = await self.labels()
        return History([Month(each, flows[each], labels) for each in months], labels, in_base, nets)

    async def _month_totals(self, first: date, last: date, *, so_far: bool) -> Sequence[Any]:
        values: dict[str, Any] = {"book_id": self.member.book.id, "first": first, "last": last}
        if so_far:
            period = self.member.book.months.period(self.member.book.months.of(self.today))
            values |= {"running": period.since, "today": self.today, "until": period.until}
        query = MONTHS_SO_FAR if so_far else ALL_MONTHS
        found = await rows_of(self.session, query, values)
        return [row for row in found if row.count_ or row.inflow or row.outflow]

    def in_base(self) -> InBase:
        return InBase(self.services.currencies, self.member.book.base_currency)

    async def between(self, since: date, until: date) -> Month:
        """The flows of a half-open part of a month, summed from the transactions themselves."""
        return await self.sum_rows(Filter(since=since, until=until - DAY), self.in_base())

    async def sum_period(self, period: Period, wanted: Filter, in_base: InBase) -> Month:
        """The flows of a period: whole months from the month totals, else from the transactions of a filter."""
        count = self.member.book.months.count(period)
        if not count or wanted.account or wanted.tag:
            return await self.sum_rows(replace(wanted, since=period.since, until=period.last), in_base)
        flows: dict[int, Flow] = {}
        for month in (await self.history(shift_month(period.since, count - 1), count, in_base=in_base)).months:
            for category_id, flow in month.flows.items():
                flows.setdefault(category_id, Flow()).add(flow)
        return Month(period.since, flows, await self.labels())

    async def sum_rows(self, wanted: Filter, in_base: InBase) -> Month:
        """The flows of a filter, summed from its transactions without transfers; splits count by their part."""
        day = self.rate_day  # one object: PostgreSQL compares the expressions to select and to group by
        query = (
            select(PART_CATEGORY, Transaction.currency, day, func.sum(PART_MINOR), func.count())
            .outerjoin(Split, Split.transaction_id == Transaction.id)
            .where(
                *await self.services.transaction_list.conditions(wanted),
                Transaction.transfer_id.is_(None),
                ~Transaction.is_valuation,
            )
            .group_by(PART_CATEGORY, Transaction.currency, day, PART_MINOR < 0)
        )
        sums: dict[tuple[int, str, date, bool], int] = defaultdict(int)
        flows: dict[int, Flow] = {}
        for category_id, currency, booked_on, amount, count in (await self.session.execute(query)).all():
            sums[category_id, currency, self.day_of_rate_on(booked_on), amount < 0] += int(amount)
            flows.setdefault(category_id, Flow()).count += count
        await in_base.prepare((currency, on) for _category_id, currency, on, _is_out in sums)
        for (category_id, currency, on, _is_out), amount in sums.items():
            converted = in_base.minor(amount, currency, on)
            flows[category_id].add(Flow(max(converted, 0), max(-converted, 0)))
        return Month(wanted.since or self.today, flows, await self.labels())

    @property
    def rate_day(self) -> Any:
        """An expression for the day of a transaction in another currency; null in the book's own, which has no rate."""
        return case((Transaction.currency != self.member.book.base_currency, Transaction.booked_on))

    def day_of_rate_on(self, booked_on: date | None) -> date:
        """The day whose rate counts for a transaction, given its ``rate_day``."""
        return self.day_of_rate(self.member.book.months.of(booked_on)) if booked_on else self.today


def change(now: int, before: int) -> float | None:
    """By what share something grew; nothing when there was nothing before."""
    return (now - before) / abs(before) if before else None
