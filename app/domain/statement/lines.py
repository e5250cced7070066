"""What a statement file comes down to, whatever its format: lines, and lines that could not be read."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

MAX_BYTES = 50 * 1024 * 1024  # the largest file a caller should hand over
LONGEST_TEXT = 1000  # characters of a payee or memo; longer is a broken file, not a payee
LONGEST_RAW = 200  # characters of a bad line that are shown


class Line(NamedTuple):
    """One booking. ``line`` is the physical line in the file, first = 1; ``minor`` is signed, outflow < 0."""

    line: int
    booked_on: date
    minor: int
    currency: str
    payee_text: str
    memo: str = ""
    category: str = ""
    external_id: str = ""
    balance_minor: int | None = None
    account: str = ""


class BadLine(NamedTuple):
    """A line that cannot be booked, and the sentence that says why."""

    line: int
    reason: str
    raw: str


def shown(text: str) -> str:
    """A file's text, short and printable enough for a message."""
    text = text[: LONGEST_RAW + 1]
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    text = text.strip()
    return text if len(text) <= LONGEST_RAW else text[: LONGEST_RAW - 1] + "…"
