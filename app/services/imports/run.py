"""Import the lines of one batch in chunks, so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from app.domain.money import wire
from app.domain.statement.lines import BadLine, Line
from app.i18n import _, ngettext
from app.models import (
    Account,
    Actor,
    CategorisedBy,
    ChangeSet,
    ImportBatch,
    ImportRow,
    ImportStatus,
    RowOutcome,
    Status,
    Transaction,
)
from app.models.base import now
from app.services.categorisation import OPEN
from app.services.imports.matching import (
    NEW,
    SAME,
    UNSURE,
    ExistingRows,
    Row,
    load_existing,
    load_window,
    match_by_amount,
    match_by_identity,
)
from app.services.imports.reading import Statement
from app.services.imports.transfer_hints import TransferFinder
from app.services.imports.writing import RowWriter, summarise
from app.services.ledger.writer import LedgerWriter

if TYPE_CHECKING:
    from app.services import Services

MAX_BAD_LINES = 2000  # stored with a batch
MAX_TRANSFER_GAP = timedelta(days=3)  # between the two sides of a transfer
MAX_SUGGESTED_TRANSFERS = 50  # stored in a summary


@dataclass(slots=True)
class ClosingBalance:
    """The bank's balance after the last line. Files run from old to new, or from new to old."""

    first: date | None = None
    day: date | None = None
    minor: int = 0
    lines: int = 0
    is_one_day: bool = True
    ends: list[Line] = field(default_factory=list)  # the first two lines show the direction within a single day

    def add(self, rows: Iterable[Row]) -> None:
        for row in rows:
            day, balance = row.line.booked_on, row.line.balance_minor
            if balance is None or row.original is not None:  # in another currency than the account
                continue
            self.first = self.first or day
            if len(self.ends) < 2:
                self.ends.append(row.line)
            self.lines += 1
            self.is_one_day = self.is_one_day and day == self.first
            # Of the last day, the last line counts if the file runs forward, else the first.
            if self.day is None or day > self.day or (day == self.day and (self.first < day or self._runs_forward())):
                self.day, self.minor = day, balance

    def _step(self) -> int | None:
        """Return 1 if the second balance follows from the first, -1 if the first follows from the second."""
        if len(self.ends) < 2:
            return None
        one, other = self.ends
        step = (other.balance_minor or 0) - (one.balance_minor or 0)
        forward, backward = step == other.minor, -step == one.minor
        return None if forward == backward else 1 if forward else -1

    def _runs_forward(self) -> bool:
        return self.is_one_day and self._step() == 1

    @property
    def value(self) -> list[Any] | None:
        """Return date and minor units, or None if all lines have one date and the order is unknown."""
        if self.day is None or (self.is_one_day and self.lines > 1 and self._step() is None):
            return None
        return [self.day.isoformat(), self.minor]


class ImportRun:
    """Imports a batch's lines: ``take`` each chunk, then ``finish``.

    A long file takes several units of work, with ``attach`` before and ``pause`` at the end of each. Possible
    duplicates wait for ``finish``, when it is known which transactions other lines match.
    """

    def __init__(
        self, services: Services, batch: ImportBatch, account: Account, found: ExistingRows, unsure: str
    ) -> None:
        self.found, self.unsure = found, unsure
        self.change_set_id: int | None = None
        self.waiting: list[Row] = []
        self.references: set[str] = set()  # of the new rows
        self.summary = summarise(())
        self.pairs: list[list[int]] = []
        self.paired: set[int] = set()
        self.count = self.created = self.duplicates = self.left = self.failed = 0
        self.pending = self.left_out = 0  # pending lines; pending lines and failed payments
        self.hints: list[list[int]] = []  # new row, and the account it is probably a transfer with
        self.transfers = TransferFinder(account, ())
        self.choices: Mapping[int, int | None] = {}  # by line, chosen in the preview
        self.closing = ClosingBalance()
        self.attach(services, batch, account)

    def attach(self, services: Services, batch: ImportBatch, account: Account) -> None:
        """Write in this unit of work from now on. All units of an import share one change set."""
        self.services, self.session, self.member = services, services.session, services.member
        self.batch, self.account = batch, account
        self.writer = RowWriter(services, batch, account.currency, before=getattr(self, "writer", None))
        journal = services.journal
        journal.recorder.import_batch_id = batch.id
        if self.change_set_id is not None:
            journal.recorder.change_set_id = self.change_set_id
        journal.note(_("Importing {name}", name=batch.filename) if batch.filename else "", actor=Actor.IMPORT)

    @classmethod
    async def of(cls, services: Services, batch: ImportBatch, account: Account, unsure: str) -> ImportRun:
        run = cls(services, batch, account, await load_existing(services.session, account), unsure)
        own = ChangeSet.book_id == batch.book_id, ChangeSet.import_batch_id == batch.id
        run.change_set_id = await services.session.scalar(select(ChangeSet.id).where(*own).limit(1))
        if run.change_set_id is not None:  # of an earlier attempt
            services.journal.recorder.change_set_id = run.change_set_id
        run.transfers = TransferFinder(account, await services.accounts.options())
        return run

    async def take(self, part: Statement) -> None:
        """Import the lines that are certainly new."""
        self.closing.add(part.rows)
        await load_window(self.session, self.account, self.found, part.rows)
        maybe = {id(row) for row in match_by_identity(self.found, part.rows) if row.line.minor in self.found.amounts}
        sure, waiting = list[Row](), list[Row]()
        for row in part.rows:
            (waiting if row.outcome == UNSURE or row.claims or id(row) in maybe else sure).append(row)
        self.waiting += waiting
        await self._settle(sure)
        await self._note_bad(part.bad)
        self.count += len(part)

    async def pause(self) -> None:
        """Write the totals of this unit of work before it is committed."""
        await self.writer.finish()
        self.batch.done = self.count
        self.change_set_id = self.services.journal.recorder.change_set_id
        await self.session.flush()

    async def take_all(self, statement: Statement) -> list[int]:
        """Import all lines at once, in order. Return the ids of the new transactions."""
        self.closing.add(statement.rows)
        await load_window(self.session, self.account, self.found, statement.rows)
        await match_by_amount(self.session, self.found, match_by_identity(self.found, statement.rows))
        ids = await self._settle(statement.rows)
        await self._note_bad(statement.bad)
        self.count += len(statement)
        return ids

    async def finish(self) -> None:
        """Decide on the lines that waited, and store the result in the batch and the change set."""
        await match_by_amount(self.session, self.found, [row for row in self.waiting if row.outcome != UNSURE])
        await self._settle(self.waiting)
        await self.writer.finish()
        batch = self.batch
        batch.status, batch.finished_at = ImportStatus.DONE, now()
        batch.rows = batch.done = self.count
        batch.created, batch.duplicates = self.created, self.duplicates
        batch.unsure, batch.failed = self.left, self.failed
        batch.summary = self.summary | {
            "transfers": self.pairs,
            "transfer_hints": self.hints,
            "closing": self.closing.value,
            "linked": self.writer.linked,
            "pending": self.pending,
            "left_out": self.left_out,
        }
        batch.path = None
        self.services.journal.note(_label(self.created, self.account))
        await self.session.flush()

    async def _settle(self, rows: Sequence[Row]) -> list[int]:
        """Write the new rows, store the others, and return the ids of the new ones."""
        if self.unsure == "keep":
            keep(rows, self.found, self.references)
        new = [row for row in rows if row.outcome == NEW]
        choose_categories(new, self.choices)
        taking = [row for row in rows if row.claims]
        if new or taking:
            await self.session.run_sync(self.services.journal.recorder.change_set)
        ids = await self.writer.book(new)
        before = await self._claim_typed(taking)
        await self._note(rows, before)
        if new:
            self.references.update(row.line.external_id for row in new)
            self.summary = add_summaries(self.summary, summarise(new))
            ruled = {id_ for id_, _account_id in self.writer.transfers}
            asked = [(row, id_) for row, id_ in zip(new, ids, strict=True) if id_ not in ruled]
            if asked:
                await self._pair(*zip(*asked, strict=True))
                self._hint_transfers(*zip(*asked, strict=True))
        self.created += len(new)
        self.duplicates += sum(row.outcome == SAME for row in rows)
        self.left += sum(row.outcome == UNSURE for row in rows)
        return ids

    async def _claim_typed(self, rows: Sequence[Row]) -> dict[int, dict[str, Any]]:
        """Give typed transactions the identity of their lines. Return their previous values by id."""
        owners = {row.match_id: row for row in rows if row.match_id is not None}
        typed = await self.services.ledger.read_loaded(Transaction.id, list(owners))
        return {row.id: await claim(self.services.ledger, row, owners[row.id]) for row in typed}

    async def _note(self, rows: Sequence[Row], before: Mapping[int, dict[str, Any]]) -> None:
        """Store the lines that were not simply imported, with the reason."""
        unsure = RowOutcome.SKIPPED if self.unsure == "skip" else RowOutcome.UNSURE
        await self._keep(
            _import_row(self.batch, row.line.line, unsure, row.reason, parsed(row), row.match_id)
            for row in rows
            if row.outcome == UNSURE
        )
        await self._keep(
            _import_row(
                self.batch, row.line.line, RowOutcome.DUPLICATE, row.reason,
                parsed(row) | {"before": before[row.match_id]}, row.match_id,
            )
            for row in rows
            if row.claims and row.match_id is not None and row.match_id in before
        )  # fmt: skip

    async def _note_bad(self, bad: Sequence[BadLine]) -> None:
        room = max(0, MAX_BAD_LINES - self.failed)
        self.failed += len(bad)
        self.pending += sum(each.kind == "pending" for each in bad)
        self.left_out += sum(each.kind != "failed" for each in bad)
        await self._keep(
            _import_row(
                self.batch, each.line, RowOutcome.FAILED, each.reason, {"raw": each.raw, "kind": each.kind}, None
            )
            for each in bad[:room]
        )

    async def _keep(self, lines: Iterable[dict[str, Any]]) -> None:
        kept = list(lines)
        connection = await self.session.connection()
        for start in range(0, len(kept), 2000):
            await connection.execute(insert(ImportRow), kept[start : start + 2000])

    def _hint_transfers(self, rows: Sequence[Row], ids: Sequence[int]) -> None:
        """Store new rows whose text says that they are transfers with another own account."""
        paired = {one for one, _other in self.pairs}
        for row, row_id in zip(rows, ids, strict=True):
            if len(self.hints) >= MAX_SUGGESTED_TRANSFERS:
                return
            target = self.transfers.find(row.line)
            if target and row_id not in paired:
                self.hints.append([row_id, target.id])

    async def _pair(self, rows: Sequence[Row], ids: Sequence[int]) -> None:
        """Store pairs of a new row and a transaction in another account that look like a transfer."""
        if len(self.pairs) >= MAX_SUGGESTED_TRANSFERS:
            return
        days = [row.line.booked_on for row in rows]
        opposite = select(-Transaction.amount_minor).where(
            Transaction.import_batch_id == self.batch.id, Transaction.id >= ids[0], Transaction.amount_minor != 0
        )
        others = await self.session.execute(
            select(Transaction.id, Transaction.amount_minor, Transaction.booked_on).where(
                Transaction.book_id == self.member.book.id,
                Transaction.account_id != self.account.id,
                Transaction.currency == self.account.currency,
                Transaction.transfer_id.is_(None),
                Transaction.booked_on.between(min(days) - MAX_TRANSFER_GAP, max(days) + MAX_TRANSFER_GAP),
                Transaction.amount_minor.in_(opposite),
            )
        )
        waiting: dict[int, list[tuple[date, int]]] = {}
        for other_id, minor, day in others:
            if other_id not in self.paired:
                waiting.setdefault(-minor, []).append((day, other_id))
        if not waiting:
            return
        for row, row_id in zip(rows, ids, strict=True):
            day = row.line.booked_on
            near = [each for each in waiting.get(row.line.minor, ()) if abs(each[0] - day) <= MAX_TRANSFER_GAP]
            if near and len(self.pairs) < MAX_SUGGESTED_TRANSFERS:
                nearest = min(near, key=lambda each: abs(each[0] - day))
                waiting[row.line.minor].remove(nearest)
                self.paired.add(nearest[1])
                self.pairs.append([row_id, nearest[1]])


def choose_categories(rows: Iterable[Row], choices: Mapping[int, int | None]) -> None:
    """Set the categories that the user chose for lines."""
    if choices:
        for row in rows:
            if row.line.line in choices:
                filed = row.filed or OPEN
                by = CategorisedBy.PERSON if choices[row.line.line] else None
                row.filed = replace(filed, category_id=choices[row.line.line], by=by, confidence=None, reason=None)


def _label(count: int, account: Account) -> str:
    return ngettext(
        "Imported {n} transaction into {account}",
        "Imported {n} transactions into {account}",
        count,
        account=account.name,
    )


def keep(rows: Iterable[Row], found: ExistingRows, references: Iterable[str] = ()) -> None:
    """Turn unsure rows into new ones. A reference that another row has is dropped."""
    given = {*(found.by_reference or ()), *references}
    given.update(row.line.external_id for row in rows if row.outcome == NEW)
    for row in rows:
        if row.outcome == UNSURE:
            row.outcome, row.match_id = NEW, None
            if row.line.external_id in given:
                row.line = row.line._replace(external_id="")
            given.add(row.line.external_id)


async def claim(ledger: LedgerWriter, row: Transaction, line: Row) -> dict[str, Any]:
    """Give a typed transaction the identity of this line. Return its previous values."""
    before = {
        "identity": row.identity,
        "ordinal": row.ordinal,
        "external_id": row.external_id,
        "statement_text": row.statement_text,
        "status": row.status.value,
    }
    await ledger.update(
        row,
        identity=line.identity,
        ordinal=line.ordinal,
        external_id=line.line.external_id or row.external_id,
        statement_text=line.line.payee_text[:300],
        status=Status.CLEARED if row.status is Status.PENDING and not line.line.is_pending else row.status,
    )
    return before


def parsed(row: Row) -> dict[str, Any]:
    """Return a line as JSON, for display and for ``decide``."""
    line, original = row.line, row.original
    values: dict[str, Any] = {
        "booked_on": line.booked_on.isoformat(),
        "payee": line.payee_text,
        "amount": wire(line.minor, line.currency),
        "minor": line.minor,
        "currency": line.currency,
        "memo": line.memo,
        "category": line.category,
        "external_id": line.external_id,
        "identity": row.identity,
        "ordinal": row.ordinal,
    }
    if line.is_pending:
        values["pending"] = True
    return values | ({"original": list(original)} if original else {})


def _import_row(
    batch: ImportBatch, line: int, outcome: RowOutcome, reason: str, values: dict[str, Any], match_id: int | None
) -> dict[str, Any]:
    return {
        "book_id": batch.book_id,
        "batch_id": batch.id,
        "line": line,
        "outcome": outcome,
        "reason": reason[:300],
        "parsed": values,
        "match_id": match_id,
    }


def add_summaries(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Add two summaries."""
    total = one | {name: one.get(name, 0) + other[name] for name in ("count", "in", "out")}
    days = [day for summary in (one, other) for day in (summary.get("first"), summary.get("last")) if day]
    total |= {"first": min(days, default=None), "last": max(days, default=None)}
    categories = {name: list(values) for name, values in one.get("categories", {}).items()}
    for name, (count, minor) in other["categories"].items():
        group = categories.setdefault(name, [0, 0])
        group[0], group[1] = group[0] + count, group[1] + minor
    return total | {"categories": categories}
