"""Parse amounts as people and files write them: decimal mark, grouped digits, signs and currencies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from typing import Literal

from babel import Locale
from babel.core import UnknownLocaleError

from app.domain.money import MAX_CHARACTERS, MAX_MINOR, Money, currencies, exponent, too_fine
from app.errors import InvalidAmount
from app.i18n import _

Mark = Literal[".", ","]

SYMBOLS = {
    "€": "EUR", "£": "GBP", "$": "USD", "¥": "JPY", "₹": "INR", "₽": "RUB", "₺": "TRY", "₩": "KRW",
    "₪": "ILS", "₴": "UAH", "₫": "VND", "฿": "THB", "₦": "NGN", "₱": "PHP", "zł": "PLN",
    "kč": "CZK", "r$": "BRL",
    "us$": "USD", "ca$": "CAD", "c$": "CAD", "a$": "AUD", "au$": "AUD", "nz$": "NZD", "s$": "SGD",
    "hk$": "HKD", "mx$": "MXN", "دج": "DZD", "د.ج": "DZD", "fr.": "CHF", "sfr": "CHF",
    "元": "CNY", "円": "JPY",
}  # fmt: skip
SHARED = {
    "$": "USD AUD CAD NZD SGD HKD MXN ARS CLP COP TWD UYU",
    "¥": "JPY CNY",
}  # symbols of several currencies

# One character for one, so that positions in the text stay valid.
PLAIN_CHARACTERS = {
    **{base + digit: str(digit) for base in (0x660, 0x6F0) for digit in range(10)},
    **dict.fromkeys(map(ord, "−–﹣－"), "-"),
    **dict.fromkeys(map(ord, "\u00a0\u202f\u2007\u2009\u2002\u2003\t"), " "),
    **dict.fromkeys(map(ord, "’‘ʼ´`"), "'"),
}
INVISIBLE_CHARACTERS = dict.fromkeys(
    map(ord, "\u200b\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
)
WIDE = re.compile("[０-９]")
BODY = re.compile(r"[.,'٫٬ ]{0,40}[0-9][0-9.,'٫٬ ]*+")
GROUPED = re.compile(r"[0-9]{1,3}(?:(?P<sep>[.,' ٬])[0-9]{3})(?:(?P=sep)[0-9]{3})*|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}")
CENT_DASH = re.compile(r"(?<=[0-9])[.,](?:-{1,2}|[–—−])(?![0-9])")
DEBITS, CREDITS = frozenset({"dr", "db"}), frozenset({"cr"})


@dataclass(frozen=True, slots=True)
class Reading:
    """A parsed amount. If it is ambiguous, ``others`` are its other values, likeliest first."""

    money: Money | None
    sure: bool = True
    others: tuple[Money, ...] = ()


def read(text: str, currency: str, locale: str, *, decimal: Mark | None = None) -> Reading:
    """Parse a written amount; blank text is None.

    A currency in the text overrides ``currency``. ``decimal`` is the decimal mark if a file's is known. Raises
    `InvalidAmount` for everything that is not one amount.
    """
    if len(text) > MAX_CHARACTERS * 2:
        raise InvalidAmount(text)
    plain = without_cent_dash(text.translate(PLAIN_CHARACTERS).translate(INVISIBLE_CHARACTERS).strip().lower())
    if not plain:
        return Reading(None)
    if WIDE.search(plain):
        raise InvalidAmount(text, why=_("Use the digits 0–9, for example 12.50."))
    found = BODY.search(plain)
    if found is None or len(plain) > MAX_CHARACTERS:
        raise InvalidAmount(text)
    # The point of "fr.500" and "د.ج" belongs to the currency, not to the figures.
    lead = len(found[0]) - len(found[0].lstrip(" ',")) if plain[: found.start()].strip(" -+(") == "" else 0
    before, body = plain[: found.start()], found[0][lead:]
    if before.strip(" -+(") and body.startswith("."):
        before, body = before + ".", body[1:]
    negative, written = _around(text, before, plain[found.end() :])
    unit = _written_currency(text, written, currency)
    values = figures(body.strip(), decimal or decimal_mark(locale))
    if not values:
        raise InvalidAmount(text)
    return _choose(text.strip(), [-v if negative else v for v in values], unit)


def without_cent_dash(text: str) -> str:
    """Remove a dash that stands for zero cents, as in ``20.-`` and ``5,--``; it is no minus sign."""
    return CENT_DASH.sub("", text, count=1)


def figures(body: str, decimal: Mark | None) -> list[Decimal]:
    """Return the possible values of digits and separators, likeliest first; two if a single separator is ambiguous.

    ``decimal`` is the decimal mark if it is known. Empty if the separators form no number.
    """
    body = body.replace("٫", ".") if "٬" in body or "٫" not in body else body.replace(",", "٬").replace("٫", ".")
    if body.isdigit():
        return [Decimal(body)]
    points, commas = body.count("."), body.count(",")
    if points and commas:
        last = max(body.rfind("."), body.rfind(","))
        return _with_decimals(body, last)
    if points + commas == 1:
        at = max(body.find("."), body.find(","))
        head, tail = body[:at], body[at + 1 :]
        lone = len(tail) == 3 and tail.isdigit() and head.isdigit() and len(head) <= 3 and head[0] != "0"
        if not lone:
            return _with_decimals(body, at)
        grouped, split = Decimal(head + tail), Decimal(f"{head}.{tail}")
        if decimal is None:
            return [grouped, split]
        return [split] if decimal == body[at] else [grouped]
    return [_ungrouped(body)] if GROUPED.fullmatch(body) else []


@cache
def decimal_mark(locale: str) -> Mark | None:
    """Return a locale's decimal mark, or None for plain ``en`` and ``es``, which use both."""
    if locale in ("en", "es"):
        return None
    try:
        symbols = Locale.parse(locale, sep="-" if "-" in locale else "_").number_symbols
    except (UnknownLocaleError, ValueError):
        return None
    mark = symbols.get("latn", {}).get("decimal", ".")
    return "," if mark == "," else "." if mark == "." else None


def currency_of(sign: str, default: str) -> str | None:
    """Return the currency of a symbol or code such as ``$`` or ``chf``; ``default`` if it is one of several."""
    sign = sign.lower()
    if default in SHARED.get(sign, "").split():
        return default
    if sign in SYMBOLS:
        return SYMBOLS[sign]
    return sign.upper() if sign.upper() in currencies() else None


def _around(text: str, before: str, after: str) -> tuple[bool, list[str]]:
    """Return whether the signs around the digits mean negative, and the remaining words."""
    signs = 0
    words = []
    parentheses = before.count("(") == 1 == after.count(")")
    if parentheses:
        before, after, signs = before.replace("(", " "), after.replace(")", " "), 1
    for side in (before, after):
        signs += side.count("-")
        pluses = side.count("+")
        if pluses > 1 or (pluses and signs):
            raise InvalidAmount(text)
        words += side.replace("-", " ").replace("+", " ").split()
    signs += sum(word in DEBITS for word in words)
    if signs > 1:
        raise InvalidAmount(text)
    return signs == 1, [word for word in words if word not in DEBITS | CREDITS]


def _written_currency(text: str, words: list[str], default: str) -> str:
    if not words:
        return default
    named = {currency_of(word, default) for word in words}
    if len(named) != 1 or None in named:
        raise InvalidAmount(text)
    return named.pop() or default


def _choose(text: str, values: list[Decimal], currency: str) -> Reading:
    """The first value the currency can hold is the money; others are kept, rounded to be bookable."""
    fitting = [value for value in values if _fits(value, currency)]
    if not fitting:
        if len(values) == 1 and (other := _regrouped(values[0])) is not None:
            fitting, values = (
                [other],
                [*values, other],
            )  # "1,234" where a comma is decimal: three decimals fit no euro
        else:
            raise InvalidAmount(text, why=too_fine(text, currency))
    chosen = fitting[0]
    others = tuple(_money(value, currency) for value in values if value != chosen)
    if abs(chosen.scaleb(exponent(currency))) >= MAX_MINOR:
        raise InvalidAmount(text, why=_("This amount is too large."))
    return Reading(_money(chosen, currency), sure=not others, others=others)


def _regrouped(value: Decimal) -> Decimal | None:
    places = -int(value.as_tuple().exponent)
    return value.scaleb(3) if places == 3 and 1 <= abs(value) < 1000 else None


def _fits(value: Decimal, currency: str) -> bool:
    scaled = value.scaleb(exponent(currency))
    return scaled == scaled.to_integral_value()


def _money(value: Decimal, currency: str) -> Money:
    return Money(int(value.scaleb(exponent(currency)).to_integral_value(ROUND_HALF_EVEN)), currency)


def _with_decimals(body: str, at: int) -> list[Decimal]:
    head, tail = body[:at], body[at + 1 :]
    if not tail.isdigit() and tail:
        return []
    if head and not head.isdigit() and (not GROUPED.fullmatch(head) or body[at] in head):
        return []
    if not head and not tail:
        return []
    return [Decimal(f"{_ungrouped(head) if head else 0}.{tail or 0}")]


def _ungrouped(body: str) -> Decimal:
    return Decimal("".join(char for char in body if char.isdigit()))
