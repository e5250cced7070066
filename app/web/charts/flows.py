"""Where money moves: from sources to uses, and which bills come when."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.web.charts.lines import empty
from app.web.charts.scale import Fmt
from app.web.charts.svg import anchor_at, chart, element, number, short, stretched, text

NODE = 1.1  # percent of the width
MIDDLE = 47.0
LANE = 22  # pixels a label needs
GAP = 7
WHOLE = 210  # pixels of the node in the middle


@dataclass(frozen=True, slots=True)
class Flow:
    """A source or a use of money: a positive amount and the colour of its category."""

    name: str
    value: float
    colour: int


@dataclass(frozen=True, slots=True)
class Stop:
    """A bill on the way: days from the start, its name, its amount as text, its colour."""

    day: int
    name: str
    amount: str
    colour: int


def ribbon(x0: float, y0: float, x1: float, y1: float, thick: float, flow: Flow, fmt: Fmt) -> Markup:
    """A band from (x0, y0) to (x1, y1), of the same thickness at both ends."""
    half = number((x0 + x1) / 2)
    a, b, c, d = (number(each) for each in (y0, y1, y1 + thick, y0 + thick))
    there = f"M{number(x0)} {a}C{half} {a} {half} {b} {number(x1)} {b}"
    back = f"V{c}C{half} {c} {half} {d} {number(x0)} {d}Z"
    title = element("title", f"{flow.name}: {fmt(flow.value)}")
    return element("path", title, class_=f"flow fill-{flow.colour}", d=there + back)


def sankey(left: Sequence[Flow], right: Sequence[Flow], label: str, fmt: Fmt = str) -> Markup:
    """From sources through one whole to uses. What the sides differ by is the caller's to name ("Net income").

    Every use keeps a lane tall enough for its label, so the height grows with their number.
    """
    left = [each for each in left if each.value > 0]
    right = [each for each in right if each.value > 0]
    total = max(sum(each.value for each in left), sum(each.value for each in right))
    if total <= 0:
        return empty(220, label)
    per = WHOLE / total
    tallest = max(sum(lane(each.value * per) for each in side) for side in (left, right))
    height = math.ceil(max(WHOLE, tallest)) + 44
    top = (height - total * per) / 2
    shapes = [element("rect", class_="fill-1", x=MIDDLE, y=top, width=NODE, height=total * per)]
    words = [text(fmt(total), MIDDLE + NODE / 2, top - 8 if top > 16 else 13, "t-strong t-halo", "middle")]
    for flows, outer, inner, node, label_at, anchor in (
        (left, NODE, MIDDLE, 0.0, NODE + 1.2, "start"),
        (right, 100 - NODE, MIDDLE + NODE, 100 - NODE, 100 - NODE - 1.2, "end"),
    ):
        thick = [max(each.value * per, 1.5) for each in flows]
        centres = lanes(thick, height)
        inside = top
        for flow, wide, centre in zip(flows, thick, centres, strict=True):
            y = centre - wide / 2
            start, end = ((outer, y), (inner, inside)) if anchor == "start" else ((inner, inside), (outer, y))
            shapes.append(ribbon(*start, *end, wide, flow, fmt))
            shapes.append(element("rect", class_=f"fill-{flow.colour}", x=node, y=y, width=NODE, height=wide))
            amount = element("tspan", fmt(flow.value), class_="t-value", dx=8)
            words.append(
                element(
                    "text",
                    short(flow.name, 22),
                    amount,
                    x=f"{number(label_at)}%",
                    y=centre + 4,
                    class_="t-label t-halo",
                    text_anchor=None if anchor == "start" else anchor,
                )
            )
            inside += flow.value * per
    return chart(height, label, stretched(height, *shapes), *words, class_="sankey")


def lane(thick: float) -> float:
    return max(thick + GAP, LANE)


def lanes(thick: Sequence[float], height: int) -> list[float]:
    """The middles of nodes one under the other, none nearer to the next than a label is tall."""
    room = [lane(each) for each in thick]
    at = (height - sum(room)) / 2
    middles = []
    for each in room:
        middles.append(at + each / 2)
        at += each
    return middles


def timeline(stops: Sequence[Stop], days: int, label: str) -> Markup:
    """Bills along the coming days; names take turns above and below so that none covers another."""
    days = max(days, 1)

    def place(day: float) -> float:
        return 2 + day / days * 96

    line = 50
    parts = [element("line", class_="zero-line", x1=0, x2="100%", y1=line, y2=line)]
    for day in range(days + 1):
        tall = 8 if day % 7 == 0 else 3
        tick = f"{number(place(day))}%"
        parts.append(element("line", class_="grid-line", x1=tick, x2=tick, y1=line - tall, y2=line + tall))
    ends = {True: -100.0, False: -100.0}
    above = False
    for stop in sorted(stops, key=lambda each: each.day):
        x = place(min(max(stop.day, 0), days))
        above = not above
        width = max(len(short(stop.name, 16)), len(stop.amount)) * 0.85
        parts.append(element("circle", class_=f"fill-{stop.colour}", cx=f"{number(x)}%", cy=line, r=6))
        if ends[above] > x - width / 2:
            above = not above
        if ends[above] > x - width / 2:
            continue  # the dot stays; the list beside the chart names it
        ends[above] = x + width / 2
        anchor = anchor_at(x, 8)
        parts.append(text(short(stop.name, 16), x, 16 if above else 78, "t-label", anchor))
        parts.append(text(stop.amount, x, 31 if above else 93, "", anchor))
    return chart(98, label, *parts)
