"""The forecast page's figures: one balance with its past and forecast, its drivers, and spending by month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from app.domain.money import Money
from app.errors import Invalid, NotFound
from app.i18n import _
from app.models import DayTotal
from app.services.forecasts import scenarios as what_if
from app.services.forecasts.inputs import SPENDABLE as SPENDABLE_KINDS
from app.services.forecasts.inputs import Minor
from app.services.forecasts.items import RecurringItem
from app.services.forecasts.outlook import Band, Outlook
from app.services.forecasts.results import ALL, INCOME, SPENDABLE, SPENDING, account_target
from app.services.forecasts.safe_to_spend import Due, list_due, main_incomes
from app.services.forecasts.scenarios import Scenario
from app.services.forecasts.service import Freshness

if TYPE_CHECKING:
    from app.services import Services

HORIZONS = {30: (30, 1), 90: (45, 1), 365: (120, 7)}  # days ahead: days back, days between two points
MONTHS_SHOWN = 3
MAX_CATEGORIES = 12  # categories of the table


@dataclass(frozen=True, slots=True)
class BalanceChoice:
    """A balance that can be looked at: its name in the address, the series, whose it is."""

    key: str
    target: str
    name: str  # empty: of several accounts
    currency: str
    accounts: frozenset[int]


@dataclass(frozen=True, slots=True)
class Driver:
    """A regular payment and what it comes to over the days ahead, in the base currency."""

    item: RecurringItem
    next_on: date
    once: Minor
    total: Minor
    times: int


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A category by month: what is expected, as it would be under the suppositions."""

    category_id: int | None
    months: Sequence[Band]
    usual: Minor  # a month, in the last six


@dataclass(frozen=True, slots=True)
class ForecastPage:
    choice: BalanceChoice
    choices: Sequence[BalanceChoice]
    days: int
    past: Sequence[tuple[date, Minor]]
    ahead: Sequence[Band]
    plain: Sequence[Band]  # without the suppositions
    outlook: Outlook
    spending: Outlook
    income: Outlook
    spending_months: Sequence[Band]
    income_months: Sequence[Band]
    rows: Sequence[MonthRow]
    drivers: Sequence[Driver]
    due: Sequence[Due]
    payday: date | None
    scenarios: Sequence[Scenario]
    freshness: Freshness
    has_history: bool
    missing: Sequence[str]

    @property
    def end(self) -> Band:
        return self.ahead[-1]

    @property
    def lowest(self) -> Band:
        """The lowest point of the middle line after today."""
        return min(self.ahead[1:], key=lambda each: each.mean)

    @property
    def difference(self) -> Minor:
        """What the suppositions change by the last day."""
        return self.ahead[-1].mean - self.plain[-1].mean


async def list_balances(services: Services) -> list[BalanceChoice]:
    """The balances on offer: spendable accounts together, all of them, each one."""
    base = services.member.book.base_currency
    active = [each for each in await services.accounts.all() if not each.is_archived]
    ids = frozenset(each.id for each in active)
    spendable = frozenset(each.id for each in active if each.kind in SPENDABLE_KINDS)
    found = []
    if spendable and len(ids) > 1:
        found.append(BalanceChoice("spendable", SPENDABLE, "", base, spendable))
    if len(ids) > 1 and spendable != ids:
        found.append(BalanceChoice("all", ALL, "", base, ids))
    return found + [
        BalanceChoice(str(each.id), account_target(each.id), each.name, each.currency, frozenset({each.id}))
        for each in active
    ]


async def choose_balance(services: Services, account: str) -> tuple[BalanceChoice, list[BalanceChoice]]:
    """The balance that was asked for; the spendable accounts, or the only one, when none was."""
    offered = await list_balances(services)
    if not offered:
        base = services.member.book.base_currency
        return BalanceChoice("spendable", SPENDABLE, "", base, frozenset()), []
    if not account:
        return offered[0], offered
    for each in offered:
        if each.key == account:
            return each, offered
    if account in ("spendable", "all"):
        return offered[0], offered
    raise NotFound(_("That account does not exist."))


async def build_page(services: Services, *, days: int, account: str, what: Sequence[str]) -> ForecastPage:
    """Everything on the page; `NotFound` for an account that is not the book's, `Invalid` for a bad supposition."""
    if days not in HORIZONS:
        raise Invalid(_("Choose 30, 90 or 365 days."), field="days")
    choice, offered = await choose_balance(services, account)
    forecasts, base = services.forecasts, services.member.book.base_currency
    outlook = await forecasts.balance(choice.target)
    spending, income = await forecasts.monthly(SPENDING), await forecasts.monthly(INCOME)
    suppositions = await what_if.parse_all(services, what)
    quote = await services.currencies.find(base, choice.currency, services.today)
    rate = quote.rate if quote else Decimal(1)
    plain = outlook.points[: days + 1]
    ahead = what_if.apply_to_balance(outlook, suppositions, rate, base)[: days + 1]
    back, step = HORIZONS[days]
    days = min(days, max(len(plain) - 1, 1))  # a young book is forecast for fewer days
    until = services.today + timedelta(days=days)
    items = await forecasts.items()
    due = await list_due(services, choice.accounts, until)
    pay = main_incomes(items, choice.accounts)
    payday = min((day for each in pay for day in each.dates if day > services.today), default=None)
    past = await _past(services, choice, back, step, plain[0].mean if plain else 0)
    row = await forecasts.missing()
    return ForecastPage(
        choice,
        offered,
        days,
        past,
        ahead,
        plain,
        outlook,
        spending,
        income,
        what_if.apply_to_months(services, spending, suppositions)[:MONTHS_SHOWN],
        what_if.apply_to_months(services, income, suppositions)[:MONTHS_SHOWN],
        await _rows(services, suppositions),
        _drivers(items, due, choice),
        due,
        payday,
        suppositions,
        await forecasts.freshness(),
        await forecasts.has_history(),
        row,
    )


async def _past(
    services: Services, choice: BalanceChoice, back: int, step: int, now: Minor
) -> list[tuple[date, Minor]]:
    """Balances of the days before today, walked back from now at today's rates; today is the last."""
    today, base = services.today, services.member.book.base_currency
    since = today - timedelta(days=back)
    rows = await services.session.execute(
        select(DayTotal.account_id, DayTotal.day, func.sum(DayTotal.net_minor))
        .where(
            DayTotal.book_id == services.member.book.id,
            DayTotal.account_id.in_(choice.accounts),
            DayTotal.day > since,
            DayTotal.day <= today,
        )
        .group_by(DayTotal.account_id, DayTotal.day)
    )
    currencies = {each.id: each.currency for each in await services.accounts.all()}
    net: dict[date, Minor] = defaultdict(int)
    for account_id, day, minor in rows:
        currency = currencies[account_id]
        if currency != choice.currency:
            quote = await services.currencies.find(currency, base, today)
            minor = Money(int(minor), currency).to(base, quote.rate).minor if quote else 0
        net[day] += int(minor)
    found, level = [(today, now)], now
    for n in range(1, back + 1):
        level -= net.get(today - timedelta(days=n - 1), 0)
        if n % step == 0:
            found.append((today - timedelta(days=n), level))
    return found[::-1]


async def _rows(services: Services, suppositions: Sequence[Scenario]) -> list[MonthRow]:
    """The largest spending categories, by what is expected of the months shown."""
    rows = []
    kinds = await services.categories.by_id()
    for category_id, outlook in (await services.forecasts.by_category()).items():
        if category_id and (category_id not in kinds or kinds[category_id].kind.value == "income"):
            continue
        months = what_if.apply_to_months(services, outlook, suppositions)[:MONTHS_SHOWN]
        recent = [minor for _month, minor in outlook.past[-6:]]
        rows.append(MonthRow(category_id or None, months, round(sum(recent) / len(recent)) if recent else 0))
    rows.sort(key=lambda row: -sum(each.mean for each in row.months))
    return [row for row in rows if any(each.hi80 for each in row.months)][:MAX_CATEGORIES]


def _drivers(items: Sequence[RecurringItem], due: Sequence[Due], choice: BalanceChoice) -> list[Driver]:
    """Regular payments that fall into the days ahead, the weightiest first."""
    sums: dict[tuple[str, str, int | None, int], list[Due]] = defaultdict(list)
    for each in due:
        sums[each.payee, each.kind, each.category_id, 1 if each.minor > 0 else -1].append(each)
    found = []
    for item in items:
        if item.account_id not in choice.accounts or item.is_inside(choice.accounts):
            continue
        mine = sums.pop((item.payee, item.kind, item.category_id, 1 if item.minor > 0 else -1), None)
        if mine:
            found.append(Driver(item, mine[0].on, mine[0].minor, sum(each.minor for each in mine), len(mine)))
    return sorted(found, key=lambda each: -abs(each.total))
