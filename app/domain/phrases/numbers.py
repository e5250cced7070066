"""Numbers in words, in English, French, Spanish, German and Arabic, found in folded text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

UNITS = {
    "zero": 0, "cero": 0, "null": 0,
    "one": 1, "un": 1, "une": 1, "uno": 1, "una": 1, "ein": 1, "eins": 1, "eine": 1, "einen": 1,
    "two": 2, "deux": 2, "dos": 2, "zwei": 2, "three": 3, "trois": 3, "tres": 3, "drei": 3,
    "four": 4, "quatre": 4, "cuatro": 4, "vier": 4, "five": 5, "cinq": 5, "cinco": 5, "funf": 5,
    "six": 6, "seis": 6, "sechs": 6, "seven": 7, "sept": 7, "siete": 7, "sieben": 7,
    "eight": 8, "huit": 8, "ocho": 8, "acht": 8, "nine": 9, "neuf": 9, "nueve": 9, "neun": 9,
    "ten": 10, "dix": 10, "diez": 10, "zehn": 10, "eleven": 11, "onze": 11, "once": 11, "elf": 11,
    "twelve": 12, "douze": 12, "doce": 12, "zwolf": 12, "thirteen": 13, "treize": 13, "trece": 13, "dreizehn": 13,
    "fourteen": 14, "quatorze": 14, "catorce": 14, "vierzehn": 14, "fifteen": 15, "quinze": 15, "quince": 15,
    "funfzehn": 15, "sixteen": 16, "seize": 16, "dieciseis": 16, "sechzehn": 16, "seventeen": 17, "diecisiete": 17,
    "siebzehn": 17, "eighteen": 18, "dieciocho": 18, "achtzehn": 18, "nineteen": 19, "diecinueve": 19,
    "neunzehn": 19, "veintiun": 21, "veintiuno": 21, "veintidos": 22, "veintitres": 23, "veinticuatro": 24,
    "veinticinco": 25, "veintiseis": 26, "veintisiete": 27, "veintiocho": 28, "veintinueve": 29,
    "quinientos": 500, "quinientas": 500, "setecientos": 700, "novecientos": 900, "doscientos": 200,
    "doscientas": 200, "trescientos": 300, "trescientas": 300, "cuatrocientos": 400, "seiscientos": 600,
    "ochocientos": 800, "ciento": 100, "مية": 100, "مئة": 100, "مائة": 100, "مئتين": 200, "ميتين": 200, "خمسمية": 500,
    "خمسمئة": 500, "عشرة": 10, "عشرين": 20, "خمسين": 50, "الفين": 2000,
}  # fmt: skip
TENS = {
    "twenty": 20, "vingt": 20, "vingts": 20, "veinte": 20, "zwanzig": 20, "thirty": 30, "trente": 30, "treinta": 30,
    "dreißig": 30, "dreissig": 30, "forty": 40, "fourty": 40, "quarante": 40, "cuarenta": 40, "vierzig": 40,
    "fifty": 50, "cinquante": 50, "cincuenta": 50, "funfzig": 50, "sixty": 60, "soixante": 60, "sesenta": 60,
    "sechzig": 60, "seventy": 70, "septante": 70, "setenta": 70, "siebzig": 70, "eighty": 80, "huitante": 80,
    "ochenta": 80, "achtzig": 80, "ninety": 90, "nonante": 90, "noventa": 90, "neunzig": 90,
}  # fmt: skip
HUNDREDS = frozenset(["hundred", "cent", "cents", "cien", "hundert"])
THOUSANDS = frozenset(["thousand", "mille", "mil", "tausend", "grand", "الف"])
MILLIONS = frozenset(["million", "millions", "millon", "millones", "millionen", "مليون"])
JOINS = frozenset(["and", "et", "y", "und"])
WORD = re.compile(r"[^\W\d_]+")
GERMAN = re.compile(
    r"(?:(?P<t>[a-zß]*?)tausend)?(?:(?P<h>[a-zß]*?)hundert)?(?:und)?(?:(?P<u>[a-z]+?)und(?P<z>[a-zß]+)|(?P<r>[a-zß]+))?"
)


@dataclass(frozen=True, slots=True)
class Spelled:
    """A number in words at ``[start, end)`` of the text."""

    value: Decimal
    start: int
    end: int
    words: int


def find(folded: str) -> list[Spelled]:
    """The runs of number words in a folded text."""
    found: list[Spelled] = []
    run: list[tuple[str, int, int]] = []
    for match in WORD.finditer(folded):
        word = match[0]
        near = not run or folded[run[-1][2] : match.start()] in (" ", "-")
        if near and (_is_number(word) or (run and word in JOINS)):
            run.append((word, match.start(), match.end()))
            continue
        found += _close(run)
        run = [(word, match.start(), match.end())] if _is_number(word) else []
    return found + _close(run)


def german(word: str) -> int | None:
    """A German compound such as zweihundertfünfzig, written in one word and folded."""
    if len(word) > 60 or not ("und" in word or "hundert" in word or "tausend" in word):
        return None
    found = GERMAN.fullmatch(word)
    if found is None:
        return None
    total = 0
    for name, scale in (("t", 1000), ("h", 100)):
        if (part := found[name]) is not None:
            small = 1 if not part else UNITS.get(part, TENS.get(part))
            if small is None and name == "t":
                small = german(part)
            if small is None:
                return None
            total += small * scale
    if found["u"]:
        if found["u"] not in UNITS or found["z"] not in TENS:
            return None
        return total + UNITS[found["u"]] + TENS[found["z"]]
    if found["r"]:
        rest = UNITS.get(found["r"], TENS.get(found["r"]))
        return None if rest is None else total + rest
    return total


def _is_number(word: str) -> bool:
    return (
        word in UNITS or word in TENS or word in HUNDREDS or word in THOUSANDS or word in MILLIONS
        or german(word) is not None
    )  # fmt: skip


def _close(run: list[tuple[str, int, int]]) -> list[Spelled]:
    while run and run[-1][0] in JOINS:
        run = run[:-1]
    if not run or len(run) > 20:
        return []
    # "twelve and fifteen" are two numbers, "a hundred and fifty" and "treinta y cinco" one.
    for at, (word, _start, _end) in enumerate(run):
        if word in JOINS and not _joins(run[at - 1][0], run[at + 1][0]):
            return _close(run[:at]) + _close(run[at + 1 :])
    value = _value([word for word, _start, _end in run if word not in JOINS])
    return [Spelled(Decimal(value), run[0][1], run[-1][2], len(run))]


def _joins(left: str, right: str) -> bool:
    if left in HUNDREDS or left in THOUSANDS or left in MILLIONS or (left in UNITS and UNITS[left] >= 100):
        return True
    return left in TENS and right in UNITS and UNITS[right] < 20


def _value(words: list[str]) -> int:
    total = small = 0
    for word in words:
        if word in HUNDREDS:
            small = max(small, 1) * 100
        elif word in THOUSANDS:
            total, small = total + max(small, 1) * 1000, 0
        elif word in MILLIONS:
            total, small = (total + max(small, 1)) * 10**6, 0
        elif word in TENS:
            quatre_vingt = TENS[word] == 20 and small % 100 == 4
            small = small + 76 if quatre_vingt else small + TENS[word]
        else:
            small += UNITS[word] if word in UNITS else german(word) or 0
    return total + small
