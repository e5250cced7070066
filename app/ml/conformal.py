"""Prediction intervals from a forecaster's own past errors (split conformal)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Series = NDArray[np.float64]

LEVELS = (0.5, 0.8, 0.95)
PATIENCE = 10  # how many months of own errors weigh as much as all that is known from elsewhere
WIDEN = 0.15  # errors grow with the horizon, at least by this power of it
#: |error| ÷ typical deviation on training series, at the percentiles 2.5, 7.5 … 97.5: what to expect before
#: any history.
ELSEWHERE = (
    0.02,
    0.07,
    0.12,
    0.17,
    0.23,
    0.29,
    0.36,
    0.43,
    0.51,
    0.59,
    0.69,
    0.79,
    0.91,
    1.05,
    1.22,
    1.43,
    1.7,
    2.1,
    2.8,
    4.6,
)


class Errors(NamedTuple):
    """A backtest: ``value`` = actual − forecast, ``step`` = how far ahead it was (1 is the next)."""

    value: Series
    step: Series


def growth(errors: Errors) -> float:
    """The power of the horizon with which errors grow: between that of white noise (0) and of a random walk
    (½).
    """
    steps = np.unique(errors.step)
    if len(steps) < 3:
        return WIDEN
    size = np.array([np.abs(errors.value[errors.step == step]).mean() for step in steps])
    if (size <= 0).any():
        return WIDEN
    slope = float(np.polyfit(np.log(steps), np.log(size), 1)[0])
    return float(np.clip(0.5 * slope + 0.5 * 0.25, WIDEN, 0.7))


def half_widths(
    errors: Errors, horizon: int, deviation: float, pool: Sequence[float] | None, targets: int
) -> dict[float, Series]:
    """How far each interval reaches to either side, by level and step.

    ``deviation`` is the series' own typical deviation; ``pool`` holds |error| ÷ deviation from the user's
    other series; ``targets`` is the number of different months that ``errors`` speak about.
    """
    power = growth(errors)
    own = np.abs(errors.value) / np.maximum(errors.step, 1) ** power
    others = np.asarray(pool if pool is not None and len(pool) >= 20 else ELSEWHERE, np.float64) * deviation
    weights = np.concatenate(
        [np.full(len(own), targets / max(len(own), 1)), np.full(len(others), PATIENCE / len(others))]
    )
    sizes = np.concatenate([own, others])
    order = np.argsort(sizes, kind="stable")
    sizes, heaped = sizes[order], np.cumsum(weights[order])
    total = heaped[-1]
    reach = np.arange(1, horizon + 1) ** power
    answer = {}
    for level in LEVELS:
        need = min(level * (total + 1), total)
        answer[level] = sizes[min(int(np.searchsorted(heaped, need - 1e-9)), len(sizes) - 1)] * reach
    return answer
