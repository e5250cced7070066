"""Parse dates of bank files, and detect the order of day, month and year."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import cache

from babel import Locale

from app.errors import Invalid
from app.i18n import _

ORDERS = ("dmy", "mdy", "ymd")
DATE_PARTS = re.compile(r"[0-9]+|[^\W\d_]+\.?")
SHAPE = re.compile(
    r"""(?:[^\W\d_]{2,10}\.?,?\s+)?                                            # a weekday
    (?:[0-9]{8}
    | [0-9]{1,4}\s?[-/.\u2010\s]\s?[0-9]{1,2}\s?[-/.\u2010\s]\s?[0-9]{1,4}
    | [0-9]{1,2}(?:st|nd|rd|th|er|\.|º)?[-/.\s]+(?:de\s+)?[^\W\d_]{3,10}\.?,?[-/.\s]+(?:de\s+)?[0-9]{2,4}
    | [^\W\d_]{3,10}\.?[-/.\s]+[0-9]{1,2}(?:st|nd|rd|th)?,?[-/.\s]+[0-9]{4}
    | [0-9]{4}[-/.\s][^\W\d_]{3,10}\.?[-/.\s][0-9]{1,2}
    | [0-9]{1,4}\s?[年/]\s?[0-9]{1,2}\s?[月/]\s?[0-9]{1,2}\s?日?
    )\.?,?
    (?:[T\s]\s*[0-9]{1,2}[:.h][0-9]{2}(?:[:.][0-9]{2}(?:[.,][0-9]+)?)?\s*(?:[AaPp]\.?[Mm]\.?)?\s*(?:Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})?)?""",
    re.VERBOSE,
)
#: A day and a month without a year: ``27.02.``, ``27/02``, ``27 Feb``, ``Feb 27``.
DATE_WITHOUT_YEAR = re.compile(
    r"[0-9]{1,2}[-/.][0-9]{1,2}\.?|[0-9]{1,2}\.?[-/. ][^\W\d_]{3,10}\.?|[^\W\d_]{3,10}\.?[-/. ][0-9]{1,2}\.?|"
    r"[0-9]{1,2}月[0-9]{1,2}日"
)
MAX_CHARACTERS = 40
#: Where two languages give a month one name, the earlier one counts.
LANGUAGES = ("en", "fr", "es", "de", "it", "pt", "nl", "sv", "pl", "da", "nb", "fi", "cs", "ro", "tr", "ru", "hu")
FIRST_YEAR_OF_1900S = 70  # 69 is 2069, 70 is 1970, as in POSIX


@cache
def months() -> dict[str, int]:
    """Month names and their short forms in the languages banks write in, to their number."""
    found: dict[str, int] = {}
    for language in (
        "en",
        "fr",
        "es",
        "de",
        "it",
        "pt",
        "nl",
        "sv",
        "pl",
        "da",
        "nb",
        "fi",
        "cs",
        "ro",
        "tr",
        "ru",
        "hu",
    ):
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in Locale(language).months[context][width].items():
                    found.setdefault(name.casefold().rstrip("."), number)
    found |= {
        "sept": 9,
        "set": 9,
        "fevr": 2,
        "aout": 8,
        "decembre": 12,
        "dec": 12,
        "fevrier": 2,
        "mrz": 3,
        "maerz": 3,
    }
    found |= {
        "ene": 1,
        "abr": 4,
        "ago": 8,
        "dic": 12,
        "okt": 10,
        "dez": 12,
        "mai": 5,
        "mär": 3,
        "mar": 3,
        "jui": 6,
        "juil": 7,
    }
    return found


def is_date(text: str) -> bool:
    """Return whether a cell looks like a date that is possible in some order."""
    return 6 <= len(text) <= MAX_CHARACTERS and bool(SHAPE.fullmatch(text.strip())) and bool(orders(text))


def is_short_date(text: str) -> bool:
    """Return whether a cell is a day and month without a year."""
    text = text.strip()
    return 3 <= len(text) <= 16 and bool(DATE_WITHOUT_YEAR.fullmatch(text)) and any(_days_of_leap_year(text))


def _days_of_leap_year(text: str) -> tuple[date | None, date | None]:
    """The day in 2000 when read day first and when read month first."""
    numbers, month = _parts(text.strip())
    try:
        if month:
            return (day := date(2000, month, int(numbers[0]))), day
        one, two = int(numbers[0]), int(numbers[1])
        if "月" in text:
            return (day := date(2000, one, two)), day
    except (ValueError, IndexError):
        return None, None
    found: list[date | None] = []
    for day_number, month_number in ((one, two), (two, one)):
        try:
            found.append(date(2000, month_number, day_number))
        except ValueError:
            found.append(None)
    return found[0], found[1]


def short_orders(texts: Iterable[str]) -> frozenset[str]:
    """Return the orders, ``dmy`` or ``mdy``, in which all these short dates exist."""
    found = [_days_of_leap_year(text) for text in set(texts) if is_short_date(text)]
    if any("." in text for text in texts):
        return frozenset(("dmy",))  # no country writes the month first and dots
    return frozenset(
        order for order, at in (("dmy", 0), ("mdy", 1)) if all(each[at] is not None for each in found)
    ) or frozenset(("dmy",))


def with_year(text: str, order: str, near: date) -> date:
    """Return a short date in the year nearest to ``near``. Raises ``Invalid`` if it is no date."""
    if not is_short_date(text):
        raise Invalid(_("“{text}” is not a date.", text=text[:MAX_CHARACTERS]), field="date")
    day = _days_of_leap_year(text)[1 if order == "mdy" else 0]
    if day is None:
        raise Invalid(_("“{text}” is not a valid date.", text=text[:MAX_CHARACTERS]), field="date")
    found = []
    for year in (near.year - 1, near.year, near.year + 1):
        try:
            found.append(day.replace(year=year))
        except ValueError:  # 29 February
            continue
    if not found:
        raise Invalid(_("“{text}” is not a valid date.", text=text[:MAX_CHARACTERS]), field="date")
    return min(found, key=lambda each: abs((each - near).days))


def latest_before(text: str, order: str, today: date) -> date:
    """Return a short date in the latest year in which it is not after ``today``."""
    day = with_year(text, order, today)
    return day if day <= today else with_year(text, order, day.replace(day=1, year=day.year - 1))


def read(text: str, order: str) -> date:
    """Parse a date in an order such as ``dmy``. Raises ``Invalid`` for dates such as 31 February."""
    text = text.strip()
    if not text:
        raise Invalid(_("The date is missing."), field="date")
    if not 6 <= len(text) <= MAX_CHARACTERS or not SHAPE.fullmatch(text):
        raise Invalid(_("“{text}” is not a date.", text=text[:MAX_CHARACTERS]), field="date")
    try:
        return _day(text, order)
    except (ValueError, KeyError, IndexError) as error:
        raise Invalid(_("“{text}” is not a valid date.", text=text[:MAX_CHARACTERS]), field="date") from error


def _day(text: str, order: str) -> date:
    numbers, month = _parts(text)
    if month:
        one, two = numbers[:2]
        year, day = (one, two) if len(one) == 4 else (two, one)
        return date(_year(year), month, int(day))
    if len(numbers[0]) == 8:
        return _compact(numbers[0], order)
    if len(numbers[0]) == 4:
        order = "ymd"  # a leading year is a year, whatever the order of the file
    found = dict(zip(order, numbers[:3], strict=True))
    return date(_year(found["y"]), int(found["m"]), int(found["d"]))


def _parts(text: str) -> tuple[list[str], int | None]:
    """The numbers of the date (not of a time behind it) and the month where it is a name."""
    numbers: list[str] = []
    month = None
    for part in DATE_PARTS.findall(text):
        if part[0] in "0123456789":
            numbers.append(part)
        elif month is None:
            month = months().get(part.casefold().rstrip("."))
        if len(numbers) == (2 if month else 3) or (len(part) == 8 and part.isdigit()):
            break
    return numbers, month


def _compact(digits: str, order: str) -> date:
    if order == "ymd" or order not in ORDERS:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    one, two, year = digits[:2], digits[2:4], digits[4:]
    day, month = (one, two) if order == "dmy" else (two, one)
    return date(int(year), int(month), int(day))


def _year(text: str) -> int:
    if len(text) == 2:
        return int(text) + (2000 if int(text) < FIRST_YEAR_OF_1900S else 1900)
    if len(text) != 4:
        raise ValueError(text)
    return int(text)


def orders(text: str) -> frozenset[str]:
    """Return the orders in which this is a date between 1970 and 2100; all if they do not differ."""
    numbers, month = _parts(text.strip())
    if not month and numbers and len(numbers[0]) == 4:
        return frozenset(("ymd",)) if _possible(text, "ymd") else frozenset()
    fitting = {order for order in ORDERS if _possible(text, order)}
    if not month and len(numbers[0]) == 8 and "ymd" in fitting:
        return frozenset(("ymd",))
    if not month and len(fitting) > 1:
        fitting.discard("ymd")  # 25/12/26 is 25 December; only what cannot be read otherwise has a short year in front
        if re.match(r"\s{0,20}[0-9]{1,9}\.", text) and "dmy" in fitting:
            return frozenset(("dmy",))  # no country writes the month first and dots
    return frozenset(fitting)


def _possible(text: str, order: str) -> bool:
    try:
        return 1970 <= _day(text.strip(), order).year <= 2100
    except (ValueError, KeyError, IndexError):
        return False


def common_orders(texts: Iterable[str]) -> tuple[frozenset[str], str | None]:
    """Return the orders that read most of these dates, and an ambiguous example if several remain."""
    counts = dict.fromkeys(ORDERS, 0)
    seen, example = 0, None
    for text in set(texts):
        if not text or not is_date(text):
            continue
        found = orders(text)
        seen += 1
        for order in found:
            counts[order] += 1
        if len(found) == 2 or (len(found) == 1 and example is None):
            example = text
    best = max(counts.values())
    return frozenset(order for order, count in counts.items() if count == best and seen), example


def pattern(order: str, sample: str) -> str:
    """The order as people write it, in the manner of a date of the file: ``DD.MM.YYYY``."""
    numbers, month = _parts(sample.strip())
    if not month and numbers and len(numbers[0]) == 8:
        return "".join({"d": "DD", "m": "MM", "y": "YYYY"}[part] for part in order)
    if not month and numbers and len(numbers[0]) == 4:
        order = "ymd"
    year = "YYYY" if any(len(number) == 4 for number in numbers) else "YY"
    between = re.search(r"[0-9]\s*([-/. ])", sample.strip())
    names = {"d": "DD", "m": "MMM" if month else "MM", "y": year}
    return (between[1] if between else "/").join(names[part] for part in order)


def order_of(date_format: str) -> str:
    """Return ``dmy``, ``mdy`` or ``ymd`` for a format such as ``DD/MM/YYYY``, ``%m/%d/%y`` or ``iso``."""
    written = date_format.strip().casefold()
    if written in ("iso", "iso8601", "%f"):
        return "ymd"
    written = re.split(r"[t\s]{0,9}(?:%h|hh|h:)", written.replace("%-", "%").replace("%b", "m"))[0]
    found = "".join(dict.fromkeys({"j": "d", "t": "d", "a": "y"}.get(c, c) for c in written if c in "dmyjta"))
    if found in ("dm", "md"):
        found += "y"  # of dates without a year
    if found not in ORDERS or len(date_format) > MAX_CHARACTERS:
        raise Invalid(
            _("“{format}” is not a date format. Write it like DD/MM/YYYY.", format=date_format[:MAX_CHARACTERS]),
            field="date_format",
        )
    return found
