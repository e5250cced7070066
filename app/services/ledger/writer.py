"""The only code that writes transactions, splits, transfers and tombstones.

Every method keeps the totals, the search text and the journal in step, in the caller's database transaction, and notes
what changed for the one ``LedgerChanged`` of the unit of work. The ORM refuses to flush such rows from anywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.event import listens_for
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, joinedload, selectinload

from app.events import LedgerChanged, enqueue
from app.models import Attachment, Base, CategorisedBy, Split, Tombstone, Transaction, TransactionTag, Transfer
from app.models.base import now
from app.services.ledger import rollups, search_index
from app.services.ledger.recorder import recorder, recorder_of
from app.services.ledger.rollups import Deltas, Posting
from app.services.member import Member

IDS_PER_STATEMENT = 500
LEDGER_MODELS = (Transaction, Split, Transfer, Tombstone)
#: Columns that the totals depend on.
TOTALLED = ("account_id", "booked_on", "amount_minor", "currency", "status", "category_id", "payee_id")
#: What ``read_rows`` returns of each transaction.
COLUMNS = (
    Transaction.id,
    Transaction.account_id,
    Transaction.booked_on,
    Transaction.amount_minor,
    Transaction.currency,
    Transaction.status,
    Transaction.payee_id,
    Transaction.category_id,
    Transaction.categorised_by,
    Transaction.confidence,
    Transaction.reason,
    Transaction.transfer_id,
    Transaction.is_split,
)
UNCATEGORISED: Mapping[str, Any] = {"category_id": None, "categorised_by": None, "confidence": None, "reason": None}


@dataclass(slots=True)
class LedgerChanges:
    """What a unit of work has touched so far; lives in ``session.info`` until the commit."""

    accounts: set[int] = field(default_factory=set)
    categories: set[int] = field(default_factory=set)
    months: set[date] = field(default_factory=set)
    payees: set[int] = field(default_factory=set)

    def add(self, deltas: Deltas) -> None:
        self.accounts.update(account_id for (account_id,) in deltas.accounts)
        for _account_id, month, category_id, _currency in deltas.flows:
            self.months.add(month)
            if category_id > 0:  # neither uncategorised nor a transfer
                self.categories.add(category_id)
        self.payees |= deltas.payees


def enqueue_ledger_changed(session: Session) -> None:
    """Enqueue the one ``LedgerChanged`` of the unit of work, if it wrote the ledger. Call it before the commit."""
    changes: LedgerChanges | None = session.info.pop("ledger_changes", None)
    journal = recorder(session)
    if changes is None or journal is None or not changes.accounts:
        return
    event = LedgerChanged(
        journal.book_id,
        journal.change_set(session),
        frozenset(changes.accounts),
        frozenset(changes.categories),
        frozenset(changes.months),
        frozenset(changes.payees),
    )
    enqueue(session, event)


class LedgerWriter:
    """Writes the ledger of one book. Callers have checked what they pass; the writer keeps it consistent."""

    def __init__(self, session: AsyncSession, member: Member) -> None:
        self.session, self.member = session, member

    @property
    def book_id(self) -> int:
        return self.member.book.id

    def new_deltas(self) -> Deltas:
        return Deltas(self.book_id, self.member.book.months)

    # One row, or a few

    async def insert(self, *rows: Transaction) -> None:
        """Insert transactions with their splits."""
        await self._write((), lambda session: session.add_all(rows), rows)

    async def update(self, *rows: Transaction, splits: Sequence[Split] | None = None, **values: Any) -> None:
        """Set columns of transactions; ``splits``, if given, replace those of the one row.

        The splits of a split row are loaded. The version always rises, because it counts changes of tags too.
        """

        def change(session: Session) -> None:
            for row in rows:
                for name, value in values.items():
                    setattr(row, name, value)
                if splits is not None:
                    for each in row.splits:
                        session.delete(each)  # one by one: the journal does not see orphans
                    row.splits, row.is_split = list(splits), bool(splits)
                row.updated_at = now()

        await self._write(rows, change, rows)

    async def update_split(self, *rows: Split, **values: Any) -> None:
        """Set columns of splits whose transactions are loaded with all of their splits."""

        def change(_session: Session) -> None:
            for row in rows:
                for name, value in values.items():
                    setattr(row, name, value)

        owners = unique(row.transaction for row in rows)
        await self._write(owners, change, owners)

    async def delete(self, rows: Sequence[Transaction], *, tombstones: bool = True) -> None:
        """Delete transactions (splits loaded) with their tags, attachments and transfers.

        With ``tombstones``, lines of imports are remembered so that their file does not bring them back.
        """
        ids = [row.id for row in rows]
        for model in (TransactionTag, Attachment):
            await self._delete_each(model, model.transaction_id, ids)
        if tombstones:
            for row in rows:
                if row.identity is not None or row.external_id is not None:
                    await self.add_tombstone(row.account_id, row.identity, row.ordinal, row.external_id)

        def remove(session: Session) -> None:
            for row in rows:
                session.delete(row)

        transfers = sorted({row.transfer_id for row in rows if row.transfer_id})
        await self._write(rows, remove, ())
        await self._delete_each(Transfer, Transfer.id, transfers)

    async def add_tombstone(
        self, account_id: int, identity: int | None, ordinal: int | None, external_id: str | None = None
    ) -> Tombstone:
        """Remember a statement line that must not be imported again."""
        stone = Tombstone(
            book_id=self.book_id, account_id=account_id, identity=identity, ordinal=ordinal, external_id=external_id
        )
        await self._write((), lambda session: session.add(stone), ())
        return stone

    async def replay(
        self,
        *,
        added: Sequence[Any] = (),
        changed: Sequence[tuple[Any, Mapping[str, Any]]] = (),
        removed: Sequence[Any] = (),
    ) -> None:
        """Put back rows of one ledger table for undo, and nothing but these rows.

        Transactions have their splits loaded; those of splits are loaded here.
        """
        rows = [*(row for row, _values in changed), *removed]
        of_splits = sorted({row.transaction_id for row in (*rows, *added) if isinstance(row, Split)})
        owners = {row.id: row for row in await self.read_loaded(Transaction.id, of_splits)}

        def change(session: Session) -> None:
            for row in added:
                if isinstance(row, Split) and row.transaction_id in owners:
                    owners[row.transaction_id].splits.append(row)
            session.add_all(added)
            for row, values in changed:
                for name, value in values.items():
                    setattr(row, name, value)
            for row in removed:
                if isinstance(row, Split):
                    owners[row.transaction_id].splits.remove(row)
                session.delete(row)

        before = [*owners.values(), *(row for row in rows if isinstance(row, Transaction))]
        after = [*before, *(row for row in added if isinstance(row, Transaction))]
        await self._write(before, change, [row for row in after if row not in removed])

    # Transfers

    async def insert_transfer(self, *legs: Transaction, rate: str | None) -> Transfer:
        """Insert a transfer with its two new transactions."""
        transfer = await self._add_transfer(rate)
        for leg in legs:
            leg.transfer_id = transfer.id
        await self.insert(*legs)
        return transfer

    async def link(self, *legs: Transaction, rate: str | None) -> Transfer:
        """Link two transactions as a transfer. Their categories and splits are removed."""
        transfer = await self._add_transfer(rate)
        for leg in legs:
            await self.update(leg, splits=(), **UNCATEGORISED, transfer_id=transfer.id)
        return transfer

    async def unlink(self, transfer_ids: Sequence[int]) -> list[Transaction]:
        """Delete transfers but keep their transactions, which are returned."""
        legs = await self.read_loaded(Transaction.transfer_id, transfer_ids)
        await self.update(*legs, transfer_id=None)
        await self._delete_each(Transfer, Transfer.id, transfer_ids)
        return legs

    async def set_rate(self, transfer: Transfer, rate: str) -> None:
        def change(_session: Session) -> None:
            transfer.rate = rate

        await self._write((), change, ())

    async def _add_transfer(self, rate: str | None) -> Transfer:
        transfer = Transfer(book_id=self.book_id, rate=rate)
        await self._write((), lambda session: session.add(transfer), ())
        return transfer

    # Many rows

    async def read_rows(self, ids: Sequence[int], *conditions: Any) -> list[Any]:
        """Return ``COLUMNS`` of the book's transactions with these ids, as ``update_many`` takes them."""
        await self.session.flush()
        found: list[Any] = []
        for some in chunks(ids):
            query = select(*COLUMNS).where(Transaction.book_id == self.book_id, Transaction.id.in_(some), *conditions)
            found += (await self.session.execute(query)).all()
        return found

    async def read_loaded(self, column: Any, values: Sequence[int]) -> list[Transaction]:
        """Return the book's transactions whose ``column`` has one of these values, with their splits."""
        found: list[Transaction] = []
        for some in chunks(values):
            query = select(Transaction).where(Transaction.book_id == self.book_id, column.in_(some))
            found += await self.session.scalars(query.options(selectinload(Transaction.splits)))
        return found

    async def update_many(self, rows: Sequence[Any], values: Mapping[str, Any]) -> int:
        """Set the same values on many transactions (rows of ``read_rows``); return how many there are."""
        if not rows:
            return 0
        totalled = {name: value for name, value in values.items() if name in TOTALLED}
        ids = [row.id for row in rows]

        def write(session: Session) -> None:
            splits: dict[int, tuple[tuple[int | None, int], ...]] = {}
            for some in chunks([row.id for row in rows if row.is_split]):
                splits |= rollups.read_splits(session, Split.transaction_id.in_(some))
            deltas = self.new_deltas()
            for row in rows:
                before = _posting(row, splits.get(row.id, ()))
                deltas.subtract(before)
                deltas.add(before._replace(**totalled))
            recorder_of(self.session, self.member).update_many(session, Transaction, rows, values)
            if "payee_id" in values:
                for some in chunks(ids):
                    search_index.index_where(session, search_index.TABLE.c.id.in_(some))
            self._apply(session, deltas)

        await self.session.run_sync(write)
        await self._refresh(set(ids), values)
        return len(rows)

    async def recategorise(
        self, ids: Sequence[int], category_id: int, *, categorised_by: CategorisedBy, reason: str | None = None
    ) -> None:
        """Set the category of those of these transactions that are neither split nor transfers."""
        rows = await self.read_rows(ids, ~Transaction.is_split, Transaction.transfer_id.is_(None))
        values = {"category_id": category_id, "categorised_by": categorised_by, "confidence": None, "reason": reason}
        await self.update_many(rows, values)

    async def replace_category(self, category_id: int, new_id: int) -> None:
        """Move all transactions and splits of a category to another one; who categorised them stays."""
        own = Transaction.book_id == self.book_id, Transaction.category_id == category_id
        await self.session.flush()
        rows = (await self.session.execute(select(*COLUMNS).where(*own))).all()
        await self.update_many(rows, {"category_id": new_id})
        splits = (
            select(Split)
            .where(Split.book_id == self.book_id, Split.category_id == category_id)
            .options(joinedload(Split.transaction).selectinload(Transaction.splits))
        )
        await self.update_split(*(await self.session.scalars(splits)), category_id=new_id)

    async def insert_many(self, rows: Sequence[Mapping[str, Any]]) -> list[int]:
        """Insert transactions from column values; return their ids in the same order. Each row is journaled.

        A row may have ``payee``, the payee's name for the search text, and ``splits``, pairs of category id and minor
        units. For unjournaled imports of many thousand rows see ``BulkInserter``.
        """
        columns = [{key: value for key, value in row.items() if key not in ("payee", "splits")} for row in rows]
        for values, row in zip(columns, rows, strict=True):
            values["is_split"] = bool(row.get("splits"))
            values["search_text"] = search_index.text_of(
                row.get("payee", ""), values.get("memo", ""), values.get("statement_text", ""), values["amount_minor"],
                values["currency"],
            )  # fmt: skip
        ids = await self.insert_rows(Transaction, columns)
        splits = [
            {"transaction_id": id_, "category_id": category_id, "amount_minor": minor}
            for id_, row in zip(ids, rows, strict=True)
            for category_id, minor in row.get("splits", ())
        ]
        await self.insert_rows(Split, splits)

        def write(session: Session) -> None:
            deltas = self.new_deltas()
            for row in rows:
                deltas.add(
                    Posting(
                        row["account_id"], row["booked_on"], row["amount_minor"], row["currency"], row["status"],
                        row["category_id"], row["transfer_id"] is not None, row["payee_id"],
                        tuple(row.get("splits", ())),
                    )
                )  # fmt: skip
            self._apply(session, deltas)

        await self.session.run_sync(write)
        return ids

    async def insert_transfers(self, rates: Sequence[str | None]) -> list[int]:
        """Insert transfers for the legs of an ``insert_many`` that follows; return their ids."""
        return await self.insert_rows(Transfer, [{"rate": rate} for rate in rates])

    async def insert_rows(self, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> list[int]:
        """Insert rows of a journaled table of the book in one statement; return their ids in the same order."""
        if not rows:
            return []
        table: Any = model.__table__
        of_book = [{"book_id": self.book_id, **row} for row in rows]
        statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)

        def write(session: Session) -> list[int]:
            ids = list(session.connection().execute(statement, of_book).scalars())
            recorder_of(self.session, self.member).insert_many(session, model, ids, of_book)
            return ids

        await self.session.flush()
        return await self.session.run_sync(write)

    async def delete_where(self, *conditions: Any) -> None:
        """Delete the book's transactions that match, with their transfers, without journaling each row.

        A transfer that has only one leg among them is unlinked first: its other leg stays.
        """
        own = (Transaction.book_id == self.book_id, *conditions)
        await self.session.flush()
        legs = select(Transaction.id, Transaction.transfer_id).where(*own, Transaction.transfer_id.is_not(None))
        going = {row.id: row.transfer_id for row in await self.session.execute(legs)}
        staying = set[int]()
        for some in chunks(sorted({each for each in going.values() if each})):
            both = select(Transaction.id, Transaction.transfer_id).where(Transaction.transfer_id.in_(some))
            staying |= {row.transfer_id or 0 for row in await self.session.execute(both) if row.id not in going}
        await self.unlink(sorted(staying))

        def write(session: Session) -> None:
            deltas = self.new_deltas()
            for posting, count in rollups.read_postings(session, own):
                deltas.subtract(posting, count)
            connection = session.connection()
            connection.execute(delete(Transaction).where(*own))
            for some in chunks(sorted({each for each in going.values() if each})):
                connection.execute(delete(Transfer).where(Transfer.id.in_(some)))
            self._apply(session, deltas)

        await self.session.run_sync(write)

    # What all of them share

    async def _write(
        self, before: Iterable[Transaction], change: Callable[[Session], None], after: Iterable[Transaction]
    ) -> None:
        """Flush a change of loaded rows and bring the totals from the state before to the state after."""

        def write(session: Session) -> None:
            deltas = self.new_deltas()
            for row in before:
                deltas.subtract(Posting.of(row))
            with session.no_autoflush:
                change(session)
                for row in after:
                    search_index.index_row(session, row)
            self.flush(session)
            for row in after:
                deltas.add(Posting.of(row))
            self._apply(session, deltas)
            session.info.setdefault("touched", set()).update(after)

        await self.session.run_sync(write)

    @staticmethod
    def flush(session: Session) -> None:
        """Flush with ledger rows allowed."""
        session.info["is_ledger_writing"] = True
        try:
            session.flush()
        finally:
            session.info["is_ledger_writing"] = False

    async def apply(self, deltas: Deltas) -> None:
        """Write differences that ``BulkInserter`` collected."""
        await self.session.run_sync(self._apply, deltas)

    def _apply(self, session: Session, deltas: Deltas) -> None:
        """Write the totals, and remember what was touched for the ``LedgerChanged`` of the unit of work."""
        deltas.write(session)
        changes: LedgerChanges = session.info.setdefault("ledger_changes", LedgerChanges())
        changes.add(deltas)

    async def _delete_each(self, model: Any, column: Any, values: Sequence[int]) -> None:
        """Delete the book's rows of a model whose ``column`` has one of these values; the journal keeps each."""
        found: list[Any] = []
        for some in chunks(values):
            found += await self.session.scalars(select(model).where(model.book_id == self.book_id, column.in_(some)))

        def remove(session: Session) -> None:
            for row in found:
                session.delete(row)

        if found:
            await self._write((), remove, ())

    async def _refresh(self, ids: set[int], names: Iterable[str]) -> None:
        """Read what a bulk statement wrote into the objects that are loaded already."""
        for row in list(self.session.sync_session.identity_map.values()):
            if isinstance(row, Transaction) and row.id in ids:
                await self.session.refresh(row, [*names, "version"])


def _posting(row: Any, splits: tuple[tuple[int | None, int], ...]) -> Posting:
    return Posting(
        row.account_id, row.booked_on, row.amount_minor, row.currency, row.status, row.category_id,
        row.transfer_id is not None, row.payee_id, splits,
    )  # fmt: skip


def unique(rows: Iterable[Transaction | None]) -> list[Transaction]:
    return list({id(row): row for row in rows if row is not None}.values())


def chunks(values: Sequence[int]) -> Iterator[Sequence[int]]:
    """Cut a list of ids into parts that fit into one statement."""
    return (values[start : start + IDS_PER_STATEMENT] for start in range(0, len(values), IDS_PER_STATEMENT))


@listens_for(Session, "before_flush")
def _refuse_other_writers(session: Session, _context: Any, _instances: Any) -> None:
    """Raise when ledger rows are flushed by anything but the writer: totals and search text would be wrong."""
    if session.info.get("is_ledger_writing"):
        return
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, LEDGER_MODELS) and (row not in session.dirty or session.is_modified(row)):
            raise RuntimeError(f"{type(row).__name__} rows are written by LedgerWriter only")
