"""Forecasts balances by day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from statistics import median
from typing import Any

from app.domain.period import Period, shift_month
from app.services.forecasts.inputs import WINDOW_MONTHS, AccountDays, Inputs, Minor, count_days_ahead, day_range
from app.services.forecasts.items import RecurringItem
from app.services.forecasts.results import ALL, BANDS, MONTHS_AHEAD, SPENDABLE, Result, account_target

MIN_DAYS = 7  # days of history needed to say anything about a day
MIN_MONTHS = 3  # complete ones; before, the forecast looks no further ahead than the book looks back
MIN_DAYS_AHEAD = 14
LARGE_PAYMENT = 6  # times the median day's spending: not everyday money


def balance_groups(inputs: Inputs) -> list[tuple[str, tuple[AccountDays, ...]]]:
    """Which balances are forecast: all accounts, the spendable ones, each one."""
    convertible = tuple(each for each in inputs.accounts if each.rate is not None)
    spendable = tuple(each for each in convertible if each.is_spendable)
    found = [(ALL, convertible), (SPENDABLE, spendable)]
    return [each for each in found if each[1]] + [(account_target(each.id), (each,)) for each in inputs.accounts]


def compute_balance(
    inputs: Inputs,
    items: Sequence[RecurringItem],
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
    ahead = day_range(tomorrow, count_days_ahead(inputs.today))
    known = {day: float(net.get(day, 0)) for day in ahead}
    regular: dict[date, float] = defaultdict(float)
    for item in mine:
        for day, minor in item.due:
            if day in known:
                known[day] += counted(by_id[item.account_id], minor)
        for day, minor in item.past:
            regular[day] += counted(by_id[item.account_id], minor)

    points: dict[str, Any]
    first = _first_day(inputs, accounts)
    past_days = day_range(first, (inputs.today - first).days) if first else []
    everyday = [net.get(day, 0) - regular.get(day, 0.0) for day in past_days]
    months = _complete_months(inputs, first)
    repeated: dict[date, float] = {}
    is_new = inputs.first_day is not None and (inputs.today - inputs.first_day).days < MIN_DAYS
    if is_new and not any(known.values()):
        points = {"since": inputs.today.isoformat(), "mean": [], **{name: [] for name in BANDS}}
        return Result(target, currency, inputs.today, "", points, {"history": 0})
    if len(months) < MIN_MONTHS and past_days:
        everyday, large = _set_apart(everyday, past_days)
        ahead = ahead[: max(MIN_DAYS_AHEAD, len(past_days))]
        repeated = _repeat(large, inputs.today, ahead)
    weights = balances.weekday_weights(everyday, first) if first else [1.0] * 7
    made, rates = _everyday_rates(inputs, dict(zip(past_days, everyday, strict=True)), months, members, forecaster)
    changes = _on_days(inputs, rates, weights, ahead)
    levels, level = [], float(now - sum(net.get(day, 0) for day in past_days) - net.get(inputs.today, 0))
    for day in past_days:
        level += net.get(day, 0)
        levels.append(level)
    path = balances.project(
        float(now),
        everyday,
        changes,
        [known[day] for day in ahead],
        levels,
        repeated=[repeated.get(day, 0.0) for day in ahead],
    )
    points = {"since": inputs.today.isoformat(), "mean": [round(each) for each in path.mean]}
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
    if not days or (inputs.today - min(days)).days < MIN_DAYS:
        return None
    return min(days)


def _complete_months(inputs: Inputs, first: date | None) -> list[date]:
    """The whole months with transactions since the accounts' first day, or since nearly their first."""
    if first is None:
        return []
    month = inputs.months.of(first)
    begins = month if (first - month).days <= 3 else shift_month(month, 1)
    return [each for each in inputs.complete_months() if each in inputs.active_months and each >= begins]


def _set_apart(everyday: Sequence[float], days: Sequence[date]) -> tuple[list[float], dict[date, float]]:
    """Everyday money without incomes and large payments, and those: one month cannot tell a habit from a salary."""
    spent = [-each for each in everyday if each < 0]
    limit = LARGE_PAYMENT * median(spent) if spent else 0.0
    large = {day: each for day, each in zip(days, everyday, strict=True) if each > 0 or -each > limit}
    return [0.0 if day in large else each for day, each in zip(days, everyday, strict=True)], large


def _repeat(large: dict[date, float], today: date, ahead: Sequence[date]) -> dict[date, float]:
    """The large amounts of the last month once more, a month later each; for a book too young to know their rhythm."""
    since = shift_month(today, -1)
    found: dict[date, float] = defaultdict(float)
    for day, amount in large.items():
        for month in range(1, MIN_MONTHS + 1):
            if day > since and ahead[0] <= (again := shift_month(day, month)) <= ahead[-1]:
                found[again] += amount
    return found


def _everyday_rates(
    inputs: Inputs,
    everyday: dict[date, float],
    months: Sequence[date],
    members: Sequence[str] | None,
    forecaster: Any,
) -> tuple[str, list[float]]:
    """What everyday money does in the running month and the next ones, each as a whole month's amount."""
    sums = {m: sum(everyday.get(day, 0.0) for day in inputs.months.period(m)) for m in months[-WINDOW_MONTHS:]}
    if len(sums) < MIN_MONTHS:
        total, days = sum(everyday.values()), len(everyday)
        a_day = total / days if days else 0.0
        return "mean", [
            a_day * inputs.months.period(shift_month(inputs.running, n)).days for n in range(MONTHS_AHEAD + 1)
        ]
    y = [sums.get(m) for m in _every_month(months[-WINDOW_MONTHS:])]
    made = forecaster.forecast(y, MONTHS_AHEAD + 1, "M", start=min(sums), members=members)
    return made.method, made.mean


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
