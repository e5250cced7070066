"""From a book's past to its forecasts: pure arithmetic that a worker does for minutes and a page for milliseconds."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from app.domain.period import Period, shift_month
from app.models import UNFILED, CategoryKind
from app.services.forecasts import items as recurring
from app.services.forecasts.inputs import (
    INCOMING,
    WINDOW,
    AccountDays,
    Inputs,
    Minor,
    day_range,
    expected_days,
)
from app.services.forecasts.items import Item

AHEAD = 13  # months: the running one and a year
DEAR = 10  # categories, the largest, that Prophet may look at
PATIENCE = 20.0  # seconds after which the rest is done without Prophet, on a machine that is busy
LEAST_DAYS = 7  # of history that say something about a day
SPENDING, INCOME, ITEMS = "spending", "income", "items"
ALL, SPENDABLE = "balance:all", "balance:spendable"
BANDS = ("lo50", "hi50", "lo80", "hi80", "lo95", "hi95")


@dataclass(frozen=True, slots=True)
class Result:
    """A row of the table of forecasts."""

    target: str
    currency: str
    up_to: date
    method: str = ""
    points: dict[str, Any] = field(default_factory=dict)
    backtest: dict[str, Any] = field(default_factory=dict)


def category_target(category_id: int) -> str:
    return f"category:{category_id}"


def account_target(account_id: int) -> str:
    return f"balance:{account_id}"


def everything(inputs: Inputs, members: Sequence[str] | None = None) -> list[Result]:
    """All of a book's forecasts, with every model or those named; for a worker."""
    items = recurring.find(inputs, expected_days(inputs.today))
    results = [
        Result(ITEMS, inputs.base, inputs.today, points={
            "items": [each.stored() for each in items], "missing": list(inputs.missing),
        }),
    ]  # fmt: skip
    pool: list[float] = []
    until = time.monotonic() + PATIENCE
    for series in _series(inputs, items):
        made = monthly(inputs, series, pool, prophet=series.rank < DEAR and time.monotonic() < until, members=members)
        pool += made.backtest.pop("ratios", [])
        results.append(made)
    results += [balance(inputs, items, target, accounts, members=members) for target, accounts in groups(inputs)]
    return results


def quick(inputs: Inputs, target: str) -> Result | None:
    """One forecast by the median alone, in milliseconds; nothing when there is no such series."""
    if target.startswith("balance:"):
        for name, accounts in groups(inputs):
            if name == target:
                return balance(inputs, [], target, accounts, members=("median",))
        return None
    for series in _series(inputs, []):
        if series.target == target:
            made = monthly(inputs, series, [], prophet=False, members=("median",))
            made.backtest.pop("ratios", None)
            return made
    return None


# -- flows by month --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MonthSeries:
    """What is spent (or earned), by month, as positive numbers; ``rank`` counts from the largest category."""

    target: str
    values: dict[date, Minor]
    items: tuple[Item, ...]
    rank: int = 0


def _series(inputs: Inputs, items: Sequence[Item]) -> list[MonthSeries]:
    """Total spending, total income, then each category that moved in the last year, the largest first."""
    spent: dict[date, Minor] = defaultdict(int)
    earned: dict[date, Minor] = defaultdict(int)
    of_category: dict[int, dict[date, Minor]] = {}
    for category_id, flow in inputs.flows.items():
        incoming = category_id == INCOMING or inputs.kinds.get(category_id) is CategoryKind.INCOME
        sign, total = (1, earned) if incoming else (-1, spent)
        for month, minor in flow.items():
            total[month] += sign * minor
        if category_id != INCOMING:
            of_category[category_id] = {month: sign * minor for month, minor in flow.items()}
    flows = [each for each in items if each.kind != "transfer"]
    income = [each for each in flows if recurring.is_income(each, inputs.kinds)]
    bills = [each for each in flows if not recurring.is_income(each, inputs.kinds)]
    year = shift_month(inputs.running, -12)
    sizes = {id_: sum(abs(v) for m, v in values.items() if m >= year) for id_, values in of_category.items()}
    largest = sorted((id_ for id_, size in sizes.items() if size), key=lambda id_: -sizes[id_])
    return [
        MonthSeries(SPENDING, spent, tuple(bills)),
        MonthSeries(INCOME, earned, tuple(income)),
        *(
            MonthSeries(
                category_target(id_),
                of_category[id_],
                tuple(each for each in flows if (each.category_id or UNFILED) == id_ and (id_ or each.minor < 0)),
                rank,
            )
            for rank, id_ in enumerate(largest)
        ),
    ]


def monthly(
    inputs: Inputs,
    series: MonthSeries,
    pool: Sequence[float],
    *,
    prophet: bool,
    members: Sequence[str] | None = None,
) -> Result:
    """The running month's end and the twelve months after it.

    Only whole months are learned from; what is regular is taken out of them and added by its own dates. The running
    month is what is booked, plus the regular payments still to come, plus everyday money for the days that are left.
    """
    from app.ml import forecaster

    months = inputs.complete_months()
    sign = -1 if series.target != INCOME and not _is_income_target(inputs, series.target) else 1
    if series.items:
        months = months[-WINDOW:]
    past = {m: series.values.get(m, 0) for m in months}
    begun = next((at for at, m in enumerate(months) if past[m]), len(months))
    months = months[begun:]
    ahead = [shift_month(inputs.running, n) for n in range(AHEAD)]
    certain_past, certain = _certain(inputs, series, sign, months, ahead)
    y = [float(past[m]) if m in inputs.active_months else None for m in months]
    made = forecaster.forecast(
        y,
        AHEAD,
        "M",
        start=months[0] if months else None,
        known=[*certain_past, *certain],
        pool=pool or None,
        members=members,
        cheap=not prophet,
    )
    booked = series.values.get(inputs.running, 0)
    left = _days_left(inputs)
    fixed = booked + certain[0]
    points: dict[str, Any] = {"since": ahead[0].isoformat(), "booked": booked, "certain": [round(c) for c in certain]}
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
        for day in item.dates:
            will[inputs.months.of(day)] += sign * account.in_base(item.minor, inputs.base)
    for month in ahead[1:]:
        will[month] += series.values.get(month, 0)
    return [float(was[m]) for m in months], [float(will[m]) for m in ahead]


# -- balances by day -------------------------------------------------------------------------------


def groups(inputs: Inputs) -> list[tuple[str, tuple[AccountDays, ...]]]:
    """Which balances are forecast: all accounts, the spendable ones, each one."""
    convertible = tuple(each for each in inputs.accounts if each.rate is not None)
    spendable = tuple(each for each in convertible if each.is_spendable)
    found = [(ALL, convertible), (SPENDABLE, spendable)]
    return [each for each in found if each[1]] + [(account_target(each.id), (each,)) for each in inputs.accounts]


def balance(
    inputs: Inputs,
    items: Sequence[Item],
    target: str,
    accounts: Sequence[AccountDays],
    *,
    members: Sequence[str] | None,
) -> Result:
    """The balance of accounts together, day by day: one account in its own currency, several in the base's."""
    from app.ml import balances, forecaster

    own = len(accounts) == 1 and target == account_target(accounts[0].id)
    currency = accounts[0].currency if own else inputs.base
    ids = frozenset(each.id for each in accounts)
    mine = [each for each in items if each.account_id in ids and (own or not each.is_inside(ids))]
    by_id = {each.id: each for each in accounts}

    def counted(account: AccountDays, minor: Minor) -> Minor:
        return minor if own else account.in_base(minor, inputs.base)

    net: dict[date, Minor] = defaultdict(int)
    for account in accounts:
        for day, minor in account.days.items():
            net[day] += counted(account, minor)
    now = sum(counted(account, account.now) for account in accounts)
    tomorrow = inputs.today + timedelta(days=1)
    ahead = day_range(tomorrow, expected_days(inputs.today))
    known = {day: float(net.get(day, 0)) for day in ahead}
    regular: dict[date, float] = defaultdict(float)
    for item in mine:
        for day in item.dates:
            if day in known:
                known[day] += counted(by_id[item.account_id], item.minor)
        for day, minor in item.past:
            regular[day] += counted(by_id[item.account_id], minor)

    first = _first_day(inputs, accounts)
    past_days = day_range(first, (inputs.today - first).days) if first else []
    everyday = [net.get(day, 0) - regular.get(day, 0.0) for day in past_days]
    weights = balances.weekday_weights(everyday, first) if first else [1.0] * 7
    made, rates = _everyday_rates(inputs, dict(zip(past_days, everyday, strict=True)), members, forecaster)
    changes = _on_days(inputs, rates, weights, ahead)
    levels, level = [], float(now - sum(net.get(day, 0) for day in past_days) - net.get(inputs.today, 0))
    for day in past_days:
        level += net.get(day, 0)
        levels.append(level)
    path = balances.project(float(now), everyday, changes, [known[day] for day in ahead], levels)
    points: dict[str, Any] = {"since": inputs.today.isoformat(), "mean": [round(each) for each in path.mean]}
    for level_, low, high in ((0.5, "lo50", "hi50"), (0.8, "lo80", "hi80"), (0.95, "lo95", "hi95")):
        half = path.half[level_]
        points[low] = [round(m - h) for m, h in zip(path.mean, half, strict=True)]
        points[high] = [round(m + h) for m, h in zip(path.mean, half, strict=True)]
    points["daily"] = round(sum(changes[:30]) / min(30, len(changes)))
    return Result(
        target,
        currency,
        inputs.today,
        made,
        points,
        {
            "mase": path.mase,
            "smape": path.smape,
            "coverage": path.coverage,
            "months": path.months,
            "history": len(past_days) // 30,
            "days": len(past_days),
        },
    )


def _first_day(inputs: Inputs, accounts: Iterable[AccountDays]) -> date | None:
    """From where on the accounts' days are known; nothing when there is too little to say anything."""
    days = [day for each in accounts for day in each.days if day <= inputs.today]
    if not days or (inputs.today - min(days)).days < LEAST_DAYS:
        return None
    return min(days)


def _everyday_rates(
    inputs: Inputs, everyday: dict[date, float], members: Sequence[str] | None, forecaster: Any
) -> tuple[str, list[float]]:
    """What everyday money does in the running month and the next ones, each as a whole month's amount."""
    months = [m for m in inputs.complete_months() if m in inputs.active_months and m >= _first_month(inputs, everyday)]
    sums = {m: sum(everyday.get(day, 0.0) for day in inputs.months.period(m)) for m in months[-WINDOW:]}
    if len(sums) < 3:
        total, days = sum(everyday.values()), len(everyday)
        a_day = total / days if days else 0.0
        return "mean", [a_day * inputs.months.period(shift_month(inputs.running, n)).days for n in range(AHEAD + 1)]
    y = [sums.get(m) for m in _every_month(months[-WINDOW:])]
    made = forecaster.forecast(y, AHEAD + 1, "M", start=min(sums), members=members)
    return made.method, made.mean


def _first_month(inputs: Inputs, everyday: dict[date, float]) -> date:
    """The first month that the days cover wholly, or nearly so."""
    if not everyday:
        return inputs.running
    first = min(everyday)
    month = inputs.months.of(first)
    return month if (first - month).days <= 3 else shift_month(month, 1)


def _every_month(months: Sequence[date]) -> list[date]:
    """From the first to the last, none left out."""
    found = [months[0]]
    while found[-1] < months[-1]:
        found.append(shift_month(found[-1], 1))
    return found


def _on_days(inputs: Inputs, rates: Sequence[float], weights: Sequence[float], ahead: Sequence[date]) -> list[float]:
    """Monthly amounts on their days. Of the running month only the days after today count."""
    from app.ml import balances

    on_day: dict[date, float] = {}
    for n, total in enumerate(rates):
        period: Period = inputs.months.period(shift_month(inputs.running, n))
        on_day |= balances.spread_month(total, period.since, period.until, weights)
    return [on_day.get(day, 0.0) for day in ahead]
