"""A balance day by day: what is known, plus what everyday money does, with bands from its own past."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Series = NDArray[np.float64]

LEVELS = (0.5, 0.8, 0.95)
LEVEL_Z = (0.674, 1.282, 1.96)  # their half-widths in standard deviations
REPEAT_DOUBT, KNOWN_DOUBT = 0.5, 0.01  # standard deviation of an amount assumed to repeat, and of a regular one
STEPS = (1, 2, 3, 5, 7, 10, 14, 21, 28, 30, 45, 60, 90, 120, 180)  # days ahead at which past forecasts are judged
REPORTED_STEP_DAYS = 30  # the step whose errors are told
ORIGIN_STRIDE_DAYS = 7  # days between two past forecasts
MIN_DAYS = 60  # days of past that one needs
MAX_ORIGIN_AGE_DAYS = 365  # past forecasts from further back are not made
MIN_ERRORS_PER_STEP = 6  # past forecasts that must speak about a step
SPREAD_WEIGHT_MONTHS = 2  # how many months of own errors weigh as much as the spread of single days
MAX_ERROR_RATIO = 10  # an error is cut at so many usual ones
PRIOR_WEEKS = 8  # of history that weigh as much as no weekly pattern at all
NORMAL_QUANTILES = np.array([NormalDist().inv_cdf(0.5 + share / 200) for share in range(1, 100)])


@dataclass(frozen=True, slots=True)
class Path:
    """A balance from today (the first value) on, one value a day, and how well past ones did at thirty days.

    ``mase`` compares with the change of the thirty days before; ``coverage`` is that of the 80 % band; ``months``
    are the months of past forecasts it was judged on.
    """

    mean: list[float]
    half: dict[float, list[float]]
    mase: float | None
    smape: float | None
    coverage: float | None
    months: int


def project(
    now: float,
    everyday: Sequence[float],
    ahead: Sequence[float],
    known: Sequence[float],
    balances: Sequence[float],
    *,
    repeated: Sequence[float] = (),
) -> Path:
    """Add up ``ahead`` (everyday changes), ``known`` and ``repeated`` amounts, all from tomorrow on.

    ``everyday`` are the changes of the past days up to yesterday, ``balances`` those of the same days, for the scale
    of ``smape``. ``repeated`` are large amounts that are only assumed to come again: they widen the bands.
    """
    sure = np.asarray(known, np.float64)
    unsure = np.asarray(repeated, np.float64) if len(repeated) else np.zeros(len(sure))
    changes = np.asarray(ahead, np.float64) + sure + unsure
    mean = now + np.concatenate([[0.0], np.cumsum(changes)])
    past = np.asarray(everyday, np.float64)
    errors = _errors(past)
    # what is assumed may not come, and even regular payments differ a little
    doubt = np.sqrt(np.cumsum((REPEAT_DOUBT * unsure) ** 2 + (KNOWN_DOUBT * sure) ** 2))
    own = _half_widths(errors, past, len(changes))
    half = {level: np.hypot(own[level], z * doubt) for level, z in zip(LEVELS, LEVEL_Z, strict=True)}
    mase, smape, coverage = _score(errors, past, np.asarray(balances, np.float64))
    months = (
        round(len({int(origin) for origin in errors[:, 0]}) * ORIGIN_STRIDE_DAYS / REPORTED_STEP_DAYS)
        if len(errors)
        else 0
    )
    widths = {level: [0.0, *width.tolist()] for level, width in half.items()}
    return Path(mean.tolist(), widths, mase, smape, coverage, months)


def weekday_weights(everyday: Sequence[float], first: date) -> list[float]:
    """How much of everyday money moves on each weekday, Monday first; 1 is the average day."""
    days = np.asarray(everyday, np.float64)
    usual = float(np.median(np.abs(days[days != 0]))) if (days != 0).any() else 0.0
    total = float(np.clip(days, -MAX_ERROR_RATIO * usual, MAX_ERROR_RATIO * usual).mean()) if len(days) else 0.0
    if not total:
        return [1.0] * 7
    weights = []
    for weekday in range(7):
        of_day = np.clip(days[(weekday - first.weekday()) % 7 :: 7], -MAX_ERROR_RATIO * usual, MAX_ERROR_RATIO * usual)
        share = float(of_day.mean()) / total if len(of_day) else 1.0
        weights.append((max(share, 0.0) * len(of_day) + PRIOR_WEEKS) / (len(of_day) + PRIOR_WEEKS))
    scale = 7 / sum(weights)
    return [weight * scale for weight in weights]


def spread_month(total: float, since: date, until: date, weights: Sequence[float]) -> dict[date, float]:
    """A month's everyday amount on its days, by weekday."""
    days = [since + timedelta(days=n) for n in range((until - since).days)]
    whole = sum(weights[day.weekday()] for day in days) or 1.0
    return {day: total * weights[day.weekday()] / whole for day in days}


def _errors(past: Series) -> Series:
    """Rows of origin, days ahead, error: what past forecasts of the running sum missed."""
    total = np.concatenate([[0.0], np.cumsum(past)])
    rows = []
    for origin in range(len(past) - 1, max(MIN_DAYS, len(past) - MAX_ORIGIN_AGE_DAYS) - 1, -ORIGIN_STRIDE_DAYS):
        rate = _rate(past[max(0, origin - 365) : origin])
        rows += [
            (origin, step, total[origin + step] - total[origin] - rate * step)
            for step in STEPS
            if origin + step <= len(past)
        ]
    return np.array(rows, np.float64).reshape(-1, 3)


def _rate(past: Series) -> float:
    """The usual change a day: the median of the thirty-day sums, so that one freak month does not count."""
    blocks = len(past) // REPORTED_STEP_DAYS
    if blocks < 3:
        return float(past.mean())
    sums = past[len(past) - blocks * REPORTED_STEP_DAYS :].reshape(blocks, REPORTED_STEP_DAYS).sum(axis=1)
    return float(np.median(sums)) / REPORTED_STEP_DAYS


def _half_widths(errors: Series, past: Series, horizon: int) -> dict[float, Series]:
    """How far the bands reach each day: at each judged step by the errors made there, beyond them by a power law.

    The spread of single days stands in while few forecasts can be judged.
    """
    deviation = float(past[-365:].std()) if len(past) > 1 else 0.0
    months = len({int(each) for each in errors[:, 0]}) * ORIGIN_STRIDE_DAYS / REPORTED_STEP_DAYS if len(errors) else 0.0
    steps = [step for step in STEPS if len(errors) and (errors[:, 1] == step).sum() >= MIN_ERRORS_PER_STEP] or [1]
    own = [_sizes(errors[errors[:, 1] == step, 2]) if len(errors) else np.zeros(0) for step in steps]
    days = np.arange(1.0, horizon + 1)
    beyond = (np.maximum(days, steps[-1]) / steps[-1]) ** _growth(errors)
    unsure = 1 / (months + 10)
    widths = {}
    for level in LEVELS:
        place = level + unsure * level * (1 - level)
        at_steps = [
            _quantile(sizes, months, NORMAL_QUANTILES * deviation * 1.25 * step**0.5, place)
            for sizes, step in zip(own, steps, strict=True)
        ]
        widths[level] = np.interp(days, steps, np.maximum.accumulate(at_steps)) * beyond
    return widths


def _quantile(own: Series, months: float, assumed: Series, place: float) -> float:
    """A quantile of own errors, worth as many months as they speak of, and assumed ones worth a few."""
    sizes = np.concatenate([own, assumed])
    shares = np.concatenate(
        [np.full(len(own), months / max(len(own), 1)), np.full(len(assumed), SPREAD_WEIGHT_MONTHS / len(assumed))]
    )
    order = np.argsort(sizes, kind="stable")
    sizes, shares = sizes[order], shares[order]
    return float(np.interp(place, (np.cumsum(shares) - shares / 2) / shares.sum(), sizes))


def _sizes(values: Series) -> Series:
    absolute = np.abs(values)
    usual = float(np.median(absolute)) if len(absolute) else 0.0
    return np.minimum(absolute, MAX_ERROR_RATIO * usual) if usual else absolute


def _growth(errors: Series) -> float:
    """The power of time with which errors grow: ½ is that of independent days, 1 of a wrong rate."""
    if not len(errors):
        return 0.55
    steps = [step for step in STEPS if (errors[:, 1] == step).sum() >= 4]
    means = np.array([_sizes(errors[errors[:, 1] == step, 2]).mean() for step in steps])
    if len(steps) < 4 or (means <= 0).any():
        return 0.55
    slope = float(np.polyfit(np.log(steps), np.log(means), 1)[0])
    return float(np.clip(0.5 * slope + 0.5 * 0.55, 0.45, 0.85))


def _score(errors: Series, past: Series, balances: Series) -> tuple[float | None, float | None, float | None]:
    """MASE, sMAPE and coverage at thirty days; each band is made without the forecasts that overlap it."""
    rows = errors[errors[:, 1] == REPORTED_STEP_DAYS] if len(errors) else errors
    if not len(rows):
        return None, None, None
    total = np.concatenate([[0.0], np.cumsum(past)])
    naive, shares, held = [], [], []
    for origin, _step, error in rows:
        at = int(origin)
        before = total[at] - total[at - REPORTED_STEP_DAYS]
        after = total[at + REPORTED_STEP_DAYS] - total[at]
        naive.append(abs(after - before))
        actual = balances[at + REPORTED_STEP_DAYS - 1]
        size = abs(actual) + abs(actual - error)
        shares.append(2 * abs(error) / size if size else 0.0)
        others = errors[np.abs(errors[:, 0] - origin) >= REPORTED_STEP_DAYS]
        if len(others):
            held.append(abs(error) <= _half_widths(others, past, REPORTED_STEP_DAYS)[0.8][-1] + 1e-9)
    usual = float(np.mean(naive))
    mase = float(np.abs(rows[:, 2]).mean()) / usual if usual else None
    coverage = float(np.mean(held)) if held else None
    return mase, (float(np.mean(shares)) if math.isfinite(sum(shares)) else None), coverage
