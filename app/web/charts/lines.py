"""Line charts: a balance over time and a forecast with its range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from app.i18n import _
from app.web.charts.scale import Format, Scale, nice_ticks, x_percent
from app.web.charts.svg import (
    Point,
    anchor_for,
    chart,
    element,
    join,
    number,
    path,
    percent,
    stretch,
    text,
    truncate,
)

TOP = 16
AXIS = 24  # pixels below the plot for the labels of the days
MAX_DAY_LABELS = 7
GUTTERS = ((4, "s"), (7, "m"), (10, "l"))  # length of the longest tick label, and the gutter that fits it
CHARACTER_PX, LINE_PX = 7.2, 15  # width of a letter and height of a line
DESKTOP_PX, PHONE_PX = 720, 290  # assumed widths of a plot

Quantiles = tuple[float, float, float, float, float]  # 10, 25, 50, 75 and 90 of 100 outcomes lie below


@dataclass(frozen=True, slots=True)
class Marker:
    """A labeled point on a line. ``step`` counts from the left; ``bad`` draws it in the color of a warning."""

    step: int
    name: str
    bad: bool = False


def make_scale(values: Sequence[float], height: int) -> tuple[Scale, list[float]]:
    """Return the vertical scale for the values and its ticks."""
    ticks = nice_ticks(min(values), max(values))
    return Scale(ticks[0], ticks[-1], TOP, height - AXIS), ticks


def grid_lines(scale: Scale, ticks: Sequence[float]) -> Markup:
    """Horizontal lines at the ticks."""
    lines = []
    for tick in ticks:
        y = float(scale(tick))
        class_ = "zero-line" if tick == 0 else "grid-line"
        lines.append(element("line", class_=class_, x1=0, x2="100%", y1=y, y2=y))
    return join(lines)


def tick_labels(scale: Scale, ticks: Sequence[float], fmt: Format) -> tuple[Markup, str]:
    """Return the labels of the ticks, left of the plot, and the CSS class of the gutter that holds them."""
    shown = [fmt(tick) for tick in ticks]
    longest = max(map(len, shown))
    gutter = next((name for most, name in GUTTERS if longest <= most), "xl")
    texts = (text(each, 0, scale(tick) + 4, "", "end", dx=-8) for each, tick in zip(shown, ticks, strict=True))
    return join(texts), f"gutter-{gutter}"


def day_labels(days: Sequence[str], height: int, width: float = 100) -> Markup:
    """Up to seven labels below the plot; a phone shows every second one."""
    steps = len(days) - 1
    if steps < 0:
        return Markup("")
    every = max(1, -(-len(days) // MAX_DAY_LABELS))
    shown = []
    for rank, at in enumerate(range(0, len(days), every)):
        x = x_percent(at, steps) * width / 100
        anchor = "start" if at == 0 and steps else "end" if x > 95 else "middle"
        shown.append(text(days[at], x, height - 6, "max-sm:hidden" if rank % 2 else "", anchor))
    return join(shown)


def empty_chart(height: int, label: str) -> Markup:
    """A placeholder of the same height, with a message."""
    return chart(height, label, text(_("No data yet"), 50, height / 2, anchor="middle"))


def balance(values: Sequence[float], days: Sequence[str], label: str, fmt: Format = str, height: int = 220) -> Markup:
    """A balance day by day, one label in ``days`` per value. The area is filled only if the axis includes zero."""
    if not values:
        return empty_chart(height, label)
    scale, ticks = make_scale([*values, 0] if min(values) * 3 < max(values) else values, height)
    steps = len(values) - 1
    points = [(x_percent(at, steps), scale(value)) for at, value in enumerate(values)]
    if not steps:
        points = [(0.0, points[0][1]), points[0]]
    line = path(points)
    shapes = [element("path", class_="line", d=line)]
    if ticks[0] <= 0 <= ticks[-1]:
        base = number(scale(0))
        shapes.insert(0, element("path", class_="area", d=f"{line}L100 {base}L0 {base}Z"))
    numbers, gutter = tick_labels(scale, ticks, fmt)
    return chart(
        height,
        label,
        grid_lines(scale, ticks),
        stretch(height, *shapes),
        numbers,
        day_labels(days, height),
        element("circle", class_="dot", cx="100%", cy=float(points[-1][1]), r="3.5"),
        data_steps=steps,
        data_bottom=height - AXIS,
        class_=gutter,
    )


def fan(
    days: Sequence[str],
    actual: Sequence[float],
    forecast: Sequence[Quantiles],
    events: Sequence[Marker],
    label: str,
    fmt: Format = str,
    height: int = 240,
) -> Markup:
    """A balance with its forecast. The first element of ``forecast`` is the last actual day.

    The wide band is the 80% range, the inner band the 50% range and the dashed line the median.
    """
    if not actual and not forecast:
        return empty_chart(height, label)
    today = max(len(actual) - 1, 0)
    steps = max(today + len(forecast) - 1, len(actual) - 1, 1)
    spans = [value for each in forecast for value in (each[0], each[4])]
    scale, ticks = make_scale([*actual, *spans], height)
    past = [(x_percent(at, steps), scale(value)) for at, value in enumerate(actual)]

    def edge(quantile: int) -> list[Point]:
        return [(x_percent(today + at, steps), scale(each[quantile])) for at, each in enumerate(forecast)]

    shapes = []
    if len(forecast) > 1:
        for class_, low, high in (("band-wide", 0, 4), ("band-mid", 1, 3)):
            shapes.append(element("path", class_=class_, d=path(edge(high) + edge(low)[::-1]) + "Z"))
        shapes.append(element("path", class_="line line-dash", d=path(edge(2))))
    if len(past) > 1:
        shapes.append(element("path", class_="line", d=path(past)))
    middle = [*past, *edge(2)[1:]] if past else edge(2)
    now = x_percent(today, steps)
    side = "end" if now > 85 else "start"
    marks = [
        element("line", class_="now-line", x1=percent(now), x2=percent(now), y1=TOP - 8, y2=height - AXIS),
        text(
            _("Today"),
            now,
            TOP - 5,
            "t-strong t-halo",
            side,
            dx=-6 if side == "end" else 6,
        ),
    ]
    numbers, gutter = tick_labels(scale, ticks, fmt)
    return chart(
        height,
        label,
        grid_lines(scale, ticks),
        stretch(height, *shapes),
        numbers,
        day_labels(days, height),
        *marks,
        *place_markers(events, middle, height),
        data_steps=steps,
        data_bottom=height - AXIS,
        class_=gutter,
    )


def place_markers(events: Sequence[Marker], middle: Sequence[Point], height: int) -> list[Markup]:
    """Draw markers on the line with labels that avoid each other and, where possible, the line.

    On a phone labels that don't fit are hidden.
    """
    drawn, wide, narrow = [], list[Box](), list[Box]()
    for event in events:
        if not 0 <= event.step < len(middle):
            continue
        x, y = middle[event.step]
        name = truncate(event.name)
        drawn.append(element("circle", class_="dot-neg" if event.bad else "dot", cx=percent(x), cy=float(y), r="4.5"))
        found = _find_position(name, x, y, middle, wide, DESKTOP_PX, height, below=event.bad)
        if found is None:
            continue
        place, dx, anchor, box = found
        wide.append(box)
        on_phone = _box(name, x, place, dx, anchor, PHONE_PX)
        within = on_phone[0] > -8 and on_phone[2] < 100 and _crossed(middle, on_phone) <= 1
        fits = within and not any(_covers(on_phone, other) for other in narrow)
        if fits:
            narrow.append(on_phone)
        class_ = "t-label t-halo" + ("" if fits else " max-sm:hidden")
        drawn.append(text(name, x, place, class_, anchor, dx=dx or None))
    return drawn


Box = tuple[float, float, float, float]  # left and right in percent of the width at 0 and 2, top and bottom in pixels


def _box(name: str, x: float, y: float, dx: int, anchor: str, width: int) -> Box:
    long = len(name) * CHARACTER_PX * 100 / width
    left = x + dx * 100 / width - {"start": 0.0, "middle": long / 2, "end": long}[anchor]
    return left, y - LINE_PX + 3, left + long, y + 3


def _covers(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _find_position(
    name: str, x: float, y: float, line: Sequence[Point], taken: Sequence[Box], width: int, height: int, *, below: bool
) -> tuple[float, int, str, Box] | None:
    """Return the label position that crosses the line least: y, dx, anchor and box, or None if nothing fits."""
    over, under = [(y - 12, 0), (y - 28, 0)], [(y + 20, 0), (y + 36, 0)]
    near = [under[0], over[0]] if below else [over[0], under[0]]
    beside = [(y + at, dx) for at in (4, -6, 16, -22) for dx in (10, -10)]
    wishes = [*near, *beside, over[1], under[1]]
    best = None
    for place, dx in wishes:
        anchor = "start" if dx > 0 else "end" if dx < 0 else anchor_for(x, 8)
        box = _box(name, x, place, dx, anchor, width)
        if not TOP + 4 < place < height - AXIS - 2 or box[0] < 0 or box[2] > 100:
            continue
        if any(_covers(box, other) for other in taken):
            continue
        crossed = _crossed(line, box)
        if best is None or crossed < best[0]:
            best = crossed, (place, dx, anchor, box)
    return best and best[1]


def _crossed(line: Sequence[Point], box: Box) -> int:
    return sum(_crosses(start, end, box) for start, end in pairwise(line))


def _crosses(start: Point, end: Point, box: Box) -> bool:
    """True if a line segment runs through the box."""
    left, top, right, bottom = box
    if end[0] < left or start[0] > right:
        return False
    slope = (end[1] - start[1]) / ((end[0] - start[0]) or 1)
    heights = [start[1] + slope * (min(max(at, start[0]), end[0]) - start[0]) for at in (left, right)]
    return min(heights) < bottom and max(heights) > top
