"""Money flow (Sankey diagram) and the timeline of upcoming bills."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.web.charts.lines import empty_chart
from app.web.charts.scale import Format
from app.web.charts.svg import anchor_for, chart, element, number, stretch, text, truncate

NODE = 1.1  # width of a node in percent
MIDDLE = 47.0  # position of the middle node in percent
LABEL_PX, GAP_PX = 22, 7  # height of a label, gap between nodes
TOTAL_PX = 210  # height of the middle node
LABEL_GAP_PX = 10  # between a node and its label, which is in the padding beside the plot (.sankey)
MAX_NAME = 20  # letters


@dataclass(frozen=True, slots=True)
class Flow:
    """A source or use of money: a positive amount and its fill (a category's number or "income")."""

    name: str
    value: float
    colour: int | str


@dataclass(frozen=True, slots=True)
class DueBill:
    """A bill on the timeline: days from today, name, formatted amount and fill."""

    day: int
    name: str
    amount: str
    colour: int | str


def ribbon(x0: float, y0: float, x1: float, y1: float, thick: float, flow: Flow, fmt: Format) -> Markup:
    """A band from (x0, y0) to (x1, y1) of constant thickness."""
    half = number((x0 + x1) / 2)
    a, b, c, d = (number(each) for each in (y0, y1, y1 + thick, y0 + thick))
    there = f"M{number(x0)} {a}C{half} {a} {half} {b} {number(x1)} {b}"
    back = f"V{c}C{half} {c} {half} {d} {number(x0)} {d}Z"
    title = element("title", f"{flow.name}: {fmt(flow.value)}")
    return element("path", title, class_=f"flow fill-{flow.colour}", d=there + back)


def sankey(left: Sequence[Flow], right: Sequence[Flow], label: str, fmt: Format = str) -> Markup:
    """Money from sources (left) to uses (right). The caller adds net income or a shortfall, so that both sides agree.

    Labels are outside the ribbons, in the padding of the class ``sankey``. The height grows with the number of uses.
    """
    left = [each for each in left if each.value > 0]
    right = [each for each in right if each.value > 0]
    total = max(sum(each.value for each in left), sum(each.value for each in right))
    if total <= 0:
        return empty_chart(220, label)
    scale = TOTAL_PX / total
    tallest = max(sum(lane_height(each.value * scale) for each in side) for side in (left, right))
    height = math.ceil(max(TOTAL_PX, tallest)) + 44
    top = (height - total * scale) / 2
    shapes = [element("rect", class_="node-total", x=MIDDLE, y=top, width=NODE, height=total * scale)]
    labels = [text(fmt(total), MIDDLE + NODE / 2, top - 8 if top > 16 else 13, "t-strong t-halo", "middle")]
    for flows, is_left in ((left, True), (right, False)):
        heights = [max(each.value * scale, 1.5) for each in flows]
        inside = top
        for flow, thick, center in zip(flows, heights, lane_centers(heights, height), strict=True):
            y = center - thick / 2
            start, end = ((NODE, y), (MIDDLE, inside)) if is_left else ((MIDDLE + NODE, inside), (100 - NODE, y))
            node = 0 if is_left else 100 - NODE
            shapes.append(ribbon(*start, *end, thick, flow, fmt))
            shapes.append(element("rect", class_=f"fill-{flow.colour}", x=node, y=y, width=NODE, height=thick))
            labels.append(_flow_label(flow, center + 4, fmt, is_left=is_left))
            inside += flow.value * scale
    return chart(height, label, stretch(height, *shapes), *labels, class_="sankey")


def _flow_label(flow: Flow, y: float, fmt: Format, *, is_left: bool) -> Markup:
    return element(
        "text",
        truncate(flow.name, MAX_NAME),
        element("tspan", fmt(flow.value), class_="t-value", dx=8),
        x="0%" if is_left else "100%",
        dx=-LABEL_GAP_PX if is_left else LABEL_GAP_PX,
        y=y,
        class_="t-label",
        text_anchor="end" if is_left else None,
    )


def lane_height(thick: float) -> float:
    """Return the height of a node with its gap, at least that of a label, in pixels."""
    return max(thick + GAP_PX, LABEL_PX)


def lane_centers(thick: Sequence[float], height: int) -> list[float]:
    """Return the centers of nodes stacked from top to bottom without overlapping labels."""
    room = [lane_height(each) for each in thick]
    at = (height - sum(room)) / 2
    middles = []
    for each in room:
        middles.append(at + each / 2)
        at += each
    return middles


def timeline(stops: Sequence[DueBill], days: int, label: str) -> Markup:
    """Bills along the coming days. Labels alternate above and below the line; those that would overlap are omitted."""
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
        width = max(len(truncate(stop.name, 16)), len(stop.amount)) * 0.85
        parts.append(element("circle", class_=f"fill-{stop.colour}", cx=f"{number(x)}%", cy=line, r=6))
        if ends[above] > x - width / 2:
            above = not above
        if ends[above] > x - width / 2:
            continue  # the list next to the chart names it
        ends[above] = x + width / 2
        anchor = anchor_for(x, 8)
        parts.append(text(truncate(stop.name, 16), x, 16 if above else 78, "t-label", anchor))
        parts.append(text(stop.amount, x, 31 if above else 93, "", anchor))
    return chart(98, label, *parts)
