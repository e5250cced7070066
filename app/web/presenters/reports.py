"""Charts of the overview and the reports, with localized axes, labels and tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from app.domain.money import exponent
from app.i18n import _
from app.models import CategoryKind
from app.services.category_page import CategoryPage
from app.services.forecasts.savings import MonthSavings
from app.services.habits import Habits
from app.services.insights import Month, Share
from app.services.overview import Balance
from app.services.reports import Side
from app.web import charts
from app.web.filters import amount_text, day_month, percent, short_amount, short_month, short_weekday
from app.web.filters import month as month_name

MAX_USES, MAX_SOURCES = 8, 4  # of the money flow; the rest is combined
MIN_USES = 2  # with fewer, the money flow is not shown
MONTHS_AHEAD = 3  # of a category, after the running month
INNER = 0.526  # half-width of the 50% range as a share of the 80% range, for normal errors


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with the table of its values."""

    svg: Markup
    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    limits: Sequence[str] = ()  # between the shades of a heatmap


def format_whole(currency: str) -> Callable[[float], str]:
    """Return a formatter for minor units without decimals."""
    return lambda value: amount_text(round(value), currency, round=True)


def format_axis(currency: str) -> Callable[[float], str]:
    """Like ``format_whole``, but with decimals for steps below one unit and short millions."""
    unit = 10 ** exponent(currency)

    def shown(value: float) -> str:
        if abs(value) >= 1_000_000 * unit:
            return short_amount(round(value), currency)
        return amount_text(round(value), currency, round=round(value) % unit == 0)

    return shown


def balance_figure(shown: Balance, currency: str) -> Figure:
    """The available balance day by day."""
    days = [day_month(day) for day in shown.days]
    write = format_whole(currency)
    sentence = _(
        "Available balance from {first} to {last}: {start} to {end}.",
        first=days[0],
        last=days[-1],
        start=write(shown.values[0]),
        end=write(shown.now),
    )
    svg = charts.balance(shown.values, days, sentence, format_axis(currency), height=290)
    rows = [(day, amount_text(value, currency)) for day, value in zip(days, shown.values, strict=True)]
    return Figure(svg, _("Balance at the end of each day"), (_("Day"), _("Balance")), rows)


def net_worth_sparkline(values: Sequence[int], currency: str) -> Markup:
    """Net worth at the end of the last 12 months."""
    write = format_whole(currency)
    sentence = _("Net worth over 12 months, from {start} to {end}.", start=write(values[0]), end=write(values[-1]))
    return charts.sparkline(values, sentence)


def cash_flow_bars(months: Sequence[Month], currency: str) -> Markup:
    """Small bars of income and spending by month."""
    write = format_whole(currency)
    summary = "; ".join(
        _(
            "{month}: in {income}, out {expenses}",
            month=short_month(each.start),
            income=write(each.income),
            expenses=write(each.expenses),
        )
        for each in months
    )
    pairs = [(max(each.income, 0), max(each.expenses, 0)) for each in months]
    label = _("Income and spending by month. {summary}.", summary=summary)
    return charts.small_bars(pairs, ("income", "spending"), label)


def savings_rate_bars(months: Sequence[Month]) -> Markup:
    """Small bars of the savings rate by month. Rates below -100 % are cut off."""
    rates = [each.savings_rate for each in months]
    known = [max(rate, -1.0) for rate in rates if rate is not None]
    if not known:
        return charts.small_bars([], (), _("Savings rate by month: no income yet."))
    label = _("Savings rate by month, between {low} and {high}.", low=percent(min(known)), high=percent(max(known)))
    return charts.small_bars([(rate,) for rate in known], ("income",), label)


def spending_bar(share: Share, largest: int, currency: str, *, before: str) -> Markup:
    """The bar of a category; the tick marks the previous period."""
    write = format_whole(currency)
    sentence = _(
        "{name}: {amount}; {before}: {previous}",
        name=share.label.name,
        amount=write(share.minor),
        before=before,
        previous=write(share.previous),
    )
    return charts.hbar(
        max(share.minor, 0), largest, share.previous if share.previous > 0 else None, share.label.colour, sentence
    )


@dataclass(frozen=True, slots=True)
class Ribbon:
    """A source or use of money. A phone shows them as a list instead of the chart."""

    name: str
    minor: int
    colour: int | str
    href: str = ""


@dataclass(frozen=True, slots=True)
class MoneyFlow:
    """The chart and its sources and uses."""

    figure: Figure
    sources: Sequence[Ribbon]
    uses: Sequence[Ribbon]


def money_flow(
    income: Sequence[Share],
    spent: Sequence[Share],
    month: Month,
    currency: str,
    link: Callable[[Sequence[Share], CategoryKind], str] = lambda _shares, _kind: "",
) -> MoneyFlow | None:
    """Income by source to spending by category. Net income or a shortfall balances both sides.

    ``link`` returns the URL of the transactions of some categories. Returns None if there is too little to show.
    """

    def earned(shares: Sequence[Share]) -> str:
        return link(shares, CategoryKind.INCOME)

    def used(shares: Sequence[Share]) -> str:
        return link(shares, CategoryKind.EXPENSE)

    sources = _ribbons([each for each in income if each.minor > 0], MAX_SOURCES, _("Other income"), earned, "income")
    sources += [Ribbon(each.label.name, -each.minor, "income", used([each])) for each in spent if each.minor < 0]
    uses = _ribbons([each for each in spent if each.minor > 0], MAX_USES, _("Other"), used)
    uses += [
        Ribbon(each.label.name, -each.minor, each.label.colour, earned([each])) for each in income if each.minor < 0
    ]
    if not sources or len(uses) < MIN_USES:
        return None
    left = sum(each.minor for each in sources) - sum(each.minor for each in uses)
    if left > 0:
        uses.insert(0, Ribbon(_("Net income"), left, "income"))
    elif left < 0:
        sources.append(Ribbon(_("Shortfall"), -left, 8))
    write = format_whole(currency)
    sentence = _("Money flow: {income} income, {expenses} spending.", income=write(month.income),
                 expenses=write(month.expenses))  # fmt: skip
    svg = charts.sankey(
        [charts.Flow(each.name, each.minor, each.colour) for each in sources],
        [charts.Flow(each.name, each.minor, each.colour) for each in uses],
        sentence,
        write,
    )
    rows = [(_("{name} (income)", name=each.name), _amount_link(each, currency)) for each in sources]
    rows += [(each.name, _amount_link(each, currency)) for each in uses]
    figure = Figure(svg, _("Money flow"), (_("From and to"), _("Amount")), rows)
    return MoneyFlow(figure, sources, uses)


def _ribbons(
    shares: Sequence[Share], most: int, rest: str, link: Callable[[Sequence[Share]], str], fill: str = ""
) -> list[Ribbon]:
    """Return the largest shares and the rest combined, in the color of their category or in ``fill``."""
    shown = [Ribbon(each.label.name, each.minor, fill or each.label.colour, link([each])) for each in shares[:most]]
    if others := sum(each.minor for each in shares[most:]):
        shown.append(Ribbon(rest, others, fill or 8, link(shares[most:])))
    return shown


def _amount_link(ribbon: Ribbon, currency: str) -> str:
    amount = amount_text(ribbon.minor, currency)
    return Markup('<a class="hover:underline" href="{}">{}</a>').format(ribbon.href, amount) if ribbon.href else amount


def year_figure(months: Sequence[Month], currency: str) -> Figure:
    """Income and spending by month."""
    write = format_whole(currency)
    rows = [
        (
            month_name(each.start),
            write(each.income),
            write(each.expenses),
            write(each.saved),
            percent(each.savings_rate),
        )
        for each in months
    ]
    svg = charts.month_bars(
        [short_month(each.start) for each in months],
        [
            charts.BarSeries([max(each.income, 0) for each in months], "income"),
            charts.BarSeries([max(each.expenses, 0) for each in months], "spending"),
        ],
        _("Income and spending over 12 months. The table has the figures."),
        format_axis(currency),
        height=190,
    )
    head = (_("Month"), _("Income"), _("Spending"), _("Net income"), _("Savings rate"))
    return Figure(svg, _("Income and spending by month"), head, rows)


def spending_treemap(side: Side, currency: str) -> Markup:
    """Spending of a month by category as areas."""
    parts = [
        charts.Area(each.label.name, each.minor, each.label.colour)
        for group in side.groups
        for each in group.shares
        if each.minor > 0
    ]
    return charts.treemap(parts, _("Spending by category. The table has the figures."), format_whole(currency))


def calendar_figure(habits: Habits, currency: str, week_start: int) -> Figure:
    """Spending by day as a calendar heatmap, with a table by week."""
    first, last = habits.period.since, habits.period.last
    days = {day: minor for day, minor in habits.days.items() if first <= day <= last and minor}
    write = format_whole(currency)
    highest = max(days, key=lambda day: days[day], default=last)
    sentence = _(
        "Spending by day from {first} to {last}. Highest: {amount} on {day}.",
        first=day_month(first),
        last=day_month(last),
        day=day_month(highest),
        amount=write(days.get(highest, 0)),
    )
    svg = charts.heatmap(days, first, last, sentence, write, week_start, opens=True)
    monday = first - timedelta((first.weekday() - week_start) % 7)
    rows = []
    for start in (monday + timedelta(7 * n) for n in reversed(range((last - monday).days // 7 + 1))):
        week = [start + timedelta(n) for n in range(7)]
        if any(day in days for day in week):
            link = Markup('<a class="hover:underline" href="/transactions?since={}&amp;until={}">{}</a>').format(
                week[0].isoformat(), week[-1].isoformat(), day_month(start)
            )
            rows.append((link, *(write(days[day]) if day in days else "" for day in week)))
    names = tuple(short_weekday((week_start + n) % 7) for n in range(7))
    limits = [write(each) for each in charts.quintiles(list(days.values()))]
    return Figure(svg, _("Spending by day"), (_("Week from"), *names), rows, limits)


def _month_figure(
    past: Sequence[tuple[date, int]],
    ahead: Sequence[tuple[date, charts.Quantiles]],
    currency: str,
    label: str,
    caption: str,
    fill: str,
    negative_fill: str = "",
) -> Figure:
    """Bars of past months and of forecast months. The first of ``ahead`` is the running month."""
    svg = charts.month_bars(
        [short_month(day) for day, _minor in [*past, *ahead]],
        [charts.BarSeries([minor for _day, minor in past], fill, negative_fill)],
        label,
        format_axis(currency),
        forecast=[band for _day, band in ahead],
    )
    write = format_whole(currency)
    rows = [(month_name(day), write(minor), "") for day, minor in past]
    rows += [(month_name(day), write(band[2]), f"{write(band[0])} – {write(band[4])}") for day, band in ahead]
    return Figure(svg, caption, (_("Month"), _("Amount"), _("80% range")), rows)


def net_income_figure(months: Sequence[Month], ahead: Sequence[MonthSavings], currency: str) -> Figure:
    """Net income by month with its forecast."""
    past = [(each.start, each.saved) for each in months]
    write = format_whole(currency)
    low, high = (write(edge(minor for _day, minor in past)) for edge in (min, max))
    first = month_name(past[0][0])
    sentence = _("Net income by month since {first}: between {low} and {high}.", first=first, low=low, high=high)
    bands = [
        (
            each.month,
            (
                float(each.low),
                each.mean - INNER * (each.mean - each.low),
                float(each.mean),
                each.mean + INNER * (each.high - each.mean),
                float(each.high),
            ),
        )
        for each in ahead
    ]
    return _month_figure(past, bands, currency, sentence, _("Net income by month, with forecast"), "income", "spending")


def category_figure(found: CategoryPage, currency: str) -> Figure:
    """A category by month with its forecast, as far as one is stored."""
    points = found.outlook.points[: MONTHS_AHEAD + 1] if found.outlook else ()
    past = [each for each in found.months if not points or each[0] < points[0].on]
    ahead: list[tuple[date, charts.Quantiles]] = [
        (each.on, (float(each.lo80), float(each.lo50), float(each.mean), float(each.hi50), float(each.hi80)))
        for each in points
    ]
    write = format_whole(currency)
    sentence = _("{name} by month.", name=found.category.name)
    if past:
        low, high = (write(edge(minor for _day, minor in past)) for edge in (min, max))
        first, last = month_name(past[0][0]), month_name(past[-1][0])
        sentence = _("{name} by month from {first} to {last}: between {low} and {high}.", name=found.category.name,
                     first=first, last=last, low=low, high=high)  # fmt: skip
    return _month_figure(
        past, ahead, currency, sentence, _("{name} by month", name=found.category.name), str(found.category.colour)
    )
