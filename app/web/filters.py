"""Template filters for numbers, money and dates in the reader's locale, by Babel's rules and cached."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta, get_day_names
from babel.numbers import (
    format_compact_currency,
    format_currency,
    format_decimal,
    format_percent,
    get_decimal_symbol,
    get_group_symbol,
)
from markupsafe import Markup

from app.domain import payees
from app.domain.money import exponent
from app.i18n import MINUS, _, current_locale, number, spoken_locale, tidy
from app.models.base import now
from app.services.anomalies import sentence
from app.web.presenters.labels import FINDING_ICONS, finding_answers


class Style(NamedTuple):
    """The amount format of a locale and currency. ``grouped_from`` is the number of digits that need group marks."""

    before: str
    after: str
    decimal: str
    group: str
    grouped_from: int


@lru_cache(maxsize=512)
def style(locale: str, currency: str) -> Style | None:
    """Return the format, or None for locales that do not group in threes."""
    babel = locale.replace("-", "_")
    shown = tidy(format_currency(Decimal(1234567), currency, locale=babel, decimal_quantization=True))
    group, decimal = tidy(get_group_symbol(babel)), get_decimal_symbol(babel)
    places = exponent(currency)
    digits = f"1{group}234{group}567" + (decimal + "0" * places if places else "")
    if digits not in shown:
        return None
    before, _digits, after = shown.partition(digits)
    groups_four = group in tidy(format_decimal(1234, locale=babel))
    return Style(before, after, decimal, group, 4 if groups_four else 5)


def amount_text(minor: int, currency: str, *, sign: bool = False, round: bool = False, code: bool = False) -> str:
    """Format an amount in the reader's locale: “−€42.18”, “1.234,50 €”. ``round`` drops the decimals."""
    locale = current_locale()
    found = style(locale, currency)
    lead = MINUS if minor < 0 else "+" if sign and minor > 0 else ""
    places = exponent(currency)
    if found is None:
        value = abs(Decimal(minor).scaleb(-places))
        text = tidy(format_currency(value, currency, locale=locale.replace("-", "_")))
        return lead + text
    whole, part = divmod(abs(minor), 10**places) if places else (abs(minor), 0)
    if round and places:
        whole, part = whole + (part * 2 >= 10**places), 0
        lead = lead if whole else ""
    digits = str(whole)
    if len(digits) >= found.grouped_from:
        digits = f"{whole:,}".replace(",", found.group)
    if places and not round:
        digits += f"{found.decimal}{part:0{places}d}"
    before, after = found.before, found.after
    if code:
        before, after = "", f"\u00a0{currency}"
    return f"{lead}{before}{digits}{after}"


def short_amount(minor: int, currency: str) -> str:
    """Format an amount for a chart axis: “€1.25M”."""
    value, babel = Decimal(minor).scaleb(-exponent(currency)), current_locale().replace("-", "_")
    return tidy(format_compact_currency(value, currency, locale=babel, fraction_digits=2))


def money(minor: int | None, currency: str, sign: bool = False, round: bool = False, code: bool = False) -> str:
    """The filter for amounts; pages use no other."""
    return "–" if minor is None else amount_text(minor, currency, sign=sign, round=round, code=code)


def money_parts(minor: int, currency: str) -> tuple[str, str, str]:
    """Split an amount for a headline: before the decimals, the decimals with their mark, after them."""
    text = amount_text(minor, currency)
    found, places = style(current_locale(), currency), exponent(currency)
    if found is None or not places:
        return text, "", ""
    end = len(text) - len(found.after)
    cut = end - places - len(found.decimal)
    return text[:cut], text[cut:end], text[end:]


def figure_class(shown: object, large: str, most: int) -> str:
    """Return the CSS class of a headline figure; long amounts are smaller, so that they fit on a phone."""
    return large if len(Markup.escape(shown).striptags()) <= most else f"{large}-long"


def percent(value: float | Decimal | None, places: int = 0) -> str:
    """Format a ratio as a percentage with at most one decimal."""
    if value is None:
        return "–"
    ratio = Decimal(str(value))
    shown = round(ratio, 2 + bool(places)) + 0 if ratio.is_finite() else ratio  # + 0: no negative zero
    return _percent(shown, places, current_locale())


@lru_cache(maxsize=4096)
def _percent(value: Decimal, places: int, locale: str) -> str:
    babel = locale.replace("-", "_")
    pattern = Locale.parse(babel).percent_formats[None].pattern
    shown = format_percent(
        value, pattern.replace("##0", "##0.0") if places and "." not in pattern else None, locale=babel
    )
    return tidy(shown)


@lru_cache(maxsize=8192)
def _date(day: date, pattern: str, locale: str) -> str:
    return tidy(format_date(day, pattern, locale=locale.replace("-", "_"))).replace(MINUS, "-")


def day(value: date | None, style: str = "medium") -> str:
    """Format a date: “12 Mar 2026”."""
    return _date(value, style, current_locale()) if value else "–"


@lru_cache(maxsize=64)
def _skeleton(skeleton: str, locale: str) -> str:
    parsed = Locale.parse(locale, sep="-")
    found = parsed.datetime_skeletons.get(skeleton)
    return str(found.pattern) if found is not None else "d MMM"


def short_day(value: date) -> str:
    """Format a date as “Thu 12 Mar”, in the locale's order."""
    return _date(value, _skeleton("MMMEd", current_locale()), current_locale())


def day_month(value: date) -> str:
    """“12 Mar”."""
    return _date(value, _skeleton("MMMd", current_locale()), current_locale())


def month(value: date) -> str:
    """“March 2026”."""
    return _date(value, _skeleton("yMMMM", current_locale()), current_locale())


def short_month(value: date) -> str:
    """“Mar”."""
    return _date(value, "LLL", current_locale())


def weekday_name(number: int) -> str:
    """“Monday” for 0."""
    return _weekdays("wide")[number].capitalize()


def short_weekday(number: int) -> str:
    """“Mon” for 0."""
    return _weekdays("abbreviated")[number]


def _weekdays(width: Literal["wide", "abbreviated"]) -> list[str]:
    names = get_day_names(width, context="stand-alone", locale=current_locale().replace("-", "_"))
    return [str(names[at]) for at in range(7)]


def relative_day(value: date, today: date) -> str:
    """Format a date as today, yesterday, or weekday and date."""
    gap = (today - value).days
    if gap == 0:
        return _("Today")
    if gap == 1:
        return _("Yesterday")
    return short_day(value) if abs(gap) < 300 else day(value)


def moment(value: datetime, time_zone: str) -> str:
    """Format a UTC time in the reader's time zone."""
    local = value.astimezone(ZoneInfo(time_zone))
    return tidy(format_datetime(local, "medium", locale=current_locale().replace("-", "_"))).replace(MINUS, "-")


def ago(value: datetime) -> str:
    """“3 hours ago”."""
    return str(format_timedelta(value - now(), add_direction=True, locale=spoken_locale().replace("-", "_")))


FILTERS = {
    "figure_size": lambda shown: figure_class(shown, "text-figure", 12),
    "stat_size": lambda shown: figure_class(shown, "text-stat", 9),
    "clean_payee": payees.clean,
    "money": money,
    "money_parts": money_parts,
    "number": number,
    "percent": percent,
    "date": day,
    "short_day": short_day,
    "day_month": day_month,
    "month": month,
    "short_month": short_month,
    "relative_day": relative_day,
    "moment": moment,
    "ago": ago,
    "finding_sentence": sentence,
    "finding_answers": lambda finding: finding_answers(finding.kind),
    "finding_icon": lambda finding: FINDING_ICONS[finding.kind],
    "found_in": lambda rows, keys: [rows[key] for key in keys if key in rows],
}
