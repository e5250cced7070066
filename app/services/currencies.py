"""Exchange rates by day, conversion, and totals in the book's own currency."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, localcontext
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import rows
from app.domain.money import MAX_MINOR, Money
from app.errors import Conflict, Invalid
from app.i18n import _, mark
from app.integrations.exchange_rates import (
    APPROXIMATE,
    EURO,
    FETCHED,
    SOURCE,
    FetchedRates,
    Fixing,
    approximate,
    bundled,
)
from app.models import Rate
from app.models.base import now
from app.models.repository import BookRepository
from app.schemas.currencies import RateIn
from app.services.base import Service

if TYPE_CHECKING:
    from app.services import Services

OWN = "own"
DIGITS = 15  # significant digits of a rate that was worked out

STORED = (
    select(Rate.book_id, Rate.base, Rate.quote, Rate.as_of, Rate.rate, Rate.source)
    .where(or_(Rate.book_id == bindparam("book_id"), Rate.book_id.is_(None)))
    .order_by(Rate.as_of)
)


class WithRate:
    """What can be said of anything that has a rate and its source."""

    __slots__ = ()
    rate: Decimal
    source: str

    @property
    def text(self) -> str:
        """The rate as it is kept: plain decimal text."""
        return f"{self.rate.normalize():f}"

    @property
    def is_approximate(self) -> bool:
        return APPROXIMATE in self.source


@dataclass(frozen=True, slots=True)
class Quote(WithRate):
    """Units of ``quote`` for one ``base``; ``as_of`` is the older day where two rates were joined."""

    base: str
    quote: str
    rate: Decimal
    as_of: date
    source: str


@dataclass(frozen=True, slots=True)
class Conversion(WithRate):
    """``amount`` in the wanted currency, and by which rate."""

    amount: Money
    rate: Decimal
    as_of: date
    source: str


@dataclass(frozen=True, slots=True)
class Total:
    """A sum over currencies; ``missing`` are those that no rate is known for, and that are not in it."""

    money: Money
    quotes: tuple[Quote, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def as_of(self) -> date | None:
        """The oldest day among the rates that were used."""
        return min((each.as_of for each in self.quotes), default=None)

    @property
    def approximate(self) -> tuple[str, ...]:
        """The currencies that were converted at approximate rates."""
        return tuple(each.base for each in self.quotes if each.is_approximate)


class RateRepository(BookRepository[Rate]):
    model_type = Rate
    not_found_message = mark("This rate doesn’t exist.")


@dataclass
class Stored:
    """Rates of one origin: for each pair its days, and the rates of these days."""

    days: dict[tuple[str, str], list[date]] = field(default_factory=lambda: defaultdict(list))
    rates: dict[tuple[str, str], list[tuple[Decimal, str]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, base: str, quote: str, day: date, rate: Decimal, source: str) -> None:
        """To be called from the oldest day on."""
        self.days[base, quote].append(day)
        self.rates[base, quote].append((rate, source))

    def find(self, base: str, quote: str, on: date) -> Quote | None:
        """The pair's rate, or the inverse of its other direction, whichever is later."""
        found = [each for each in (self._direct(base, quote, on), self._inverse(base, quote, on)) if each]
        return max(found, key=lambda each: each.as_of, default=None)

    def _direct(self, base: str, quote: str, on: date) -> Quote | None:
        at = bisect_right(self.days.get((base, quote), ()), on) - 1
        if at < 0:
            return None
        rate, source = self.rates[base, quote][at]
        return Quote(base, quote, rate, self.days[base, quote][at], source)

    def _inverse(self, base: str, quote: str, on: date) -> Quote | None:
        found = self._direct(quote, base, on)
        return Quote(base, quote, _divided(Decimal(1), found.rate), found.as_of, found.source) if found else None

    def beside(self, currency: str) -> list[str]:
        """Currencies that there is a pair with."""
        others = {quote if base == currency else base for base, quote in self.days if currency in (base, quote)}
        return sorted(others)


class CurrencyService(Service):
    """Rates as this book sees them: its own, then fetched ones, then the ECB's, and approximate ones at last."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._stored: tuple[Stored, Stored] | None = None

    @cached_property
    def rows(self) -> RateRepository:
        return RateRepository(self.session, self.member.book.id)

    async def rate(self, base: str, quote: str, on: date, *, field: str = "currency") -> Quote:
        """The latest rate on or before the day; `Invalid` at ``field`` where none is known."""
        found = await self.find(base, quote, on)
        if found is None:
            raise Invalid(
                _(
                    "No rate is known from {base} to {quote} on {day}. Add one under Currencies.",
                    base=base,
                    quote=quote,
                    day=on.isoformat(),
                ),
                field=field,
            )
        return found

    async def find(self, base: str, quote: str, on: date) -> Quote | None:
        """Like ``rate``, with nothing where there is none."""
        if base == quote:
            return Quote(base, quote, Decimal(1), on, "")
        own, fetched = await self._load()
        return (
            own.find(base, quote, on)
            or fetched.find(base, quote, on)
            or shipped(base, quote, on)
            or self._joined(own, fetched, base, quote, on)
            or self._joined(own, fetched, base, quote, on, is_last_resort=True)
        )

    async def convert(self, money: Money, to: str, on: date, *, field: str = "amount") -> Conversion:
        """``money`` in another currency at the rate of the day, rounded half-even to its minor unit."""
        quote = await self.rate(money.currency, to, on, field=field)
        amount = money if money.currency == to else money.to(to, quote.rate)
        if abs(amount.minor) >= MAX_MINOR:
            raise Invalid(_("This amount is too large."), field=field)
        return Conversion(amount, quote.rate, quote.as_of, quote.source)

    async def totals_in_base(self, amounts: Iterable[Money], on: date) -> Total:
        """The sum in the book's currency at the rates of the day; what has no rate is named, not guessed."""
        base, sums = self.member.book.base_currency, dict[str, int]()
        for each in amounts:
            sums[each.currency] = sums.get(each.currency, 0) + each.minor
        total, quotes, missing = Money(sums.pop(base, 0), base), list[Quote](), list[str]()
        for currency, minor in sorted(sums.items()):
            quote = await self.find(currency, base, on)
            if quote is None:
                missing.append(currency)
                continue
            quotes.append(quote)
            total += Money(minor, currency).to(base, quote.rate)
        return Total(total, tuple(quotes), tuple(missing))

    async def own(self) -> Sequence[Rate]:
        """The book's own rates, by pair, the latest first."""
        found = (
            select(Rate).where(Rate.book_id == self.member.book.id).order_by(Rate.base, Rate.quote, Rate.as_of.desc())
        )
        return (await self.session.scalars(found)).all()

    async def get(self, rate_id: int) -> Rate:
        return await self.rows.get_owned(rate_id)

    async def add(self, entry: RateIn) -> Rate:
        """A rate of the book's own; a pair has one a day."""
        await self._free(entry)
        row = Rate(book_id=self.member.book.id, source=OWN, **entry.model_dump())
        self.session.add(row)
        await self._saved(_("Added the rate {base} to {quote}", base=row.base, quote=row.quote))
        return row

    async def change(self, rate_id: int, entry: RateIn) -> Rate:
        row = await self.rows.get_owned(rate_id)
        await self._free(entry, rate_id)
        for name, value in entry.model_dump().items():
            setattr(row, name, value)
        await self._saved(_("Changed the rate {base} to {quote}", base=row.base, quote=row.quote))
        return row

    async def delete(self, rate_id: int) -> None:
        row = await self.rows.get_owned(rate_id)
        await self.session.delete(row)
        await self._saved(_("Deleted the rate {base} to {quote}", base=row.base, quote=row.quote))

    async def _saved(self, label: str) -> None:
        self.services.journal.note(label)
        await self.session.flush()
        self._stored = None

    async def _free(self, entry: RateIn, but: int = 0) -> None:
        taken = select(Rate.id).where(
            Rate.book_id == self.member.book.id,
            Rate.base == entry.base,
            Rate.quote == entry.quote,
            Rate.as_of == entry.as_of,
            Rate.id != but,
        )
        if await self.session.scalar(taken) is not None:
            raise Conflict(_("A rate for these currencies and this day exists. Edit it instead."), field="as_of")

    async def _load(self) -> tuple[Stored, Stored]:
        if self._stored is None:
            own, fetched = Stored(), Stored()
            found = await rows(self.session, STORED, {"book_id": self.member.book.id})
            for book_id, base, quote, day, rate, source in found:
                (own if book_id else fetched).add(base, quote, day, Decimal(rate), source)
            self._stored = own, fetched
        return self._stored

    def _joined(
        self, own: Stored, fetched: Stored, base: str, quote: str, on: date, *, is_last_resort: bool = False
    ) -> Quote | None:
        """Join two rates that meet in a third currency: 1 USD in euro, 1 EUR in dinar. The last resort is to guess."""

        def any_of(one: str, other: str) -> Quote | None:
            if one == other:
                return Quote(one, other, Decimal(1), on, "")
            found = own.find(one, other, on) or fetched.find(one, other, on) or shipped(one, other, on)
            return found or (guess(one, other, on) if is_last_resort else None)

        if is_last_resort and not own.beside(base) and not own.beside(quote):
            return guess(base, quote, on)
        for middle in dict.fromkeys([*own.beside(base), *own.beside(quote), *fetched.beside(base), EURO]):
            first, second = any_of(base, middle), any_of(middle, quote)
            if first and second:
                source = ", ".join(dict.fromkeys(filter(None, (first.source, second.source))))
                rate = _rounded(first.rate * second.rate)
                return Quote(base, quote, rate, min(first.as_of, second.as_of), source)
        return None


async def store_fetched(session: AsyncSession, fetched: FetchedRates) -> None:
    """Store the rates of a day for all books, instead of those fetched for the same day before."""
    same = (Rate.book_id.is_(None), Rate.base == fetched.base, Rate.as_of == fetched.as_of)
    await session.execute(delete(Rate).where(*same))
    moment = now()
    values = [
        {"base": fetched.base, "quote": code, "as_of": fetched.as_of, "rate": f"{rate:f}"[:40], "source": FETCHED}
        for code, rate in fetched.rates.items()
    ]
    await session.execute(insert(Rate), [each | {"created_at": moment, "updated_at": moment} for each in values])


def shipped(base: str, quote: str, on: date) -> Quote | None:
    """Return the European Central Bank's rate between two currencies, by way of the euro."""
    known = bundled()
    return _by_euro(base, quote, known.per_euro(base, on), known.per_euro(quote, on), SOURCE)


def guess(base: str, quote: str, on: date) -> Quote | None:
    """Return an approximate rate between two currencies, for lack of a better one."""
    ecb, known = bundled(), approximate()
    day = max(on, ecb.first)
    one, other = (ecb.per_euro(code, day) or known.per_euro(code, day) for code in (base, quote))
    return _by_euro(base, quote, one, other, APPROXIMATE)


def _by_euro(base: str, quote: str, one: Fixing | None, other: Fixing | None, source: str) -> Quote | None:
    if one is None or other is None:
        return None
    day = other.as_of if base == EURO else one.as_of if quote == EURO else min(one.as_of, other.as_of)
    return Quote(base, quote, _divided(other.rate, one.rate), day, source)


def _divided(one: Decimal, other: Decimal) -> Decimal:
    return one if other == 1 else _rounded(one / other)


def _rounded(value: Decimal) -> Decimal:
    with localcontext() as context:
        context.prec = DIGITS
        return +value
