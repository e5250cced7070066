"""Parse amounts of bank files with the decimal mark of the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

from app.domain.amounts import without_cent_dash
from app.domain.money import MAX_CHARACTERS, MAX_MINOR, currencies, exponent, too_fine
from app.errors import InvalidAmount
from app.i18n import _

MINUS = str.maketrans(
    {
        "−": "-",
        "–": "-",
        "—": "-",
        "‐": "-",
        "’": "'",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\u2007": " ",
    }
)
SYMBOL = re.compile(
    r"[A-Z]{0,2}[$€£¥₹₽₺₩₪₫₴₦₱฿￥]|kr\.?|zł|Kč|Ft|lei|Fr\.?|R\$|DA|DH|د\.ج|Rs\.?|TL|元|円|원|руб\.?|р\.?|Rp\.?"
)
NUMBER = re.compile(r"[0-9][0-9.,' ]*+|[.,][0-9]++")
SIDES = {"CR": 1, "Cr": 1, "Cr.": 1, "DR": -1, "Dr": -1, "Dr.": -1, "H": 1, "S": -1, "C": 1, "D": -1}
GROUPED = {
    ".": re.compile(
        r"(?P<whole>[0-9]+|[0-9]{1,3}(?:[,' ][0-9]{3})+|[0-9]{1,2}(?:,[0-9]{2})*,[0-9]{3})?"
        r"(?:\.(?P<part>[0-9]*))?"
    ),
    ",": re.compile(r"(?P<whole>[0-9]+|[0-9]{1,3}(?:[.' ][0-9]{3})+)?(?:,(?P<part>[0-9]*))?"),
}
NO_SIGNS = str.maketrans("()-+", "    ")
NOT_DIGITS = str.maketrans("", "", ",.' ")


def reader(decimal: str, currency: str) -> Callable[[str], int]:
    """Return a function from a cell to signed minor units. It raises ``InvalidAmount``."""
    places = exponent(currency)

    def read(text: str) -> int:
        # Nearly every cell is plain: sign, digits, mark, all decimals. ``careful`` parses the rest.
        if text[:1] == "-":
            whole, _mark, part = text[1:].partition(decimal)
            if len(part) == places and (digits := whole + part).isdigit() and digits.isascii() and len(digits) < 15:
                return -int(digits)
        else:
            whole, _mark, part = text.partition(decimal)
            if len(part) == places and (digits := whole + part).isdigit() and digits.isascii() and len(digits) < 15:
                return int(digits)
        return careful(text, decimal, currency)

    return read


class Written(NamedTuple):
    """The parts of a written amount; ``symbol`` is the currency beside the figures, if any."""

    digits: str
    is_negative: bool
    symbol: str


def split(text: str) -> Written | None:
    """Split an amount in any common format: ``(1.234,50)``, ``12,50-``, ``$(3)``, ``5 CR``, ``20.-``; else None.

    Runs in linear time, so that a file of hostile cells cannot block the server.
    """
    if len(text) > MAX_CHARACTERS:
        return None
    plain = without_cent_dash(text.translate(MINUS).strip())
    found = NUMBER.search(plain)
    if found is None:
        return None
    before, digits, after = plain[: found.start()], found[0].strip(), plain[found.end() :]
    if digits[0] in ".," and before[-1:].isalpha():  # the point of “Fr.” belongs to the currency
        before, digits = before + digits[0], digits[1:]
    around = f"{before} {after}"
    opened = before.count("("), after.count(")")
    signs = around.count("-") + around.count("+")
    if opened not in ((0, 0), (1, 1)) or around.count("(") + around.count(")") != sum(opened) or signs + opened[0] > 1:
        return None
    words = around.translate(NO_SIGNS).split()
    is_negative = "-" in around or opened[0] == 1
    if words and after.strip(" -+)").split()[-1:] == words[-1:] and words[-1] in SIDES:
        is_negative = is_negative or SIDES[words.pop()] < 0
    if len(words) > 1 or (words and words[0] not in currencies() and not SYMBOL.fullmatch(words[0])):
        return None
    return Written(digits, is_negative, words[0] if words else "")


def careful(text: str, decimal: str, currency: str) -> int:
    """Return signed minor units of an amount in any common format. Raises ``InvalidAmount``."""
    places = exponent(currency)
    found = split(text)
    if found is None:
        raise InvalidAmount(text)
    number = GROUPED[decimal].fullmatch(found.digits)
    if not number or not (number["whole"] or number["part"]):
        raise InvalidAmount(text, why=_not_with_mark(text, decimal))
    part = (number["part"] or "").rstrip("0")
    if len(part) > places:
        raise InvalidAmount(text, why=too_fine(text, currency))
    minor = int((number["whole"] or "0").translate(NOT_DIGITS) + part.ljust(places, "0"))
    if minor >= MAX_MINOR:
        raise InvalidAmount(text, why=_("This amount is too large."))
    return -minor if found.is_negative else minor


def _not_with_mark(text: str, decimal: str) -> str | None:
    other = "," if decimal == "." else "."
    if other not in text:
        return None
    return _("“{text}” is not an amount when “{decimal}” marks the decimals.", text=text, decimal=decimal)


@lru_cache(maxsize=4096)
def is_amount(text: str) -> bool:
    """Return whether a cell may be an amount with either decimal mark."""
    found = split(text)
    return found is not None and any(pattern.fullmatch(found.digits) for pattern in GROUPED.values())


def mark(text: str, places: int) -> str | None:
    """Return the decimal mark that an amount proves, ``?`` if it may be either, None if it has none."""
    written = split(text)
    if written is None:
        return None
    digits = written.digits
    dots, commas = digits.count("."), digits.count(",")
    if not dots and not commas:
        return None
    if dots and commas:
        return "." if digits.rfind(".") > digits.rfind(",") else ","
    here, other = (".", ",") if dots else (",", ".")
    if dots + commas > 1:
        return other
    whole, _mark, part = digits.partition(here)
    if len(part) != 3 or len(whole) > 3 or whole in ("", "0") or "'" in whole or " " in whole:
        return here
    return other if places == 0 else "?"


def decimal_mark(texts: Iterable[str], places: int) -> tuple[str | None, str | None]:
    """Return the decimal mark of all these amounts, or None with an ambiguous example."""
    votes = {".": 0, ",": 0}
    open_example = None
    for text in texts:
        proof = mark(text, places)
        if proof == "?":
            open_example = open_example or text
        elif proof:
            votes[proof] += 1
    if votes["."] or votes[","]:
        return ("." if votes["."] >= votes[","] else ","), None
    return (None, open_example) if open_example else (".", None)
