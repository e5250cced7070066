"""What a search compares: texts in small letters, without accents."""

from __future__ import annotations

import unicodedata

MAX_CHARACTERS = 600  # characters; an index entry has its limits


def fold(text: str) -> str:
    """Small letters without accents and doubled spaces: ``Café  ZOË`` is ``cafe zoe``."""
    if text.isascii():
        return " ".join(text.lower().split())
    split = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(each for each in split if not unicodedata.combining(each)).split())


def search_text(payee: str, memo: str, statement_text: str, amount: str = "") -> str:
    """All of a transaction that its search looks into; ``amount`` is the wire form, found without its sign."""
    parts = [payee, memo, statement_text if statement_text != payee else ""]
    return " ".join(filter(None, [fold(" ".join(filter(None, parts)))[:MAX_CHARACTERS], amount.lstrip("-")]))
