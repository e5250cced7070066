"""Lines of a statement in any format, and lines that cannot be read."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

MAX_BYTES = 50 * 1024 * 1024  # of a file
MAX_TEXT = 1000  # characters of a payee or memo; longer is a broken file, not a payee
MAX_RAW = 200  # characters of a bad line that are shown


class Line(NamedTuple):
    """One transaction. ``line`` is the physical line in the file, from 1; ``minor`` is signed, outflow negative."""

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
    is_pending: bool = False  # pending
    has_payee_name: bool = False  # ``payee_text`` is the name of a payee as a person gave it, not a bank's text


class BadLine(NamedTuple):
    """A line that is not imported, with the reason.

    ``kind`` tells a line that cannot be read from one that is readable but no booked transaction.
    """

    line: int
    reason: str
    raw: str
    kind: Literal["failed", "pending", "not_booked"] = "failed"


def printable(text: str) -> str:
    """Return a file's text, short and printable enough for a message."""
    text = text[: MAX_RAW + 1]
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    text = text.strip()
    return text if len(text) <= MAX_RAW else text[: MAX_RAW - 1] + "…"
