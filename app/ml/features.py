"""What the categoriser sees of a statement line: words, hashed letter groups, sign and size."""

from __future__ import annotations

import math
import re
import unicodedata
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

DIMENSIONS = 1 << 15
SHORTEST, LONGEST = 2, 5  # letters in a group
LETTERS_READ = 64  # the merchant stands at the front; what follows is references

_NOISE = re.compile(
    r"^(?:(?:sq|sp|tst|pp|paypal|zettle|iz|sumup|izettle|pos|vis|visa|deb|dd|so|cb|cpm|clp|bacs|fpi|fpo)"
    r"\s*\*\s*"
    r"|(?:card (?:payment|purchase)(?: to)?|contactless(?: payment)?|direct debit(?: to)?|debit card purchase"
    r"|purchase authorized on|pos (?:purchase|debit)|checkcard|paiement (?:par )?carte|paiement cb|achat cb"
    r"|carte|prlv(?: sepa)?|prelevement(?: sepa)?|virement(?: sepa)?(?: de| en faveur de)?"
    r"|compra(?: con)? tarjeta|pago con tarjeta|pago en|compra en|recibo|adeudo(?: sepa)?"
    r"|kartenzahlung|lastschrift|sepa(?:-| )lastschrift|girocard|ec(?: |-)karte|pagamento (?:pos|carta)"
    r"|betaalautomaat|bea)\s+(?:\d{2}[/.]\d{2}(?:[/.]\d{2,4})?\s+)?)+"
)
_WORD = re.compile(r"[^\W\d_]+|\d+")


@lru_cache(maxsize=65_536)
def plain(text: str) -> str:
    """Lower case, no accents, no card prefixes, only letters and single digits left between single spaces."""
    folded = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return " ".join(_WORD.findall(_NOISE.sub("", bare.strip())))


@lru_cache(maxsize=4_096)
def words(text: str) -> tuple[str, ...]:
    """The words of a line in their order, store numbers and other figures left out."""
    return tuple(word for word in plain(text).split() if not word.isdigit())


@lru_cache(maxsize=65_536)
def payee_key(text: str) -> str:
    """What stays the same from one visit to the next: the words without numbers.

    Finer than ``domain.payees.key``, which joins a chain's shop, pump and website: people file those apart,
    and measured on real card lines the finer key files two to three rows in a hundred more rightly.
    """
    return " ".join(words(text)) or plain(text)


def amount_bucket(amount: float) -> int:
    """Sign and half powers of ten of an amount: -11..11, 0 for nothing."""
    size = min(11, 1 + int(2 * math.log10(1 + abs(amount))))
    return 0 if amount == 0 else size if amount > 0 else -size


def bucket_amount(amount: float) -> float:
    """One amount that stands for all in its bucket."""
    return STANDARD[amount_bucket(amount)]


STANDARD = {sign * size: sign * round(10 ** ((size - 0.5) / 2) - 1, 3) for size in range(1, 12) for sign in (-1, 1)} | {
    0: 0.0
}


def grams(text: str) -> list[str]:
    """Words, pairs of words and letter groups (2 to 5, inside a word with its borders) of a line."""
    found = list(words(text))
    pieces = [f"w:{word}" for word in found]
    pieces += [f"p:{one} {two}" for one, two in pairwise(found)]
    pieces.append("t:" + " ".join(found))
    joined = f" {' '.join(found)} "[:LETTERS_READ]
    for size in range(SHORTEST, LONGEST + 1):
        pieces += [joined[at : at + size] for at in range(len(joined) - size + 1)]
    return pieces


def hashed(piece: str) -> int:
    return crc32(piece.encode()) & (DIMENSIONS - 1)
