"""Find dates in sentences, in words and numbers: yesterday, il y a trois jours, el lunes pasado, 12/03."""

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
    for count, words in {
        1: "a an one un une uno una ein eine einem einer",
        2: "two deux dos zwei",
        3: "three trois tres drei",
        4: "four quatre cuatro vier",
        5: "five cinq cinco funf",
        6: "six seis sechs",
        7: "seven sept siete sieben",
        8: "eight huit ocho acht",
        9: "nine neuf nueve neun",
        10: "ten dix diez zehn",
        11: "eleven onze once elf",
        12: "twelve douze doce zwolf",
        13: "thirteen treize trece dreizehn",
        14: "fourteen quatorze catorce vierzehn",
        15: "fifteen quinze quince funfzehn",
        20: "twenty vingt veinte zwanzig",
        21: "einundzwanzig veintiun",
        30: "thirty trente treinta dreissig",
    }.items()
    for word in words.split()
} | {"couple of": 2, "a couple of": 2}
VAGUE = "a few|few|some|several|quelques|unos|unas|algunos|algunas|ein paar|einigen|wenigen|mehreren"
UNIT_WORDS = {
    **dict.fromkeys(["day", "days", "jour", "jours", "dia", "dias", "tag", "tage", "tagen", "night", "nights"], 1),
    **dict.fromkeys(["week", "weeks", "semaine", "semaines", "semana", "semanas", "woche", "wochen"], 7),
    **dict.fromkeys(["fortnight", "fortnights"], 14),
    **dict.fromkeys(["month", "months", "mois", "mes", "meses", "monat", "monate", "monaten"], 30),
    **dict.fromkeys(["year", "years", "an", "ans", "ano", "anos", "jahr", "jahre", "jahren"], 365),
    **dict.fromkeys(["d", "ds", "j"], 1),
    **dict.fromkeys(["w", "wk", "wks"], 7),
    **dict.fromkeys(["mo", "mos", "mth", "mths"], 30),
    **dict.fromkeys(["y", "yr", "yrs"], 365),
}
SHORT_UNIT = r"(d|ds|j|w|wks?|mos?|mths?|y|yrs?)"
ORDINALS = {
    word: day
    for day, words in enumerate(
        [
            "first premier primero ersten erster", "second zweiten zweiter", "third dritten dritter",
            "fourth vierten vierter", "fifth funften funfter", "sixth sechsten", "seventh siebten", "eighth achten",
            "ninth neunten", "tenth zehnten", "eleventh elften", "twelfth zwolften", "thirteenth dreizehnten",
            "fourteenth vierzehnten", "fifteenth funfzehnten", "sixteenth sechzehnten", "seventeenth siebzehnten",
            "eighteenth achtzehnten", "nineteenth neunzehnten", "twentieth zwanzigsten", "twenty-first", "twenty-second",
            "twenty-third", "twenty-fourth", "twenty-fifth", "twenty-sixth", "twenty-seventh", "twenty-eighth",
            "twenty-ninth", "thirtieth dreissigsten", "thirty-first",
        ],
        start=1,
    )
    for word in words.split()
}  # fmt: skip
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
ANY_DAY = DAY_NAME + "|" + _either(SHORT_WEEKDAYS)
MONTH = _either(MONTHS)
ORDINAL = "|".join(sorted(ORDINALS, key=len, reverse=True))
ON_DAY = r"(?:(?:on|am|le|el)\s)?"
LAST_WEEK = (
    r"(?:of\s)?last week|(?:de\s)?la semaine (?:derniere|passee)|(?:de\s)?la semana pasada"
    r"|(?:der\s)?(?:letzte[rn]?|vorige[rn]?|vergangene[rn]?) woche"
)
THIS_WEEK = r"(?:of\s)?this week|(?:de\s)?cette semaine|(?:de\s)?esta semana|diese[rn]? woche"
OF_MONTH = (
    r"(?:of\s|de\s|d'|del\s|im\s|des\s)?(?:the\s|mes de\s|mois de\s|mois d')?("
    r"(?:this|last)\smonth|month|mois(?: dernier| passe)?|mes(?: pasado)?|monats?|letzten monats?|" + MONTH + r")"
    r"(?!\w)(?:\s(?:de\s|del\s)?((?:19|20)[0-9]{2})\b)?"
)
LAST_DAY = (
    r"(?:on\s|am\s)?(?:the\s|le\s|el\s|den\s)?(?:last day|dernier jour|ultimo dia|letzten? tag|letzter tag)\s"
    r"|(?:at\s)?(?:the\s)?end\s(?=of\s)|ende\s(?=des\s|letzten\s|" + MONTH + r")"
    r"|(?:a\s)?(?:la\s)?fin\s(?=d|" + MONTH + r")|(?:a\s)?(?:finales|fines|final|fin)\s(?=de)"
)
FIRST_DAY = (
    r"(?:on\s|am\s)?(?:the\s|le\s|el\s|den\s)?(?:first day|premier jour|primer dia|ersten? tag|erster tag)\s"
    r"|(?:at\s)?(?:the\s)?(?:start|beginning)\s(?=of\s)|(?:early|anfang)\s|(?:au\s)?debut\s(?=d|" + MONTH + r")"
    r"|(?:a\s)?(?:principios|comienzos|inicios)\s(?=de)"
)
MID_MONTH = (
    r"(?:in\s)?(?:the\s)?middle\s(?=of\s)|mid[ -]|mitte\s|(?:a\s)?(?:la\s)?mi[ -](?=" + MONTH + r")"
    r"|(?:a\s)?mediados\s(?=de)"
)

PATTERNS: list[tuple[str, re.Pattern[str]]] = [
    (kind, re.compile(source))
    for kind, source in [
        ("iso", ON + r"(?<![0-9])([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})(?![0-9])(?:t[0-9:]{1,12})?"),
        ("numeric", ON + r"(?<![0-9.,/x-])([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})(?![0-9/]|[.,][0-9])"),
        ("slashed", ON + r"(?<![0-9.,/-])([0-9]{1,2})/([0-9]{1,2})(?![0-9/]|[.,][0-9])"),
        ("dotted", ON + r"(?<![0-9.,/-])([0-9]{1,2})\.([0-9]{1,2})\.(?![0-9])"),
        ("dashed", r"\b(?:on|le|el|am|vom)\s([0-9]{1,2})[-.]([0-9]{1,2})(?![0-9./-]|\s?[€$£])"),
        ("last of month", rf"(?<!\w)(?:{LAST_DAY}){OF_MONTH}"),
        ("first of month", rf"(?<!\w)(?:{FIRST_DAY}){OF_MONTH}"),
        ("mid month", rf"(?<!\w)(?:{MID_MONTH}){OF_MONTH}"),
        ("first of month", r"(?<!\w)(?:on\s)?(?:the\s)?(?:first|1st)\s(?=of\s(?:the|this|last)\s)" + OF_MONTH),
        ("last of month", r"(?<!\w)(?:am\s|zum\s)?(monats)ende(?!\w)"),
        ("first of month", r"(?<!\w)(?:am\s|zum\s)?(monats)anfang(?!\w)"),
        (
            "ordinal",
            rf"(?<!\w){ON}({ORDINAL})\s(?:of\s|de\s)?({MONTH})\b(?:,?\s((?:19|20)[0-9]{{2}})\b)?",
        ),
        ("ordinal day", rf"(?<!\w)on the ({ORDINAL})(?!\w)(?!\s(?:day|week|floor|date|time|try|visit))"),
        (
            "day month",
            ON + r"(?<![0-9.,/-])([0-9]{1,2})(?:st|nd|rd|th|er|º|\.)?\s?(?:of\s|de\s|d')?\s?\b(" + MONTH
            + r")\b\.?(?:,?\s(?:de\s|del\s)?((?:19|20)[0-9]{2})\b(?!\s?[€$£]|[.,][0-9]))?",
        ),
        (
            "month day",
            ON + r"\b(" + MONTH
            + r")\b\.?\s?([0-9]{1,2})(?:st|nd|rd|th)?(?![0-9])" + CURRENCY_AHEAD + r"(?:,?\s((?:19|20)[0-9]{2})\b)?",
        ),
        ("away from", rf"\b(?:heute|(gestern))\svor\s({COUNT})\s({UNIT})\b"),
        ("ago from", rf"\b({COUNT})\s({UNIT})\sago\s(?:today|(yesterday))\b"),
        ("day of week", rf"(?<!\w){ON_DAY}({ANY_DAY})\s(?:{LAST_WEEK})(?!\w)"),
        ("day of week", rf"(?<!\w)(?:{LAST_WEEK})\s{ON_DAY}({ANY_DAY})(?!\w)"),
        ("this day", rf"(?<!\w){ON_DAY}({ANY_DAY})\s(?:{THIS_WEEK})(?!\w)"),
        ("day weeks ago", rf"(?<!\w){ON_DAY}({ANY_DAY})\s({COUNT})\sweeks?\sago(?!\w)"),
        ("day weeks ago", rf"(?<!\w){ON_DAY}({DAY_NAME})\svor\s({COUNT})\swochen?(?!\w)"),
        ("day before last", rf"(?<!\w){ON_DAY}(?:the\s)?({ANY_DAY})\sbefore\slast(?!\w)"),
        ("day before last", rf"(?<!\w){ON_DAY}(?:vorletzten?|vorletzter)\s({DAY_NAME})(?!\w)"),
        ("day before last", rf"(?<!\w)(?:l'|le\s)?avant[ -]dernier\s({DAY_NAME})(?!\w)"),
        ("day before last", rf"(?<!\w){ON_DAY}({DAY_NAME})\s(?:antepasado|d'avant)(?!\w)"),
        ("week before last", r"(?<!\w)(?:the\s)?week before last(?!\w)|(?<!\w)vorletzte woche(?!\w)"),
        *((f"{days}", rf"(?<!\w)(?:{words})(?!\w)") for days, words in sorted(DAYS_AWAY.items(), key=lambda d: (-2, 2, 0, -1, 1).index(d[0]))),
        ("ago", rf"\b({COUNT})\s({UNIT})\s(?:ago|back|earlier|plus tot|atras)\b"),
        ("ago", r"(?<!\w)()(fortnight)\sago\b"),
        ("ago", rf"(?<![\w.,])([0-9]{{1,3}})\s?{SHORT_UNIT}\s(?:ago|back)\b"),
        ("ago", rf"\b(?:il y a|hace|vor)\s({COUNT})\s({UNIT})\b"),
        ("vague", rf"\b(?:(?:il y a|hace|vor)\s)?(?:{VAGUE})\s({UNIT})\b(?:\s(?:ago|back|atras))?"),
        ("0", rf"\b(?:{COUNT}|an|half an|{VAGUE})\s?(?:hours?|hrs?|h|minutes?|mins?|min)\s(?:ago|back)\b"),
        ("0", rf"\b(?:il y a|hace|vor)\s(?:{COUNT}|{VAGUE})\s?(?:heures?|h|minutes?|horas?|minutos?|stunden?|minuten?|min)\b"),
        ("ahead", rf"\b(?:in|dans|dentro de|en)\s({COUNT})\s({UNIT})\b"),
        (
            "last day",
            r"\b(?:on\s)?(?:last|past|le dernier|el pasado|(?:am\s)?(?:letzten|letzter|vergangenen|vorigen))\s("
            + ANY_DAY + r")\b",
        ),
        ("last day", rf"(?<!\w)(?:el\s|le\s)?({DAY_NAME})\s(?:dernier|passe|pasado|الماضي|الماضية)(?!\w)"),
        ("next day", r"\b(?:on\s)?(?:next|am kommenden|nachsten|kommenden|el proximo)\s(" + DAY_NAME + r")\b"),
        ("next day", rf"\b({DAY_NAME})\s(?:prochain|proximo|que viene)\b"),
        ("this day", rf"\b(?:this|ce|este|diesen)\s({DAY_NAME})\b"),
        ("day", rf"(?<!\w)(?<!black\s)(?<!good\s)(?<!cyber\s)(?:on\s|le\s|el\s|am\s|يوم\s)?({DAY_NAME})(?!\w)"),
        ("day", r"\bon\s(" + _either(SHORT_WEEKDAYS) + r")\b"),
        ("last weekend", r"\b(?:last weekend|le week-?end dernier|el fin de semana pasado|(?:am\s)?letzte[sn]? wochenende)\b"),
        ("last week", r"\b(?:last week|la semaine (?:derniere|passee)|la semana pasada|(?:letzte|vorige) woche)\b"),
        ("last month", r"\b(?:last month|le mois (?:dernier|passe)|el mes pasado|(?:im\s)?letzten monat)\b"),
        ("of month", r"\b(?:on\s)?the\s([0-9]{1,2})(?:st|nd|rd|th)(?!\w)"),
        ("of month", r"\b(?:on\s)?([0-9]{1,2})(?:st|nd|rd|th)\b"),
        ("of month", r"\b(?:le|el dia|am)\s([0-9]{1,2})(?:er|\.)?(?![0-9:/x]|\w|[.,][0-9])" + CURRENCY_AHEAD),
    ]
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """A date found at ``[start, end)`` of a text. ``on`` is None if the calendar has no such day."""

    on: date | None
    sure: bool
    start: int
    end: int


def find(folded: str, today: date, locale: str) -> list[Written]:
    """Find the dates in a folded text, in order and without overlap.

    A day without a year, or a bare weekday, is the latest one up to today, unless it is within the coming month.
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
    """Return whether 01/02 is the second of January in the locale."""
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
        case "ordinal":
            return _in_year(int(part[2]) if part[2] else None, MONTH_OF[part[1]] + 1, ORDINALS[part[0]], today)
        case "ordinal day":
            return _day_of_month(ORDINALS[part[0]], today)
        case "first of month" | "mid month" | "last of month":
            return _in_month(kind, part[0], part[1] if len(part) > 1 else None, today)
        case "ago" | "ahead":
            return _away(part[0], part[1], today, -1 if kind == "ago" else 1)
        case "away from" | "ago from":
            base, count, unit = part if kind == "away from" else (part[2], part[0], part[1])
            return _away(count, unit, today - timedelta(1) if base else today, -1)
        case "day weeks ago":
            return _shift(today, WEEKDAY_OF[part[0]] - today.weekday() - 7 * _count(part[1])), True
        case "week before last":
            return _shift(today, -14), False
        case "vague":
            return _away("3", part[0], today, -1)[0], False
        case "last weekend":
            return _shift(today, -today.weekday() - 2), False
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
    "day of week": lambda today, day: _shift(today, day - today.weekday() - 7),
    "day before last": lambda today, day: _shift(today, -((today.weekday() - day - 1) % 7 + 8)),
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
    days = UNIT_WORDS[unit]
    if days >= 30:
        return _months(today, way * _count(count) * (days // 30)), True
    return _shift(today, way * _count(count) * days), True


def _count(text: str) -> int:
    return int(text) if text.isdecimal() else COUNTS.get(text, 1)


def _in_month(kind: str, month: str, year: str | None, today: date) -> Read:
    """Return the first, middle or last day of a named month, or of this or the last month."""
    if month in MONTH_OF:
        day = {"first of month": 1, "mid month": 15}.get(kind)
        number = MONTH_OF[month] + 1
        if day is None:
            latest = int(year) if year else today.year - (number > today.month)
            day = monthrange(latest, number)[1]
        return _in_year(int(year) if year else None, number, day, today)
    first = today.replace(day=1)
    if month.startswith(("last", "letzt")) or month.endswith(("dernier", "passe", "pasado")):
        earlier = _months(first, -1)
        if earlier is None:
            return None, False
        first = earlier
    length = monthrange(first.year, first.month)[1]
    return first.replace(day={"first of month": 1, "mid month": 15}.get(kind, length)), True


def _exactly(year: int, month: int, day: int) -> Read:
    try:
        return date(year, month, day), True
    except ValueError:
        return None, False


def _century(year: str, today: date) -> int:
    """Return the latest year that ends with these two digits, at most ten years ahead."""
    if len(year) == 4:
        return int(year)
    full = today.year // 100 * 100 + int(year)
    return full - 100 if full > today.year + 10 else full


def _two(one: int, two: int, year: int | None, today: date, locale: str, mark: str) -> Read | None:
    """Return day and month in the order of the locale. Plain ``en`` is unsure if both orders are possible."""
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
