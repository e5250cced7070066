"""Money over time: one balance, several trends, and the forecast's fan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from app.i18n import _
from app.web.charts.scale import Fmt, Scale, across, nice_ticks, spread
from app.web.charts.svg import (
    Point,
    anchor_at,
    chart,
    element,
    joined,
    path,
    percent,
    short,
    stretched,
    text,
)

TOP = 16
AXIS = 24  # pixels under the plot for its days
DAYS_SHOWN = 7
NAMES = 76  # percent of the width for trend lines; their names stand in the rest
GUTTERS = ((4, "s"), (7, "m"), (10, "l"))  # characters of the longest number beside the plot, and its room
CHARACTER, LINE = 7.2, 15  # pixels of a name: the width of a letter, and its height
WIDE, NARROW = 720, 290  # pixels of a plot on a desk and on a phone

Quantiles = tuple[float, float, float, float, float]  # 10, 25, 50, 75 and 90 of 100 outcomes lie below


@dataclass(frozen=True, slots=True)
class Event:
    """Something to name on a line: its step from the left, and whether it is trouble."""

    step: int
    name: str
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """One line among several."""

    name: str
    values: Sequence[float]
    colour: int


def scaled(values: Sequence[float], height: int) -> tuple[Scale, list[float]]:
    ticks = nice_ticks(min(values), max(values))
    return Scale(ticks[0], ticks[-1], TOP, height - AXIS), ticks


def grid(scale: Scale, ticks: Sequence[float]) -> Markup:
    lines = []
    for tick in ticks:
        y = float(scale(tick))
        class_ = "zero-line" if tick == 0 else "grid-line"
        lines.append(element("line", class_=class_, x1=0, x2="100%", y1=y, y2=y))
    return joined(lines)


def tick_texts(scale: Scale, ticks: Sequence[float], fmt: Fmt) -> tuple[Markup, str]:
    """Each number stands beside its line, left of the plot; with the class that makes room for them."""
    shown = [fmt(tick) for tick in ticks]
    longest = max(map(len, shown))
    room = next((name for most, name in GUTTERS if longest <= most), "xl")
    texts = (text(each, 0, scale(tick) + 4, "", "end", dx=-8) for each, tick in zip(shown, ticks, strict=True))
    return joined(texts), f"gutter-{room}"


def day_texts(days: Sequence[str], height: int, width: float = 100) -> Markup:
    """A few of the days under the plot; every second one leaves on a phone."""
    steps = len(days) - 1
    if steps < 0:
        return Markup("")
    every = max(1, -(-len(days) // DAYS_SHOWN))
    shown = []
    for rank, at in enumerate(range(0, len(days), every)):
        x = across(at, steps) * width / 100
        anchor = "start" if at == 0 and steps else "end" if x > 95 else "middle"
        shown.append(text(days[at], x, height - 6, "max-sm:hidden" if rank % 2 else "", anchor))
    return joined(shown)


def empty(height: int, label: str) -> Markup:
    """A plot with nothing to say keeps its place and says so."""
    return chart(height, label, text(_("No data yet"), 50, height / 2, anchor="middle"))


def balance(values: Sequence[float], days: Sequence[str], label: str, fmt: Fmt = str, height: int = 220) -> Markup:
    """A balance day by day over its area; one text per value in ``days``."""
    if not values:
        return empty(height, label)
    scale, ticks = scaled([*values, 0] if min(values) * 3 < max(values) else values, height)
    steps = len(values) - 1
    points = [(across(at, steps), scale(value)) for at, value in enumerate(values)]
    if not steps:
        points = [(0.0, points[0][1]), points[0]]
    base = scale(min(max(0, ticks[0]), ticks[-1]))
    line = path(points)
    shapes = stretched(
        height,
        element("path", class_="area", d=f"{line}L100 {base:.2f}L0 {base:.2f}Z"),
        element("path", class_="line", d=line),
    )
    numbers, room = tick_texts(scale, ticks, fmt)
    return chart(
        height,
        label,
        grid(scale, ticks),
        shapes,
        numbers,
        day_texts(days, height),
        element("circle", class_="dot", cx="100%", cy=float(points[-1][1]), r="3.5"),
        data_steps=steps,
        data_bottom=height - AXIS,
        class_=room,
    )


def trend_lines(series: Sequence[Series], days: Sequence[str], label: str, fmt: Fmt = str, height: int = 220) -> Markup:
    """Up to five lines, each with its name at its end instead of a legend."""
    series = [each for each in series if each.values][:5]
    if not series:
        return empty(height, label)
    scale, ticks = scaled([value for each in series for value in each.values] + [0], height)
    steps = max(len(days), *(len(each.values) for each in series)) - 1
    lines, ends = [], []
    for each in series:
        points: list[Point] = [(across(at, steps), scale(value)) for at, value in enumerate(each.values)]
        start = points if len(points) > 1 else [(0.0, points[0][1]), points[0]]
        lines.append(element("path", class_=f"line line-{each.colour}", d=path(start)))
        ends.append(points[-1])
    places = spread([y for _x, y in ends], 15, TOP, height - AXIS)
    names = []
    for each, (x, y), place in zip(series, ends, places, strict=True):
        at = x * NAMES / 100
        names.append(element("circle", class_=f"fill-{each.colour}", cx=percent(at), cy=float(y), r="3.5"))
        names.append(text(short(each.name, 14), NAMES + 2, place + 4, "t-label"))
    numbers, room = tick_texts(scale, ticks, fmt)
    return chart(
        height,
        label,
        grid(scale, ticks),
        stretched(height, *lines, width=f"{NAMES}%"),
        numbers,
        day_texts(days, height, NAMES),
        *names,
        class_=room,
    )


def fan(
    days: Sequence[str],
    actual: Sequence[float],
    forecast: Sequence[Quantiles],
    events: Sequence[Event],
    label: str,
    fmt: Fmt = str,
    height: int = 240,
    *,
    now_name: str | None = None,
) -> Markup:
    """What was and what may come: the forecast's first element stands at the last actual day.

    The wide band holds 8 in 10 outcomes, the inner one 5 in 10, the dashed line is the middle one. ``now_name`` stands
    at the line between them: “Today”, unless it is told otherwise.
    """
    if not actual and not forecast:
        return empty(height, label)
    today = max(len(actual) - 1, 0)
    steps = max(today + len(forecast) - 1, len(actual) - 1, 1)
    spans = [value for each in forecast for value in (each[0], each[4])]
    scale, ticks = scaled([*actual, *spans], height)
    past = [(across(at, steps), scale(value)) for at, value in enumerate(actual)]

    def edge(quantile: int) -> list[Point]:
        return [(across(today + at, steps), scale(each[quantile])) for at, each in enumerate(forecast)]

    shapes = []
    if len(forecast) > 1:
        for class_, low, high in (("band-wide", 0, 4), ("band-mid", 1, 3)):
            shapes.append(element("path", class_=class_, d=path(edge(high) + edge(low)[::-1]) + "Z"))
        shapes.append(element("path", class_="line line-dash", d=path(edge(2))))
    if len(past) > 1:
        shapes.append(element("path", class_="line", d=path(past)))
    middle = [*past, *edge(2)[1:]] if past else edge(2)
    now = across(today, steps)
    side = "end" if now > 85 else "start"
    marks = [
        element("line", class_="now-line", x1=percent(now), x2=percent(now), y1=TOP - 8, y2=height - AXIS),
        text(
            _("Today") if now_name is None else now_name,
            now,
            TOP - 5,
            "t-strong t-halo",
            side,
            dx=-6 if side == "end" else 6,
        ),
    ]
    numbers, room = tick_texts(scale, ticks, fmt)
    return chart(
        height,
        label,
        grid(scale, ticks),
        stretched(height, *shapes),
        numbers,
        day_texts(days, height),
        *marks,
        *named(events, middle, height),
        data_steps=steps,
        data_bottom=height - AXIS,
        class_=room,
    )


def named(events: Sequence[Event], middle: Sequence[Point], height: int) -> list[Markup]:
    """Dots on the middle line with names, which keep clear of each other and, where they can, of the line.

    On a phone the first to find room stay.
    """
    drawn, wide, narrow = [], list[Box](), list[Box]()
    for event in events:
        if not 0 <= event.step < len(middle):
            continue
        x, y = middle[event.step]
        name = short(event.name)
        drawn.append(element("circle", class_="dot-neg" if event.bad else "dot", cx=percent(x), cy=float(y), r="4.5"))
        found = _place(name, x, y, middle, wide, WIDE, height, below=event.bad)
        if found is None:
            continue
        place, dx, anchor, box = found
        wide.append(box)
        on_phone = _box(name, x, place, dx, anchor, NARROW)
        within = on_phone[0] > -8 and on_phone[2] < 100 and _crossed(middle, on_phone) <= 1
        fits = within and not any(_covers(on_phone, other) for other in narrow)
        if fits:
            narrow.append(on_phone)
        class_ = "t-label t-halo" + ("" if fits else " max-sm:hidden")
        drawn.append(text(name, x, place, class_, anchor, dx=dx or None))
    return drawn


Box = tuple[float, float, float, float]  # left and right in percent of the width at 0 and 2, top and bottom in pixels


def _box(name: str, x: float, y: float, dx: int, anchor: str, width: int) -> Box:
    long = len(name) * CHARACTER * 100 / width
    left = x + dx * 100 / width - {"start": 0.0, "middle": long / 2, "end": long}[anchor]
    return left, y - LINE + 3, left + long, y + 3


def _covers(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _place(
    name: str, x: float, y: float, line: Sequence[Point], taken: Sequence[Box], width: int, height: int, *, below: bool
) -> tuple[float, int, str, Box] | None:
    """Where a name stands: height, shift, anchor and what it covers; the freest place, the nearest of those."""
    over, under = [(y - 12, 0), (y - 28, 0)], [(y + 20, 0), (y + 36, 0)]
    near = [under[0], over[0]] if below else [over[0], under[0]]
    beside = [(y + at, dx) for at in (4, -6, 16, -22) for dx in (10, -10)]
    wishes = [*near, *beside, over[1], under[1]]
    best = None
    for place, dx in wishes:
        anchor = "start" if dx > 0 else "end" if dx < 0 else anchor_at(x, 8)
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
    """Whether a piece of a line runs through a box, as far as their sides tell."""
    left, top, right, bottom = box
    if end[0] < left or start[0] > right:
        return False
    slope = (end[1] - start[1]) / ((end[0] - start[0]) or 1)
    heights = [start[1] + slope * (min(max(at, start[0]), end[0]) - start[0]) for at in (left, right)]
    return min(heights) < bottom and max(heights) > top
