"""What will be left of each month: expected income less expected spending, with the band of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import TYPE_CHECKING

from app.services.forecasts.compute import INCOME, SPENDING
from app.services.forecasts.inputs import Minor
from app.services.forecasts.outlook import Outlook

if TYPE_CHECKING:
    from app.services import Services

LEAST_HISTORY = 3  # months under which nothing is said


@dataclass(frozen=True, slots=True)
class Saved:
    """What a month leaves over; eight in ten outcomes lie between ``low`` and ``high``. In the base currency."""

    month: date
    income: Minor
    expenses: Minor
    mean: Minor
    low: Minor
    high: Minor


async def saved_ahead(services: Services) -> list[Saved]:
    """Month by month from the running one, to its end, on; nothing before a job has looked at three months.

    Income and spending are forecast apart, and their errors taken as independent: the band's half-width is the root
    of the sum of squares of the two that add up on its side.
    """
    income = await services.forecasts.stored_monthly(INCOME)
    spending = await services.forecasts.stored_monthly(SPENDING)
    if income is None or spending is None:
        return []
    if min(income.quality.history, spending.quality.history) < LEAST_HISTORY:
        return []
    return combined(income, spending)


def combined(income: Outlook, spending: Outlook) -> list[Saved]:
    found = []
    for one, other in zip(income.points, spending.points, strict=False):
        mean = one.mean - other.mean
        low = mean - round(sqrt((one.mean - one.lo80) ** 2 + (other.hi80 - other.mean) ** 2))
        high = mean + round(sqrt((one.hi80 - one.mean) ** 2 + (other.mean - other.lo80) ** 2))
        found.append(Saved(one.on, one.mean, other.mean, mean, low, high))
    return found


def together(months: Sequence[Saved]) -> Saved | None:
    """What some months leave over in all; their errors are taken as independent, like above."""
    if not months:
        return None
    mean = sum(each.mean for each in months)
    below = sqrt(sum((each.mean - each.low) ** 2 for each in months))
    above = sqrt(sum((each.high - each.mean) ** 2 for each in months))
    return Saved(
        months[-1].month,
        sum(each.income for each in months),
        sum(each.expenses for each in months),
        mean,
        mean - round(below),
        mean + round(above),
    )
