"""Find the amounts of a sentence: digits and number words with multipliers, currencies and cents."""

# ruff: noqa: E501 (tables of words read better in long lines)

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from app.domain.amounts import SHARED, SYMBOLS, currency_of, decimal_mark, figures
from app.domain.money import MAX_MINOR, Money, currencies, exponent
from app.domain.phrases import numbers, words

Span = tuple[int, int]
FIGURES = re.compile(
    r"(?:(?<![\w.,])|(?<=[0-9][x×*]))(?:[0-9]{1,3}(?:[ '.,][0-9]{3}){1,8}(?![0-9])(?:[.,][0-9]{1,2}(?![0-9]))?|[0-9]{1,2}(?:,[0-9]{2}){1,8},[0-9]{3}(?:\.[0-9]{1,2})?|[0-9]{1,24}(?:[.,][0-9]{1,24})?|[.,][0-9]{1,2})(?![0-9]|[.,][0-9])"
)
POWER = re.compile(r"(?<![\w.,])[0-9][0-9.,]{0,30}e[+-][0-9]{1,9}(?![0-9])")  # 1E+400 is no amount, nor two of them
_signs = "|".join(re.escape(sign) for sign in sorted([*SYMBOLS, *SHARED], key=len, reverse=True))
_codes = "|".join(code.lower() for code in sorted(currencies()))
_names = "|".join(re.escape(word) for word in sorted(words.CURRENCY_WORDS, key=len, reverse=True))
_cent_words = "|".join(sorted(words.CENTS, key=len, reverse=True))
_scales = "|".join(sorted(words.MULTIPLIERS, key=len, reverse=True))
BEFORE = re.compile(rf"(?:(?<!\w)(?P<code>{_codes}|chf|sfr)|(?P<sign>{_signs}))\s?$")
SCALE = re.compile(rf"(\s?)({_scales})(?:\s(?:de|d'))?(?!\w)")
AFTER = re.compile(rf"\s?(?:de |d')?(?:(?P<sign>{_signs})|(?P<word>{_names})(?!\w)|(?P<code>{_codes})(?!\w))")
SMALL = re.compile(rf"(?:(?<=[0-9])(?P<short>c)|\s?(?P<cents>{_cent_words}|¢))(?!\w)")
JOINED = re.compile(r"\s?(?:(?:and|et|y|con|und) )?")
PART = re.compile(r"[0-9]{1,2}(?![0-9.,x%:])")
#: What may stand behind the cents of “3 quid 20”: nothing, or a word that does not make the figure a count.
PART_ENDS = re.compile(
    r"\s?(?:$|[^\w\s€$£¥%]|\x01|(?:for|at|on|in|from|to|with|and|by|pour|chez|sur|avec|et|para|por|con|y|en|fur|bei|im|am|mit|und|an|von|de|del|per|each|hier|ago)(?!\w))"
)
TIMES = re.compile(r"(?<![\w.,])([0-9]{1,3})\s?[x×*]\s?$")
TIMES_AFTER = re.compile(r"\s?[x×*]\s?([0-9]{1,3})(?![\w.,])")
_count = r"(?P<count>[0-9]{1,3}|" + "|".join(word for word, value in numbers.UNITS.items() if 1 < value < 20) + r")"
#: “3 tickets at” and “3 tickets”, up to the price of one.
COUNTED = re.compile(
    rf"(?<![\w.,]){_count}(?:\s(?P<things>[^\W\d_][\w'-]{{0,30}}(?:\s[^\W\d_][\w'-]{{0,30}}){{0,3}}?))?(?:\s?(?P<by>(?<!\w)(?:at|a|zu je|je|zu|for|por|pour|fur)|@))?\s?$"
)
COUNTED_AFTER = re.compile(rf"[\s,]{{1,2}}(?:for |x |pour |por |fur )?{_count}\s(?=[^\W\d_]{{3}})")
EACH = re.compile(
    r"\s?(?:each|apiece|a piece|(?:per|a|pro) (?:piece|person|head|ticket|unit|stuck|kopf|nase)|chacune?s?|(?:l')?unite|(?:la |par )?piece|par (?:personne|tete)|das stuck|stuck|cada un[oa]|la unidad|por (?:persona|cabeza|unidad))(?!\w)"
)
FRACTIONS = {
    "half": 2,
    "halfte": 2,
    "moitie": 2,
    "mitad": 2,
    "third": 3,
    "drittel": 3,
    "tiers": 3,
    "tercio": 3,
    "quarter": 4,
    "viertel": 4,
    "quart": 4,
    "cuarto": 4,
}
FRACTION = re.compile(
    r"(?<!\w)(?:(?:the|a|my|our|one|die|meine|ein|la|le|un|ma|mon|mi) )?("
    + "|".join(FRACTIONS)
    + r") (?:of |von |vom |de |d'|des |del )(?:(?:the|a|an|my|our|die|der|den|dem|les|la|le|los|las|el|un|une|una) )?$"
)
#: “my half is 30”, said of the amount before.
_own_share = r"(?<!\w)(?:my|mine|mein|meine|ma|mon|mi)(?: own)? (?:half|share|part|halfte|anteil|teil|moitie|part|mitad|parte)(?: of it| davon)?(?: (?:is|was|ist|war|est|c'est|es|fue|=))?[:=]? ?"
OWN_SHARE = re.compile(_own_share + "$")
OWN_SHARE_AFTER = re.compile(r"(?<=[\w,;.] )" + _own_share + r"(?=[^\w\s]?[0-9])")
CLOCK = re.compile(
    r"(?<![\w.,:])(?:(?:at|around|about|by|um|gegen|ab|vers|a|a las?|sobre las?) )?(?:"
    r"(?:[01]?[0-9]|2[0-4])(?:"
    r"[:h][0-5][0-9](?::[0-5][0-9])?(?:\s?(?:am|pm|a\.m\.|p\.m\.|uhr|h|hrs))?"
    r"|\.[0-5][0-9]\s?(?:am|pm|uhr)|(?:am|\s?(?:pm|a\.m\.|p\.m\.|o'clock|oclock)|\sam(?=\s?(?:$|[^\w\s]|for|on|with|and)))|\suhr(?:\s[0-5][0-9](?![0-9.,]))?"
    r")|(?:half past|quarter past|quarter to|halb|viertel vor|viertel nach)\s(?:[0-9]{1,2}|[a-z]{3,6})"
    r")(?!\w|[.,:]?[0-9]|\s?[€$£])"
    r"|(?<!\w)(?:um|vers|a las?|sobre las?|gegen)\s(?:[01]?[0-9]|2[0-4])(?:\s?h)?(?: y (?:media|cuarto))?(?!\w|[.,:]?[0-9]|\s?(?:€|euros?|eur\b|\$))"
    r"|(?<!\w)(?:at|a)\s(?:[01]?[0-9]|2[0-4])\s?h(?!\w)"
)
#: A number behind one of these names a product or a place.
NUMBERED = re.compile(
    r"(?<!\w)(?:iphone|ipad|ps|playstation|xbox|galaxy|pixel|windows|formula|model|route|gate|size|grosse|taille|talla|line|ligne|linie|linea|platform|gleis|seat|room|zimmer|chambre|habitacion|page|seite|chapter|kapitel|level|floor|version|season|staffel|saison|episode|volume|vol|part|number|no|nr|num|terminal|zone|flight|flug|bus line|channel|studio|area|type|grade|class|klasse|catch|top|route|highway|exit|lot|unit|apt|apartment|suite|building|step)\.? ?$"
)
AT_A_TIME = re.compile(r"(?<!\w)(?:at|um|vers|a|gegen|around) $")
TIME_OF_DAY = re.compile(r"(?:[01]?[0-9]|2[0-4])(?:[.][0-5][0-9])?")


MAX_NUMBERS = 60  # a text with more of them is a table and no sentence


@dataclass(slots=True)
class Sum:
    """An amount at ``[start, end)``.

    ``strong``: its format alone says that it is money. ``readings`` are all its possible values, likeliest first.
    ``cuts`` are the parts of the text that it uses.
    """

    money: Money
    start: int
    end: int
    strong: bool
    named: bool  # the currency is written
    signed: str = ""
    readings: tuple[Money, ...] = ()
    cuts: tuple[Span, ...] = ()

    @property
    def sure(self) -> bool:
        return len(self.readings) < 2

    def scale(self, numerator: int, denominator: int = 1) -> None:
        """Multiply the amount and all its readings, rounding half-even."""
        self.readings = tuple(_scale_money(each, numerator, denominator) for each in self.readings)
        self.money = _scale_money(self.money, numerator, denominator)


def find(folded: str, original: str, currency: str, locale: str) -> list[Sum]:
    """Return the amounts of a folded text in which dates are blanked, in order."""
    mark = decimal_mark(locale)
    folded = POWER.sub(lambda power: " " * len(power[0]), folded)
    spelled = {one.start: one for one in numbers.find(folded)}
    written = list(FIGURES.finditer(folded))
    if len(written) + len(spelled) > MAX_NUMBERS:
        return []
    found: list[Sum] = []
    for match in written:
        if (found and match.start() < found[-1].end) or len(match[0]) > 24:
            continue
        values = figures(match[0], mark)
        one = _sum(folded, original, match.span(), values, currency, "." in match[0] or "," in match[0], spelled)
        if one is not None:
            if found and one.start < found[-1].end:
                found.pop()
            found.append(one)
    for word in spelled.values():
        if any(word.start < seen.end and seen.start < word.end for seen in found):
            continue
        one = _sum(folded, original, (word.start, word.end), [word.value], currency, word.is_price, spelled)
        if one is not None and (one.strong or word.value >= 20) and folded[word.start : word.end] != "seven eleven":
            found.append(one)
    found.sort(key=lambda one: one.start)
    return _without_times(folded, _multiplied(folded, found))


def _multiplied(folded: str, found: list[Sum]) -> list[Sum]:
    """Prices each become totals, and halves of amounts halves; the counts in front of them are no amounts."""
    counts: list[Span] = []
    for one in found:
        head = folded[max(0, one.start - 90) : one.start]
        lead = one.start - len(head)
        each = EACH.match(folded, one.end)
        counted = COUNTED.search(head)
        if counted and (count := _number(counted["count"])) > 1 and _is_price_each(head, counted, each, count):
            one.scale(count)
            start, end = lead + counted.start("count"), lead + counted.end("count")
            counts.append((start, end))
            by = (lead + counted.start("by"), one.start) if counted["by"] else (one.start, one.start)
            one.cuts = ((start, end), by, (one.start, each.end() if each else one.end))
            one.end, one.strong = each.end() if each else one.end, True
        elif each and (after := COUNTED_AFTER.match(folded, each.end())) and (count := _number(after["count"])) > 1:
            one.scale(count)
            counts.append(after.span("count"))
            one.cuts = ((one.start, after.end("count")),)
            one.end, one.strong = after.end("count"), True
        elif part := FRACTION.search(head):
            one.scale(1, FRACTIONS[part[1]])
            one.cuts = ((lead + part.start(), one.end),)
    return [one for one in found if not any(start <= one.start < end for start, end in counts)]


def _is_price_each(head: str, counted: re.Match[str], each: re.Match[str] | None, count: int) -> bool:
    """Whether a count in front of a price is one: “3 tickets at”, not “bus 24 ticket at” or “2 coffees at Kim's”."""
    by = counted["by"] or ""
    if not each and by not in ("at", "@", "a", "je", "zu je"):
        return False
    things = counted["things"] or ""
    if not things and not (each or by == "@"):
        return False
    if any(word in words.NO_THINGS for word in things.split()):
        return False
    before = head[: counted.start()].split()
    plural = any(word.endswith(("s", "n", "e", "r", "x")) for word in things.split())
    return count <= 12 or plural or not before or before[-1] in words.EDGE


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else numbers.UNITS.get(text, 0)


def _without_times(folded: str, found: list[Sum]) -> list[Sum]:
    """Leave out “at 9” beside another amount, and numbers of products and places."""
    kept = []
    for one in found:
        head = folded[max(0, one.start - 30) : one.start]
        if not one.named and not one.cuts and len(found) > 1:
            written = folded[one.start : one.end]
            if AT_A_TIME.search(head) and TIME_OF_DAY.fullmatch(written):
                continue
            if written.isdecimal() and len(written) < 4 and NUMBERED.search(head):
                continue
        kept.append(one)
    return kept


def _sum(
    folded: str,
    original: str,
    span: Span,
    values: list[Decimal],
    currency: str,
    fine: bool,
    spelled: dict[int, numbers.Spelled],
) -> Sum | None:
    start, end = span
    if not values:
        return None
    head = folded[max(0, start - 8) : start]
    unit, strong, times = None, fine, 1
    if (before := BEFORE.search(head)) is not None and _meant(before, original, start - len(head)):
        unit = currency_of(before["sign"] or before["code"], currency)
        start -= len(head) - before.start()
        strong = True
    scaled = False
    if (scale := SCALE.match(folded, end)) and _is_scale(scale, folded, original, unit):
        values, strong, end = [_scaled(values, words.MULTIPLIERS[scale[2]], fine)], True, scale.end()
        scaled = True
    if unit is None and (after := AFTER.match(folded, end)) is not None and _meant(after, original, 0):
        unit = _named(after, currency)
        strong, end = True, after.end()
    if unit is None and (small := SMALL.match(folded, end)) is not None:
        unit, strong, end = words.CENTS.get(small["cents"] or "", "") or currency, True, small.end()
        values = [value.scaleb(-exponent(unit)) for value in values]
    elif unit and exponent(unit) == 2 and not fine and not scaled and (part := _cents(folded, end, spelled)):
        values, end = [values[0] + part[0]], part[1]
    elif unit is None and words.UNIT_AFTER.match(folded, end):
        return None
    if many := TIMES.search(folded, max(0, start - 8), start):
        times, start = int(many[1]), many.start()
    elif more := TIMES_AFTER.match(folded, end):
        times, end = int(more[1]), more.end()
    sign = re.search(r"(?<![\w.,])([+-])\s?$", folded[max(0, start - 3) : start])
    return _built([value * times for value in values], unit, currency, (start, end), strong or times > 1, sign)


def _cents(folded: str, end: int, spelled: dict[int, numbers.Spelled]) -> tuple[Decimal, int] | None:
    """The cents behind a currency, “3 quid 20”, “zwölf Euro fünfzig”, “2 dollars and 5 cents”; and where they end."""
    joined = JOINED.match(folded, end)
    if joined is None:
        return None
    at = joined.end()
    if (word := spelled.get(at)) is not None and not word.is_price:
        cents, stop = int(word.value), word.end
    elif (digits := PART.match(folded, at)) is not None:
        cents, stop = int(digits[0]), digits.end()
    else:
        return None
    named = SMALL.match(folded, stop)
    is_two_digits = cents >= 10 or (word is None and stop - at == 2)
    if not 0 <= cents < 100 or not (named or (is_two_digits and PART_ENDS.match(folded, stop))):
        return None
    if not named and joined[0].strip() in ("and", "et", "y", "und"):
        return None  # “2 euros and 20 for the bus” are two amounts
    return Decimal(cents).scaleb(-2), named.end() if named else stop


def _built(
    values: list[Decimal], unit: str | None, currency: str, span: Span, strong: bool, sign: re.Match[str] | None
) -> Sum | None:
    known = unit or currency
    try:
        scaled = [value.scaleb(exponent(known)) for value in values]
    except InvalidOperation:
        return None
    fitting = [value for value in scaled if value == value.to_integral_value()]
    if len(values) == 1 and values[0] < 1000 and -int(values[0].as_tuple().exponent) == 3 > exponent(known):
        # "1,250" where the comma is decimal, and "1.900" where the point is: more decimals than the currency has
        fitting, scaled = [scaled[0] * 1000, *fitting], [*scaled, scaled[0] * 1000]
    if not fitting or not 0 < fitting[0] < MAX_MINOR:
        return None
    readings = tuple(
        dict.fromkeys(Money(int(value.to_integral_value(ROUND_HALF_EVEN)), known) for value in [*fitting, *scaled])
    )
    return Sum(readings[0], *span, strong, unit is not None, sign[1] if sign else "", readings, (span,))


def _is_scale(scale: re.Match[str], folded: str, original: str, unit: str | None) -> bool:
    """Whether an m is a million: it is large and close, or a currency stands beside it."""
    if scale[2] != "m" or unit:
        return True
    at = scale.start(2)
    return bool(AFTER.match(folded, scale.end())) or (not scale[1] and original[at : at + 1] == "M")


def _scale_money(money: Money, numerator: int, denominator: int) -> Money:
    exact = Decimal(money.minor) * numerator / denominator
    return Money(int(exact.to_integral_value(ROUND_HALF_EVEN)), money.currency)


def _scaled(values: list[Decimal], scale: int, fine: bool) -> Decimal:
    # "1.250k" is one and a quarter thousand, whatever the separator.
    return (values[-1] if fine else values[0]) * scale


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
