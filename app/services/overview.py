"""The overview: balances, income and spending of the month, and open questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate
from typing import Any

from sqlalchemy import CompoundSelect, bindparam, case, func, literal, null, select, union_all

from app.db import rows
from app.domain.period import DAY, Period, shift_month
from app.models import AccountKind, CategorisedBy, CategoryKind, DayTotal, Payee, Status, Transaction
from app.services.accounts import AccountOption
from app.services.base import Service
from app.services.inbox import Inbox
from app.services.insights import History, InBase, Label, Month, Share

SPENDABLE_KINDS = frozenset({AccountKind.CASH, AccountKind.CHECKING, AccountKind.CREDIT_CARD})
MAX_LATEST = 8
MONTHS_PER_YEAR = 12


@dataclass(frozen=True, slots=True)
class Balance:
    """What the spendable accounts held at the end of each day, in the book's currency."""

    days: Sequence[date]
    values: Sequence[int]
    month: Period

    @property
    def now(self) -> int:
        return self.values[-1]

    @property
    def low(self) -> tuple[date, int]:
        """The lowest end of day of the month itself."""
        of_month = [(value, day) for day, value in zip(self.days, self.values, strict=True) if day in self.month]
        value, day = min(of_month)
        return day, value


@dataclass(frozen=True, slots=True)
class LatestTransaction:
    """A row of the latest transactions."""

    id: int
    booked_on: date
    minor: int
    currency: str
    payee: str
    label: Label | None
    account: str
    is_transfer: bool
    is_valuation: bool
    is_split: bool
    is_pending: bool
    categorised_by: CategorisedBy | None


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """An account with its balance, and what that is in the book's currency where it has another."""

    account: AccountOption
    in_base: int


@dataclass(frozen=True)
class Overview:
    """Everything on the page; amounts are minor units of the book's currency unless they say otherwise."""

    period: Period
    today: date
    history: History
    before: Month
    balance: Balance
    net_worth: Sequence[int]
    accounts: Sequence[AccountBalance]
    spent: Sequence[Share]
    income: Sequence[Share]
    latest: Sequence[LatestTransaction]
    inbox: Inbox
    rates_of: date | None
    missing_rates: Sequence[str]
    approximate_rates: Sequence[str]
    is_new: bool

    @property
    def month(self) -> Month:
        return self.history.last

    @property
    def is_running(self) -> bool:
        return self.today in self.period

    @property
    def days_gone(self) -> int:
        """Days of the month that are over or running."""
        return max(min((self.today - self.period.since).days + 1, self.period.days), 0)

    @property
    def spent_a_day(self) -> int:
        return round(self.month.expenses / self.days_gone) if self.days_gone else 0

    @property
    def full_year(self) -> Sequence[Month]:
        """Up to twelve months that are over, the shown one among them unless it is running."""
        over = [each for each in self.history.months if not self.is_running or each is not self.month]
        first = next((at for at, each in enumerate(over) if each.count), len(over))
        return over[max(first, len(over) - MONTHS_PER_YEAR) :]

    @property
    def savings_rate(self) -> float | None:
        """Saved of all income over ``full_year``."""
        income = sum(each.income for each in self.full_year)
        return sum(each.saved for each in self.full_year) / income if income > 0 else None


OWN_DAYS = DayTotal.book_id == bindparam("book_id")
#: Day by day up to the shown one; without a day: all that is after it, and of that what is after the month.
NETS: CompoundSelect[Any] = union_all(
    select(DayTotal.account_id, DayTotal.day, DayTotal.net_minor, literal(0)).where(
        OWN_DAYS, DayTotal.day.between(bindparam("first"), bindparam("last"))
    ),
    select(
        DayTotal.account_id,
        null(),
        func.sum(DayTotal.net_minor),
        func.sum(case((DayTotal.day >= bindparam("until"), DayTotal.net_minor), else_=0)),
    )
    .where(OWN_DAYS, DayTotal.day > bindparam("last"))
    .group_by(DayTotal.account_id),
)
NEWEST = (
    select(
        Transaction.id,
        Transaction.booked_on,
        Transaction.amount_minor,
        Transaction.currency,
        func.coalesce(Payee.name, func.nullif(Transaction.memo, ""), Transaction.statement_text),
        Transaction.category_id,
        Transaction.account_id,
        Transaction.transfer_id.is_not(None),
        Transaction.is_valuation,
        Transaction.is_split,
        Transaction.status,
        Transaction.categorised_by,
    )
    .outerjoin(Payee, Payee.id == Transaction.payee_id)
    .where(Transaction.book_id == bindparam("book_id"), Transaction.booked_on < bindparam("until"))
    .order_by(Transaction.booked_on.desc(), Transaction.id.desc())
    .limit(MAX_LATEST)
)


@dataclass(frozen=True, slots=True)
class Nets:
    """What moved each account: day by day up to the shown one, in sum after it, and in sum after the month."""

    days: list[tuple[int, date, int]]
    after: dict[int, int]
    later: dict[int, int]


class OverviewService(Service):
    """Reads the overview in a handful of statements, however many transactions there are."""

    async def get(self, month: date) -> Overview:
        """The overview of the budget month that begins on ``month``."""
        period = self.member.book.months.period(month)
        accounts = await self.services.accounts.all()
        history = await self.services.insights.history(month, MONTHS_PER_YEAR + 1, so_far=True)
        before = await self._before(history, period)
        in_base = await self._today_in_base(accounts, period)
        nets = await self._nets(period)
        worth = await self._net_worth(accounts, history, nets)
        names = {each.id: each.name for each in accounts}
        latest = await self._latest(period.until, history.labels, names)
        return Overview(
            period=period,
            today=self.today,
            history=history,
            before=before,
            balance=self._balance(accounts, period, in_base, nets),
            net_worth=worth,
            accounts=[
                AccountBalance(each, in_base.minor(each.balance_minor, each.currency, self._shown_day(period)))
                for each in self._as_of_today(accounts, period, nets)
                if not each.is_archived
            ],
            spent=history.breakdown(history.last, CategoryKind.EXPENSE, before),
            income=history.breakdown(history.last, CategoryKind.INCOME, before),
            latest=latest,
            inbox=await self.services.inbox.get_preview(history.labels, history.months[-3:]),
            rates_of=in_base.as_of,
            missing_rates=sorted(in_base.missing | history.in_base.missing),
            approximate_rates=sorted(in_base.approximate | history.in_base.approximate),
            is_new=not latest and not await self._has_entries(),
        )

    def _as_of_today(self, accounts: Sequence[AccountOption], period: Period, nets: Nets) -> Sequence[AccountOption]:
        """The accounts without what is dated after today, in the running month."""
        if self.today not in period:
            return accounts
        return [replace(each, balance_minor=each.balance_minor - nets.after.get(each.id, 0)) for each in accounts]

    async def _has_entries(self) -> bool:
        first = select(Transaction.id).where(Transaction.book_id == self.member.book.id).limit(1)
        return await self.session.scalar(first) is not None

    def _shown_day(self, period: Period) -> date:
        """The last day of the month, or today while it runs."""
        return max(min(period.last, self.today), period.since)

    async def _before(self, history: History, period: Period) -> Month:
        """The month before, of a running month only as far as the same day."""
        month = history.at(shift_month(period.since, -1))
        if self.today not in period or not month.count:
            return month
        until = min(month.start + DAY * ((self.today - period.since).days + 1), period.since)
        return await self.services.insights.between(month.start, until)

    async def _today_in_base(self, accounts: Sequence[AccountOption], period: Period) -> InBase:
        day = self._shown_day(period)
        in_base = InBase(self.services.currencies, self.member.book.base_currency)
        return await in_base.prepare((each.currency, day) for each in accounts)

    async def _nets(self, period: Period) -> Nets:
        """From the month before on, up to today's balances."""
        first, last = shift_month(period.since, -1), self._shown_day(period)
        asked = {"book_id": self.member.book.id, "first": first, "last": last, "until": period.until}
        nets = Nets([], {}, {})
        for account_id, day, minor, later in await rows(self.session, NETS, asked):
            if day is not None:
                nets.days.append((account_id, day, int(minor)))  # PostgreSQL sums into Decimal
            else:
                nets.after[account_id], nets.later[account_id] = int(minor), int(later)
        return nets

    def _balance(self, accounts: Sequence[AccountOption], period: Period, in_base: InBase, nets: Nets) -> Balance:
        """The spendable balance from the month before up to the shown day; worked out backwards from today's."""
        last = self._shown_day(period)
        currency_of = {each.id: each.currency for each in accounts if each.kind in SPENDABLE_KINDS}
        steps: dict[date, int] = defaultdict(int)
        for account_id, day, minor in nets.days:
            if account_id in currency_of:
                steps[day] += in_base.minor(minor, currency_of[account_id], last)
        end = sum(
            in_base.minor(each.balance_minor, each.currency, last)
            - in_base.minor(nets.after.get(each.id, 0), each.currency, last)
            for each in accounts
            if each.id in currency_of
        )
        days = list(Period(shift_month(period.since, -1), last + DAY))
        opening = end - sum(steps.values())
        ends = list(accumulate((steps[day] for day in days), initial=opening))[1:]
        return Balance(days, ends, period)

    async def _net_worth(self, accounts: Sequence[AccountOption], history: History, nets: Nets) -> list[int]:
        """What all accounts held together at the end of each month, the last one as of the shown day."""
        held: dict[str, int] = defaultdict(int)
        for account in accounts:
            held[account.currency] += account.balance_minor - nets.later.get(account.id, 0)
        days = {each.start: self.services.insights.day_of_rate(each.start) for each in history.months}
        pairs = [(currency, day) for currency in held for day in days.values()]
        in_base = await InBase(self.services.currencies, self.member.book.base_currency).prepare(pairs)
        ends = []
        for month in reversed(history.months):
            ends.append(sum(in_base.minor(minor, each, days[month.start]) for each, minor in held.items()))
            for currency, net in history.nets[month.start].items():
                held[currency] -= net
        ahead = (  # dated after the shown day, but in its month
            in_base.minor(
                nets.after.get(each.id, 0) - nets.later.get(each.id, 0), each.currency, days[history.last.start]
            )
            for each in accounts
        )
        ends[0] -= sum(ahead)
        return ends[::-1]

    async def _latest(
        self, until: date, labels: Mapping[int, Label], accounts: Mapping[int, str]
    ) -> list[LatestTransaction]:
        found = await rows(self.session, NEWEST, {"book_id": self.member.book.id, "until": until})
        return [
            LatestTransaction(
                row[0],
                row[1],
                row[2],
                row[3],
                row[4],
                labels.get(row[5] or -1),
                accounts[row[6]],
                row[7],
                row[8],
                row[9],
                row[10] is Status.PENDING,
                row[11],
            )
            for row in found
        ]
