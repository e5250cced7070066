"""Texts to search: lower case without accents."""

from __future__ import annotations

import unicodedata

MAX_CHARACTERS = 600  # characters; index entries are limited


def fold(text: str) -> str:
    """Return lower case without accents and double spaces: ``Café ZOË`` becomes ``cafe zoe``."""
    if text.isascii():
        return " ".join(text.lower().split())
    split = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(each for each in split if not unicodedata.combining(each)).split())


def search_text(payee: str, memo: str, statement_text: str, amount: str = "") -> str:
    """Return everything that a transaction is found by. ``amount`` is in wire format, found without its sign."""
    parts = [payee, memo, statement_text if statement_text != payee else ""]
    return " ".join(filter(None, [fold(" ".join(filter(None, parts)))[:MAX_CHARACTERS], amount.lstrip("-")]))
