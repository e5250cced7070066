"""The journal: every change of a book as one change set a unit of work, and undo.

What happens is written down by ``services/recorder.py``; here it is read, and taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import RowMapping, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.domain.period import Months
from app.errors import Conflict, NotFound
from app.i18n import _
from app.models import (
    Account,
    Actor,
    Base,
    Book,
    Change,
    ChangeAction,
    ChangeSet,
    Payee,
    Recurring,
    Split,
    Tag,
    Transaction,
    TransactionTag,
    User,
)
from app.services import bulk, totals
from app.services.base import Service
from app.services.ledger.recorder import Recorder, bulk_update, plain, recorder_of, revive

PAGE = 30
PART = 500  # ids in one statement
MONTH_BEGINS = "first_day_of_month"
USES: dict[type[Base], Sequence[Any]] = {
    Payee: (Transaction.payee_id, Recurring.payee_id),
    Tag: (TransactionTag.tag_id,),
}
MODELS: dict[str, type[Base]] = {
    mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers if mapper.class_.journaled
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the activity page."""

    id: int
    actor: Actor
    who: str
    label: str
    at: datetime
    undone: bool
    undoes_id: int | None
    import_batch_id: int | None


class JournalService(Service):
    """What happened in one book, and how to take it back."""

    @property
    def recorder(self) -> Recorder:
        return recorder_of(self.session, self.member)

    @property
    def change_set_id(self) -> int | None:
        """The change set of this unit of work, once something was flushed: what a toast's Undo names."""
        return self.recorder.change_set_id

    def note(self, label: str, *, actor: Actor | None = None) -> None:
        """Say in the reader's words what this unit of work does."""
        self.recorder.label = label
        if actor is not None:
            self.recorder.actor = actor

    async def bulk_update(
        self,
        model: type[Base],
        ids: Sequence[int],
        values: Mapping[str, Any],
        old: Iterable[Mapping[str, Any] | RowMapping],
    ) -> None:
        """See ``recorder.bulk_update``."""
        await bulk_update(self.session, self.member, model, ids, values, old)

    async def page(
        self, before_id: int | None = None, *, limit: int = PAGE, offset: int = 0, actor: Actor | None = None
    ) -> list[Entry]:
        """The latest change sets, newest first; ``before_id`` continues a page."""
        undoing = aliased(ChangeSet)
        query = (
            select(
                ChangeSet.id,
                ChangeSet.actor,
                func.coalesce(func.nullif(User.name, ""), User.username, ""),
                ChangeSet.label,
                ChangeSet.created_at,
                undoing.id.is_not(None),
                ChangeSet.undoes_id,
                ChangeSet.import_batch_id,
            )
            .outerjoin(User, User.id == ChangeSet.user_id)
            .outerjoin(undoing, undoing.undoes_id == ChangeSet.id)
            .where(ChangeSet.book_id == self.member.book.id)
            .order_by(ChangeSet.id.desc())
            .limit(limit)
            .offset(offset)
        )
        if before_id is not None:
            query = query.where(ChangeSet.id < before_id)
        if actor is not None:
            query = query.where(ChangeSet.actor == actor)
        return [Entry(*row) for row in await self.session.execute(query)]

    async def count(self) -> int:
        """How many change sets the book has."""
        of_book = select(func.count()).select_from(ChangeSet).where(ChangeSet.book_id == self.member.book.id)
        return int(await self.session.scalar(of_book) or 0)

    async def changes(self, change_set_id: int) -> Sequence[Change]:
        """What one change set of this book did, in the order in which it was done."""
        await self.own(change_set_id)
        found = select(Change).where(Change.change_set_id == change_set_id).order_by(Change.id)
        return (await self.session.scalars(found)).all()

    async def own(self, change_set_id: int) -> ChangeSet:
        found = await self.session.scalar(
            select(ChangeSet).where(ChangeSet.id == change_set_id, ChangeSet.book_id == self.member.book.id)
        )
        if found is None:
            raise NotFound(_("That change does not exist."))
        return found

    async def undo(self, change_set_id: int) -> ChangeSet:
        """Put back what a change set changed, as a change set of its own; refuse when the rows changed since.

        An import is undone by its batch (``services.imports``), not here.
        """
        original = await self.own(change_set_id)
        again = select(ChangeSet.id).where(ChangeSet.undoes_id == original.id)
        if await self.session.scalar(again) is not None:
            raise Conflict(_("That was already undone."))
        self.recorder.undoes_id = original.id
        self.note(_("Undid: {label}", label=original.label))
        changes = await self.changes(original.id)
        if any(each.table_name == Book.__tablename__ for each in changes):
            self.member.require_owner()
        for is_plain, some in groupby(reversed(changes), bulk.is_plain):
            if is_plain:
                for change in some:
                    if not await bulk.take_back(self.session, self.member, change):
                        raise changed_since()
            else:
                for run in _runs(some):
                    await self._take_back(run, alone=len(run) == len(changes))
        if any(each.table_name == Book.__tablename__ and MONTH_BEGINS in (each.before or {}) for each in changes):
            book = await self.session.get_one(Book, self.member.book.id)
            await totals.rebuild(self.session, book.id, Months(book.first_day_of_month))
        return original

    async def _take_back(self, run: Sequence[Step], *, alone: bool) -> None:
        """Put back changes of one kind to different rows of one table, all at once; ``alone``: there are no others."""
        model, action = run[0].model, run[0].action
        if action is ChangeAction.DELETE:
            await self._restore(model, [step.before for step in run])
        else:
            rows = await self._rows(model, [step.row_id for step in run])
            for step in run:
                row = rows.get(step.row_id)
                if row is None or any(plain(getattr(row, key)) != value for key, value in step.after.items()):
                    raise changed_since()
                if action is not ChangeAction.INSERT:
                    await self._set_back(row, step.before)
                elif not await self._is_used(row):
                    await self._remove(row)
                elif alone:
                    raise Conflict(_("This cannot be undone any more: it has been used since."))
        try:
            await self.session.flush()
        except IntegrityError:
            raise Conflict(
                _("This cannot be undone any more: something that it belongs to is gone, or is in use.")
            ) from None

    async def _set_back(self, row: Any, before: Mapping[str, Any]) -> None:
        if await self._has_entries_in(row, before):
            raise Conflict(_("This cannot be undone any more: there are entries in the new currency."))
        for key, value in revive(type(row), before).items():
            setattr(row, key, value)

    async def _has_entries_in(self, row: Any, before: Mapping[str, Any]) -> bool:
        """Whether entries are counted in a currency that setting the row back would take from under them."""
        if isinstance(row, Account) and "currency" in before:
            entries = Transaction.account_id == row.id
        elif isinstance(row, Book) and "base_currency" in before:
            entries = Transaction.book_id == row.id
        else:
            return False
        return bool(await self.session.scalar(select(Transaction.id).where(entries).limit(1)))

    async def _rows(self, model: Any, ids: Sequence[int]) -> dict[int, Any]:
        """The book's rows of these ids, with what the totals need to follow them."""
        own = (model.id if model is Book else model.book_id) == self.member.book.id
        query = select(model).where(own)
        if model is Transaction:
            query = query.options(selectinload(Transaction.splits))
        elif model is Split:
            query = query.options(joinedload(Split.transaction).selectinload(Transaction.splits))
        found: dict[int, Any] = {}
        for start in range(0, len(ids), PART):
            some = await self.session.scalars(query.where(model.id.in_(ids[start : start + PART])))
            found.update((row.id, row) for row in some.unique())
        return found

    async def _restore(self, model: Any, kept: Sequence[Mapping[str, Any]]) -> None:
        if await self._rows(model, [values["id"] for values in kept]):
            raise Conflict(_("This cannot be undone any more: the row is there again."))
        rows = [model(**revive(model, values)) for values in kept]
        if model is Split:
            owners = await self._rows(Transaction, sorted({row.transaction_id for row in rows}))
            for row in rows:
                if row.transaction_id not in owners:
                    raise Conflict(_("This cannot be undone any more: the entry of a split is gone."))
                owners[row.transaction_id].splits.append(row)
        elif model is Transaction:
            for row in rows:
                row.splits = []
        self.session.add_all(rows)

    async def _is_used(self, row: Any) -> bool:
        """Whether others point to a payee or a tag by now: those stay when the entry that first named them goes."""
        for column in USES.get(type(row), ()):
            if await self.session.scalar(select(column).where(column == row.id).limit(1)) is not None:
                return True
        return False

    async def _remove(self, row: Any) -> None:
        if isinstance(row, Account):
            entries = select(Transaction.id).where(Transaction.account_id == row.id).limit(1)
            if await self.session.scalar(entries) is not None:
                raise Conflict(_("This cannot be undone any more: the account has entries."))
        if isinstance(row, Split) and row.transaction is not None:
            row.transaction.splits.remove(row)
        await self.session.delete(row)


def changed_since() -> Conflict:
    return Conflict(_("This cannot be undone any more: it was changed again since. Undo the later change first."))


@dataclass(frozen=True, slots=True)
class Step:
    """One row's change, to be taken back."""

    model: type[Base]
    action: ChangeAction
    row_id: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def _steps(changes: Iterable[Change]) -> Iterator[Step]:
    for change in changes:
        model, before, after = MODELS[change.table_name], change.before or {}, change.after or {}
        if change.action is ChangeAction.BULK:
            for row_id, old in before.items():
                yield Step(model, ChangeAction.UPDATE, int(row_id), old, after)
        else:
            yield Step(model, change.action, change.row_id, before, after)


def _runs(changes: Iterable[Change]) -> Iterator[list[Step]]:
    """The steps in order, gathered as long as they are of one kind and of different rows."""
    run: list[Step] = []
    seen: set[int] = set()
    for step in _steps(changes):
        if run and ((step.model, step.action) != (run[0].model, run[0].action) or step.row_id in seen):
            yield run
            run, seen = [], set()
        run.append(step)
        seen.add(step.row_id)
    if run:
        yield run
