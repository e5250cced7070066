"""The amounts of a sentence: figures and number words with their multipliers, currencies and cents."""

# ruff: noqa: E501 (tables of words read better in long lines)

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from app.domain.amounts import SHARED, SYMBOLS, currency_of, decimal_mark, figures
from app.domain.money import LARGEST, Money, currencies, exponent
from app.domain.phrases import numbers, words

FIGURES = re.compile(
    r"(?:(?<![\w.,])|(?<=[0-9][x×*]))(?:[0-9]{1,3}(?:[ '.,][0-9]{3})+(?![0-9])(?:[.,][0-9]{1,2}(?![0-9]))?|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}(?:\.[0-9]{1,2})?|[0-9]+(?:[.,][0-9]+)?|[.,][0-9]{1,2})(?![0-9]|[.,][0-9])"
)
POWER = re.compile(r"(?<![\w.,])[0-9][0-9.,]*e[+-][0-9]+")  # 1E+400 is no amount, nor two of them
_signs = "|".join(re.escape(sign) for sign in sorted([*SYMBOLS, *SHARED], key=len, reverse=True))
_codes = "|".join(code.lower() for code in sorted(currencies()))
_names = "|".join(re.escape(word) for word in sorted(words.CURRENCY_WORDS, key=len, reverse=True))
_cents = "|".join(sorted(words.CENTS, key=len, reverse=True))
_scales = "|".join(sorted(words.MULTIPLIERS, key=len, reverse=True))
BEFORE = re.compile(rf"(?:(?<!\w)(?P<code>{_codes}|chf|sfr)|(?P<sign>{_signs}))\s?$")
SCALE = re.compile(rf"\s?({_scales})(?:\s(?:de|d'))?(?!\w)")
AFTER = re.compile(rf"\s?(?:de |d')?(?:(?P<sign>{_signs})|(?P<word>{_names})(?!\w)|(?P<code>{_codes})(?!\w))")
SMALL = re.compile(rf"\s?(?P<cents>{_cents})(?!\w)")
THEN = re.compile(
    rf"(?P<joined>\s?(?:and |et |y |con |und )?)(?P<part>[0-9]{{1,2}})(?![0-9.,x%])(?P<cents>\s?(?:{_cents})(?!\w))?"
)
TIMES = re.compile(r"(?<![\w.,])([0-9]{1,3})\s?[x×*]\s?$")
TIMES_AFTER = re.compile(r"\s?[x×*]\s?([0-9]{1,3})(?![\w.,])")


@dataclass(slots=True)
class Sum:
    """An amount at ``[start, end)``; ``strong`` where its writing alone says that it is money."""

    money: Money
    start: int
    end: int
    strong: bool
    sure: bool
    named: bool  # the currency is written
    signed: str = ""


def find(folded: str, original: str, currency: str, locale: str) -> list[Sum]:
    """The amounts of a folded text in which dates are already blanked, in order."""
    mark = decimal_mark(locale)
    folded = POWER.sub(lambda power: " " * len(power[0]), folded)
    found: list[Sum] = []
    for match in FIGURES.finditer(folded):
        if found and match.start() < found[-1].end:
            continue
        if len(match[0]) > 24:
            continue
        values = figures(match[0], mark)
        one = _sum(folded, original, match.start(), match.end(), values, currency, "." in match[0] or "," in match[0])
        if one is not None:
            if found and one.start < found[-1].end:
                found.pop()
            found.append(one)
    for spelled in numbers.find(folded):
        if any(spelled.start < seen.end and seen.start < spelled.end for seen in found):
            continue
        one = _sum(folded, original, spelled.start, spelled.end, [spelled.value], currency, False)
        if one is not None and (one.strong or spelled.value >= 20):
            found.append(one)
    return sorted(found, key=lambda one: one.start)


def _sum(
    folded: str, original: str, start: int, end: int, values: list[Decimal], currency: str, fine: bool
) -> Sum | None:
    if not values:
        return None
    head = folded[max(0, start - 8) : start]
    unit, strong, times = None, fine, 1
    if (before := BEFORE.search(head)) is not None and _meant(before, original, start - len(head)):
        unit = currency_of(before["sign"] or before["code"], currency)
        start -= len(head) - before.start()
        strong = True
    if scale := SCALE.match(folded, end):
        values, strong, end = [_scaled(values, words.MULTIPLIERS[scale[1]], fine)], True, scale.end()
    if unit is None and (after := AFTER.match(folded, end)) is not None and _meant(after, original, 0):
        unit = _named(after, currency)
        strong, end = True, after.end()
    if unit is None and (small := SMALL.match(folded, end)) is not None:
        unit, strong, end = words.CENTS[small["cents"]] or currency, True, small.end()
        values = [value.scaleb(-exponent(unit)) for value in values]
    elif unit and (then := THEN.match(folded, end)) and (then["cents"] or not then["joined"] or then["joined"].strip()):
        if values[0] == values[0].to_integral_value() and exponent(unit) == 2 and _is_part(then):
            values, end = [values[0] + Decimal(then["part"]).scaleb(-2)], then.end()
    elif unit is None and words.UNIT_AFTER.match(folded, end):
        return None
    if many := TIMES.search(folded, max(0, start - 8), start):
        times, start = int(many[1]), many.start()
    elif more := TIMES_AFTER.match(folded, end):
        times, end = int(more[1]), more.end()
    sign = re.search(r"(?<![\w.,])([+-])\s?$", folded[max(0, start - 3) : start])
    return _built([value * times for value in values], unit, currency, start, end, strong or times > 1, sign)


def _built(
    values: list[Decimal],
    unit: str | None,
    currency: str,
    start: int,
    end: int,
    strong: bool,
    sign: re.Match[str] | None,
) -> Sum | None:
    known = unit or currency
    try:
        scaled = [value.scaleb(exponent(known)) for value in values]
    except InvalidOperation:
        return None
    fitting = [value for value in scaled if value == value.to_integral_value()]
    if not fitting and len(values) == 1 and (values[0] * 1000) % 1 == 0 and values[0] < 1000:
        fitting, scaled = [scaled[0] * 1000], [*scaled, scaled[0]]  # "1,250" where the comma is decimal
    if not fitting or not 0 < fitting[0] < LARGEST:
        return None
    money = Money(int(fitting[0]), known)
    return Sum(money, start, end, strong, len(scaled) == 1, unit is not None, sign[1] if sign else "")


def _scaled(values: list[Decimal], scale: int, fine: bool) -> Decimal:
    # "1.250k" is one and a quarter thousand, whatever the separator.
    return (values[-1] if fine else values[0]) * scale


def _is_part(then: re.Match[str]) -> bool:
    return len(then["part"]) == 2 or bool(then["cents"])


def _meant(match: re.Match[str], original: str, offset: int) -> bool:
    """Whether letters that also make a word stand here for a currency."""
    code = match["code"]
    if not code or code not in words.CODES_THAT_ARE_WORDS:
        return True
    at = offset + match.start("code")
    return original[at : at + 3].isupper()


def _named(match: re.Match[str], default: str) -> str | None:
    if match["word"]:
        if default in words.FAMILIES.get(match["word"], "").split():
            return default
        return words.CURRENCY_WORDS[match["word"]]
    return currency_of(match["sign"] or match["code"], default)
