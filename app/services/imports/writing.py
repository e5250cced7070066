"""Turn the new lines of an import into transactions with payees and tags, and sum up the batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from app.domain import payees
from app.models import ImportBatch, Payee, Status, TransactionTag
from app.models.base import now
from app.services.categorisation import OPEN
from app.services.imports.matching import Row
from app.services.ledger.bulk_insert import BulkInserter, NewTransaction
from app.services.ledger.search_index import text_of

if TYPE_CHECKING:
    from app.services import Services

LINKS_PER_STATEMENT = 4000
MOST_TRANSFERS = 1000  # made by rules in one import
NO_ORIGINAL = (None, None, None, None)


class RowWriter:
    """Writes the rows of one batch."""

    def __init__(
        self, services: Services, batch: ImportBatch, currency: str, *, before: RowWriter | None = None
    ) -> None:
        """``before`` wrote earlier rows of the batch in another unit of work; its known payees are reused."""
        self.services, self.session, self.member = services, services.session, services.member
        self.currency = currency
        self.ids: dict[str, int] = before.ids if before else {}  # of payees, by key
        self.names: dict[str, tuple[str, str]] = before.names if before else {}  # (name, key) by the bank's text
        self.linked: list[int] = before.linked if before else []  # transactions that rules made transfers
        self.transfers: list[tuple[int, int]] = []  # transaction, and the other account that a rule names
        self.inserter = BulkInserter(
            self.session, self.member, batch_id=batch.id, account_id=batch.account_id, currency=currency
        )

    async def book(self, rows: Sequence[Row]) -> list[int]:
        """Write rows and return their ids, in order. ``finish`` updates the totals after the last of them."""
        if not rows:
            return []
        await self._find_payees(rows)
        ids = await self.inserter.insert(rows, self._transaction)
        await self._tag(rows, ids)
        own = self.inserter.account_id
        self.transfers += [
            (id_, row.filed.transfer)
            for row, id_ in zip(rows, ids, strict=True)
            if row.filed and row.filed.transfer and row.filed.transfer != own
        ]
        return ids

    async def finish(self) -> None:
        """Update the totals with what was written."""
        await self.inserter.finish()
        for transaction_id, account_id in self.transfers[: MOST_TRANSFERS - len(self.linked)]:
            if await self.services.transfers.make_automatically(transaction_id, account_id):
                self.linked.append(transaction_id)
        self.transfers.clear()

    async def _tag(self, rows: Sequence[Row], ids: Sequence[int]) -> None:
        """Add the tags of the rules that matched."""
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
        for start in range(0, len(links), LINKS_PER_STATEMENT):
            await connection.execute(insert(TransactionTag), links[start : start + LINKS_PER_STATEMENT])

    def _payee(self, row: Row) -> tuple[str, str]:
        """Return name and key of a line's payee: the rule's name, else the cleaned bank description."""
        ruled = row.filed.payee if row.filed else ""
        text = ruled or row.line.payee_text
        known = self.names.get(text)
        if known is None:
            name = (ruled or (text if row.line.has_payee_name else payees.clean(text)))[:120]
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
            new = {row.key: row.id for row in made}
            self.ids |= new
            journal = self.services.journal.recorder
            await self.session.run_sync(journal.insert_in_bulk, Payee, {"ids": list(new.values())})

    def _transaction(self, row: Row) -> NewTransaction:
        line, filed = row.line, row.filed or OPEN
        name, key = self._payee(row)
        text = line.payee_text[:300]
        memo = line.memo if line.memo != line.payee_text else ""
        minor, currency, rate, source = row.original or NO_ORIGINAL
        return NewTransaction(
            line.booked_on if self.inserter.is_postgresql else line.booked_on.isoformat(),
            line.minor,
            self.ids[key] if key else None,
            filed.category_id,
            memo,
            text,
            minor,
            currency,
            rate,
            source,
            filed.by,
            filed.confidence,
            filed.reason,
            line.external_id or None,
            row.identity,
            row.ordinal,
            text_of(name, memo, text, line.minor, self.currency),
            Status.PENDING if line.is_pending else Status.CLEARED,
        )


def summarise(rows: Iterable[Row]) -> dict[str, Any]:
    """Return count, period, money in and out of imported rows, and count and sum by category (0 = uncategorized)."""
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
