"""Dates in words and figures, found inside sentences: yesterday, il y a trois jours, el lunes pasado, 12/03."""

# ruff: noqa: E501 (tables of words read better in long lines)

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

# Everything here is written folded: lower case and without accents, see `app.domain.phrases.fold`.
MONTHS = [
    "january jan janvier janv enero ene januar janner يناير جانفي",
    "february feb fevrier fevr fev febrero februar فبراير فيفري",
    "march mar mars marzo marz مارس",
    "april apr avril avr abril abr ابريل افريل",
    "may mai mayo مايو ماي",
    "june jun juin junio juni يونيو جوان",
    "july jul juillet juil julio juli يوليو جويلية",
    "august aug aout agosto ago اغسطس اوت",
    "september sep sept septembre septiembre setiembre سبتمبر",
    "october oct octobre octubre oktober okt اكتوبر",
    "november nov novembre noviembre نوفمبر",
    "december dec decembre diciembre dic dezember dez ديسمبر",
]
WEEKDAYS = [
    "monday lundi lunes montag الاثنين",
    "tuesday mardi martes dienstag الثلاثاء",
    "wednesday mercredi miercoles mittwoch الاربعاء",
    "thursday jeudi jueves donnerstag الخميس",
    "friday vendredi viernes freitag الجمعة",
    "saturday samedi sabado samstag sonnabend السبت",
    "sunday dimanche domingo sonntag الاحد",
]
SHORT_WEEKDAYS = ["mon", "tue tues", "wed", "thu thur thurs", "fri", "sat", "sun"]
DAYS_AWAY = {
    -2: "the day before yesterday|day before yesterday|avant-hier|avant hier|anteayer|antes de ayer|antier|vorgestern",
    -1: "yesterday(?: (?:morning|afternoon|evening|night))?|last night|hier soir|hier(?: matin)?|anoche"
    "|ayer(?: por la (?:tarde|noche|manana))?|gestern(?: abend| nachmittag| fruh| morgen)?|(?:ال)?بارحة|امس",
    0: "today|tonight|this (?:morning|afternoon|evening)|just now|aujourd'hui|ce (?:matin|soir|midi)|cet apres-midi"
    "|hoy|esta (?:manana|tarde|noche)|heute(?: morgen| abend| fruh| nachmittag| mittag)?|اليوم",
    1: "tomorrow(?: (?:morning|evening|night))?|demain|(?<!la )(?<!de la )manana|morgen|غدا",
    2: "the day after tomorrow|day after tomorrow|apres-demain|apres demain|pasado manana|ubermorgen",
}
COUNTS = {
    word: count
    for count, words in enumerate(
        [
            "a an one un une uno una ein eine einem einer",
            "two deux dos zwei",
            "three trois tres drei",
            "four quatre cuatro vier",
            "five cinq cinco funf",
            "six seis sechs",
            "seven sept siete sieben",
            "eight huit ocho acht",
            "nine neuf nueve neun",
            "ten dix diez zehn",
            "eleven onze once elf",
            "twelve douze doce zwolf",
        ],
        start=1,
    )
    for word in words.split()
}
COUNTS |= {
    "couple of": 2,
    "a couple of": 2,
    "fifteen": 15,
    "quinze": 15,
    "quince": 15,
    "twenty": 20,
    "thirty": 30,
}
UNIT_WORDS = {
    **dict.fromkeys(["day", "days", "jour", "jours", "dia", "dias", "tag", "tage", "tagen"], 1),
    **dict.fromkeys(["week", "weeks", "semaine", "semaines", "semana", "semanas", "woche", "wochen"], 7),
    **dict.fromkeys(["month", "months", "mois", "mes", "meses", "monat", "monate", "monaten"], 30),
}
CURRENCY_AHEAD = (
    r"(?!\s?(?:[€$£¥%]|euros?\b|eur\b|dollars?\b|usd\b|dzd\b|dinars?\b|da\b|k\b|pounds?\b|francs?\b|chf\b|[.,]\d))"
)


def _either(words: list[str]) -> str:
    return "|".join(sorted((re.escape(w) for line in words for w in line.split()), key=len, reverse=True))


def _number(lines: list[str]) -> dict[str, int]:
    return {word: index for index, line in enumerate(lines) for word in line.split()}


MONTH_OF, WEEKDAY_OF = _number(MONTHS), _number(WEEKDAYS) | _number(SHORT_WEEKDAYS)
COUNT = r"(?:[0-9]{1,3}|" + "|".join(sorted(COUNTS, key=len, reverse=True)) + ")"
UNIT = "|".join(sorted(UNIT_WORDS, key=len, reverse=True))
ON = r"(?:(?:on|dated?|du|le|el|del|am|vom|den|fecha|في|يوم)\s+)?(?:(?:the|dia)\s+)?"
DAY_NAME = _either(WEEKDAYS)

PATTERNS: list[tuple[str, re.Pattern[str]]] = [
    (kind, re.compile(source))
    for kind, source in [
        ("iso", ON + r"(?<![0-9])([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})(?![0-9])(?:t[0-9:]+)?"),
        ("numeric", ON + r"(?<![0-9.,/x-])([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})(?![0-9/]|[.,][0-9])"),
        ("slashed", ON + r"(?<![0-9.,/-])([0-9]{1,2})/([0-9]{1,2})(?![0-9/]|[.,][0-9])"),
        ("dotted", ON + r"(?<![0-9.,/-])([0-9]{1,2})\.([0-9]{1,2})\.(?![0-9])"),
        ("dashed", r"\b(?:on|le|el|am|vom)\s+([0-9]{1,2})[-.]([0-9]{1,2})(?![0-9./-]|\s?[€$£])"),
        (
            "day month",
            ON + r"(?<![0-9.,/-])([0-9]{1,2})(?:st|nd|rd|th|er|º|\.)?\s?(?:of\s|de\s|d')?\s?\b("
            + _either(MONTHS)
            + r")\b\.?(?:,?\s(?:de\s|del\s)?((?:19|20)[0-9]{2})\b(?!\s?[€$£]|[.,][0-9]))?",
        ),
        (
            "month day",
            ON + r"\b(" + _either(MONTHS)
            + r")\b\.?\s?([0-9]{1,2})(?:st|nd|rd|th)?(?![0-9])" + CURRENCY_AHEAD + r"(?:,?\s((?:19|20)[0-9]{2})\b)?",
        ),
        *((f"{days}", rf"(?<!\w)(?:{words})(?!\w)") for days, words in sorted(DAYS_AWAY.items(), key=lambda d: (-2, 2, 0, -1, 1).index(d[0]))),
        ("ago", rf"\b({COUNT})\s({UNIT})\s(?:ago|back|plus tot|atras)\b"),
        ("ago", rf"\b(?:il y a|hace|vor)\s({COUNT})\s({UNIT})\b"),
        ("ahead", rf"\b(?:in|dans|dentro de|en)\s({COUNT})\s({UNIT})\b"),
        (
            "last day",
            r"\b(?:on\s)?(?:last|le dernier|el pasado|(?:am\s)?(?:letzten|letzter|vergangenen))\s("
            + DAY_NAME + "|" + _either(SHORT_WEEKDAYS) + r")\b",
        ),
        ("last day", rf"(?<!\w)(?:el\s|le\s)?({DAY_NAME})\s(?:dernier|passe|pasado|الماضي|الماضية)(?!\w)"),
        ("next day", r"\b(?:on\s)?(?:next|am kommenden|nachsten|kommenden|el proximo)\s(" + DAY_NAME + r")\b"),
        ("next day", rf"\b({DAY_NAME})\s(?:prochain|proximo|que viene)\b"),
        ("this day", rf"\b(?:this|ce|este|diesen)\s({DAY_NAME})\b"),
        ("day", rf"(?<!\w)(?<!black\s)(?<!good\s)(?<!cyber\s)(?:on\s|le\s|el\s|am\s|يوم\s)?({DAY_NAME})(?!\w)"),
        ("day", r"\bon\s(" + _either(SHORT_WEEKDAYS) + r")\b"),
        ("last week", r"\b(?:last week|la semaine derniere|la semana pasada|letzte woche)\b"),
        ("last month", r"\b(?:last month|le mois dernier|el mes pasado|letzten monat)\b"),
        ("of month", r"\b(?:on\s)?the\s([0-9]{1,2})(?:st|nd|rd|th)(?!\w)"),
        ("of month", r"\b(?:on\s)?([0-9]{1,2})(?:st|nd|rd|th)\b"),
        ("of month", r"\b(?:le|el dia|am)\s([0-9]{1,2})(?:er|\.)?(?![0-9:/x]|\w|[.,][0-9])" + CURRENCY_AHEAD),
    ]
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """A date found at ``[start, end)`` of a text; no ``on`` when the calendar does not have it."""

    on: date | None
    sure: bool
    start: int
    end: int


def find(folded: str, today: date, locale: str) -> list[Written]:
    """The dates written in a folded text, in order and without overlap.

    A day without a year, or a bare weekday, is the latest one up to today, unless it lies within the coming month.
    """
    found: list[Written] = []
    for kind, pattern in PATTERNS:
        for match in pattern.finditer(folded):
            if any(match.start() < seen.end and seen.start < match.end() for seen in found):
                continue
            read = _read(kind, match, today, locale)
            if read is not None:
                found.append(Written(*read, match.start(), match.end()))
    return sorted(found, key=lambda written: written.start)


def month_first(locale: str) -> bool:
    """Whether 01/02 is the second of January there."""
    return locale in ("en", "en-US", "en_US")


Read = tuple[date | None, bool]


def _read(kind: str, match: re.Match[str], today: date, locale: str) -> Read | None:
    part = match.groups()
    match kind:
        case "iso":
            return _exactly(int(part[0]), int(part[2]), int(part[3]))
        case "numeric":
            return _two(int(part[0]), int(part[2]), _century(part[3], today), today, locale, part[1])
        case "slashed" | "dotted" | "dashed":
            if int(part[0]) > 31 or int(part[1]) > 31 or match[0] == "24/7":
                return None
            return _two(int(part[0]), int(part[1]), None, today, locale, "/" if kind == "slashed" else ".")
        case "day month" if int(part[0]) <= 31:
            return _in_year(int(part[2]) if part[2] else None, MONTH_OF[part[1]] + 1, int(part[0]), today)
        case "month day" if int(part[1]) <= 31:
            return _in_year(int(part[2]) if part[2] else None, MONTH_OF[part[0]] + 1, int(part[1]), today)
        case "ago" | "ahead":
            return _away(part[0], part[1], today, -1 if kind == "ago" else 1)
        case "last week":
            return _shift(today, -7), False
        case "last month":
            return _months(today, -1), False
        case "of month" if 1 <= int(part[0]) <= 31:
            return _day_of_month(int(part[0]), today)
    if kind in DAY_RULES:
        return DAY_RULES[kind](today, WEEKDAY_OF[part[0]]), True
    return (_shift(today, int(kind)), True) if kind.lstrip("-").isdigit() else None


DAY_RULES: dict[str, Callable[[date, int], date | None]] = {
    "last day": lambda today, day: _shift(today, -((today.weekday() - day - 1) % 7 + 1)),
    "next day": lambda today, day: _shift(today, (day - today.weekday() - 1) % 7 + 1),
    "this day": lambda today, day: _shift(today, day - today.weekday()),
    "day": lambda today, day: _shift(today, -((today.weekday() - day) % 7)),
}


def _shift(today: date, days: int) -> date | None:
    try:
        return today + timedelta(days)
    except OverflowError:
        return None


def _months(today: date, months: int) -> date | None:
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return None
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def _away(count: str, unit: str, today: date, way: int) -> Read:
    number = int(count) if count.isdigit() else COUNTS[count]
    days = UNIT_WORDS[unit]
    return (_months(today, way * number) if days == 30 else _shift(today, way * number * days)), True


def _exactly(year: int, month: int, day: int) -> Read:
    try:
        return date(year, month, day), True
    except ValueError:
        return None, False


def _century(year: str, today: date) -> int:
    """Two digits name the latest such year up to ten years ahead."""
    if len(year) == 4:
        return int(year)
    full = today.year // 100 * 100 + int(year)
    return full - 100 if full > today.year + 10 else full


def _two(one: int, two: int, year: int | None, today: date, locale: str, mark: str) -> Read | None:
    """Day and month in the order of the locale; both orders possible under plain ``en`` is not sure."""
    american = month_first(locale) and mark != "."
    month, day = (one, two) if american else (two, one)
    if month > 12 >= day:
        month, day = day, month
        swapped = True
    else:
        swapped = False
    if year is None and month > 12:
        return None  # 50/50 or 24/7 is no date
    on, sure = _in_year(year, month, day, today)
    ambiguous = locale == "en" and not swapped and one != two and one <= 12 and two <= 12 and mark != "."
    return on, sure and not ambiguous


def _in_year(year: int | None, month: int, day: int, today: date) -> Read:
    if year is not None:
        return _exactly(year, month, day)
    for candidate in _years(month, day, today):
        if candidate <= today:
            return candidate, True
        if (candidate - today).days <= 31:
            return candidate, (candidate - today).days <= 7
    return None, False


def _years(month: int, day: int, today: date) -> Iterator[date]:
    for year in range(min(today.year + 1, 9999), max(today.year - 5, 0), -1):
        on, _ = _exactly(year, month, day)
        if on:
            yield on


def _day_of_month(day: int, today: date) -> Read:
    for months in range(3):
        first = _months(today.replace(day=1), -months)
        if first and day <= monthrange(first.year, first.month)[1] and first.replace(day=day) <= today:
            return first.replace(day=day), True
    return None, False
