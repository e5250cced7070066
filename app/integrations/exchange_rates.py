"""The European Central Bank's euro reference rates, shipped with Saldo so that they are there offline."""

from __future__ import annotations

import gzip
from bisect import bisect_right
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).parents[1] / "data" / "ecb-rates.csv.gz"
EURO = "EUR"
SOURCE = "ecb"
DAY = 10  # characters of a line's date


class Fixing(NamedTuple):
    """Units of a currency for one euro, as fixed on ``as_of``."""

    rate: Decimal
    as_of: date


class Bundled:
    """The shipped history. A day is one line, which is parsed when somebody asks for it."""

    def __init__(self, path: Path = FILE) -> None:
        head, *self.lines = gzip.decompress(path.read_bytes()).split(b"\n")
        self.place = {code: at for at, code in enumerate(head.decode("ascii").split(","))} | {EURO: 0}
        self.days = [line[:DAY] for line in self.lines]

    @property
    def first(self) -> date:
        return date.fromisoformat(self.days[0].decode())

    @property
    def last(self) -> date:
        return date.fromisoformat(self.days[-1].decode())

    @property
    def currencies(self) -> frozenset[str]:
        return frozenset(self.place) - {"Date"}

    def per_euro(self, currency: str, on: date) -> Fixing | None:
        """The latest fixing on or before the day; nothing for unknown currencies and earlier days."""
        if currency not in self.place:
            return None
        at = bisect_right(self.days, on.isoformat().encode()) - 1
        return self._on_line(currency, at) if at >= 0 else None

    @lru_cache(maxsize=4096)  # noqa: B019  – one such object a process
    def _on_line(self, currency: str, at: int) -> Fixing | None:
        for line in range(at, -1, -1):
            if currency == EURO:
                return Fixing(Decimal(1), self._day(line))
            cells = self.lines[line].split(b",")
            place = self.place[currency]
            if place < len(cells) and cells[place]:
                return Fixing(Decimal(cells[place].decode()), self._day(line))
        return None

    def _day(self, line: int) -> date:
        return date.fromisoformat(self.days[line].decode())


@cache
def bundled() -> Bundled:
    """The shipped rates, read once a process when first asked for."""
    return Bundled()
