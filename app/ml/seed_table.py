"""What household merchants and words usually mean, in several countries and four languages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from app.ml.features import plain

TABLE = Path(__file__).parent / "data" / "seed_table.txt"
LONGEST_PHRASE = 5  # words


@dataclass(frozen=True, slots=True)
class Hint:
    """``sure`` tells a merchant's name from a general word."""

    phrase: str
    key: str
    sure: bool


@cache
def table() -> dict[str, tuple[Hint, ...]]:
    """Phrase → hints. A line of the file reads ``groceries merchants: aldi, lidl`` or ``… words: …``."""
    hints: dict[str, tuple[Hint, ...]] = {}
    for line in TABLE.read_text("utf-8").splitlines():
        head, colon, phrases = line.partition(":")
        if line.startswith("#") or not colon:
            continue
        key, kind = head.split()
        for phrase in filter(None, map(plain, phrases.split(","))):
            known = hints.get(phrase, ())
            if all(hint.key != key for hint in known):
                hints[phrase] = (*known, Hint(phrase, key, kind == "merchants"))
    return hints


@lru_cache(maxsize=8192)
def hints(text: str) -> tuple[Hint, ...]:
    """What is known of a line, the longest phrase first; phrases inside a longer one do not count."""
    parts, known = plain(text).split(), table()
    found: list[Hint] = []
    taken: set[int] = set()
    for size in range(min(LONGEST_PHRASE, len(parts)), 0, -1):
        for start in range(len(parts) - size + 1):
            span = range(start, start + size)
            here = known.get(" ".join(parts[start : start + size]))
            if here and not taken.intersection(span):
                taken.update(span)
                found += here
    return tuple(found)
