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
from app.services.base import Service
from app.services.forecasts.inputs import SPENDABLE as SPENDABLE_KINDS
from app.services.forecasts.inputs import Minor
from app.services.forecasts.items import RecurringItem
from app.services.forecasts.outlook import Band, Outlook
from app.services.forecasts.results import ALL, INCOME, SPENDABLE, SPENDING, account_target
from app.services.forecasts.safe_to_spend import Due, main_incomes
from app.services.forecasts.scenarios import Scenario, apply_to_balance
from app.services.forecasts.service import Freshness

if TYPE_CHECKING:
    pass

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
    """A category by month: what is expected, with the scenarios applied."""

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
    plain: Sequence[Band]  # without scenarios
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
        """What the scenarios change by the last day."""
        return self.ahead[-1].mean - self.plain[-1].mean


class ForecastPageService(Service):
    """Reads the forecast page of one household."""

    async def list_balances(self) -> list[BalanceChoice]:
        """The balances on offer: spendable accounts together, all of them, each one."""
        base = self.member.book.base_currency
        active = [each for each in await self.services.accounts.all() if not each.is_archived]
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

    async def choose_balance(self, account: str) -> tuple[BalanceChoice, list[BalanceChoice]]:
        """The balance that was asked for; the spendable accounts, or the only one, when none was."""
        offered = await self.list_balances()
        if not offered:
            base = self.member.book.base_currency
            return BalanceChoice("spendable", SPENDABLE, "", base, frozenset()), []
        if not account:
            return offered[0], offered
        for each in offered:
            if each.key == account:
                return each, offered
        if account in ("spendable", "all"):
            return offered[0], offered
        raise NotFound(_("That account does not exist."))

    async def get(self, *, days: int, account: str, scenarios: Sequence[Scenario]) -> ForecastPage:
        """Everything on the page; Raises `NotFound` for an account that is not the household's."""
        if days not in HORIZONS:
            raise Invalid(_("Choose 30, 90 or 365 days."), field="days")
        choice, offered = await self.choose_balance(account)
        forecasts, base = self.services.forecasts, self.member.book.base_currency
        outlook = await forecasts.balance(choice.target)
        spending, income = await forecasts.monthly(SPENDING), await forecasts.monthly(INCOME)
        quote = await self.services.currencies.find(base, choice.currency, self.today)
        rate = quote.rate if quote else Decimal(1)
        plain = outlook.points[: days + 1]
        ahead = apply_to_balance(outlook, scenarios, rate, base)[: days + 1]
        back, step = HORIZONS[days]
        days = min(days, max(len(plain) - 1, 1))  # a young book is forecast for fewer days
        until = self.today + timedelta(days=days)
        items = await forecasts.items()
        due = await self.services.safe_to_spend.list_due(choice.accounts, until)
        pay = main_incomes(items, choice.accounts)
        payday = min((day for each in pay for day in each.dates if day > self.today), default=None)
        past = await self._past(choice, back, step, plain[0].mean if plain else 0)
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
            self.services.scenarios.apply_to_months(spending, scenarios)[:MONTHS_SHOWN],
            self.services.scenarios.apply_to_months(income, scenarios)[:MONTHS_SHOWN],
            await self._rows(scenarios),
            _drivers(items, due, choice),
            due,
            payday,
            scenarios,
            await forecasts.freshness(),
            await forecasts.has_history(),
            row,
        )

    async def _past(self, choice: BalanceChoice, back: int, step: int, now: Minor) -> list[tuple[date, Minor]]:
        """Balances of the days before today, walked back from now at today's rates; today is the last."""
        today, base = self.today, self.member.book.base_currency
        since = today - timedelta(days=back)
        rows = await self.session.execute(
            select(DayTotal.account_id, DayTotal.day, func.sum(DayTotal.net_minor))
            .where(
                DayTotal.book_id == self.member.book.id,
                DayTotal.account_id.in_(choice.accounts),
                DayTotal.day > since,
                DayTotal.day <= today,
            )
            .group_by(DayTotal.account_id, DayTotal.day)
        )
        currencies = {each.id: each.currency for each in await self.services.accounts.all()}
        net: dict[date, Minor] = defaultdict(int)
        for account_id, day, minor in rows:
            currency = currencies[account_id]
            if currency != choice.currency:
                quote = await self.services.currencies.find(currency, base, today)
                minor = Money(int(minor), currency).to(base, quote.rate).minor if quote else 0
            net[day] += int(minor)
        found, level = [(today, now)], now
        for n in range(1, back + 1):
            level -= net.get(today - timedelta(days=n - 1), 0)
            if n % step == 0:
                found.append((today - timedelta(days=n), level))
        return found[::-1]

    async def _rows(self, scenarios: Sequence[Scenario]) -> list[MonthRow]:
        """The largest spending categories, by what is expected of the months shown."""
        rows = []
        kinds = await self.services.categories.by_id()
        for category_id, outlook in (await self.services.forecasts.by_category()).items():
            if category_id and (category_id not in kinds or kinds[category_id].kind.value == "income"):
                continue
            months = self.services.scenarios.apply_to_months(outlook, scenarios)[:MONTHS_SHOWN]
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
