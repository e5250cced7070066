"""Computes the forecasts of a book from its past: all of them in a worker, or one quickly for a page. No I/O."""

from __future__ import annotations

import time
from collections.abc import Sequence

from app.services.forecasts import items as recurring
from app.services.forecasts.balance import balance_groups, compute_balance
from app.services.forecasts.inputs import Inputs, count_days_ahead
from app.services.forecasts.monthly import compute_monthly, month_series
from app.services.forecasts.results import ITEMS, Result

PROPHET_MAX = 10  # categories, the largest, that Prophet may forecast
PROPHET_BUDGET_S = 20.0  # seconds after which the rest is computed without Prophet


def compute_all(inputs: Inputs, members: Sequence[str] | None = None) -> list[Result]:
    """All of a book's forecasts, with every model or those named; for a worker."""
    items = recurring.find_items(inputs, count_days_ahead(inputs.today))
    results = [
        Result(ITEMS, inputs.base, inputs.today, points={
            "items": [each.stored() for each in items], "missing": list(inputs.missing),
        }),
    ]  # fmt: skip
    pool: list[float] = []
    until = time.monotonic() + PROPHET_BUDGET_S
    for series in month_series(inputs, items):
        made = compute_monthly(
            inputs, series, pool, prophet=series.rank < PROPHET_MAX and time.monotonic() < until, members=members
        )
        pool += made.backtest.pop("ratios", [])
        results.append(made)
    results += [
        compute_balance(inputs, items, target, accounts, members=members) for target, accounts in balance_groups(inputs)
    ]
    return results


def compute_quick(inputs: Inputs, target: str) -> Result | None:
    """One forecast by the median alone, in milliseconds; nothing when there is no such series."""
    if target.startswith("balance:"):
        for name, accounts in balance_groups(inputs):
            if name == target:
                return compute_balance(inputs, [], target, accounts, members=("median",))
        return None
    for series in month_series(inputs, []):
        if series.target == target:
            made = compute_monthly(inputs, series, [], prophet=False, members=("median",))
            made.backtest.pop("ratios", None)
            return made
    return None
