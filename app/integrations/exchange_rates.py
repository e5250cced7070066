"""Exchange rates: bundled rates of the European Central Bank, bundled approximate rates, and an optional fetch."""

from __future__ import annotations

import gzip
import json
import urllib.request
from bisect import bisect_right
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from app.domain.money import currencies
from app.errors import SaldoError
from app.i18n import _

ECB_FILE = Path(__file__).parents[1] / "data" / "ecb-rates.csv.gz"
EURO = "EUR"
SOURCE = "ecb"
APPROXIMATE = "approximate"
FETCHED = "fetched"
FETCH_TIMEOUT_SECONDS = 20
MAX_FETCH_BYTES = 1 << 20
APPROXIMATE_FILE = ECB_FILE.with_name("approximate-rates.csv")
MAX_AGE_DAYS = 366  # behind the newest fixing; a currency that the ECB has not quoted since is not quoted
DATE_CHARACTERS = 10  # characters of a line's date


class Fixing(NamedTuple):
    """Units of a currency for one euro on ``as_of``."""

    rate: Decimal
    as_of: date


class EcbRates:
    """Rates of the European Central Bank. Each day is one line, parsed when first needed."""

    def __init__(self, path: Path = ECB_FILE) -> None:
        head, *self.lines = gzip.decompress(path.read_bytes()).split(b"\n")
        self.place = {code: at for at, code in enumerate(head.decode("ascii").split(","))} | {EURO: 0}
        self.days = [line[:DATE_CHARACTERS] for line in self.lines]

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
        """Return the latest rate on or before the date; None for unknown currencies and earlier dates."""
        if currency not in self.place:
            return None
        at = bisect_right(self.days, on.isoformat().encode()) - 1
        found = self._on_line(currency, at) if at >= 0 else None
        is_stale = found is not None and (self._day(at) - found.as_of).days > MAX_AGE_DAYS
        return None if is_stale else found

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
def bundled() -> EcbRates:
    """Return the bundled rates, read once a process."""
    return EcbRates()


class ApproximateRates:
    """Approximate rates of other currencies, each for one unit of an anchor currency of the ECB's."""

    def __init__(self, path: Path = APPROXIMATE_FILE) -> None:
        rows = [line.split(",") for line in path.read_text("ascii").splitlines() if not line.startswith("#")]
        self.as_of = date.fromisoformat(rows[0][1])
        self.anchors = {code: (anchor, Decimal(units)) for code, anchor, units in rows[1:]}

    def per_euro(self, currency: str, on: date) -> Fixing | None:
        """Return the rate for one euro by way of the anchor's own rate, which follows pegs."""
        if currency not in self.anchors:
            return None
        anchor, units = self.anchors[currency]
        fixing = bundled().per_euro(anchor, max(on, bundled().first))
        return Fixing(units * fixing.rate, self.as_of) if fixing else None


@cache
def approximate() -> ApproximateRates:
    """Return the approximate rates, read once a process."""
    return ApproximateRates()


class FetchedRates(NamedTuple):
    """Units of each currency for one ``base`` on a date."""

    base: str
    as_of: date
    rates: dict[str, Decimal]


def fetch(url: str) -> FetchedRates:
    """Fetch the rates of a day as JSON: ``{"base": "EUR", "date": "2026-11-30", "rates": {"USD": 1.16}}``.

    ``base_code`` and ``time_last_update_unix`` are read, too. Raises `SaldoError` for any other answer, and
    `OSError` where none comes, which is tried again later.
    """
    request = urllib.request.Request(url, headers={"Accept": "application/json", "User-Agent": "Saldo"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=FETCH_TIMEOUT_SECONDS) as answer:  # noqa: S310  – checked in settings
        body = answer.read(MAX_FETCH_BYTES + 1)
    try:
        if len(body) > MAX_FETCH_BYTES:
            raise ValueError("too large")
        return _fetched(json.loads(body, parse_float=Decimal, parse_int=Decimal))
    except (ValueError, TypeError, KeyError, ArithmeticError, AttributeError) as error:
        raise SaldoError(_("The fetched exchange rates cannot be read.")) from error


def _fetched(body: dict[str, Any]) -> FetchedRates:
    base = str(body.get("base") or body["base_code"]).upper()
    if "date" in body:
        as_of = date.fromisoformat(str(body["date"]))
    else:
        as_of = datetime.fromtimestamp(int(body["time_last_update_unix"]), UTC).date()
    known = currencies()
    rates = {code: Decimal(rate) for code, rate in body["rates"].items() if code in known and code != base}
    if (
        base not in known
        or not rates
        or not all(Decimal("1e-12") <= rate <= Decimal("1e12") for rate in rates.values())
    ):
        raise InvalidOperation("no usable rate")
    return FetchedRates(base, as_of, rates)
