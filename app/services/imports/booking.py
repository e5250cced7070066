"""Writing many new transactions at once: rows, payees, roll-ups, and what the batch sums up to."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, literal, select

from app.domain import payees
from app.domain.money import wire
from app.domain.search import search_text
from app.models import ImportBatch, Payee, Status, Transaction, TransactionTag
from app.models.base import now
from app.services.categorisation import OPEN
from app.services.imports.matching import Row
from app.services.ledger import rollups

if TYPE_CHECKING:
    from app.services import Services

CHUNK = 4000
ROWS = 1000  # in one statement; SQLite takes 32,766 values
COLUMNS = (
    "booked_on", "amount_minor", "payee_id", "category_id", "memo", "statement_text", "original_minor",
    "original_currency", "rate", "rate_source", "categorised_by", "confidence", "reason", "external_id", "identity",
    "ordinal", "search_text",
)  # fmt: skip
Record = tuple[Any, ...]
NO_ORIGINAL = (None, None, None, None)


class Booking:
    """One batch's rows on their way into the ledger."""

    def __init__(self, services: Services, batch: ImportBatch, currency: str) -> None:
        self.services, self.session, self.member = services, services.session, services.member
        self.batch, self.currency = batch, currency
        self.ids: dict[str, int] = {}  # of payees, by key
        self.names: dict[str, tuple[str, str]] = {}  # of payees, (name, key) by what the bank writes
        self.sums: dict[tuple[date, int | None, bool], list[int]] = defaultdict(lambda: [0, 0])
        self.is_postgresql = self.session.get_bind().dialect.name == "postgresql"
        self.last: int | None = None  # id of the batch's last row so far
        self.inserter: Callable[[list[Record]], Awaitable[None]] | None = None

    async def book(self, rows: Sequence[Row]) -> list[int]:
        """Write rows; their ids, in order. ``finish`` brings the totals up to date after the last of them."""
        if not rows:
            return []
        await self._find_payees(rows)
        if self.last is None:
            self.last = await self._last_id()
        await self._write(rows)
        self._sum(rows)
        found = select(Transaction.id).where(Transaction.import_batch_id == self.batch.id, Transaction.id > self.last)
        ids = list(await self.session.scalars(found.order_by(Transaction.id)))
        self.last = ids[-1]
        await self._tag(rows, ids)
        return ids

    async def _tag(self, rows: Sequence[Row], ids: Sequence[int]) -> None:
        """Give rows the tags of the rules that filed them."""
        tagged = [(id_, row.filed.tags) for row, id_ in zip(rows, ids, strict=True) if row.filed and row.filed.tags]
        if not tagged:
            return
        made = await self.services.tags.named(sorted({name for _id, tags in tagged for name in tags}))
        known = {tag.key: tag.id for tag in made}
        links = [
            {"book_id": self.member.book.id, "transaction_id": id_, "tag_id": known[key]}
            for id_, tags in tagged
            for key in sorted({name.strip().casefold()[:40] for name in tags})
            if key in known
        ]
        connection = await self.session.connection()
        for start in range(0, len(links), CHUNK):
            await connection.execute(insert(TransactionTag), links[start : start + CHUNK])

    async def _write(self, rows: Sequence[Row]) -> None:
        """Make the records of a chunk while the database takes the one before it."""
        if self.inserter is None:
            self.inserter = await self._inserter()
        insert_chunk = self.inserter
        running: asyncio.Future[None] | None = None
        try:
            for start in range(0, len(rows), CHUNK):
                records = await asyncio.to_thread(self._records, rows[start : start + CHUNK])
                if running is not None:
                    await running
                running = asyncio.ensure_future(insert_chunk(records))
        finally:
            if running is not None:
                await running

    def _records(self, rows: Sequence[Row]) -> list[Record]:
        return [self._record(row) for row in rows]

    async def _last_id(self) -> int:
        last = select(Transaction.id).where(Transaction.import_batch_id == self.batch.id)
        return await self.session.scalar(last.order_by(Transaction.id.desc()).limit(1)) or 0

    def _payee(self, row: Row) -> tuple[str, str]:
        """Name and key of whom a line names: a rule's name for them, else what the bank writes, cleaned."""
        ruled = row.filed.payee if row.filed else ""
        text = ruled or row.line.payee_text
        known = self.names.get(text)
        if known is None:
            name = (ruled or payees.clean(text))[:120]
            known = self.names[text] = (name, payees.name_key(name)) if name else ("", "")
        return known

    async def _find_payees(self, rows: Sequence[Row]) -> None:
        wanted = {key: name for name, key in (self._payee(row) for row in rows) if key}
        if not self.ids:
            found = select(Payee.key, Payee.id).where(Payee.book_id == self.member.book.id)
            self.ids.update((key, id_) for key, id_ in await self.session.execute(found))
        book_id, moment = self.member.book.id, now()
        missing = [
            {"book_id": book_id, "name": name, "key": key, "created_at": moment, "updated_at": moment}
            for key, name in wanted.items()
            if key not in self.ids
        ]
        if missing:
            connection = await self.session.connection()
            made = await connection.execute(insert(Payee).returning(Payee.key, Payee.id), missing)
            self.ids.update((key, id_) for key, id_ in made)

    def _record(self, row: Row) -> Record:
        line, filed, original = row.line, row.filed or OPEN, row.original
        name, key = self._payee(row)
        text = line.payee_text
        memo = line.memo if line.memo != text else ""
        return (
            line.booked_on if self.is_postgresql else line.booked_on.isoformat(),
            line.minor,
            self.ids[key] if key else None,
            filed.category_id,
            memo,
            text if len(text) <= 300 else text[:300],
            *(original or NO_ORIGINAL),
            filed.by,
            filed.confidence,
            filed.reason,
            line.external_id or None,
            row.identity,
            row.ordinal,
            search_text(name, memo, text[:300], wire(line.minor, self.currency)),
        )

    async def _inserter(self) -> Callable[[list[Record]], Awaitable[None]]:
        """What writes records as fast as the database takes them: COPY on PostgreSQL, plain tuples on SQLite."""
        moment = now()
        constants: dict[str, Any] = {
            "book_id": self.member.book.id,
            "account_id": self.batch.account_id,
            "currency": self.currency,
            "is_split": False,
            "status": Status.CLEARED,
            "import_batch_id": self.batch.id,
            "created_by_id": self.member.user.id,
            "version": 1,
            "created_at": moment,
            "updated_at": moment,
        }
        connection = await self.session.connection()
        if self.is_postgresql:
            fixed = tuple(constants.values())  # a word of ours is the text that its column keeps
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None

            async def copy(records: list[Record]) -> None:
                rows = [fixed + record for record in records]
                await driver.copy_records_to_table("transaction", records=rows, columns=[*constants, *COLUMNS])

            return copy
        # What is the same for every row is said once, in the statement.
        table, dialect = Transaction.__table__, connection.dialect
        inline = {"literal_binds": True}
        said = {
            name: str(literal(value, table.c[name].type).compile(dialect=dialect, compile_kwargs=inline))
            for name, value in constants.items()
        }
        names = ", ".join([*said, *COLUMNS])
        values = "({})".format(", ".join([*said.values(), *"?" * len(COLUMNS)]))

        async def execute(records: list[Record]) -> None:
            # Many rows a statement, all in one call: at each one two threads wait for each other.
            parts = [tuple(chain.from_iterable(records[at : at + ROWS])) for at in range(0, len(records), ROWS)]
            whole = [part for part in parts if len(part) == ROWS * len(COLUMNS)]
            for said, many in ((whole, ROWS), (parts[len(whole) :], len(records) % ROWS)):
                if said:
                    rows = ", ".join([values] * many)
                    await connection.exec_driver_sql(f'INSERT INTO "transaction" ({names}) VALUES {rows}', said)  # noqa: S608 – our own columns and values

        return execute

    def _sum(self, rows: Iterable[Row]) -> None:
        for row in rows:
            line = row.line
            group = self.sums[line.booked_on, row.filed.category_id if row.filed else None, line.minor > 0]
            group[0] += line.minor
            group[1] += 1

    async def finish(self) -> None:
        """Add what was written to the totals."""
        deltas = rollups.Deltas(self.member.book.months)
        for (day, category_id, _in), (minor, count) in self.sums.items():
            posting = rollups.Posting(
                self.member.book.id,
                self.batch.account_id,
                day,
                minor,
                self.currency,
                Status.CLEARED,
                category_id,
                is_transfer=False,
            )
            deltas.add(posting, count=count)
        self.sums.clear()
        await rollups.apply(self.session, deltas)


def summed_up(rows: Iterable[Row]) -> dict[str, Any]:
    """Of rows that went in: count, period, in and out, and count and sum by category (0 = unfiled)."""
    count = into = out = 0
    first = last = None
    categories: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        line = row.line
        count += 1
        if line.minor > 0:
            into += line.minor
        else:
            out -= line.minor
        first = line.booked_on if first is None or line.booked_on < first else first
        last = line.booked_on if last is None or line.booked_on > last else last
        group = categories[(row.filed.category_id if row.filed else None) or 0]
        group[0] += 1
        group[1] += line.minor
    return {
        "count": count,
        "first": first.isoformat() if first else None,
        "last": last.isoformat() if last else None,
        "in": into,
        "out": out,
        "categories": {str(id_): values for id_, values in categories.items()},
    }
