"""Prediction intervals from a forecaster's own past errors (split conformal)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Series = NDArray[np.float64]

LEVELS = (0.5, 0.8, 0.95)
POOL_WEIGHT_MONTHS = 10  # how many months of own errors weigh as much as all that is known from elsewhere
DEVIATION_WEIGHT_MONTHS = 3  # and how many make the size of a usual error
MIN_GROWTH = 0.15  # errors grow with the horizon, at least by this power of it


class Errors(NamedTuple):
    """A backtest: ``value`` = actual − forecast, ``step`` = how far ahead it was (1 is the next),
    ``origin`` = from where.
    """

    value: Series
    step: Series
    origin: Series


def deviation(y: Series) -> float:
    """How far a typical recent point lies from the recent median; never zero unless all is zero or
    constant.
    """
    recent = y[-24:]
    apart = float(np.abs(recent - np.median(recent)).mean())
    return apart if len(y) > 2 else max(apart, 0.3 * float(np.abs(recent).mean()))


def _sizes(errors: Errors) -> Series:
    """Absolute errors, a freak one cut down so that it cannot widen every interval."""
    absolute = np.abs(errors.value)
    usual = float(np.median(absolute)) if len(absolute) else 0.0
    return np.minimum(absolute, 10 * usual) if usual else absolute


def growth(errors: Errors) -> float:
    """The power of the horizon with which errors grow: between that of white noise (0) and of a random walk
    (½).
    """
    steps = np.unique(errors.step)
    if len(steps) < 3:
        return MIN_GROWTH
    absolute = _sizes(errors)
    size = np.array([absolute[errors.step == step].mean() for step in steps])
    if (size <= 0).any():
        return MIN_GROWTH
    slope = float(np.polyfit(np.log(steps), np.log(size), 1)[0])
    return float(np.clip(0.5 * slope + 0.5 * 0.35, MIN_GROWTH, 0.7))


def half_widths(
    errors: Errors, horizon: int, deviation: float, pool: Sequence[float], targets: int
) -> dict[float, Series]:
    """How far each interval reaches to either side, by level and step.

    ``deviation`` is the series' own typical deviation; ``pool`` holds |error| ÷ deviation of other series;
    ``targets`` is the number of different months that ``errors`` speak about. The other series lend the
    shape of their errors; its size comes from them at first and from the series' own errors soon.
    """
    power = growth(errors)
    own = _sizes(errors) / np.maximum(errors.step, 1) ** power
    others = np.asarray(pool, np.float64)
    usual = float(others.mean()) or 1.0
    size = (targets * float(own.mean() if len(own) else 0) + DEVIATION_WEIGHT_MONTHS * deviation * usual) / (
        targets + DEVIATION_WEIGHT_MONTHS
    )
    weights = np.concatenate(
        [np.full(len(own), targets / max(len(own), 1)), np.full(len(others), POOL_WEIGHT_MONTHS / len(others))]
    )
    sizes = np.concatenate([own, others / usual * size])
    order = np.argsort(sizes, kind="stable")
    sizes, weights = sizes[order], weights[order]
    place = (np.cumsum(weights) - weights / 2) / weights.sum()
    reach: Series = np.arange(1.0, horizon + 1) ** power
    unsure = 5 / (targets + POOL_WEIGHT_MONTHS)  # few errors: reach for a higher percentile
    return {level: float(np.interp(level + unsure * level * (1 - level), place, sizes)) * reach for level in LEVELS}


def covered_points(
    errors: Errors, level: float, deviation: float, pool: Sequence[float], targets: int
) -> NDArray[np.bool_]:
    """For each error whether an interval made from the other origins' errors would have held it."""
    held = np.zeros(len(errors.value), bool)
    horizon = int(errors.step.max())
    for origin in np.unique(errors.origin):
        here = errors.origin == origin
        others = Errors(*(part[~here] for part in errors))
        widths = half_widths(others, horizon, deviation, pool, max(targets - 1, 0))[level]
        held[here] = np.abs(errors.value[here]) <= widths[errors.step[here].astype(int) - 1] + 1e-9
    return held
