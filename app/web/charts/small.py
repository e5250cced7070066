"""Charts that stand beside a number: sparkline, pairs of bars, budget meter, bar with last month's tick."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from app.web.charts.scale import Scale, across
from app.web.charts.svg import chart, element, joined, number, percent, smooth, stretched

METER_END = 125  # percent of the budget at the right edge
HATCH = 5  # pixels between two strokes of the part that is over
HATCHED = 300  # pixels that are hatched at most


def sparkline(values: Sequence[float], label: str, height: int = 44) -> Markup:
    """How a figure got here; the last value is marked."""
    if not values:
        return chart(height, label)
    scale = Scale(min(values), max(values), 5, height - 5)
    middle = height / 2
    flat = min(values) == max(values)
    steps = len(values) - 1
    points = [(across(at, steps), middle if flat else scale(value)) for at, value in enumerate(values)]
    if len(points) == 1:
        points = [(0.0, points[0][1]), points[0]]
    line = smooth(points)
    return chart(
        height,
        label,
        stretched(
            height,
            element("path", class_="area", d=f"{line}L100 {height}L0 {height}Z"),
            element("path", class_="line", d=line),
        ),
        element("circle", class_="dot", cx="100%", cy=float(points[-1][1]), r="3.5"),
    )


def bars_pair(pairs: Sequence[tuple[float, float]], label: str, height: int = 44) -> Markup:
    """Money in beside money out, a pair per month, both as positive numbers."""
    largest = max((abs(value) for pair in pairs for value in pair), default=0) or 1
    width = 100 / (len(pairs) or 1)
    bars = []
    for at, pair in enumerate(pairs):
        for value, offset, colour in ((pair[0], 0.14, "fill-1"), (pair[1], 0.52, "fill-2")):
            tall = max(abs(value) / largest * (height - 4), 1.5 if value else 0)
            x = percent((at + offset) * width)
            bars.append(
                element(
                    "rect",
                    class_=colour,
                    x=x,
                    width=percent(width * 0.32),
                    y=float(height - tall),
                    height=float(tall),
                    rx=2,
                )
            )
    return chart(height, label, *bars)


def meter(spent: float, projected: float | None, label: str, height: int = 18) -> Markup:
    """A budget's bar: percent spent, hatched past 100, with a pointer to where the month is heading."""
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
        strokes = "".join(f"M{x} 10l5 -10" for x in range(0, HATCHED, HATCH))
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
    """A share of the largest; the tick is the period before."""

    def share(amount: float) -> float:
        return min(abs(amount) / (abs(largest) or 1), 1) * 100

    parts = [element("rect", class_="track", x=0, y=2, width="100%", height=8, rx=4)]
    if value:
        wide = max(share(value), 1)
        parts.append(element("rect", class_=f"fill-{colour}", x=0, y=2, width=percent(wide), height=8, rx=4))
    if previous is not None:
        place = f"{number(min(share(previous), 99.7))}%"
        parts.append(element("line", class_="tick", x1=place, x2=place, y1=0, y2=12))
    return chart(12, label, joined(parts))
