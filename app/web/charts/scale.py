"""Axes: which numbers stand beside the lines, and where a value lies between top and bottom."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Fmt = Callable[[float], str]
NOTHING = 1e-9  # a difference that no axis shows


def nice_ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Round numbers (1, 2, 2.5 or 5 times a power of ten) that enclose low and high in ``about`` steps."""
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError("An axis needs finite numbers.")
    if low > high:
        low, high = high, low
    if high - low < NOTHING:
        low, high = min(low, 0), max(high, 0)
    if high - low < NOTHING:
        return [0, 1]
    rough = (high - low) / about
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.999)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [step * at for at in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class Scale:
    """Values to pixels from the top; the larger the value, the higher it lies."""

    low: float
    high: float
    top: float
    bottom: float

    def __call__(self, value: float) -> float:
        span = (self.high - self.low) or 1
        return self.bottom - (value - self.low) / span * (self.bottom - self.top)


def across(index: float, steps: int) -> float:
    """The percent from the left of a step; a single point stands at the right end."""
    return index / steps * 100 if steps > 0 else 100.0


def spread(wanted: Sequence[float], gap: float, top: float, bottom: float) -> list[float]:
    """Move label positions apart until neighbours are ``gap`` pixels away, in order, inside the plot."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    placed: list[float] = []
    for index in order:
        above = placed[-1] + gap if placed else top
        placed.append(max(wanted[index], above))
    for at in range(len(placed) - 1, -1, -1):
        below = placed[at + 1] - gap if at + 1 < len(placed) else bottom
        placed[at] = min(placed[at], below)
    result = [0.0] * len(wanted)
    for index, place in zip(order, placed, strict=True):
        result[index] = place
    return result
