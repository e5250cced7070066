"""Forecasts as pages, tools and jobs ask for them: stored ones at once, quick ones until a job has run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import anyio.to_thread
from sqlalchemy import bindparam, delete, func, insert, select

from app.domain.money import Money
from app.domain.period import shift_month
from app.errors import Invalid, NotFound
from app.i18n import _
from app.models import ChangeSet, Forecast
from app.models.base import now
from app.services.base import Service
from app.services.forecasts import compute
from app.services.forecasts.inputs import SPENDABLE as SPENDABLE_KINDS
from app.services.forecasts.inputs import Minor, read_inputs
from app.services.forecasts.items import RecurringItem, is_income
from app.services.forecasts.outlook import Band, Outlook, Quality, build_outlook
from app.services.forecasts.results import INCOME, ITEMS, SPENDABLE, Result, account_target, category_target

if TYPE_CHECKING:
    from app.services import Services

TOO_OLD = timedelta(days=7)  # a stored forecast from before is not shown any more
MONTHS_AHEAD = range(1, 13)


STORED = select(Forecast).where(
    Forecast.book_id == bindparam("book_id"),
    Forecast.target.in_(bindparam("targets", expanding=True)),
    Forecast.computed_at > bindparam("since"),
)


@dataclass(frozen=True, slots=True)
class Freshness:
    """When the stored forecasts were made, and whether the books have changed since."""

    computed_at: datetime | None
    is_current: bool


class ForecastService(Service):
    """The forecasts of one book."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._stored: dict[str, Forecast | None] = {}

    # -- reading -------------------------------------------------------------------------------

    async def freshness(self) -> Freshness:
        row = await self._row(ITEMS)
        if row is None:
            return Freshness(None, False)
        version = await self.session.scalar(
            select(func.max(ChangeSet.id)).where(ChangeSet.book_id == self.member.book.id)
        )
        return Freshness(row.computed_at, row.version == (version or 0) and row.up_to >= self.services.today)

    async def items(self) -> list[RecurringItem]:
        """The regular payments that the job found; none before it has run."""
        row = await self._row(ITEMS)
        return [RecurringItem.restored(each) for each in row.points["items"]] if row else []

    async def missing(self) -> list[str]:
        """Currencies that no rate was known for when the job ran: their accounts are left out of sums."""
        row = await self._row(ITEMS)
        return list(row.points["missing"]) if row else []

    async def balance(self, target: str = SPENDABLE) -> Outlook:
        """The balance day by day from today on, at most 365 days; ``balance:3``, ``balance:all``, …"""
        if (row := await self._row(target)) is None:
            return await self._quick(target)
        since = date.fromisoformat(row.points["since"])
        skipped = max((self.services.today - since).days, 0)
        outlook = build_outlook(row, [since + timedelta(days=n) for n in range(len(row.points["mean"]))])
        points = outlook.points[skipped:]
        if not points:
            return replace(outlook, points=())
        drift = await self.balance_now(target) - points[0].mean
        first = Band(points[0].on, *[points[0].mean + drift] * 7)
        return replace(outlook, points=[first, *(each.moved(drift) for each in points[1:])][:366])

    async def monthly(self, target: str) -> Outlook:
        """A flow by month from the running one on: ``spending``, ``income`` or ``category:12``."""
        return await self.stored_monthly(target) or await self._quick(target)

    async def stored_monthly(self, target: str) -> Outlook | None:
        """Like ``monthly``, but nothing where no job has run: for pages on which a forecast is not the point."""
        row = await self._row(target)
        if row is None or date.fromisoformat(row.points["since"]) != self.running:
            return None
        return build_outlook(row, self._months(len(row.points["mean"])))

    async def by_category(self) -> dict[int, Outlook]:
        """Every stored category, the largest first; none before the job has run."""
        rows = await self.session.scalars(
            select(Forecast)
            .where(Forecast.book_id == self.member.book.id, Forecast.target.startswith("category:"))
            .order_by(Forecast.id)
        )
        return {
            int(row.target.partition(":")[2]): build_outlook(row, self._months(len(row.points["mean"])))
            for row in rows
            if date.fromisoformat(row.points["since"]) == self.running
        }

    async def daily(self, outlook: Outlook, bands: Sequence[Band]) -> list[Band]:
        """A monthly flow on its days, from tomorrow on: regular payments on their dates, the rest evenly, to the cent.

        A day's band is the month's, narrowed for the rest alone by the square root of its days.
        """
        found = list[Band]()
        base = self.member.book.base_currency
        fixed = await self._fixed_days(outlook.target)
        for at, band in enumerate(bands):
            period = self.member.book.months.period(band.on)
            days = [day for day in period if day > self.services.today]
            sure = {day: fixed.get(day, 0) for day in days}
            rest = band.mean - sum(sure.values()) - (outlook.booked if at == 0 else 0)
            parts = Money(rest, base).share([1] * len(days)) if days else []
            narrow = len(days) ** 0.5
            for day, part in zip(days, parts, strict=True):
                mean = sure[day] + part.minor
                edges = [mean + round((edge - band.mean) / narrow) for edge in band.values[1:]]
                least = sure[day] if band.lo95 >= 0 and mean >= sure[day] else None
                found.append(Band(day, mean, *(max(each, least) if least is not None else each for each in edges)))
        return found

    async def _fixed_days(self, target: str) -> dict[date, Minor]:
        """What regular payments bring to a monthly flow, by day, as positive amounts in the base currency."""
        kinds = {each.id: each.kind for each in (await self.services.categories.by_id()).values()}
        sums: dict[date, Minor] = {}
        for item in await self.items():
            incoming = is_income(item, kinds)
            mine = (
                target == category_target(item.category_id or 0)
                if target.startswith("category:")
                else incoming == (target == INCOME)
            )
            quote = await self.services.currencies.find(
                item.currency, self.member.book.base_currency, self.services.today
            )
            if item.kind == "transfer" or not mine or quote is None:
                continue
            for day, own in item.due:
                minor = Money(own, item.currency).to(self.member.book.base_currency, quote.rate).minor
                sums[day] = sums.get(day, 0) + (minor if incoming else -minor)
        return sums

    async def has_history(self) -> bool:
        """Whether anything is booked up to today: without that there is nothing to go by."""
        return any((await self.services.accounts.counts()).values())

    async def account_target(self, account_id: int) -> str:
        """The series of one of the book's accounts."""
        accounts = {each.id: each for each in await self.services.accounts.all()}
        if account_id not in accounts:
            raise NotFound(_("That account does not exist."))
        if accounts[account_id].is_archived:
            raise Invalid(_("Archived accounts have no forecast."), field="account")
        return account_target(account_id)

    async def category_target(self, category_id: int) -> str:
        if category_id and category_id not in await self.services.categories.by_id():
            raise NotFound(_("That category does not exist."))
        return category_target(category_id)

    @property
    def running(self) -> date:
        """The month that today is in."""
        return self.member.book.months.of(self.services.today)

    def _months(self, count: int) -> list[date]:
        return [shift_month(self.running, n) for n in range(count)]

    async def load(self, *targets: str) -> None:
        """Read what is stored of these series in one go."""
        rows = await self.session.scalars(
            STORED,
            {"book_id": self.member.book.id, "targets": list(targets), "since": now() - TOO_OLD},
        )
        found = {row.target: row for row in rows}
        for target in targets:
            row = found.get(target)
            if row is not None and row.currency != await self._currency(target):
                row = None  # the base currency, or the account's, has changed since
            self._stored[target] = row

    async def _row(self, target: str) -> Forecast | None:
        if target not in self._stored:
            await self.load(target)
        return self._stored[target]

    async def _currency(self, target: str) -> str:
        kind, _colon, id_ = target.partition(":")
        if kind == "balance" and id_.isdigit():
            currencies = {each.id: each.currency for each in await self.services.accounts.all()}
            return currencies.get(int(id_), "")
        return self.member.book.base_currency

    async def balance_now(self, target: str) -> Minor:
        """What the accounts of a balance hold at the end of today, in its currency at today's rates."""
        base, today = self.member.book.base_currency, self.services.today
        total = 0
        for each in await self.services.accounts.as_of_today():
            if target == account_target(each.id):
                return each.balance_minor
            if each.is_archived or (target == SPENDABLE and each.kind not in SPENDABLE_KINDS):
                continue
            quote = await self.services.currencies.find(each.currency, base, today)
            if quote is not None:
                total += Money(each.balance_minor, each.currency).to(base, quote.rate).minor
        return total

    async def _quick(self, target: str) -> Outlook:
        """The median alone, at once: no transactions are read and no models loaded."""
        inputs = await read_inputs(self.services, entries=False)
        made = await anyio.to_thread.run_sync(compute.compute_quick, inputs, target)
        if made is None:
            return Outlook(target, await self._currency(target), (), "none", Quality(), self.services.today, None)
        since = date.fromisoformat(made.points["since"])
        count = len(made.points["mean"])
        days = (
            [since + timedelta(days=n) for n in range(count)] if target.startswith("balance:") else self._months(count)
        )
        return build_outlook(made, days[:366])

    # -- writing -------------------------------------------------------------------------------

    async def keep(self, results: Sequence[Result], version: int) -> None:
        """Put the results in the place of what was stored."""
        book_id, moment = self.member.book.id, now()
        await self.session.execute(delete(Forecast).where(Forecast.book_id == book_id))
        rows = [
            {
                "book_id": book_id,
                "target": each.target,
                "currency": each.currency,
                "computed_at": moment,
                "up_to": each.up_to,
                "version": version,
                "method": each.method[:120],
                "points": each.points,
                "backtest": each.backtest,
            }
            for each in results
        ]
        if rows:
            await self.session.execute(insert(Forecast), rows)
        self._stored.clear()
