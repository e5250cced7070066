"""Localized charts and texts of the forecast page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.i18n import _, ngettext, number
from app.services.forecasts.outlook import Band, Quality
from app.services.forecasts.page import ForecastPage
from app.services.forecasts.safe_to_spend import Due, SafeToSpend
from app.services.forecasts.scenarios import Scenario
from app.web import charts
from app.web.filters import amount_text, day_month, percent, relative_day, short_day
from app.web.presenters.reports import Figure, format_axis, format_whole

HEIGHT_PX = 300
MAX_BILLS = 3  # labeled on the line
MIN_SHARE = 4  # and only bills of at least a quarter of the largest


def fan(page: ForecastPage, today: date) -> Figure:
    """The balance with its forecast."""
    currency, write = page.outlook.currency, format_whole(page.outlook.currency)
    step = 7 if page.days == 365 else 1
    shown = list(page.ahead[::step])
    if page.ahead and shown[-1] is not page.ahead[-1]:
        shown.append(page.ahead[-1])
    days = [day_month(day) for day, _minor in page.past] + [day_month(each.on) for each in shown[1:]]
    sentence = _(
        "Balance from {first} to {last}. Now {now}; on {last} about {end}, in 8 of 10 outcomes between {low} and "
        "{high}. Lowest: {lowest} on {day}.",
        first=days[0],
        last=days[-1],
        now=write(page.past[-1][1]),
        end=write(page.end.mean),
        low=write(page.end.lo80),
        high=write(page.end.hi80),
        lowest=write(page.lowest.mean),
        day=day_month(page.lowest.on),
    )
    svg = charts.fan(
        days,
        [float(minor) for _day, minor in page.past],
        [_quantiles(each) for each in shown],
        _events(page, shown, len(page.past) - 1, step),
        sentence,
        format_axis(currency),
        height=HEIGHT_PX,
    )
    rows = [(day_month(day), amount_text(minor, currency, round=True), "", "") for day, minor in page.past[:-1]] + [
        (
            relative_day(each.on, today) if at == 0 else day_month(each.on),
            amount_text(each.mean, currency, round=True),
            "" if at == 0 else f"{write(each.lo50)} – {write(each.hi50)}",
            "" if at == 0 else f"{write(each.lo80)} – {write(each.hi80)}",
        )
        for at, each in enumerate(shown)
    ]
    head = (_("Day"), _("Balance"), _("50% range"), _("80% range"))
    return Figure(svg, _("Balance by day, with forecast"), head, rows)


def small_fan(safe: SafeToSpend, past: Sequence[tuple[date, int]], today: date) -> Figure:
    """The chart of the overview: the last weeks and the days until shortly after payday."""
    currency, write = safe.currency, format_whole(safe.currency)
    count = min(max((safe.until - today).days + 14, 30), 45)
    shown = list(safe.outlook.points[: count + 1])
    days = [day_month(day) for day, _minor in past] + [day_month(each.on) for each in shown[1:]]
    low = min(shown[1:], key=lambda each: each.mean)
    sentence = _(
        "Balance of cash, checking and cards from {first} to {last}: now {now}, lowest about {low} on {day}.",
        first=days[0],
        last=days[-1],
        now=write(safe.now),
        low=write(low.mean),
        day=day_month(low.on),
    )
    at_zero = len(past) - 1
    events = _marks(shown, safe.due, safe.payday, at_zero, 1)
    svg = charts.fan(
        days,
        [float(m) for _d, m in past],
        [_quantiles(e) for e in shown],
        events,
        sentence,
        format_axis(currency),
        height=236,
    )
    rows = [(day_month(day), write(minor), "") for day, minor in past[:-1]] + [
        (day_month(e.on), write(e.mean), f"{write(e.lo80)} – {write(e.hi80)}" if at else "")
        for at, e in enumerate(shown)
    ]
    head = (_("Day"), _("Balance"), _("80% range"))
    return Figure(svg, _("Balance by day, with forecast"), head, rows)


def _quantiles(band: Band) -> charts.Quantiles:
    return (float(band.lo80), float(band.lo50), float(band.mean), float(band.hi50), float(band.hi80))


def _events(page: ForecastPage, shown: Sequence[Band], zero: int, step: int) -> list[charts.Marker]:
    once = [
        charts.Marker(zero + (each.on - shown[0].on).days // step, each.name or _("One-off"))
        for each in page.scenarios
        if each.kind == "once" and each.on is not None
    ]
    if step > 1:
        at = next(n for n, each in enumerate(shown) if each.on >= page.lowest.on)
        return [*once, *_lowest(shown, at, zero)]
    return once + _marks(shown, page.due, page.payday, zero, step)


def _lowest(shown: Sequence[Band], at: int, zero: int) -> list[charts.Marker]:
    """Mark the lowest point if it is below today's balance."""
    return [charts.Marker(zero + at, _("Lowest"), shown[at].mean < 0)] if shown[at].mean < shown[0].mean else []


def _marks(shown: Sequence[Band], due: Sequence[Due], payday: date | None, zero: int, step: int) -> list[charts.Marker]:
    """Mark the lowest point, the next payday and the largest bills."""
    last = shown[-1].on
    events = _lowest(shown, min(range(1, len(shown)), key=lambda at: shown[at].mean), zero)
    if payday is not None and payday <= last:
        events.append(charts.Marker(zero + (payday - shown[0].on).days // step, _("Payday")))
    bills: dict[str, Due] = {}
    for each in due:
        if each.minor < 0 and each.kind != "transfer" and each.on <= last:
            bills.setdefault(each.payee, each)
    largest = sorted(bills.values(), key=lambda each: each.minor)[:MAX_BILLS]
    for each in largest:
        if each.minor * MIN_SHARE <= largest[0].minor:
            events.append(charts.Marker(zero + (each.on - shown[0].on).days // step, each.payee))
    return events


def title(scenario: Scenario, currency: str) -> str:
    """Label a scenario."""
    amount = amount_text(abs(scenario.minor), currency)
    match scenario.kind:
        case "once" if scenario.on is not None:
            sign = "+" if scenario.minor > 0 else ""
            name = scenario.name[:1].upper() + scenario.name[1:] or _("One-off")
            return _("{name} {amount} on {day}", name=name, amount=sign + amount, day=short_day(scenario.on))
        case "more":
            signed = amount_text(scenario.minor, currency, sign=True)
            return _("{name} {amount} a month", name=scenario.name, amount=signed)
        case "set":
            return _("{name} at {amount} a month", name=scenario.name, amount=amount)
        case _share if scenario.percent == -100:
            return _("No {name}", name=scenario.name)
    share = percent((scenario.percent or 0) / 100, 1)
    return _("{name} {share}", name=scenario.name, share=("+" if (scenario.percent or 0) > 0 else "") + share)


def methods(members: Sequence[str]) -> str:
    """Name the methods that were combined."""
    names = {
        "median": _("monthly median"),
        "lstm": _("neural network (LSTM)"),
        "ets": _("exponential smoothing"),
        "theta": _("Theta"),
        "prophet": _("Prophet"),
        "mean": _("average"),
    }
    return ", ".join(names[each] for each in members if each in names)


def quality_sentences(quality: Quality, *, is_balance: bool) -> list[str]:
    """Describe the accuracy of a forecast."""
    if not quality.months:
        return [_("Not enough history yet. Accuracy needs about three months.")]
    tested = ngettext("Tested on {n} month of your history.", "Tested on {n} months of your history.", quality.months)
    said = [tested]
    if quality.smape is not None:
        far = percent(quality.smape, 1)
        said.append(
            _("On average, 30-day forecasts were off by {share}.", share=far)
            if is_balance
            else _("On average, monthly forecasts were off by {share}.", share=far)
        )
    if quality.mase is not None:
        better = 1 - quality.mase
        naive = _("repeating the last month") if is_balance else _("a simple baseline")
        if abs(better) < 0.02:
            said.append(_("As accurate as {naive}.", naive=naive))
        else:
            said.append(
                _("{share} more accurate than {naive}.", share=percent(better), naive=naive)
                if better > 0
                else _("{share} less accurate than {naive}.", share=percent(-better), naive=naive)
            )
    if quality.coverage is not None:
        said.append(_("The 80% range contained {share} of the actual values.", share=percent(quality.coverage)))
    return said


def figures(quality: Quality) -> list[tuple[str, str]]:
    """Return the metrics of a forecast as (name, value)."""
    found = []
    if quality.mase is not None:
        found.append((_("MASE"), number(round(quality.mase, 2))))
    if quality.smape is not None:
        found.append((_("sMAPE"), percent(quality.smape, 1)))
    if quality.coverage is not None:
        found.append((_("Coverage of the 80% range"), percent(quality.coverage)))
    found.append((_("Months tested"), number(quality.months)))
    found.append((_("Months of history"), number(quality.history)))
    return found
