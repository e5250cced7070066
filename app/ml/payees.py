"""One name for the many texts under which a payee appears on statements."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

# What banks write around the payee, in the languages of the interface; dropped only while other words remain.
_NOISE = """
achat ach auth
bacs bank bill bill-payment booking buchung card carte cb cargo compra contactless credit dd
debit direct domiciliacion dauerauftrag echeance facture faster
from gutschrift kartenzahlung lastschrift mandat
mandate mc online order paiement payment pago payt pmt pos prelevement prlv purchase rcur recibo recurring ref
reference sepa standing sto to transaction transfer transferencia txn uberweisung vir virement visa web
january february march april may june july august september october november december
jan feb mar apr jun jul aug sep sept oct nov dec
janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
januar februar marz juni juli oktober dezember
"""
NOISE = frozenset(_NOISE.split())
SEPARATORS = re.compile(r"[\s*/|,;:_#()\[\]]+")
EDGES = ".-–—'\"+"
URL = re.compile(r"^(https?://)?(www\.)?(?P<host>[\w-]+)\.(com|net|org|io|co|de|fr|es|it|eu|uk|tv|app)\b.*$")


@lru_cache(maxsize=50_000)
def key(text: str) -> str:
    """What is the same on every line of one payee: lower case without accents, numbers, dates, bank words."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    words = [_word(w) for w in SEPARATORS.split(plain)]
    words = [w for w in words if w]
    names = [w for w in words if not any(c.isdigit() for c in w) and w not in NOISE and len(w) > 1]
    return " ".join((names or [w for w in words if w not in NOISE] or words)[:4]) or plain.strip()


def name(texts: Iterable[str]) -> str:
    """The payee as a person would write it: the words of its key as the raw texts spell them."""
    commonest = Counter(t.strip() for t in texts).most_common(1)[0][0]
    kept, wanted = [], set(key(commonest).split())
    for word in SEPARATORS.split(commonest):
        bare = key(word) if word else ""
        if bare and bare in wanted:
            site = URL.match(word.strip(EDGES).casefold())
            kept.append(site["host"].title() if site else word.strip(EDGES))
            wanted.discard(bare)
    shown = " ".join(kept) or commonest
    return shown.title() if shown.isupper() or shown.islower() else shown


def _word(word: str) -> str:
    word = word.strip(EDGES)
    site = URL.match(word)
    return site["host"] if site else word
