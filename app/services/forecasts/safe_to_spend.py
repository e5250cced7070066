"""Safe to spend: what may go until payday without a bill, a saving or a bad month coming to harm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from app.domain.money import Money
from app.domain.period import DAY
from app.services.base import Service
from app.services.forecasts.inputs import SPENDABLE as SPENDABLE_KINDS
from app.services.forecasts.inputs import Minor
from app.services.forecasts.items import RecurringItem
from app.services.forecasts.outlook import Band, Outlook
from app.services.forecasts.results import SPENDABLE

if TYPE_CHECKING:
    pass

MAX_DAYS = 45  # days ahead that the fan of the overview shows at most
MIN_HISTORY_MONTHS = 2  # months
MAIN_INCOME_DIVISOR = 2  # an income counts as pay if it is at least so small a part (1/2) of the largest


@dataclass(frozen=True, slots=True)
class Due:
    """One occurrence of a regular payment: positive comes in; in the base currency."""

    on: date
    payee: str
    minor: Minor
    kind: str
    category_id: int | None


@dataclass(frozen=True, slots=True)
class SafeToSpend:
    """``amount`` = now - bills - savings - cushion, and never more than what keeps every later day above nothing.

    ``bills`` and ``savings`` are what is due before ``payday`` (the end of the month where no pay is regular);
    ``short`` is what is missing where the amount would be below nothing. All in the base currency.
    """

    amount: Minor
    a_day: Minor
    short: Minor
    currency: str
    payday: date | None
    until: date
    now: Minor
    bills: Minor
    savings: Minor
    cushion: Minor
    kept: Minor  # for what comes after payday
    lowest: Band
    after_payday: Minor
    pay: Due | None
    due: Sequence[Due]
    outlook: Outlook

    @property
    def days(self) -> int:
        """Days to live on it, today included."""
        return (self.until - self.outlook.points[0].on).days


class SafeToSpendService(Service):
    """Works out what one household can spend until payday."""

    async def list_due(self, accounts: frozenset[int], until: date) -> list[Due]:
        """Regular payments of these accounts after today and up to a day, the next one first; what only moves money
        between them is left out."""
        base, found = self.member.book.base_currency, list[Due]()
        for item in await self.services.forecasts.items():
            if item.account_id not in accounts or item.is_inside(accounts):
                continue
            quote = await self.services.currencies.find(item.currency, base, self.today)
            if quote is None:
                continue
            for day, own in item.due:
                if self.today < day <= until:
                    minor = Money(own, item.currency).to(base, quote.rate).minor if item.currency != base else own
                    found.append(Due(day, item.payee, minor, item.kind, item.category_id))
        return sorted(found, key=lambda each: (each.on, -abs(each.minor)))

    async def _spendable_accounts(self) -> frozenset[int]:
        return frozenset(
            each.id
            for each in await self.services.accounts.all()
            if each.kind in SPENDABLE_KINDS and not each.is_archived
        )

    async def get(self) -> SafeToSpend | None:
        """What can be spent until the next pay arrives; nothing while there is too little history to say.

        With B what the spendable accounts (cash, current accounts, cards) hold at the end of today, and P the day
        before the next main income, or the last of the month where none is regular:

            safe = B - bills due up to P - savings due up to P - cushion(P)

        Bills are regular payments out of these accounts, savings regular transfers from them to others. The cushion is
        the distance from the middle of the forecast to the lower edge of its 80 % band on P: in nine of ten outcomes
        surprises cost no more than that. The amount is lowered further where, with usual spending, the lower edge
        would fall below nothing within a month after P. A day's rate is the amount over the days, today included.
        """
        forecasts = self.services.forecasts
        outlook = await forecasts.balance(SPENDABLE)
        if outlook.is_quick or outlook.quality.history < MIN_HISTORY_MONTHS or len(outlook.points) < 60:
            return None
        accounts, today = await self._spendable_accounts(), self.today
        incomes = main_incomes(await forecasts.items(), accounts)
        payday = min((day for each in incomes for day in each.dates if day > today), default=None)
        month_end = self.member.book.months.period(forecasts.running).until
        until = min(payday or month_end, today + timedelta(days=MAX_DAYS))
        due = await self.list_due(accounts, today + timedelta(days=MAX_DAYS))
        before = [each for each in due if each.on < until and each.minor < 0]
        bills = -sum(each.minor for each in before if each.kind != "transfer")
        savings = -sum(each.minor for each in before if each.kind == "transfer")
        last = (until - DAY - today).days
        edge = outlook.points[last]
        cushion = edge.mean - edge.lo80
        now = outlook.points[0].mean
        everyday = max(now + sum(each.minor for each in due if each.on < until) - edge.mean, 0)
        later = min(each.lo80 for each in outlook.points[last + 1 : last + 32])
        until_payday = now - bills - savings - cushion
        free = min(until_payday, everyday + later)
        days = max((until - today).days, 1)
        ahead = outlook.points[1 : MAX_DAYS + 1]
        return SafeToSpend(
            max(free, 0),
            max(free, 0) // days,
            max(-free, 0),
            outlook.currency,
            payday,
            until,
            now,
            bills,
            savings,
            cushion,
            until_payday - free,
            min(ahead, key=lambda each: each.mean),
            outlook.points[(until - today).days].mean,
            next((each for each in due if each.on == payday and each.minor > 0), None),
            due,
            outlook,
        )


def main_incomes(items: Sequence[RecurringItem], accounts: frozenset[int]) -> list[RecurringItem]:
    """The regular incomes that are large enough to be called pay, those that come at least monthly."""
    pay = [
        each
        for each in items
        if each.kind == "income"
        and each.account_id in accounts
        and each.cadence in ("weekly", "fortnightly", "monthly")
    ]
    largest = max((each.minor for each in pay), default=0)
    return [each for each in pay if each.minor * MAIN_INCOME_DIVISOR >= largest]
