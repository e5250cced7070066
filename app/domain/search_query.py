"""Parse a search: amounts (``>100``, ``<=20``, ``10..50``), dates, months and words."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from app.domain.dates import MONTH_OF, month_first
from app.domain.search import fold

MAX_WORDS = 8
MAX_CHARACTERS = 200
NUMBER = r"[0-9]{1,12}(?:[.,][0-9]{1,3})?"
COMPARISON = re.compile(rf"(>=|<=|>|<|=|≥|≤)({NUMBER})")
RANGE = re.compile(rf"({NUMBER})\.\.({NUMBER})")
ISO_DAY = re.compile(r"((?:19|20|21)[0-9]{2})-([0-9]{1,2})-([0-9]{1,2})")
ISO_MONTH = re.compile(r"((?:19|20|21)[0-9]{2})-([0-9]{1,2})")
NUMERIC_DAY = re.compile(r"([0-9]{1,2})([./])([0-9]{1,2})\2((?:19|20|21)[0-9]{2})")
YEAR = re.compile(r"(?:19|20|21)[0-9]{2}")
OPERATOR_AND_SPACES = re.compile(r"(>=|<=|>|<|=|≥|≤) +(?=[0-9])")


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A parsed search. Amounts are magnitudes in wire form, limits are inclusive unless ``*_open``."""

    words: tuple[str, ...] = ()
    min_amount: str = ""
    max_amount: str = ""
    is_min_open: bool = False
    is_max_open: bool = False
    since: date | None = None
    until: date | None = None


def parse(text: str, locale: str) -> SearchQuery:
    """Parse a search. What is neither amount nor date is a word, so no search is an error."""
    tokens = OPERATOR_AND_SPACES.sub(r"\1", fold(text[:MAX_CHARACTERS])).split()
    words: list[str] = []
    found: dict[str, object] = {}
    at = 0
    while at < len(tokens):
        token = tokens[at]
        following = tokens[at + 1] if at + 1 < len(tokens) else ""
        period, used = _period(token, following, locale)
        if period is not None and "since" not in found:
            found["since"], found["until"] = period
            at += used
            continue
        amounts = _amounts(token)
        if amounts and not amounts.keys() & found.keys():
            found |= amounts
        elif len(words) < MAX_WORDS:
            words.append(_plain_number(token))
        at += 1
    return SearchQuery(words=tuple(words), **found)  # type: ignore[arg-type]


def _amounts(token: str) -> dict[str, object]:
    if (match := RANGE.fullmatch(token)) is not None:
        low, high = sorted((_wire(match[1]), _wire(match[2])), key=float)
        return {"min_amount": low, "max_amount": high}
    if (match := COMPARISON.fullmatch(token)) is None:
        return {}
    sign, amount = match[1], _wire(match[2])
    if sign == "=":
        return {"min_amount": amount, "max_amount": amount}
    if sign in (">", ">=", "≥"):
        return {"min_amount": amount, "is_min_open": sign == ">"}
    return {"max_amount": amount, "is_max_open": sign == "<"}


def _period(token: str, following: str, locale: str) -> tuple[tuple[date, date] | None, int]:
    """Return first and last day of one or two tokens, and the number of tokens."""
    if (match := ISO_DAY.fullmatch(token)) is not None:
        day = _day(int(match[1]), int(match[2]), int(match[3]))
        return (day, day) if day else None, 1
    if (match := ISO_MONTH.fullmatch(token)) is not None:
        return _month(int(match[1]), int(match[2])), 1
    if (match := NUMERIC_DAY.fullmatch(token)) is not None:
        one, two, year = int(match[1]), int(match[3]), int(match[4])
        month_comes_first = month_first(locale) and match[2] == "/"
        day = _day(year, one, two) if month_comes_first else _day(year, two, one)
        return (day, day) if day else None, 1
    if token in MONTH_OF and YEAR.fullmatch(following):
        return _month(int(following), MONTH_OF[token] + 1), 2
    return None, 0


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month(year: int, month: int) -> tuple[date, date] | None:
    if not 1 <= month <= 12:
        return None
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _wire(number: str) -> str:
    return number.replace(",", ".")


def _plain_number(word: str) -> str:
    """Return an amount as it is in the search text, however it was typed."""
    return word.replace(",", ".") if "," in word and word.replace(",", "").isdigit() else word
