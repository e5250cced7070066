"""Forecasts spending, income and categories by month."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from app.domain.period import shift_month
from app.models import UNFILED, CategoryKind
from app.services.forecasts import items as recurring
from app.services.forecasts.inputs import INCOMING, WINDOW_MONTHS, Inputs, Minor
from app.services.forecasts.items import RecurringItem
from app.services.forecasts.results import BANDS, INCOME, MONTHS_AHEAD, SPENDING, Result, category_target

if TYPE_CHECKING:
    from app.ml.forecaster import Forecast

LEAST_SHARE, LEAST_SHARE_MONTHS = 0.1, 3  # a band reaches at least 10 % · 3 / (3 + months) to either side
SHORT_MONTHS = 6  # of history, in which errors say less about regular payments than their own range does
OFTEN = frozenset({"weekly", "fortnightly", "monthly"})


@dataclass(frozen=True, slots=True)
class MonthSeries:
    """What is spent (or earned), by month, as positive numbers; ``rank`` counts from the largest category."""

    target: str
    values: dict[date, Minor]
    items: tuple[RecurringItem, ...]
    rank: int = 0
    scheduled: Minor = 0  # booked for the rest of the running month


def month_series(inputs: Inputs, items: Sequence[RecurringItem]) -> list[MonthSeries]:
    """Total spending, total income, then each category that moved in the last year, the largest first."""
    spent: dict[date, Minor] = defaultdict(int)
    earned: dict[date, Minor] = defaultdict(int)
    of_category: dict[int, dict[date, Minor]] = {}
    scheduled: dict[str | int, Minor] = defaultdict(int)
    for category_id, flow in inputs.flows.items():
        incoming = category_id == INCOMING or inputs.kinds.get(category_id) is CategoryKind.INCOME
        sign, total = (1, earned) if incoming else (-1, spent)
        for month, minor in flow.items():
            total[month] += sign * minor
        later = scheduled[category_id] = sign * inputs.scheduled.get(category_id, 0)
        scheduled[INCOME if incoming else SPENDING] += later
        if category_id != INCOMING:
            of_category[category_id] = {month: sign * minor for month, minor in flow.items()}
    flows = [each for each in items if each.kind != "transfer"]
    income = [each for each in flows if recurring.is_income(each, inputs.kinds)]
    bills = [each for each in flows if not recurring.is_income(each, inputs.kinds)]
    year = shift_month(inputs.running, -12)
    sizes = {id_: sum(abs(v) for m, v in values.items() if m >= year) for id_, values in of_category.items()}
    largest = sorted((id_ for id_, size in sizes.items() if size), key=lambda id_: -sizes[id_])
    return [
        MonthSeries(SPENDING, spent, tuple(bills), 0, scheduled[SPENDING]),
        MonthSeries(INCOME, earned, tuple(income), 0, scheduled[INCOME]),
        *(
            MonthSeries(
                category_target(id_),
                of_category[id_],
                tuple(each for each in flows if (each.category_id or UNFILED) == id_ and (id_ or each.minor < 0)),
                rank,
                scheduled[id_],
            )
            for rank, id_ in enumerate(largest)
        ),
    ]


def compute_monthly(
    inputs: Inputs,
    series: MonthSeries,
    pool: Sequence[float],
    *,
    prophet: bool,
    members: Sequence[str] | None = None,
) -> Result:
    """Forecast the running month's end and the twelve months after it; no points before a month is complete.

    Only whole months are learned from; what is regular is taken out of them and added by its own dates. The running
    month is what is booked up to today and for its other days, plus the regular payments still to come, plus everyday
    spending for the days that are left.
    """
    from app.ml import forecaster

    months = inputs.complete_months()
    sign = -1 if series.target != INCOME and not _is_income_target(inputs, series.target) else 1
    if series.items:
        months = months[-WINDOW_MONTHS:]
    past = {m: series.values.get(m, 0) for m in months}
    begun = next((at for at, m in enumerate(months) if past[m]), len(months))
    months = months[begun:]
    ahead = [shift_month(inputs.running, n) for n in range(MONTHS_AHEAD)]
    points: dict[str, Any]
    certain_past, certain = _certain(inputs, series, sign, months, ahead)
    y = [float(past[m]) if m in inputs.active_months else None for m in months]
    made = forecaster.forecast(
        y,
        MONTHS_AHEAD,
        "M",
        start=months[0] if months else None,
        known=[*certain_past, *certain],
        pool=pool or None,
        members=members,
        cheap=not prophet,
    )
    booked = series.values.get(inputs.running, 0)
    if not months and inputs.first_day is not None:
        points = {"since": ahead[0].isoformat(), "booked": booked, "mean": [], **{name: [] for name in BANDS}}
        return Result(series.target, inputs.base, inputs.today, "", points, {"history": 0})
    made = _with_least_widths(made, _item_ranges(inputs, series), len(months))
    left = _days_left(inputs)
    fixed = booked + series.scheduled + certain[0]
    points = {"since": ahead[0].isoformat(), "booked": booked, "certain": [round(c) for c in certain]}
    never_negative = all(value is None or value >= 0 for value in y)
    everyday = made.mean[0] - certain[0]
    everyday = max(everyday, 0.0) if never_negative else everyday
    points["mean"] = [round(fixed + everyday * left), *map(round, made.mean[1:])]
    for name in BANDS:
        values = getattr(made, name)
        first = fixed + everyday * left + (values[0] - made.mean[0]) * math.sqrt(left)
        points[name] = [round(max(first, fixed) if never_negative else first), *map(round, values[1:])]
    points["past"] = [[m.isoformat(), past[m]] for m in months[-24:]]
    test = made.backtest
    return Result(
        series.target,
        inputs.base,
        months[-1] if months else inputs.today,
        made.method,
        points,
        {
            "mase": test.mase,
            "smape": test.smape,
            "coverage": test.coverage,
            "months": test.points,
            "history": len(months),
            "weights": test.weights,
            "by_member": {name: round(value, 3) for name, value in test.by_member.items()},
            "ratios": test.ratios,
        },
    )


def _item_ranges(inputs: Inputs, series: MonthSeries) -> float:
    """Half the range of what the regular payments of one month have been, taken as independent."""
    accounts = {each.id: each for each in inputs.accounts}
    halves = (
        accounts[item.account_id].in_base(item.high - item.low, inputs.base) / 2
        for item in series.items
        if item.dates and item.cadence in OFTEN
    )
    return math.sqrt(sum(half**2 for half in halves))


def _with_least_widths(made: Forecast, item_range: float, months: int) -> Forecast:
    """Widen bands that a short history makes too narrow: few equal months do not make the next one certain.

    The floor of the 80 % band is a share of the amount that falls with the months seen, and up to SHORT_MONTHS the
    range of the regular payments.
    """
    share = LEAST_SHARE * LEAST_SHARE_MONTHS / (LEAST_SHARE_MONTHS + months)
    edges: dict[str, Any] = {}
    for level, factor in (("50", 0.5), ("80", 1.0), ("95", 1.6)):
        bands = list(zip(made.mean, getattr(made, f"lo{level}"), getattr(made, f"hi{level}"), strict=True))
        floors = [factor * max(share * abs(mean), item_range if months <= SHORT_MONTHS else 0.0) for mean, *_ in bands]
        edges[f"lo{level}"] = [
            min(low, max(mean - floor, 0.0) if low >= 0 else mean - floor)
            for (mean, low, _high), floor in zip(bands, floors, strict=True)
        ]
        edges[f"hi{level}"] = [max(high, mean + floor) for (mean, _low, high), floor in zip(bands, floors, strict=True)]
    return replace(made, **edges)


def _is_income_target(inputs: Inputs, target: str) -> bool:
    kind, _, id_ = target.partition(":")
    return kind == "category" and inputs.kinds.get(int(id_)) is CategoryKind.INCOME


def _days_left(inputs: Inputs) -> float:
    """The share of the running month that lies after today."""
    period = inputs.months.period(inputs.running)
    return (period.last - inputs.today).days / period.days


def _certain(
    inputs: Inputs, series: MonthSeries, sign: int, months: Sequence[date], ahead: Sequence[date]
) -> tuple[list[float], list[float]]:
    """The regular part of each past month, and what is sure of each month ahead (later bookings included)."""
    rates = {each.id: each for each in inputs.accounts}
    was: dict[date, int] = defaultdict(int)
    will: dict[date, int] = defaultdict(int)
    for item in series.items:
        account = rates[item.account_id]
        if account.rate is None:
            continue
        for day, minor in item.past:
            was[inputs.months.of(day)] += sign * account.in_base(minor, inputs.base)
        for day, minor in item.due:
            will[inputs.months.of(day)] += sign * account.in_base(minor, inputs.base)
    for month in ahead[1:]:
        will[month] += series.values.get(month, 0)
    return [float(was[m]) for m in months], [float(will[m]) for m in ahead]
