"""Ids of rows as text."""

from __future__ import annotations

MAX_DIGITS = 18  # more would not fit a 64-bit column


def read_id(text: object) -> int | None:
    """Return the id in ``text``, or None if it is not one."""
    is_id = isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS
    return int(text) if is_id else None  # type: ignore[call-overload]
