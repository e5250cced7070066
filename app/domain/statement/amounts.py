"""Amounts as banks write them, read with the decimal mark a file was found to use."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from app.domain.money import LARGEST, LONGEST, exponent, too_fine
from app.errors import InvalidAmount
from app.i18n import _

SPACES = "\u00a0\u202f\u2009\u2007 "
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
SYMBOL = r"(?:[A-Z]{3}|[A-Z]{0,2}[$€£¥₹₽₺₩₪₫₴₦₱฿]|kr\.?|zł|Kč|Ft|lei|Fr\.?|R\$|DA|DH|د\.ج)"
WRITTEN = re.compile(
    rf"""(?P<open>\()?\s*(?P<sign>[-+])?\s*(?:{SYMBOL}\s*)?(?P<sign2>[-+])?\s*
    (?P<digits>[0-9][0-9.,' ]*|[.,][0-9]+)
    \s*(?P<after>[-+])?\s*(?:{SYMBOL})?\s*(?P<after2>[-+])?\s*(?P<close>\))?\s*(?P<side>CR|DR|Cr|Dr|[HS])?\.?""",
    re.VERBOSE,
)
GROUPED = {
    ".": re.compile(
        r"(?P<whole>[0-9]+|[0-9]{1,3}(?:[,' ][0-9]{3})+|[0-9]{1,2}(?:,[0-9]{2})*,[0-9]{3})?"
        r"(?:\.(?P<part>[0-9]*))?"
    ),
    ",": re.compile(r"(?P<whole>[0-9]+|[0-9]{1,3}(?:[.' ][0-9]{3})+)?(?:,(?P<part>[0-9]*))?"),
}
NOT_DIGITS = str.maketrans("", "", ",.' ")


def reader(decimal: str, currency: str) -> Callable[[str], int]:
    """A function from a cell to signed minor units, for one decimal mark; it raises ``InvalidAmount``."""
    places = exponent(currency)

    def read(text: str) -> int:
        # Nearly every cell is plain: sign, digits, mark, all the decimals. The rest takes the long way.
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


def careful(text: str, decimal: str, currency: str) -> int:
    """Signed minor units of an amount in any usual writing: ``(1.234,50)``, ``12,50-``, ``€ 3``, ``5 CR``."""
    places = exponent(currency)
    found = WRITTEN.fullmatch(text.translate(MINUS).strip()) if len(text) <= LONGEST else None
    if not found:
        raise InvalidAmount(text)
    signs = [found[name] for name in ("sign", "sign2", "after", "after2") if found[name]]
    if len(signs) > 1 or bool(found["open"]) != bool(found["close"]) or (found["open"] and signs):
        raise InvalidAmount(text)
    number = GROUPED[decimal].fullmatch(found["digits"].strip())
    if not number or not (number["whole"] or number["part"]):
        raise InvalidAmount(text, why=_not_with_mark(text, decimal))
    part = (number["part"] or "").rstrip("0")
    if len(part) > places:
        raise InvalidAmount(text, why=too_fine(text, currency))
    minor = int((number["whole"] or "0").translate(NOT_DIGITS) + part.ljust(places, "0"))
    if minor >= LARGEST:
        raise InvalidAmount(text, why=_("That amount is too large to be booked."))
    negative = found["open"] or "-" in signs or (found["side"] or "").upper() in ("DR", "S")
    return -minor if negative else minor


def _not_with_mark(text: str, decimal: str) -> str | None:
    other = "," if decimal == "." else "."
    if other not in text:
        return None
    return _("“{text}” is not an amount when “{decimal}” marks the decimals.", text=text, decimal=decimal)


def is_amount(text: str) -> bool:
    """Whether a cell may be an amount under one decimal mark or the other."""
    if not text or len(text) > LONGEST:
        return False
    found = WRITTEN.fullmatch(text.translate(MINUS).strip())
    return bool(found) and any(pattern.fullmatch(found["digits"].strip()) for pattern in GROUPED.values())  # type: ignore[index]


def mark(text: str, places: int) -> str | None:
    """The decimal mark that an amount proves, ``?`` where it may be either, nothing where it has none."""
    found = WRITTEN.fullmatch(text.translate(MINUS).strip()) if len(text) <= LONGEST else None
    if not found:
        return None
    digits = found["digits"].strip()
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
    """The mark all these amounts agree on, or nothing and an example of what leaves it open."""
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
