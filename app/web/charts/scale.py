"""Axes: round ticks, and the position of a value between top and bottom."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

Format = Callable[[float], str]
EPSILON = 1e-9  # smaller differences count as none
RELATIVE_EPSILON = 1e-12  # of the larger bound; below it, floats have too few digits for even steps


def nice_ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Return round numbers (1, 2, 2.5 or 5 times a power of ten) that enclose low and high in about ``about`` steps.

    Raises ValueError for infinite or NaN bounds.
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError("An axis needs finite numbers.")
    if low > high:
        low, high = high, low
    if high - low < max(EPSILON, RELATIVE_EPSILON * max(abs(low), abs(high))):
        low, high = min(low, 0), max(high, 0)  # too near to each other for even steps between them
    if high - low < EPSILON:
        return [0, 1]
    rough = (high - low) / about
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.999)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [step * at for at in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps a value to pixels from the top."""

    low: float
    high: float
    top: float
    bottom: float

    def __call__(self, value: float) -> float:
        span = (self.high - self.low) or 1
        return self.bottom - (value - self.low) / span * (self.bottom - self.top)


def x_percent(index: float, steps: int) -> float:
    """Return the position of a step in percent from the left; a single point is at the right."""
    return index / steps * 100 if steps > 0 else 100.0
