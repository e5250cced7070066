"""Money as whole minor units (cents) of one currency, without floats."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache

from babel.core import get_global
from babel.numbers import get_currency_precision, is_currency

from app.errors import CurrencyMismatch, Invalid, InvalidAmount
from app.i18n import _, amount

WIRE_FORMAT = re.compile(r"-?[0-9]+(\.[0-9]+)?")
MAX_MINOR = 10**15  # minor units; a sum of a thousand such still fits 64 bits
MAX_CHARACTERS = 40  # characters of a written amount


@cache
def exponent(currency: str) -> int:
    """Return the decimals of a currency by ISO 4217: EUR 2, JPY 0, KWD 3."""
    return int(get_currency_precision(currency))


@cache
def currencies() -> frozenset[str]:
    """Return all ISO codes that are in use today."""
    live = {
        code
        for spans in get_global("territory_currencies").values()
        for code, _since, until, tender in spans
        if until is None and tender
    }
    return frozenset(live)


def check_currency(code: str, field: str = "currency") -> str:
    """Return the code in capitals. Raises ``Invalid`` at the field."""
    shown = code.strip().upper()
    if len(shown) != 3 or not shown.isascii() or not shown.isalpha() or not is_currency(shown):
        raise Invalid(_("“{code}” is not a currency. Use its three letters, like EUR.", code=code[:12]), field=field)
    return shown


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency: ``Money(1250, "EUR")`` is €12.50. Outflow is negative."""

    minor: int
    currency: str

    @classmethod
    def parse(cls, text: str, currency: str, field: str = "amount") -> Money:
        """Parse the wire format, ``-12.5``. Use ``amounts.read`` for text typed by people.

        Raises ``InvalidAmount`` at ``field`` if the text is not a number or has too many decimals for the currency.
        """
        if len(text) > MAX_CHARACTERS or not WIRE_FORMAT.fullmatch(text):
            raise InvalidAmount(text, field=field)
        scaled = Decimal(text).scaleb(exponent(currency))
        if scaled != scaled.to_integral_value():
            raise InvalidAmount(text, field=field, why=too_fine(text, currency))
        if abs(scaled) >= MAX_MINOR:
            raise InvalidAmount(text, field=field, why=_("This amount is too large."))
        return cls(int(scaled), currency)

    @property
    def decimal(self) -> Decimal:
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    @property
    def wire(self) -> str:
        """Return the wire format with all decimals of the currency: ``-12.50``."""
        return wire(self.minor, self.currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __abs__(self) -> Money:
        return Money(abs(self.minor), self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    @property
    def shown(self) -> str:
        """Return the amount formatted for a sentence in the reader's locale."""
        return amount(self.decimal, self.currency)

    def __str__(self) -> str:
        return f"{self.decimal:,} {self.currency}"

    def times(self, factor: Decimal) -> Money:
        """Multiply, rounding half-even."""
        return Money(int((self.minor * factor).quantize(Decimal(1), ROUND_HALF_EVEN)), self.currency)

    def to(self, currency: str, rate: Decimal) -> Money:
        """Convert at ``rate`` units of ``currency`` for one of this currency, rounding half-even."""
        value = self.decimal * rate
        scaled = value.scaleb(exponent(currency)).quantize(Decimal(1), ROUND_HALF_EVEN)
        return Money(int(scaled), currency)

    def share(self, weights: list[int]) -> list[Money]:
        """Divide by weights. The shares always add up to the amount."""
        total, given, shares = sum(weights), 0, []
        for seen in range(1, len(weights) + 1):
            upto = self.minor * sum(weights[:seen]) // total
            shares.append(Money(upto - given, self.currency))
            given = upto
        return shares

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return other


def wire(minor: int, currency: str) -> str:
    """``-1250, "EUR"`` as ``-12.50``; cheap enough for every row of an export."""
    places = exponent(currency)
    if places == 0:
        return str(minor)
    whole, part = divmod(abs(minor), 10**places)
    return f"{'-' if minor < 0 else ''}{whole}.{part:0{places}d}"


def too_fine(text: str, currency: str) -> str:
    """Return the message for an amount with more decimals than its currency has."""
    places = exponent(currency)
    if places == 0:
        return _("{currency} has no decimals, but “{text}” does.", currency=currency, text=text)
    return _("{currency} has {places} decimals; “{text}” has more.", currency=currency, places=places, text=text)
