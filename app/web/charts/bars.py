"""Bars by month, with the forecast of the months to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.web.charts.lines import AXIS, TOP, Quantiles, empty_chart, grid_lines, make_scale, tick_labels
from app.web.charts.scale import Format, Scale
from app.web.charts.svg import chart, element, percent, text

BAR_SHARE = 0.68  # of the width of a month
MANY_MONTHS = 8  # with more, a phone shows every second label


@dataclass(frozen=True, slots=True)
class BarSeries:
    """One bar a month. ``fill`` is the color: a category's number, "income" or "spending"."""

    values: Sequence[float]
    fill: str
    negative_fill: str = ""


def month_bars(
    months: Sequence[str],
    series: Sequence[BarSeries],
    label: str,
    fmt: Format = str,
    height: int = 220,
    forecast: Sequence[Quantiles] = (),
) -> Markup:
    """Bars from zero, one group a month. ``months`` are the labels of the actual and then of the forecast months.

    Forecast months belong to the first series: a pale bar for the median and a line for the 80% range.
    """
    count = len(months)
    values = [value for each in series for value in each.values]
    if not count or not (values or forecast):
        return empty_chart(height, label)
    scale, ticks = make_scale([0, *values, *(edge for each in forecast for edge in (each[0], each[4]))], height)
    slot = 100 / count
    width = slot * BAR_SHARE / len(series)
    shapes = []
    for rank, each in enumerate(series):
        for at, value in enumerate(each.values):
            x = at * slot + slot * (1 - BAR_SHARE) / 2 + rank * width
            shapes.append(_bar(scale, x, width * 0.92, value, each))
    for at, (low, _q1, median, _q3, high) in enumerate(forecast, start=count - len(forecast)):
        middle = (at + 0.5) * slot
        shapes.append(_bar(scale, middle - width / 2, width * 0.92, median, series[0], " bar-expected"))
        shapes.append(
            element("line", class_="range-line", x1=percent(middle), x2=percent(middle), y1=scale(high), y2=scale(low))
        )
    labels = [
        text(month, (at + 0.5) * slot, height - 6, "max-sm:hidden" if count > MANY_MONTHS and at % 2 else "", "middle")
        for at, month in enumerate(months)
    ]
    numbers, gutter = tick_labels(scale, ticks, fmt)
    return chart(
        height,
        label,
        grid_lines(scale, ticks),
        *shapes,
        numbers,
        *labels,
        data_bands=count,
        data_bottom=height - AXIS,
        data_top=TOP,
        class_=gutter,
    )


def _bar(scale: Scale, x: float, width: float, value: float, series: BarSeries, extra: str = "") -> Markup:
    top, bottom = sorted((scale(0), scale(value)))
    fill = series.negative_fill if value < 0 and series.negative_fill else series.fill
    return element(
        "rect",
        class_=f"fill-{fill}{extra}",
        x=percent(x),
        width=percent(width),
        y=float(top),
        height=float(bottom - top),
        rx=2,
    )
