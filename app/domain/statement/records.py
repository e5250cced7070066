"""Rows of cells out of delimited text, each with its physical line; an unclosed quote costs one line only."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator

from app.i18n import _

MAX_RECORD_LINES = 50  # physical lines of one row


class Broken(str):
    """The reason why a line is no row."""

    raw: str

    @classmethod
    def at(cls, reason: str, raw: str) -> Broken:
        broken = cls(reason)
        broken.raw = raw[:400]
        return broken


class _Runaway(Exception):
    """A row went on for too many lines."""


def records(text: Iterable[str], delimiter: str, width: int = 0) -> Iterator[tuple[int, list[str] | Broken]]:
    """Each row with the physical line it begins on, first = 1; ``width`` = its usual cells, 0 = unknown.

    A row over several lines that has not ``width`` cells is taken for a stray quote: its first line is broken
    and the others are read again.
    """
    source, number = iter(text), 1
    held: list[str] = []  # the lines of the row being read
    again: deque[str] = deque()  # lines to read once more

    def feed() -> Iterator[str]:
        while again:
            yield hold(again.popleft())
        for line in source:
            yield hold(line)

    def hold(line: str) -> str:
        held.append(line)
        if len(held) > MAX_RECORD_LINES:
            raise _Runaway
        return line

    while True:
        rewind = None
        try:
            for cells in csv.reader(feed(), delimiter=delimiter):
                if len(held) > 1 and _stray(cells, held, width):
                    rewind = _("A quotation mark on this line is never closed.")
                    break
                yield number, cells
                number += len(held)
                held.clear()
            else:
                return
        except _Runaway:
            rewind = _("A quotation mark on this line is never closed.")
        except csv.Error:
            rewind = _("A cell on this line is too long.")
        yield number, Broken.at(rewind, held[0])
        number += 1
        again.extendleft(reversed(held[1:]))
        held.clear()


def _stray(cells: list[str], held: list[str], width: int) -> bool:
    if width and (len(cells) < width or any(cells[width:])):  # a header may lack the mark that ends each row
        return True
    return sum(line.count('"') for line in held) % 2 == 1
