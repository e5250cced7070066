"""Taking an import back: its rows go, hand-typed rows are as they were, nothing of it stays in the way of the next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.orm import selectinload

from app.errors import Conflict
from app.i18n import _, ngettext
from app.models import (
    ChangeSet,
    ImportBatch,
    ImportRow,
    ImportStatus,
    Payee,
    RowOutcome,
    Status,
    Transaction,
)
from app.models.base import now
from app.services.base import Service

if TYPE_CHECKING:
    from app.services import Services

NAMED = 20  # edited rows that are listed


class Edited(NamedTuple):
    """A row of the import that was changed since."""

    id: int
    booked_on: date
    payee: str
    minor: int
    currency: str


class EditedSince(Conflict):
    """Rows of the import were changed since; undoing it again with a yes removes them too."""

    def __init__(self, count: int, rows: Sequence[Edited]) -> None:
        super().__init__(
            ngettext(
                "You changed {n} transaction of this import since. Undoing the import removes it too.",
                "You changed {n} transactions of this import since. Undoing the import removes them too.",
                count,
            )
        )
        self.count, self.rows = count, rows


class ImportUndo(Service):
    """One batch being taken back, in the running unit of work."""

    def __init__(self, services: Services, batch: ImportBatch) -> None:
        super().__init__(services)
        self.batch, self.ledger = batch, services.ledger
        self.own = Transaction.import_batch_id == batch.id, Transaction.book_id == self.member.book.id

    async def undo(self, *, even_edited: bool) -> None:
        if self.batch.status is not ImportStatus.DONE:
            raise Conflict(
                _("This import was undone already.")
                if self.batch.status is ImportStatus.UNDONE
                else _("This import is not finished.")
            )
        if not even_edited:
            await self._ask_about_edited()
        await self._note()
        payees = await self._payees()
        await self._restore_typed()
        await self._remove_touched()
        await self.ledger.delete_where(*self.own)
        await self._forget(payees)
        self.batch.status, self.batch.undone_at = ImportStatus.UNDONE, now()
        await self.session.flush()

    async def _ask_about_edited(self) -> None:
        edited = (*self.own, Transaction.version > 1)
        count = await self.session.scalar(select(func.count()).select_from(Transaction).where(*edited))
        if not count:
            return
        rows = await self.session.execute(
            select(
                Transaction.id,
                Transaction.booked_on,
                func.coalesce(Payee.name, Transaction.statement_text),
                Transaction.amount_minor,
                Transaction.currency,
            )
            .outerjoin(Payee, Payee.id == Transaction.payee_id)
            .where(*edited)
            .order_by(Transaction.booked_on.desc(), Transaction.id.desc())
            .limit(NAMED)
        )
        raise EditedSince(count, [Edited(*row) for row in rows])

    async def _note(self) -> None:
        """This is the taking back of the import's own change set; its later decisions go with it."""
        journal = self.services.journal
        first = select(ChangeSet).where(
            ChangeSet.import_batch_id == self.batch.id, ChangeSet.book_id == self.member.book.id
        )
        original = await self.session.scalar(first.order_by(ChangeSet.id).limit(1))
        journal.recorder.import_batch_id = self.batch.id
        if original is not None:
            journal.recorder.undoes_id = original.id
            journal.note(_("Undid: {label}", label=original.label))
        else:
            journal.note(_("Undid an import"))
        await self.session.run_sync(journal.recorder.change_set)

    async def _restore_typed(self) -> None:
        """Hand-typed rows lose what the bank's line gave them; lines that were skipped may come again."""
        noted = select(ImportRow).where(ImportRow.batch_id == self.batch.id, ImportRow.outcome == RowOutcome.DUPLICATE)
        kept = (await self.session.scalars(noted)).all()
        before = {row.match_id: row for row in kept if row.match_id and "before" in row.parsed}
        for row in await self.ledger.read_loaded(Transaction.id, list(before)):
            values = before[row.id].parsed
            if row.identity != values["identity"]:
                continue  # it was changed since and is not ours to restore
            old = values["before"]
            status = Status(old["status"]) if row.status is Status.CLEARED else row.status
            await self.ledger.update(
                row,
                status=status,
                **{name: old[name] for name in ("identity", "ordinal", "external_id", "statement_text")},
            )
        await self.ledger.delete_tombstones([row.parsed["tombstone"] for row in kept if "tombstone" in row.parsed])

    async def _remove_touched(self) -> None:
        """Rows that hold more than the bank said go one by one, so that the journal keeps them."""
        touched = select(Transaction).where(
            *self.own, (Transaction.version > 1) | Transaction.is_split | Transaction.transfer_id.is_not(None)
        )
        rows = (await self.session.scalars(touched.options(selectinload(Transaction.splits)))).all()
        await self.ledger.unlink([row.transfer_id for row in rows if row.transfer_id is not None])
        await self.ledger.delete(rows, tombstones=False)

    async def _payees(self) -> list[int]:
        """Payees that came into being with the import's rows."""
        came = Payee.created_at >= self.batch.created_at, Payee.created_at <= (self.batch.finished_at or now())
        found = select(Transaction.payee_id).distinct().join(Payee, Payee.id == Transaction.payee_id)
        return [id_ for id_ in await self.session.scalars(found.where(*self.own, *came)) if id_ is not None]

    async def _forget(self, payees: Sequence[int]) -> None:
        used = select(Transaction.id).where(Transaction.payee_id == Payee.id).exists()
        connection = await self.session.connection()
        for start in range(0, len(payees), 500):
            some = Payee.id.in_(payees[start : start + 500]), Payee.book_id == self.member.book.id
            await connection.execute(delete(Payee).where(*some, ~used))
