"""Calendar heatmap and treemap."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_date, get_day_names
from markupsafe import Markup

from app.i18n import current_locale
from app.web.charts.lines import empty_chart
from app.web.charts.scale import Format
from app.web.charts.svg import chart, element, percent, text, truncate

CELL_PX = 18  # height of a day
MARGIN = 8.0  # percent for the weekday labels; a third of it from MANY_WEEKS on
MANY_WEEKS = 30
WIDTHS_PX = (950, 560, 318)  # of a treemap on desktop, tablet or paper, and phone
#: The classes that show a label at some of these widths. What fits on a phone also fits on a tablet.
SHOWN_AT = {
    (0,): "max-xl:hidden",
    (1,): "max-sm:hidden xl:hidden",
    (2,): "sm:hidden",
    (0, 1): "max-sm:hidden",
    (1, 2): "xl:hidden",
    (0, 1, 2): "",
}
LETTER_PX, MIN_LETTERS = 6.6, 5
MONTHS_PX = 18  # space above for the months


@dataclass(frozen=True, slots=True)
class Area:
    """One area of a treemap."""

    name: str
    value: float
    colour: int


def quintiles(amounts: Sequence[float]) -> list[float]:
    """Return the four limits between the five shades: the quintiles of the days with spending."""
    spent = sorted(amounts)
    return [spent[len(spent) * fifth // 5] for fifth in range(1, 5)] if spent else []


def heatmap(
    amounts: Mapping[date, float],
    first: date,
    last: date,
    label: str,
    fmt: Format = str,
    week_start: int = 0,
    *,
    opens: bool = False,
) -> Markup:
    """Days from first to last in columns of weeks; the shades are quintiles of the days with an amount.

    ``week_start`` is 0 for Monday. With ``opens`` a click on a day shows its transactions (charts.js); the table next
    to the chart has the same links.
    """
    if last < first:
        return empty_chart(MONTHS_PX + 7 * CELL_PX, label)
    locale = current_locale().replace("-", "_")
    monday = first - timedelta(days=(first.weekday() - week_start) % 7)
    weeks = (last - monday).days // 7 + 1
    margin = MARGIN if weeks < MANY_WEEKS else MARGIN / 3
    wide = (100 - margin) / weeks
    borders = quintiles([abs(value) for day, value in amounts.items() if value and first <= day <= last])
    names = get_day_names("narrow", context="stand-alone", locale=locale)
    parts = [text(str(names[(week_start + row) % 7]), 0, MONTHS_PX + row * CELL_PX + 13) for row in range(0, 7, 2)]
    labelled_at = -100.0
    for at in range((last - first).days + 1):
        day = first + timedelta(days=at)
        week, row = divmod((day - monday).days, 7)
        x = margin + week * wide
        value = abs(amounts.get(day, 0))
        shade = bisect_left(borders, value) + 1 if value else 0
        said = f"{format_date(day, 'medium', locale=locale)}: {fmt(value)}"
        parts.append(
            element(
                "rect",
                class_=f"heat heat-{shade}{' heat-opens' if opens and value else ''}",
                data_tip=said,
                data_day=day.isoformat() if opens and value else None,
                x=percent(x),
                y=MONTHS_PX + row * CELL_PX,
                width=percent(wide),
                height=CELL_PX,
                rx=4,
            )
        )
        if day.day <= 7 and row == 0 and x - labelled_at > 6:
            parts.append(text(format_date(day, "LLL", locale=locale), x, 11))
            labelled_at = x
    return chart(MONTHS_PX + 7 * CELL_PX, label, *parts)


def treemap(parts: Sequence[Area], label: str, fmt: Format = str, height: int = 240) -> Markup:
    """A total as rectangles, largest first, as square as possible (Bruls, Huizing and van Wijk 2000)."""
    shown = sorted((each for each in parts if each.value > 0), key=lambda each: -each.value)
    if not shown:
        return empty_chart(height, label)
    drawn = []
    for part, (x, y, wide, tall) in zip(shown, squarify([each.value for each in shown], height), strict=True):
        amount = fmt(part.value)
        said = element("title", f"{part.name}: {amount}")
        drawn.append(
            element(
                "rect",
                said,
                class_=f"heat treemap-{part.colour}",
                x=percent(x),
                y=y,
                width=percent(wide),
                height=tall,
                rx=6,
            )
        )
        names, amounts = defaultdict[str, list[int]](list), defaultdict[str, list[int]](list)
        for at, width in enumerate(WIDTHS_PX):
            name, value = _inside(part.name, amount, int((wide * width / 100 - 14) / LETTER_PX), tall)
            names[name].append(at)
            amounts[value].append(at)
        words = [
            element("text", word, class_=f"{class_} {SHOWN_AT[tuple(places)]}".strip() or None, x=9, y=top)
            for found, class_, top in ((names, "t-label", 19), (amounts, "", 36))
            for word, places in found.items()
            if word
        ]
        if not words:
            continue  # its tooltip names it
        drawn.append(element("svg", *words, x=percent(x), y=y, width=percent(wide), height=tall))
    return chart(height, label, *drawn)


def _inside(name: str, amount: str, letters: int, tall: float) -> tuple[str, str]:
    """Return the name and the amount, each empty if it does not fit."""
    if tall < 24 or letters < min(MIN_LETTERS, len(name)):
        return "", ""
    return truncate(name, min(letters, 18)), amount if tall >= 42 and len(amount) <= letters else ""


Box = tuple[float, float, float, float]  # x and width in percent, y and height in pixels


def squarify(values: Sequence[float], height: float, aspect: float = 600) -> list[Box]:
    """Return boxes for positive values in descending order, nearly square at a width of ``aspect`` pixels."""
    total = sum(values)
    sizes = [value / total * aspect * height for value in values]
    boxes: list[Box] = []
    x, y, wide, tall = 0.0, 0.0, aspect, float(height)
    at = 0
    while at < len(sizes):
        side = min(wide, tall)
        row = [sizes[at]]
        while at + len(row) < len(sizes):
            longer = [*row, sizes[at + len(row)]]
            if worst_ratio(longer, side) > worst_ratio(row, side):
                break
            row = longer
        thick = sum(row) / side if side else 0
        along = 0.0
        for size in row:
            length = size / thick if thick else 0
            if wide >= tall:
                boxes.append((x, y + along, thick, length))
            else:
                boxes.append((x + along, y, length, thick))
            along += length
        if wide >= tall:
            x, wide = x + thick, wide - thick
        else:
            y, tall = y + thick, tall - thick
        at += len(row)
    return [(left / aspect * 100, top, w / aspect * 100, h) for left, top, w, h in boxes]


def worst_ratio(row: Sequence[float], side: float) -> float:
    """Return the worst aspect ratio of a row of boxes."""
    area = sum(row)
    return max(side**2 * max(row) / area**2, area**2 / (side**2 * min(row))) if area and side else 0
