"""Writing many new transactions at once: rows, payees, roll-ups, and what the batch sums up to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from app.domain import payees
from app.domain.money import wire
from app.domain.search import search_text
from app.models import ImportBatch, Payee, Status, Transaction, TransactionTag
from app.models.base import now
from app.services import rollups
from app.services.filing import OPEN
from app.services.imports.matching import Row
from app.services.payees import key_of

if TYPE_CHECKING:
    from app.services import Services

CHUNK = 4000
COLUMNS = (
    "booked_on", "amount_minor", "payee_id", "category_id", "memo", "statement_text", "original_minor",
    "original_currency", "rate", "rate_source", "filed_by", "confidence", "because", "external_id", "identity",
    "ordinal", "search_text",
)  # fmt: skip
Record = tuple[Any, ...]


class Booking:
    """One batch's rows on their way into the ledger."""

    def __init__(self, services: Services, batch: ImportBatch, currency: str) -> None:
        self.services, self.session, self.member = services, services.session, services.member
        self.batch, self.currency = batch, currency
        self.ids: dict[str, int] = {}  # of payees, by key
        self.names: dict[str, tuple[str, str]] = {}  # of payees, (name, key) by what the bank writes

    async def book(self, rows: Sequence[Row]) -> list[int]:
        """Write the rows and all that follows from them; their ids, in order."""
        if not rows:
            return []
        await self._find_payees(rows)
        before = await self._last_id()
        for start in range(0, len(rows), CHUNK):
            await self._insert([self._record(row) for row in rows[start : start + CHUNK]])
        await rollups.apply(self.session, self._sums(rows))
        found = select(Transaction.id).where(Transaction.import_batch_id == self.batch.id, Transaction.id > before)
        ids = list(await self.session.scalars(found.order_by(Transaction.id)))
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
            known = self.names[text] = (name, key_of(name)) if name else ("", "")
        return known

    async def _find_payees(self, rows: Sequence[Row]) -> None:
        wanted = {key: name for name, key in (self._payee(row) for row in rows) if key}
        await self._load_payees()
        book_id, moment = self.member.book.id, now()
        missing = [
            {"book_id": book_id, "name": name, "key": key, "created_at": moment, "updated_at": moment}
            for key, name in wanted.items()
            if key not in self.ids
        ]
        if missing:
            connection = await self.session.connection()
            for start in range(0, len(missing), CHUNK):
                await connection.execute(insert(Payee), missing[start : start + CHUNK])
            await self._load_payees()

    async def _load_payees(self) -> None:
        found = select(Payee.key, Payee.id).where(Payee.book_id == self.member.book.id)
        self.ids.update((key, id_) for key, id_ in await self.session.execute(found))

    def _record(self, row: Row) -> Record:
        line, filed, original = row.line, row.filed or OPEN, row.original
        name, key = self._payee(row)
        memo = "" if line.memo == line.payee_text else line.memo
        return (
            line.booked_on,
            line.minor,
            self.ids[key] if key else None,
            filed.category_id,
            memo,
            line.payee_text[:300],
            original.minor if original else None,
            original.currency if original else None,
            original.rate if original else None,
            original.source if original else None,
            filed.by.value if filed.by else None,
            filed.confidence,
            filed.because,
            line.external_id or None,
            row.identity,
            row.ordinal,
            search_text(name, memo, line.payee_text[:300], wire(line.minor, line.currency)),
        )

    async def _insert(self, records: list[Record]) -> None:
        """As fast as each database takes rows: COPY into PostgreSQL, plain tuples into SQLite."""
        constants = {
            "book_id": self.member.book.id,
            "account_id": self.batch.account_id,
            "currency": self.currency,
            "is_split": False,
            "status": Status.CLEARED.value,
            "import_batch_id": self.batch.id,
            "created_by_id": self.member.user.id,
            "version": 1,
        }
        connection = await self.session.connection()
        if connection.dialect.name == "postgresql":
            moment = now()
            fixed = (*constants.values(), moment, moment)
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None
            await driver.copy_records_to_table(
                "transaction",
                records=[(*fixed, *record) for record in records],
                columns=[*constants, "created_at", "updated_at", *COLUMNS],
            )
            return
        stamp = Transaction.__table__.c.created_at.type.dialect_impl(connection.dialect).bind_processor(
            connection.dialect
        )
        moment = stamp(now()) if stamp else now()
        fixed = (*constants.values(), moment, moment)
        names = ", ".join([*constants, "created_at", "updated_at", *COLUMNS])
        places = ", ".join("?" * (len(fixed) + len(COLUMNS)))
        await connection.exec_driver_sql(
            f'INSERT INTO "transaction" ({names}) VALUES ({places})',  # noqa: S608 – names of our own columns
            [(*fixed, record[0].isoformat(), *record[1:]) for record in records],
        )

    def _sums(self, rows: Iterable[Row]) -> rollups.Deltas:
        groups: dict[tuple[date, int | None, bool], list[int]] = defaultdict(lambda: [0, 0])
        for row in rows:
            line = row.line
            group = groups[line.booked_on, row.filed.category_id if row.filed else None, line.minor > 0]
            group[0] += line.minor
            group[1] += 1
        deltas = rollups.Deltas(self.member.book.months)
        for (day, category_id, _in), (minor, count) in groups.items():
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
        return deltas


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
