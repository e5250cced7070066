"""Confirm the undo of an import if its transactions were edited since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import case, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import Conflict
from app.i18n import _, ngettext
from app.models import Change, ChangeSet, ImportBatch, ImportRow, ImportStatus, Payee, Transaction
from app.models.base import now
from app.services.ledger.undo import Undo

if TYPE_CHECKING:
    from app.services import Services

MAX_LISTED_ROWS = 20  # edited rows that are listed


class Edited(NamedTuple):
    """A transaction of the import that was edited since."""

    id: int
    booked_on: date
    payee: str
    minor: int
    currency: str


class EditedSince(Conflict):
    """Transactions of the import were edited. Undoing with ``even_edited`` removes them too."""

    def __init__(self, count: int, rows: Sequence[Edited]) -> None:
        super().__init__(
            ngettext(
                "You edited {n} transaction of this import. Undoing the import removes it too.",
                "You edited {n} transactions of this import. Undoing the import removes them too.",
                count,
            )
        )
        self.count, self.rows = count, rows


async def mark_undone(session: AsyncSession, batch: ImportBatch, *, even_edited: bool) -> None:
    """Set the state of a batch that is being undone. Raises ``Conflict`` if it cannot be or needs confirmation."""
    if batch.status is ImportStatus.UNDONE:
        raise Conflict(_("This import has already been undone."))
    if batch.status is not ImportStatus.DONE:
        raise Conflict(_("This import is not finished."))
    if not even_edited:
        await check_edited(session, batch)
    batch.status, batch.undone_at = ImportStatus.UNDONE, now()
    await session.flush()


async def check_edited(session: AsyncSession, batch: ImportBatch) -> None:
    """Raise ``EditedSince`` if transactions of the batch were changed after the import.

    Those that a rule made transfers were changed once by the import itself.
    """
    linked = batch.summary.get("linked", [])
    edited = (
        Transaction.book_id == batch.book_id,
        Transaction.import_batch_id == batch.id,
        Transaction.version > case((Transaction.id.in_(linked), 2), else_=1),
    )
    count = await session.scalar(select(func.count()).select_from(Transaction).where(*edited))
    if not count:
        return
    rows = await session.execute(
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
        .limit(MAX_LISTED_ROWS)
    )
    raise EditedSince(count, [Edited(*row) for row in rows])


async def remove_partial(services: Services, batch: ImportBatch) -> int | None:
    """Remove what an interrupted import wrote. Return the id of its change set, for the next attempt."""
    own = ChangeSet.book_id == batch.book_id, ChangeSet.import_batch_id == batch.id
    session = services.session
    change_set_id: int | None = await session.scalar(select(ChangeSet.id).where(*own).order_by(ChangeSet.id).limit(1))
    if change_set_id is not None:
        services.journal.recorder.change_set_id = change_set_id
        changes = select(Change).where(Change.change_set_id == change_set_id).order_by(Change.id)
        await Undo(services.ledger).reverse((await session.scalars(changes)).all(), force=True)
    await (await session.connection()).execute(delete(ImportRow).where(ImportRow.batch_id == batch.id))
    batch.done = 0
    await session.flush()
    return change_set_id
