"""What will be left of each month: expected income less expected spending, with the band of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import TYPE_CHECKING

from app.services.base import Service
from app.services.forecasts.inputs import Minor
from app.services.forecasts.outlook import Outlook
from app.services.forecasts.results import INCOME, SPENDING

if TYPE_CHECKING:
    pass

MIN_HISTORY_MONTHS = 3  # months under which nothing is said


@dataclass(frozen=True, slots=True)
class MonthSavings:
    """What a month leaves over; eight in ten outcomes lie between ``low`` and ``high``. In the base currency."""

    month: date
    income: Minor
    expenses: Minor
    mean: Minor
    low: Minor
    high: Minor


class SavingsForecastService(Service):
    """Forecasts what one household keeps of each month."""

    async def get(self) -> list[MonthSavings]:
        """By month, starting with the projected running month; nothing before a job has looked at three months.

        Income and spending are forecast apart, and their errors taken as independent: the band's half-width is the root
        of the sum of squares of the two that add up on its side.
        """
        income = await self.services.forecasts.stored_monthly(INCOME)
        spending = await self.services.forecasts.stored_monthly(SPENDING)
        if income is None or spending is None:
            return []
        if min(income.quality.history, spending.quality.history) < MIN_HISTORY_MONTHS:
            return []
        return subtract_spending(income, spending)


def subtract_spending(income: Outlook, spending: Outlook) -> list[MonthSavings]:
    found = []
    for one, other in zip(income.points, spending.points, strict=False):
        mean = one.mean - other.mean
        low = mean - round(sqrt((one.mean - one.lo80) ** 2 + (other.hi80 - other.mean) ** 2))
        high = mean + round(sqrt((one.hi80 - one.mean) ** 2 + (other.mean - other.lo80) ** 2))
        found.append(MonthSavings(one.on, one.mean, other.mean, mean, low, high))
    return found


def combine(months: Sequence[MonthSavings]) -> MonthSavings | None:
    """What some months leave over in all; their errors are taken as independent, like above."""
    if not months:
        return None
    mean = sum(each.mean for each in months)
    below = sqrt(sum((each.mean - each.low) ** 2 for each in months))
    above = sqrt(sum((each.high - each.mean) ** 2 for each in months))
    return MonthSavings(
        months[-1].month,
        sum(each.income for each in months),
        sum(each.expenses for each in months),
        mean,
        mean - round(below),
        mean + round(above),
    )
