"""Charts: what they say, where they put things, and what they do with awkward numbers."""

from __future__ import annotations

import math
from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markupsafe import Markup

from app.web import charts
from app.web.charts.scale import nice_ticks
from tests.support.cases import each_case

EVIL = "<script>alert(1)</script>\" onload='x' & co"
DAY = date(2026, 11, 1)
AWKWARD = {
    "nothing": [],
    "one": [5],
    "zeros": [0, 0, 0],
    "ties": [7, 7, 7, 7],
    "negative": [-100, -3, -70],
    "both sides": [-500, 0, 500],
    "huge": [10**18, 3, 10**17],
    "many": list(range(400)),
}


def drawings(values: list[int], name: str = "Name") -> dict[str, Markup]:
    """Every chart of these values."""
    days = [f"{name} {at}" for at in range(len(values))]
    outcomes = [(v - 20, v - 10, v, v + 10, v + 20) for v in values]
    flows = [charts.Flow(name, value, at % 8 + 1) for at, value in enumerate(values)]
    stops = [charts.DueBill(at, name, str(value), 1) for at, value in enumerate(values)]
    spent = {DAY + timedelta(at): value for at, value in enumerate(values)}
    largest = max(values, default=0)
    return {
        "sparkline": charts.sparkline(values, name),
        "small_bars": charts.small_bars([(value, value // 2) for value in values], ("income", "spending"), name),
        "month_bars": charts.month_bars(days, [charts.BarSeries(values, "income", "spending")], name),
        "bars with forecast": charts.month_bars(days * 2, [charts.BarSeries(values, "3")], name, forecast=outcomes),
        "meter": charts.meter(largest, largest * 2, name),
        "hbar": charts.hbar(largest, largest, largest // 2, 3, name),
        "balance": charts.balance(values, days, name),
        "fan": charts.fan(days * 2, values, outcomes, [charts.Marker(0, name, bad=True)], name),
        "forecast only": charts.fan(days, [], outcomes, [], name),
        "sankey": charts.sankey(flows, flows[:2], name),
        "timeline": charts.timeline(stops, len(values), name),
        "heatmap": charts.heatmap(spent, DAY, DAY + timedelta(120), name),
        "treemap": charts.treemap([charts.Area(name, value, 1) for value in values], name),
    }


@each_case("values", AWKWARD.values())
def test_every_chart_is_well_formed_and_says_what_it_shows(values):
    for name, drawing in drawings(values).items():
        root = ElementTree.fromstring(drawing)
        assert root.get("role") == "img", name
        assert root.get("aria-label") == "Name", name
        assert "nan" not in drawing.lower(), name
        assert "inf" not in drawing.lower(), name


def test_names_are_escaped():
    for name, drawing in drawings([40, 30, 20], EVIL).items():
        root = ElementTree.fromstring(drawing)
        assert root.get("aria-label") == EVIL, name
        assert not [each for each in root.iter() if each.tag == "script" or each.get("onload")], name


def test_no_chart_needs_a_style_attribute():
    assert all("style=" not in drawing for drawing in drawings([1, 2, 3]).values())


@given(st.floats(-1e15, 1e15), st.floats(-1e15, 1e15))
@example(0.0, 5e-324)
@example(-1e-300, 1e-300)
@example(1e15, 1e15 - 1)
@example(999999999999999.9, 1e15)
def test_ticks_enclose_the_values_in_a_few_even_steps(one, other):
    low, high = min(one, other), max(one, other)
    ticks = nice_ticks(low, high)
    room = (ticks[-1] - ticks[0]) * 1e-9
    assert ticks[0] <= low + room
    assert ticks[-1] >= high - room
    assert 2 <= len(ticks) <= 8
    steps = [b - a for a, b in pairwise(ticks)]
    assert max(steps) == pytest.approx(min(steps), rel=1e-6)


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 100, [0, 25, 50, 75, 100]),
        (-30, 70, [-50, -25, 0, 25, 50, 75]),
        (0, 0, [0, 1]),
        (0, 480_000, [0, 200_000, 400_000, 600_000]),
    ],
)
def test_ticks_are_round(low, high, ticks):
    assert nice_ticks(low, high) == ticks


def test_ticks_refuse_what_is_no_number():
    with pytest.raises(ValueError, match="finite"):
        nice_ticks(0, math.inf)


@pytest.mark.parametrize(
    ("spent", "heading", "tone"),
    [(80, 90, "bar-ok"), (80, 115, "bar-warn"), (101, 101, "bar-over"), (400, 500, "bar-over")],
)
def test_a_budgets_bar_says_on_track_heading_over_and_over(spent, heading, tone):
    drawing = charts.meter(spent, heading, "Groceries")
    assert tone in drawing
    assert ("hatch" in drawing) == (spent > 100)


def test_an_axis_is_written_in_the_callers_words():
    drawing = charts.balance([0, 50_000], ["1 Nov", "2 Nov"], "Balance", lambda minor: f"€{minor / 100:,.0f}")
    assert "€400" in drawing
    assert "1 Nov" in drawing


def test_a_heatmap_has_a_day_for_each_date_and_names_its_amount():
    drawing = charts.heatmap({DAY: 1250}, DAY, DAY + timedelta(29), "Spending", lambda minor: f"€{minor / 100}")
    root = ElementTree.fromstring(drawing)
    days = [each for each in root.iter() if each.tag == "rect"]
    assert len(days) == 30
    assert "heat-0" not in days[0].get("class")
    assert "€12.5" in (days[0].get("data-tip") or "")
    assert all("heat-0" in day.get("class") for day in days[1:])


def test_a_treemap_covers_its_area():
    parts = [charts.Area(str(value), value, 1) for value in (50, 30, 15, 5)]
    root = ElementTree.fromstring(charts.treemap(parts, "Spending", height=200))
    area = sum(
        float(each.get("width").rstrip("%")) * float(each.get("height")) for each in root.iter() if each.tag == "rect"
    )
    assert area == pytest.approx(100 * 200, rel=0.01)


def test_every_use_of_a_money_flow_has_a_lane_of_its_own():
    uses = [charts.Flow(f"Use {at}", 1 if at else 1000, at % 8 + 1) for at in range(12)]
    root = ElementTree.fromstring(charts.sankey([charts.Flow("Salary", 1011, 1)], uses, "Flow"))
    heights = sorted(float(each.get("y")) for each in root.iter("text") if each.text.startswith("Use"))
    assert len(heights) == 12
    assert all(b - a >= 21 for a, b in pairwise(heights))
    assert heights[-1] < float(root.get("height"))


def test_labels_of_a_money_flow_are_outside_its_ribbons():
    left, right = (
        [charts.Flow("Salary", 100, "income")],
        [charts.Flow("Rent", 60, 6), charts.Flow("Net income", 40, "income")],
    )
    words = list(ElementTree.fromstring(charts.sankey(left, right, "Flow")).iter("text"))
    places = {each.text: (each.get("x"), each.get("text-anchor"), float(each.get("dx", 0))) for each in words}
    assert places["Salary"] == ("0%", "end", -10)
    assert places["Rent"] == ("100%", None, 10)


def test_an_area_is_filled_only_from_zero():
    days = ["a", "b", "c"]
    assert "area" in charts.balance([0, 5, 9], days, "Balance")
    assert "area" not in charts.balance([4000, 5000, 6000], days, "Balance")
    assert "area" not in charts.sparkline([4000, 5000, 6000], "Net worth")


def test_bars_by_month_start_at_zero_and_mark_what_is_expected():
    drawing = charts.month_bars(
        ["Jan", "Feb", "Mar"], [charts.BarSeries([500, -200], "income", "spending")], "Net income",
        forecast=[(100, 200, 300, 400, 500)],
    )  # fmt: skip
    bars = list(ElementTree.fromstring(drawing).iter("rect"))
    assert [each.get("class") for each in bars] == ["fill-income", "fill-spending", "fill-income bar-expected"]
    zero = next(
        float(each.get("y1"))
        for each in ElementTree.fromstring(drawing).iter("line")
        if each.get("class") == "zero-line"
    )
    assert float(bars[0].get("y")) + float(bars[0].get("height")) == pytest.approx(zero)
    assert float(bars[1].get("y")) == pytest.approx(zero)
    assert "range-line" in drawing


def test_names_on_a_line_keep_clear_of_each_other_and_of_the_line():
    days = [f"{at} Nov" for at in range(61)]
    balance = [5_000.0] * 20 + [9_000.0, 9_000.0, 6_000.0] + [6_000.0 - 50 * at for at in range(38)]
    events = [charts.Marker(20, "Payday"), charts.Marker(22, "Linden Property"), charts.Marker(60, "Lowest", bad=True)]
    drawing = charts.fan(days, [5_000.0], [(v - 400, v - 200, v, v + 200, v + 400) for v in balance], events, "Fan")
    words = [each for each in ElementTree.fromstring(drawing).iter() if "t-label" in each.get("class", "")]
    assert [each.text for each in words] == ["Payday", "Linden Property", "Lowest"]
    rent = words[1]
    assert rent.get("text-anchor") != "end"  # the fall from payday runs left of it
    assert float(rent.get("dx", 0)) > 0


def test_the_numbers_of_an_axis_stand_beside_the_plot():
    drawing = ElementTree.fromstring(charts.balance([1, 2, 12_500], ["a", "b", "c"], "Balance", lambda v: f"€{v:,.0f}"))
    beside = [each for each in drawing if each.get("dx") == "-8"]
    assert beside
    assert {each.get("text-anchor") for each in beside} == {"end"}
    assert "gutter-m" in drawing.get("class")


def test_a_treemap_writes_only_what_fits():
    parts = [charts.Area("Rent", 900, 1), charts.Area("Phone and internet", 80, 2), charts.Area("Gym", 1, 3)]
    root = ElementTree.fromstring(charts.treemap(parts, "Spending", lambda value: f"€{value:.0f}"))
    words = [(each.text, each.get("class")) for each in root.iter() if each.tag == "text"]
    assert [class_ for text, class_ in words if text == "Rent"] == ["t-label"]  # once, as it fits at every width
    assert not [text for text, _class in words if text.startswith("Gym")]
    assert [(text, class_) for text, class_ in words if text.startswith("Phone")] == [
        ("Phone an…", "t-label max-xl:hidden")
    ]
