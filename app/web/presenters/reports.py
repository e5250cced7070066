"""The charts of the overview and the reports, with axes, sentences and tables in the reader's way of writing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup, escape

from app.domain.money import exponent
from app.i18n import _
from app.services.category_page import CategoryPage
from app.services.forecasts.savings import MonthSavings
from app.services.habits import Habits
from app.services.insights import Month, Share
from app.services.overview import Balance
from app.services.reports import Side
from app.web import charts
from app.web.filters import amount_text, day_month, percent, short_amount, short_month, short_weekday
from app.web.filters import month as month_name

USES = 8  # ribbons on the right of the money flow, the rest in one
SOURCES = 4
LEAST_USES = 2  # below it there is nothing to tell apart
MONTHS_AHEAD = 3  # of a category, besides the running one
INNER = 0.526  # the half-width that holds 5 in 10, as a part of that of 8 in 10, of a normal error


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with the table that says the same."""

    svg: Markup
    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


def whole(currency: str) -> Callable[[float], str]:
    """Writes minor units as an amount without decimals."""
    return lambda value: amount_text(round(value), currency, round=True)


def axis(currency: str) -> Callable[[float], str]:
    """Like ``whole``, but with decimals where a step is smaller than one unit, and millions in short."""
    unit = 10 ** exponent(currency)

    def shown(value: float) -> str:
        if abs(value) >= 1_000_000 * unit:
            return short_amount(round(value), currency)
        return amount_text(round(value), currency, round=round(value) % unit == 0)

    return shown


def balance(shown: Balance, currency: str) -> Figure:
    days = [day_month(day) for day in shown.days]
    write = whole(currency)
    sentence = _(
        "Available balance from {first} to {last}: {start} to {end}.",
        first=days[0],
        last=days[-1],
        start=write(shown.values[0]),
        end=write(shown.now),
    )
    svg = charts.balance(shown.values, days, sentence, axis(currency), height=290)
    rows = [(day, amount_text(value, currency)) for day, value in zip(days, shown.values, strict=True)]
    return Figure(svg, _("Balance at the end of each day"), (_("Day"), _("Balance")), rows)


def net_worth(values: Sequence[int], currency: str) -> Markup:
    write = whole(currency)
    sentence = _("Net worth over 12 months, from {start} to {end}.", start=write(values[0]), end=write(values[-1]))
    return charts.sparkline(values, sentence)


def cash_flow(months: Sequence[Month], currency: str) -> Markup:
    write = whole(currency)
    told = "; ".join(
        _("{month}: in {income}, out {expenses}", month=short_month(each.start), income=write(each.income),
          expenses=write(each.expenses))
        for each in months
    )  # fmt: skip
    pairs = [(max(each.income, 0), max(each.expenses, 0)) for each in months]
    return charts.bars_pair(pairs, _("Income and spending by month. {told}.", told=told))


def savings(months: Sequence[Month]) -> Markup:
    rates = [each.savings_rate for each in months]
    known = [max(rate, -1.0) for rate in rates if rate is not None]
    if not known:
        return charts.sparkline([], _("Savings rate by month: no income yet."))
    sentence = _("Savings rate by month, between {low} and {high}.", low=percent(min(known)), high=percent(max(known)))
    return charts.sparkline(known, sentence)


def spending_bar(share: Share, largest: int, currency: str, *, before: str) -> Markup:
    write = whole(currency)
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
    """A source or use of money in words: for the list that a phone shows instead of the drawing."""

    name: str
    minor: int
    colour: int


@dataclass(frozen=True, slots=True)
class MoneyFlow:
    figure: Figure
    sources: Sequence[Ribbon]
    uses: Sequence[Ribbon]


def money_flow(income: Sequence[Share], spent: Sequence[Share], month: Month, currency: str) -> MoneyFlow | None:
    """From where it came to where it went; what is left, or was missing, is a ribbon of its own."""
    sources = _ribbons([each for each in income if each.minor > 0], SOURCES, _("Other income"))
    sources += [Ribbon(each.label.name, -each.minor, each.label.colour) for each in spent if each.minor < 0]
    uses = _ribbons([each for each in spent if each.minor > 0], USES, _("Other"))
    uses += [Ribbon(each.label.name, -each.minor, each.label.colour) for each in income if each.minor < 0]
    if not sources or len(uses) < LEAST_USES:
        return None
    left = sum(each.minor for each in sources) - sum(each.minor for each in uses)
    if left > 0:
        uses.insert(0, Ribbon(_("Net income"), left, 1))
    elif left < 0:
        sources.append(Ribbon(_("Shortfall"), -left, 8))
    write = whole(currency)
    sentence = _("Money flow: {income} income, {expenses} spending.", income=write(month.income),
                 expenses=write(month.expenses))  # fmt: skip
    svg = charts.sankey(
        [charts.Flow(each.name, each.minor, each.colour) for each in sources],
        [charts.Flow(each.name, each.minor, each.colour) for each in uses],
        sentence,
        write,
    )
    rows = [(_("{name} (income)", name=each.name), amount_text(each.minor, currency)) for each in sources]
    rows += [(each.name, amount_text(each.minor, currency)) for each in uses]
    figure = Figure(svg, _("Money flow"), (_("From and to"), _("Amount")), rows)
    return MoneyFlow(figure, sources, uses)


def _ribbons(shares: Sequence[Share], most: int, rest: str) -> list[Ribbon]:
    shown = [Ribbon(each.label.name, each.minor, each.label.colour) for each in shares[:most]]
    if others := sum(each.minor for each in shares[most:]):
        shown.append(Ribbon(rest, others, 8))
    return shown


def year(months: Sequence[Month], currency: str) -> Figure:
    """In and out, month by month."""
    write = whole(currency)
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
    pairs = [(max(each.income, 0), max(each.expenses, 0)) for each in months]
    svg = charts.bars_pair(pairs, _("Income and spending over 12 months. The table has the figures."), 120)
    names = "".join(
        f'<span class="min-w-0 flex-1 text-center text-xs text-muted">{escape(short_month(each.start))}</span>'
        for each in months
    )
    svg += Markup('<div class="mt-1.5 flex" aria-hidden="true">{}</div>').format(Markup(names))  # noqa: S704 – escaped above
    head = (_("Month"), _("In"), _("Out"), _("Net income"), _("Rate"))
    return Figure(svg, _("Income and spending by month"), head, rows)


def spending_map(side: Side, currency: str) -> Markup:
    """The groups of a month's spending as areas."""
    parts = [
        charts.Part(each.label.name, each.minor, each.label.colour)
        for group in side.groups
        for each in group.shares
        if each.minor > 0
    ]
    return charts.treemap(parts, _("Spending by category. The table has the figures."), whole(currency))


def year_of_days(habits: Habits, currency: str, week_start: int) -> Figure:
    """What was spent on each day, as shades, with a table of the weeks."""
    first, last = habits.period.since, habits.period.last
    days = {day: minor for day, minor in habits.days.items() if first <= day <= last and minor}
    write = whole(currency)
    dearest = max(days, key=lambda day: days[day], default=last)
    sentence = _(
        "Spending by day from {first} to {last}. Highest: {amount} on {day}.",
        first=day_month(first),
        last=day_month(last),
        day=day_month(dearest),
        amount=write(days.get(dearest, 0)),
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
    return Figure(svg, _("Spending by day"), (_("Week from"), *names), rows)


def months_ahead(
    past: Sequence[tuple[date, int]],
    ahead: Sequence[tuple[date, charts.Quantiles]],
    currency: str,
    sentence: str,
    caption: str,
) -> Figure:
    """Months that were and months that may come; the first of ``ahead`` runs, and is told to its end."""
    days = [short_month(day) for day, _minor in past] + [short_month(day) for day, _band in ahead]
    start = float(past[-1][1]) if past else 0.0
    bands = [(start, start, start, start, start), *(band for _day, band in ahead)] if ahead else []
    svg = charts.fan(
        days, [float(minor) for _day, minor in past], bands, [], sentence, axis(currency), 220, now_name=""
    )
    write = whole(currency)
    rows = [(month_name(day), write(minor), "") for day, minor in past]
    rows += [(month_name(day), write(band[2]), f"{write(band[0])} – {write(band[4])}") for day, band in ahead]
    return Figure(svg, caption, (_("Month"), _("Amount"), _("80% range")), rows)


def savings_ahead(months: Sequence[Month], ahead: Sequence[MonthSavings], currency: str) -> Figure:
    """What each month left over, and what the next ones are likely to."""
    past = [(each.start, each.saved) for each in months]
    write = whole(currency)
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
    return months_ahead(past, bands, currency, sentence, _("Net income by month, with forecast"))


def category_trend(found: CategoryPage, currency: str) -> Figure:
    """A category's months, the running one and those to come as far as a forecast is stored."""
    points = found.outlook.points[: MONTHS_AHEAD + 1] if found.outlook else ()
    past = [each for each in found.months if not points or each[0] < points[0].on]
    ahead: list[tuple[date, charts.Quantiles]] = [
        (each.on, (float(each.lo80), float(each.lo50), float(each.mean), float(each.hi50), float(each.hi80)))
        for each in points
    ]
    write = whole(currency)
    sentence = _("{name} by month.", name=found.category.name)
    if past:
        low, high = (write(edge(minor for _day, minor in past)) for edge in (min, max))
        first, last = month_name(past[0][0]), month_name(past[-1][0])
        sentence = _("{name} by month from {first} to {last}: between {low} and {high}.", name=found.category.name,
                     first=first, last=last, low=low, high=high)  # fmt: skip
    return months_ahead(past, ahead, currency, sentence, _("{name} by month", name=found.category.name))
