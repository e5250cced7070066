"""Read the activity of a book, and undo change sets. ``ledger/recorder.py`` writes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.errors import Conflict, NotFound
from app.i18n import _
from app.models import Actor, Change, ChangeSet, ImportBatch, User
from app.services.base import Service
from app.services.imports.undo import mark_undone
from app.services.ledger.recorder import Recorder, recorder_of
from app.services.ledger.undo import Undo

PAGE_ROWS = 30


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One change set on the activity page."""

    id: int
    actor: Actor
    who: str
    label: str
    at: datetime
    undone: bool
    undoes_id: int | None
    import_batch_id: int | None


class JournalService(Service):
    """The change sets of one book."""

    @property
    def recorder(self) -> Recorder:
        return recorder_of(self.session, self.member)

    @property
    def change_set_id(self) -> int | None:
        """Return the id of this unit of work's change set, for Undo; None before anything is flushed."""
        return self.recorder.change_set_id

    def note(self, label: str, *, actor: Actor | None = None) -> None:
        """Set the label of this unit of work's change set."""
        self.recorder.label = label
        if actor is not None:
            self.recorder.actor = actor

    async def page(
        self, before_id: int | None = None, *, limit: int = PAGE_ROWS, offset: int = 0, actor: Actor | None = None
    ) -> list[JournalEntry]:
        """Return change sets, newest first; ``before_id`` continues a page."""
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
        return [JournalEntry(*row) for row in await self.session.execute(query)]

    async def count(self) -> int:
        """Return the number of change sets."""
        of_book = select(func.count()).select_from(ChangeSet).where(ChangeSet.book_id == self.member.book.id)
        return int(await self.session.scalar(of_book) or 0)

    async def own(self, change_set_id: int) -> ChangeSet:
        found = await self.session.scalar(
            select(ChangeSet).where(ChangeSet.id == change_set_id, ChangeSet.book_id == self.member.book.id)
        )
        if found is None:
            raise NotFound(_("That change does not exist."))
        return found

    async def undo(self, change_set_id: int, *, even_edited: bool = False) -> ChangeSet:
        """Reverse a change set in a new one. Raises ``Conflict`` if its rows have changed since.

        An import is undone with all change sets of its batch. ``even_edited`` confirms that edited transactions are
        removed too. The sample data is removed even if it was changed.
        """
        original = await self.own(change_set_id)
        batch_id, is_sample = original.import_batch_id, original.actor is Actor.SAMPLE
        if await self.session.scalar(select(ChangeSet.id).where(ChangeSet.undoes_id == original.id)) is not None:
            raise Conflict(_("This has already been undone."))
        if original.undoes_id is not None and (batch_id is not None or is_sample):
            raise Conflict(_("This can’t be undone. Import the file or add the sample data again."))
        changes = select(Change).order_by(Change.id)
        if batch_id is None:
            changes = changes.where(Change.change_set_id == original.id)
        else:
            sets = await self._sets_of_batch(batch_id)
            if original.id != sets[0]:
                raise Conflict(_("Undo the whole import instead."))
            await mark_undone(self.session, await self.services.imports.get(batch_id), even_edited=even_edited)
            changes = changes.where(Change.change_set_id.in_(sets))
        found = (await self.session.scalars(changes)).all()
        if not found:
            raise Conflict(_("This change can’t be undone."))
        self.recorder.undoes_id, self.recorder.import_batch_id = original.id, batch_id
        self.note(_("Undid: {label}", label=original.label), actor=Actor.SAMPLE if is_sample else None)
        await self.session.run_sync(self.recorder.change_set)
        await Undo(self.services.ledger).reverse(found, force=is_sample or batch_id is not None)
        return original

    async def undo_import(self, batch: ImportBatch, *, even_edited: bool) -> None:
        """Undo an import by its batch. A batch without transactions only changes its state."""
        if sets := await self._sets_of_batch(batch.id):
            await self.undo(sets[0], even_edited=even_edited)
        else:
            await mark_undone(self.session, batch, even_edited=even_edited)

    async def _sets_of_batch(self, batch_id: int) -> list[int]:
        own = ChangeSet.book_id == self.member.book.id, ChangeSet.import_batch_id == batch_id
        return list(await self.session.scalars(select(ChangeSet.id).where(*own).order_by(ChangeSet.id)))
