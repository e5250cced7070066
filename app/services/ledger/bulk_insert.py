"""Inserts the many transactions of an import as fast as the database takes them."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import date
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import CategorisedBy, Status, Transaction
from app.models.base import now
from app.services.ledger.recorder import recorder_of
from app.services.ledger.rollups import Posting
from app.services.ledger.writer import LedgerWriter
from app.services.member import Member

ROWS_PER_CHUNK = 4000
ROWS_PER_STATEMENT = 1000  # SQLite takes 32,766 values
Source = TypeVar("Source")


class NewTransaction(NamedTuple):
    """A transaction of an import. The fields are columns of the table, in the order of the INSERT."""

    booked_on: date | str  # ISO text for SQLite
    amount_minor: int
    payee_id: int | None
    category_id: int | None
    memo: str
    statement_text: str
    original_minor: int | None
    original_currency: str | None
    rate: str | None
    rate_source: str | None
    categorised_by: CategorisedBy | None
    confidence: int | None
    reason: str | None
    external_id: str | None
    identity: int | None
    ordinal: int | None
    search_text: str
    status: Status


class BulkInserter:
    """Inserts the rows of one import batch in chunks: COPY on PostgreSQL, statements of many rows on SQLite.

    The rows are not journaled one by one: one change names their batch, and undo deletes the batch's rows.
    Call ``finish`` after the last chunk; it writes the totals.
    """

    def __init__(self, session: AsyncSession, member: Member, *, batch_id: int, account_id: int, currency: str) -> None:
        self.session, self.member = session, member
        self.writer = LedgerWriter(session, member)
        self.batch_id, self.account_id, self.currency = batch_id, account_id, currency
        self.is_postgresql = session.get_bind().dialect.name == "postgresql"
        self._sums: dict[tuple[date | str, int | None, bool, Status], list[int]] = defaultdict(lambda: [0, 0])
        self._payees: set[int | None] = set()
        self._last_id: int | None = None  # of the batch's last row so far
        self._insert_chunk: Callable[[list[NewTransaction]], Awaitable[None]] | None = None

    async def insert(self, sources: Sequence[Source], build: Callable[[Source], NewTransaction]) -> list[int]:
        """Insert one row for each source and return their ids, in order.

        ``build`` runs in a thread: the rows of a chunk are built while the database takes the chunk before it.
        """
        if not sources:
            return []
        if self._last_id is None:
            self._last_id = await self._read_last_id()
        if self._insert_chunk is None:
            journal = recorder_of(self.session, self.member)
            selector = {"import_batch_id": self.batch_id}
            await self.session.run_sync(journal.insert_in_bulk, Transaction, selector)
            self._insert_chunk = await (self._copy() if self.is_postgresql else self._insert_values())
        running: asyncio.Future[None] | None = None
        try:
            for start in range(0, len(sources), ROWS_PER_CHUNK):
                rows = await asyncio.to_thread(self._build, sources[start : start + ROWS_PER_CHUNK], build)
                if running is not None:
                    await running
                running = asyncio.ensure_future(self._insert_chunk(rows))
        finally:
            if running is not None:
                await running
        made = select(Transaction.id).where(
            Transaction.import_batch_id == self.batch_id, Transaction.id > self._last_id
        )
        ids = list(await self.session.scalars(made.order_by(Transaction.id)))
        self._last_id = ids[-1]
        return ids

    async def finish(self) -> None:
        """Add what was inserted to the totals."""
        deltas = self.writer.new_deltas()
        for (day, category_id, _is_income, status), (minor, count) in self._sums.items():
            booked_on = day if isinstance(day, date) else date.fromisoformat(day)
            posting = Posting(self.account_id, booked_on, minor, self.currency, status, category_id, False)
            deltas.add(posting, count)
        deltas.payees.update(each for each in self._payees if each is not None)
        self._sums.clear()
        await self.writer.apply(deltas)

    def _build(self, sources: Iterable[Source], build: Callable[[Source], NewTransaction]) -> list[NewTransaction]:
        rows = [build(each) for each in sources]
        sums = self._sums
        self._payees.update(row.payee_id for row in rows)
        for row in rows:
            group = sums[row.booked_on, row.category_id, row.amount_minor > 0, row.status]
            group[0] += row.amount_minor
            group[1] += 1
        return rows

    async def _read_last_id(self) -> int:
        last = select(Transaction.id).where(Transaction.import_batch_id == self.batch_id)
        return await self.session.scalar(last.order_by(Transaction.id.desc()).limit(1)) or 0

    def _constants(self) -> dict[str, Any]:
        moment = now()
        return {
            "book_id": self.member.book.id,
            "account_id": self.account_id,
            "currency": self.currency,
            "is_split": False,
            "import_batch_id": self.batch_id,
            "created_by_id": self.member.user.id,
            "version": 1,
            "created_at": moment,
            "updated_at": moment,
        }

    async def _copy(self) -> Callable[[list[NewTransaction]], Awaitable[None]]:
        constants = self._constants()
        fixed = tuple(constants.values())  # an enum's member is the text that its column stores
        columns = [*constants, *NewTransaction._fields]
        driver = (await (await self.session.connection()).get_raw_connection()).driver_connection
        assert driver is not None

        async def copy(rows: list[NewTransaction]) -> None:
            await driver.copy_records_to_table("transaction", records=[fixed + row for row in rows], columns=columns)

        return copy

    async def _insert_values(self) -> Callable[[list[NewTransaction]], Awaitable[None]]:
        """What is the same for every row stands once in the statement."""
        connection = await self.session.connection()
        table, dialect = Transaction.__table__, connection.dialect
        inline = {"literal_binds": True}
        constants = {
            name: str(literal(value, table.c[name].type).compile(dialect=dialect, compile_kwargs=inline))
            for name, value in self._constants().items()
        }
        width = len(NewTransaction._fields)
        names = ", ".join([*constants, *NewTransaction._fields])
        values = "({})".format(", ".join([*constants.values(), *"?" * width]))

        async def execute(rows: list[NewTransaction]) -> None:
            # Many rows a statement, and all statements in one call: each call makes two threads wait for each other.
            parts = [
                tuple(chain.from_iterable(rows[at : at + ROWS_PER_STATEMENT]))
                for at in range(0, len(rows), ROWS_PER_STATEMENT)
            ]
            full = [part for part in parts if len(part) == ROWS_PER_STATEMENT * width]
            for some, count in ((full, ROWS_PER_STATEMENT), (parts[len(full) :], len(rows) % ROWS_PER_STATEMENT)):
                if some:
                    tuples = ", ".join([values] * count)
                    statement = f'INSERT INTO "transaction" ({names}) VALUES {tuples}'  # noqa: S608 – our own columns
                    await connection.exec_driver_sql(statement, some)

        return execute
