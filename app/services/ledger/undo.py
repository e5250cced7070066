"""Reverses the changes of change sets, whoever made them: a person, an import, a rule or a job.

Rows are restored, set back and removed in the reverse order. Undo refuses when a row was changed since, because it
would overwrite the later change; with ``force`` it reverses what can be reversed and leaves later changes alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from app.domain.period import Months
from app.errors import Conflict
from app.i18n import _
from app.models import (
    Account,
    Base,
    Book,
    Change,
    ChangeAction,
    Payee,
    Recurring,
    Split,
    Tag,
    Transaction,
    TransactionTag,
    Transfer,
)
from app.services.ledger import rollups
from app.services.ledger.recorder import plain, revive
from app.services.ledger.writer import LEDGER_MODELS, LedgerWriter, chunks

MONTH_START = "first_day_of_month"
#: Columns that refer to a payee or a tag: while others use it, it stays when the change that added it is undone.
USES: dict[type[Base], Sequence[Any]] = {
    Payee: (Transaction.payee_id, Recurring.payee_id),
    Tag: (TransactionTag.tag_id,),
}
#: The same when undo is forced; without force, undoing the creation of a used account is refused with its own words.
FORCED_USES = USES | {Account: (Transaction.account_id, Recurring.account_id), Transfer: (Transaction.transfer_id,)}
MODELS: dict[str, type[Base]] = {
    mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers if mapper.class_.journaled
}


@dataclass(frozen=True, slots=True)
class Step:
    """The change of one row that is reversed."""

    model: type[Base]
    action: ChangeAction
    row_id: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]


class Undo:
    """Reverses changes of one book in the running unit of work."""

    def __init__(self, writer: LedgerWriter) -> None:
        self.writer, self.session, self.member = writer, writer.session, writer.member

    async def reverse(self, changes: Sequence[Change], *, force: bool = False) -> None:
        """Reverse the changes of a change set, given in the order in which they were made.

        Raises ``Conflict`` when a row was changed, used or deleted since. With ``force``, rows that were inserted are
        deleted in bulk even if they were changed, except those in use, and updates are reversed for the columns that
        still have the value. Such an undo cannot be undone.
        """
        if any(each.table_name == Book.__tablename__ for each in changes):
            self.member.require_owner()
        for run in _runs(reversed(changes)):
            if isinstance(run, Change):
                if is_bulk_insert(run):
                    await self._delete_bulk(MODELS[run.table_name], run.after or {})
                else:
                    await self._reverse_bulk(run)
            elif force:
                await self._force_run(run)
            else:
                await self._reverse_run(run, alone=len(run) == len(changes))
        if any(each.table_name == Book.__tablename__ and MONTH_START in (each.before or {}) for each in changes):
            book = await self.session.get_one(Book, self.member.book.id)
            await rollups.rebuild(self.session, book.id, Months(book.first_day_of_month))

    async def _delete_bulk(self, model: Any, selector: Mapping[str, Any]) -> None:
        """Delete the rows that a bulk insert made."""
        if "ids" in selector:
            await self._delete_unused(model, selector["ids"])
        else:
            await self.writer.delete_where(*(getattr(model, name) == value for name, value in selector.items()))

    async def _delete_unused(self, model: Any, ids: Sequence[int]) -> None:
        """Delete rows of the book in bulk, without journaling each; those that others use stay."""
        await self.session.flush()
        for some in chunks(ids):
            if model is Transaction:
                await self.writer.delete_where(Transaction.id.in_(some))
            elif model is not Split:  # splits go with their transactions
                used = [exists().where(column == model.id) for column in FORCED_USES.get(model, ())]
                gone = delete(model).where(
                    model.id.in_(some), model.book_id == self.member.book.id, *(~e for e in used)
                )
                await (await self.session.connection()).execute(gone)

    async def _force_run(self, run: Sequence[Step]) -> None:
        model, action = run[0].model, run[0].action
        ids = [step.row_id for step in run]
        if action is ChangeAction.INSERT:
            await self._delete_unused(model, ids)
            return
        rows = await self._rows(model, ids)
        if action is ChangeAction.DELETE:
            gone = [step.before for step in run if step.row_id not in rows]
            await self._save(model, added=await self._revived(model, gone))
            return
        changed = []
        for step in run:
            row = rows.get(step.row_id)
            same = [key for key, value in step.after.items() if row is not None and plain(getattr(row, key)) == value]
            if same:
                changed.append((row, revive(model, {key: step.before[key] for key in same})))
        await self._save(model, changed=changed)

    async def _reverse_bulk(self, change: Change) -> None:
        """Set back many transactions that one statement changed; those with the same old values in one statement."""
        before: dict[int, dict[str, Any]] = {int(id_): values for id_, values in (change.before or {}).items()}
        after = change.after or {}
        rows = await self.writer.read_rows(list(before))
        if len(rows) != len(before) or any(
            plain(getattr(row, name)) != value for row in rows for name, value in after.items()
        ):
            raise changed_since()
        alike: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
        for row in rows:
            alike[tuple(before[row.id][name] for name in after)].append(row)
        for old, some in alike.items():
            await self.writer.update_many(some, revive(Transaction, dict(zip(after, old, strict=True))))

    async def _reverse_run(self, run: Sequence[Step], *, alone: bool) -> None:
        """Reverse changes of one kind to different rows of one table; ``alone``: the change set has no others."""
        model, action = run[0].model, run[0].action
        if action is ChangeAction.DELETE:
            await self._save(model, added=await self._revived(model, [step.before for step in run]))
            return
        rows = await self._rows(model, [step.row_id for step in run])
        changed, removed = list[tuple[Any, dict[str, Any]]](), list[Any]()
        for step in run:
            row = rows.get(step.row_id)
            if row is None or any(plain(getattr(row, key)) != value for key, value in step.after.items()):
                raise changed_since()
            if action is ChangeAction.UPDATE:
                if await self._has_transactions(row, step.before):
                    raise Conflict(_("This can’t be undone: there are transactions in the new currency."))
                changed.append((row, revive(model, step.before)))
            elif not await self._is_used(row):
                removed.append(row)
            elif alone:
                raise Conflict(_("This can’t be undone: it has been used since."))
        await self._save(model, changed=changed, removed=removed)

    async def _save(
        self,
        model: type[Base],
        *,
        added: Sequence[Any] = (),
        changed: Sequence[tuple[Any, Mapping[str, Any]]] = (),
        removed: Sequence[Any] = (),
    ) -> None:
        try:
            if model in LEDGER_MODELS:
                await self.writer.replay(added=added, changed=changed, removed=removed)
                return
            for row, values in changed:
                for name, value in values.items():
                    setattr(row, name, value)
            for row in removed:
                await self.session.delete(row)
            self.session.add_all(added)
            await self.session.flush()
        except IntegrityError:
            raise Conflict(_("This can’t be undone: a related row was deleted or is in use.")) from None

    async def _revived(self, model: Any, kept: Sequence[Mapping[str, Any]]) -> list[Any]:
        if await self._rows(model, [values["id"] for values in kept]):
            raise Conflict(_("This can’t be undone: the row exists again."))
        rows = [model(**revive(model, values)) for values in kept]
        if model is Transaction:
            for row in rows:
                row.splits = []
        return rows

    async def _has_transactions(self, row: Any, before: Mapping[str, Any]) -> bool:
        """Whether transactions are counted in a currency that setting the row back would take from under them."""
        if isinstance(row, Account) and "currency" in before:
            counted = Transaction.account_id == row.id
        elif isinstance(row, Book) and "base_currency" in before:
            counted = Transaction.book_id == row.id
        else:
            return False
        return await self.session.scalar(select(Transaction.id).where(counted).limit(1)) is not None

    async def _rows(self, model: Any, ids: Sequence[int]) -> dict[int, Any]:
        """Return the book's rows of these ids, loaded as the ledger writer needs them."""
        own = (model.id if model is Book else model.book_id) == self.member.book.id
        query = select(model).where(own)
        if model is Transaction:
            query = query.options(selectinload(Transaction.splits))
        found: dict[int, Any] = {}
        for some in chunks(ids):
            rows = await self.session.scalars(query.where(model.id.in_(some)))
            found.update((row.id, row) for row in rows.unique())
        return found

    async def _is_used(self, row: Any) -> bool:
        """Whether others use a row by now. Raises ``Conflict`` for an account with transactions."""
        for column in USES.get(type(row), ()):
            if await self.session.scalar(select(column).where(column == row.id).limit(1)) is not None:
                return True
        if isinstance(row, Account):
            used = select(Transaction.id).where(Transaction.account_id == row.id).limit(1)
            if await self.session.scalar(used) is not None:
                raise Conflict(_("This can’t be undone: the account has transactions."))
        return False


def is_bulk_insert(change: Change) -> bool:
    """Whether a change stands for many inserted rows. Its ``after`` selects them, see ``Recorder.insert_in_bulk``."""
    return change.action is ChangeAction.BULK and change.before is None


def changed_since() -> Conflict:
    return Conflict(_("This can’t be undone: it has changed since. Undo the later change first."))


def _runs(changes: Iterable[Change]) -> Iterator[list[Step] | Change]:
    """Yield bulk changes as they are, and the others gathered while they are of one kind and of different rows."""
    run: list[Step] = []
    seen: set[int] = set()
    for change in changes:
        is_bulk = change.action is ChangeAction.BULK
        model = MODELS[change.table_name]
        if run and (is_bulk or (model, change.action) != (run[0].model, run[0].action) or change.row_id in seen):
            yield run
            run, seen = [], set()
        if is_bulk:
            yield change
        else:
            run.append(Step(model, change.action, change.row_id, change.before or {}, change.after or {}))
            seen.add(change.row_id)
    if run:
        yield run
