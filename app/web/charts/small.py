"""Small charts next to a figure: sparkline, bars by month, budget meter, bar with a tick."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from app.web.charts.scale import Scale, x_percent
from app.web.charts.svg import chart, element, join, number, percent, smooth, stretch

METER_END = 125  # percent of the budget at the right end
HATCH_GAP_PX = 5
MAX_HATCH_PX = 300


def sparkline(values: Sequence[float], label: str, height: int = 44) -> Markup:
    """A line without an axis; the last value is marked."""
    if not values:
        return chart(height, label)
    scale = Scale(min(values), max(values), 5, height - 5)
    middle = height / 2
    flat = min(values) == max(values)
    steps = len(values) - 1
    points = [(x_percent(at, steps), middle if flat else scale(value)) for at, value in enumerate(values)]
    if len(points) == 1:
        points = [(0.0, points[0][1]), points[0]]
    line = smooth(points)
    return chart(
        height,
        label,
        stretch(height, element("path", class_="line", d=line)),
        element("circle", class_="dot", cx="100%", cy=float(points[-1][1]), r="3.5"),
    )


def small_bars(months: Sequence[Sequence[float]], fills: Sequence[str], label: str, height: int = 44) -> Markup:
    """Bars by month without an axis: ``months`` holds one value for each of ``fills``. Negative values hang down."""
    values = [value for month in months for value in month]
    scale = Scale(min([0, *values]), max([0, *values]) or 1, 2, height - 2)
    slot = 100 / (len(months) or 1)
    width = slot * 0.72 / (len(fills) or 1)
    bars = []
    for at, month in enumerate(months):
        for rank, (value, fill) in enumerate(zip(month, fills, strict=True)):
            top, bottom = sorted((scale(0), scale(value)))
            tall = max(bottom - top, 1.5 if value else 0)
            x, y = percent(at * slot + slot * 0.14 + rank * width), float(bottom - tall if value > 0 else top)
            bars.append(element("rect", class_=f"fill-{fill}", x=x, width=percent(width * 0.9), y=y, height=tall, rx=2))
    return chart(height, label, *bars)


def meter(spent: float, projected: float | None, label: str, height: int = 18) -> Markup:
    """A budget meter: percent spent, hatched above 100, with a pointer at the projected end of the month."""
    spent, heading = max(spent, 0), max(projected or 0, 0)
    scale = 100 / METER_END
    limit = percent(100 * scale)
    tone = "over" if spent > 100 else "warn" if heading > 100 else "ok"

    def bar(class_: str, reach: float) -> Markup:
        width = percent(min(reach, METER_END) * scale)
        return element("rect", class_=class_, x=0, y=4, width=width, height=10, rx=5)

    parts = [element("rect", class_="track", x=0, y=4, width=limit, height=10, rx=5)]
    if heading > spent:
        parts.append(bar("bar-ghost", heading))
    if spent > 0:
        parts.append(bar(f"bar-{tone}", spent))
    if spent > 100:
        strokes = "".join(f"M{x} 10l5 -10" for x in range(0, MAX_HATCH_PX, HATCH_GAP_PX))
        over = percent((min(spent, METER_END) - 100) * scale)
        hatch = element("path", class_="hatch", d=strokes)
        parts.append(element("svg", hatch, x=limit, y=4, width=over, height=10))
    parts.append(element("line", class_="zero-line", x1=limit, x2=limit, y1=1, y2=17))
    if projected is not None:
        pointer = element("path", class_="pointer", d="M-4 -1H4L0 4.5Z")
        place = min(max(heading, 1), METER_END - 1) * scale
        parts.append(element("svg", pointer, x=percent(place), overflow="visible"))
    return chart(height, label, *parts)


def hbar(value: float, largest: float, previous: float | None, colour: int, label: str) -> Markup:
    """A bar as a share of the largest value; the tick marks the previous period."""

    def share(amount: float) -> float:
        return min(abs(amount) / (abs(largest) or 1), 1) * 100

    parts = [element("rect", class_="track", x=0, y=2, width="100%", height=8, rx=4)]
    if value:
        wide = max(share(value), 1)
        parts.append(element("rect", class_=f"fill-{colour}", x=0, y=2, width=percent(wide), height=8, rx=4))
    if previous is not None:
        place = f"{number(min(share(previous), 99.7))}%"
        parts.append(element("line", class_="tick", x1=place, x2=place, y1=0, y2=12))
    return chart(12, label, join(parts))
