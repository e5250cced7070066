"""What forecasts are made from: monthly flows by category and daily ones by account, read from the roll-ups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from app.domain.money import Money
from app.domain.period import Months, shift_month
from app.models import (
    TRANSFER,
    UNFILED,
    AccountKind,
    CategoryKind,
    ChangeSet,
    DayTotal,
    MonthTotal,
    Payee,
    RecurringKind,
    Transaction,
)
from app.services.insights import AHEAD

if TYPE_CHECKING:
    from app.services import Services

WINDOW_MONTHS = 36  # months whose transactions are searched for regular payments, and whose days make balances
MAX_MONTHS = 240  # months that a series may look back
SPENDABLE = frozenset({AccountKind.CASH, AccountKind.CHECKING, AccountKind.CREDIT_CARD})

INCOMING = -2  # stands for a category: what came in and is not filed

Minor = int


@dataclass(frozen=True, slots=True)
class AccountDays:
    """An account: what is in it at the end of today, and what its days added up to (those to come too)."""

    id: int
    name: str
    currency: str
    kind: AccountKind
    now: Minor
    days: dict[date, Minor]
    rate: Decimal | None  # today's, into the base currency; nothing where none is known

    @property
    def is_spendable(self) -> bool:
        return self.kind in SPENDABLE

    def in_base(self, minor: Minor, base: str) -> Minor:
        """An amount of this account in the base currency, at today's rate."""
        if self.currency == base or self.rate is None:
            return minor
        return Money(minor, self.currency).to(base, self.rate).minor


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A transaction as the search for regular payments sees it."""

    account_id: int
    booked_on: date
    minor: Minor
    category_id: int | None
    other_account_id: int | None  # of a transfer
    is_transfer: bool
    payee: str


@dataclass(frozen=True, slots=True)
class PlannedPayment:
    """A bill or income that a person keeps; amounts are signed, in the account's currency. No dates: it has ended."""

    payee: str
    cadence: str
    account_id: int
    category_id: int | None
    currency: str
    low: Minor
    high: Minor
    dates: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Inputs:
    """A book's past up to ``today``. Monthly flows are in the base currency, each at its month's rate.

    ``flows`` maps a category (0 is uncategorized) to what each month brought (+) and took (-): the running one up to
    today, later ones as far as they are booked. ``scheduled`` is what is booked for the rest of the running month, by
    category. ``missing`` are currencies without a rate.
    """

    today: date
    base: str
    months: Months
    version: int
    accounts: tuple[AccountDays, ...]
    flows: dict[int, dict[date, Minor]]
    kinds: dict[int, CategoryKind]
    first_day: date | None
    active_months: frozenset[date]
    missing: tuple[str, ...]
    entries: tuple[LedgerRow, ...] = ()
    coming: tuple[LedgerRow, ...] = ()  # booked for days after today
    planned: tuple[PlannedPayment, ...] = ()
    scheduled: Mapping[int, Minor] = field(default_factory=dict)

    @property
    def running(self) -> date:
        """The month that today is in, named by its first day."""
        return self.months.of(self.today)

    def complete_months(self) -> list[date]:
        """The whole months from the book's beginning to the last one, oldest first."""
        if self.first_day is None:
            return []
        first = self.months.of(self.first_day)
        if (self.first_day - first).days > 3:
            first = shift_month(first, 1)  # a month that was joined half-way says too little
        first = max(first, shift_month(self.running, -MAX_MONTHS))
        found = []
        while first < self.running:
            found.append(first)
            first = shift_month(first, 1)
        return found


async def read_inputs(services: Services, *, entries: bool) -> Inputs:
    """Read a book's past in a few queries; only a job asks for the ``entries`` themselves."""
    session, book, today = services.session, services.member.book, services.today
    first_day = await session.scalar(
        select(func.min(DayTotal.day)).where(DayTotal.book_id == book.id, DayTotal.count > 0, DayTotal.day <= today)
    )
    version = await session.scalar(select(func.max(ChangeSet.id)).where(ChangeSet.book_id == book.id))
    accounts = await _accounts(services)
    flows, scheduled, active, missing = await _flows(services)
    lost = {each.currency for each in accounts if each.rate is None} | missing
    kinds = {id_: each.kind for id_, each in (await services.categories.by_id()).items()}
    past, coming = await _entries(services, shift_month(book.months.of(today), -WINDOW_MONTHS)) if entries else ((), ())
    return Inputs(
        today, book.base_currency, book.months, version or 0, accounts, flows, kinds, first_day, active,
        tuple(sorted(lost)), past, coming, await _planned(services, accounts) if entries else (), scheduled,
    )  # fmt: skip


async def _accounts(services: Services) -> tuple[AccountDays, ...]:
    book, today = services.member.book, services.today
    since = shift_month(book.months.of(today), -WINDOW_MONTHS)
    days: dict[int, dict[date, Minor]] = defaultdict(dict)
    rows = select(DayTotal.account_id, DayTotal.day, DayTotal.net_minor).where(
        DayTotal.book_id == book.id, DayTotal.day >= since, DayTotal.net_minor != 0
    )
    for account_id, day, net in await services.session.execute(rows):
        days[account_id][day] = net
    found = []
    for each in await services.accounts.all():
        if each.is_archived:
            continue
        of_account = days[each.id]
        later = sum(net for day, net in of_account.items() if day > today)
        quote = await services.currencies.find(each.currency, book.base_currency, today)
        rate = quote.rate if quote else None
        found.append(
            AccountDays(each.id, each.name, each.currency, each.kind, each.balance_minor - later, of_account, rate)
        )
    return tuple(found)


async def _flows(
    services: Services,
) -> tuple[dict[int, dict[date, Minor]], dict[int, Minor], frozenset[date], set[str]]:
    """Return the flows and what is scheduled, see ``Inputs``, the months with any row, and currencies without rate."""
    book, today = services.member.book, services.today
    running = book.months.of(today)
    oldest = shift_month(running, -MAX_MONTHS)
    rows = (
        select(
            MonthTotal.category_id,
            MonthTotal.month,
            MonthTotal.currency,
            func.sum(MonthTotal.in_minor),
            func.sum(MonthTotal.out_minor),
        )
        .where(MonthTotal.book_id == book.id, MonthTotal.month >= oldest, MonthTotal.count > 0)
        .group_by(MonthTotal.category_id, MonthTotal.month, MonthTotal.currency)
    )
    flows: dict[int, dict[date, Minor]] = defaultdict(lambda: defaultdict(int))
    scheduled: dict[int, Minor] = defaultdict(int)
    active, missing = set[date](), set[str]()
    period = book.months.period(running)
    asked = {"book_id": book.id, "running": running, "today": today, "until": period.until}
    months = [(*row, False) for row in await services.session.execute(rows)]
    ahead = [
        (category, month, *rest, True)
        for month, category, *rest, _count in await services.session.execute(AHEAD, asked)
    ]
    for category_id, month, currency, came, went, is_ahead in (*months, *ahead):
        active.add(month)
        if category_id == TRANSFER:
            continue
        on = min(book.months.period(month).last, today)
        quote = await services.currencies.find(currency, book.base_currency, on)
        if quote is None:
            missing.add(currency)
            continue
        came, went = (
            Money(int(each), currency).to(book.base_currency, quote.rate).minor
            if currency != book.base_currency
            else int(each)
            for each in (came, went)
        )
        for key, minor in (
            ((UNFILED, -went), (INCOMING, came)) if category_id == UNFILED else ((category_id, came - went),)
        ):  # what is uncategorized counts by its sign
            flows[key][month] += -minor if is_ahead else minor
            scheduled[key] += minor if is_ahead else 0
    return flows, scheduled, frozenset(active), missing


async def _entries(services: Services, since: date) -> tuple[tuple[LedgerRow, ...], tuple[LedgerRow, ...]]:
    """Transactions from ``since`` to today, and those booked for later, oldest first."""
    rows = (
        await services.session.execute(
            select(
                Transaction.account_id,
                Transaction.booked_on,
                Transaction.amount_minor,
                Transaction.category_id,
                Transaction.transfer_id,
                func.coalesce(Payee.name, Transaction.statement_text),
            )
            .outerjoin(Payee, Payee.id == Transaction.payee_id)
            .where(
                Transaction.book_id == services.member.book.id,
                Transaction.booked_on >= since,
                ~Transaction.is_valuation,
            )
            .order_by(Transaction.booked_on, Transaction.id)
        )
    ).all()
    legs: dict[int, list[int]] = defaultdict(list)
    for account_id, _day, _minor, _category, transfer_id, _text in rows:
        if transfer_id is not None:
            legs[transfer_id].append(account_id)
    past, coming = list[LedgerRow](), list[LedgerRow]()
    for account_id, day, minor, category_id, transfer_id, text in rows:
        other = next((each for each in legs.get(transfer_id or 0, ()) if each != account_id), None)
        entry = LedgerRow(account_id, day, minor, category_id, other, transfer_id is not None, text)
        (past if day <= services.today else coming).append(entry)
    return tuple(past), tuple(coming)


async def _planned(services: Services, accounts: Sequence[AccountDays]) -> tuple[PlannedPayment, ...]:
    """The rules of the book; those without an account go over the first spendable one of their currency."""
    by_id, found = {each.id: each for each in accounts}, list[PlannedPayment]()
    tomorrow = services.today + timedelta(days=1)
    until = services.today + timedelta(days=count_days_ahead(services.today))
    for rule in await services.recurring.all():
        candidates = [by_id.get(rule.account_id or 0), *(each for each in accounts if each.is_spendable)]
        account = next((each for each in candidates if each and each.currency == rule.currency), None)
        if account is None:
            continue
        sign = -1 if rule.kind is RecurringKind.BILL else 1
        low, high = sorted((sign * rule.amount_minor, sign * rule.amount_max_minor))
        dates = () if rule.is_paused else tuple(rule.schedule.between(tomorrow, until))
        found.append(
            PlannedPayment(rule.name, rule.cadence.value, account.id, rule.category_id, rule.currency, low, high, dates)
        )
    return tuple(found)


def count_days_ahead(today: date) -> int:
    """How many days ahead are computed: a year, and what its last month needs."""
    return (shift_month(today, 13) - today).days


def day_range(since: date, count: int) -> list[date]:
    return [since + timedelta(days=n) for n in range(count)]
