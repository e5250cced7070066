"""Find numbers in words in folded text: English, French, Spanish, German and Arabic."""

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
POINTS = frozenset(["point", "dot", "komma", "comma", "virgule", "coma", "punto", "punkt", "con", "oh"])
ENGLISH = frozenset(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])
WORD = re.compile(r"[^\W\d_]+")
GERMAN = re.compile(
    r"(?:(?P<t>[a-zß]{0,40}?)tausend)?(?:(?P<h>[a-zß]{0,20}?)hundert)?(?:und)?"
    r"(?:(?P<u>[a-z]{1,9}?)und(?P<z>[a-zß]{1,9})|(?P<r>[a-zß]{1,12}))?"
)
MAX_WORDS = 20  # of one number

Token = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Spelled:
    """A number in words at ``[start, end)`` of the text. ``is_price``: spoken as a price, such as “three fifty”."""

    value: Decimal
    start: int
    end: int
    is_price: bool = False


def find(folded: str) -> list[Spelled]:
    """Find the runs of number words in a folded text: “twenty-five fifty” is 25.50, “treinta y cinco” is 35."""
    found: list[Spelled] = []
    run: list[Token] = []
    for match in WORD.finditer(folded):
        word = match[0]
        near = not run or folded[run[-1][2] : match.start()] in (" ", "-")
        if near and (_is_number(word) or (run and (word in JOINS or word in POINTS))):
            run.append((word, match.start(), match.end()))
            continue
        found += _read(run)
        run = [(word, match.start(), match.end())] if _is_number(word) else []
    return found + _read(run)


def german(word: str) -> int | None:
    """Parse a German compound such as zweihundertfünfzig, folded."""
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


def _read(run: list[Token]) -> list[Spelled]:
    """The numbers of a run of number words."""
    if len(run) > MAX_WORDS:
        return []
    found: list[Spelled] = []
    at = 0
    while at < len(run):
        if run[at][0] in JOINS or run[at][0] in POINTS:
            at += 1
            continue
        groups = [_take(run, at)]
        while groups[-1][1] < len(run) and run[groups[-1][1]][0] not in JOINS | POINTS:
            groups.append(_take(run, groups[-1][1]))
        one, at = _price(run, at, groups)
        found.append(one)
    return found


def _price(run: list[Token], at: int, groups: list[tuple[int, int]]) -> tuple[Spelled, int]:
    """A price of one to three groups, “one twenty nine ninety five”, else the first group alone; and what is next."""
    (first, end), *others = groups
    start = run[at][1]

    def spelled(value: Decimal, end: int, is_price: bool) -> tuple[Spelled, int]:
        return Spelled(value, start, run[end - 1][2], is_price), end

    if others and first < 10 <= others[0][0] < 100 and len(others) > 1 and 10 <= others[1][0] < 100:
        return spelled(Decimal(first * 100 + others[0][0]) + _hundredths(others[1][0]), others[1][1], True)
    if others and 0 < first < 1000 and 10 <= others[0][0] < 100:
        return spelled(Decimal(first) + _hundredths(others[0][0]), others[0][1], True)
    if end + 1 < len(run) and run[end][0] in POINTS and _is_number(run[end + 1][0]):
        digits, last = "", end + 1
        while last < len(run) and (digit := UNITS.get(run[last][0], 10)) < 10 and len(digits) < 4:
            digits, last = digits + str(digit), last + 1
        if digits:
            if run[end][0] in ("con", "oh"):
                digits = digits.zfill(2)
            return spelled(Decimal(f"{first}.{digits}"), last, True)
        cents, last = _take(run, end + 1)
        if 10 <= cents < 100:
            return spelled(Decimal(first) + _hundredths(cents), last, True)
    return spelled(Decimal(first), end, False)


def _hundredths(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def _take(run: list[Token], at: int) -> tuple[int, int]:
    """Return the longest number that begins here, read as a count, and the next position."""
    total = small = 0
    begun = at
    while at < len(run):
        word = run[at][0]
        before = run[at - 1][0] if at > begun else ""
        if word in JOINS:
            if at + 1 >= len(run) or not _joins(before, run[at + 1][0]):
                break
        elif word in HUNDREDS:
            if small >= 100 or (word in ("cent", "cents") and (small >= 10 or before in ENGLISH)):
                break
            small = max(small, 1) * 100
        elif word in THOUSANDS:
            if total:
                break
            total, small = max(small, 1) * 1000, 0
        elif word in MILLIONS:
            if total >= 10**6:
                break
            total, small = (total + max(small, 1)) * 10**6, 0
        elif (added := _added(word, small, before)) is not None:
            small += added
        elif at > begun:
            break
        at += 1
        if word in UNITS and not UNITS[word]:
            break
    return total + small, max(at, begun + 1)


def _added(word: str, small: int, before: str) -> int | None:
    """What a word adds to the hundreds before it; nothing where it begins a number of its own."""
    value = TENS.get(word) or UNITS.get(word)
    if value is None:
        value = german(word) or 0
    rest = small % 100
    if value >= 100:
        return value if not small else None
    if value == 20 and rest == 4 and before == "quatre":
        return 76
    if word in TENS or value > 20:
        return value if not rest else None
    if value >= 10:
        return value if not rest or before in ("soixante", "vingt", "vingts", "et") else None
    return value if not rest or (rest >= 20 and not rest % 10) else None


def _joins(left: str, right: str) -> bool:
    if left in HUNDREDS or left in THOUSANDS or left in MILLIONS or UNITS.get(left, 0) >= 100:
        return True
    return left in TENS and UNITS.get(right, 99) < 20
