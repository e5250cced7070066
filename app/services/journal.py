"""Reads a book's journal, and undoes change sets. ``ledger/recorder.py`` writes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.errors import Conflict, NotFound
from app.i18n import _
from app.models import Actor, Change, ChangeSet, User
from app.services.base import Service
from app.services.ledger.recorder import Recorder, recorder_of
from app.services.ledger.undo import Undo

PAGE = 30


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
        await Undo(self.services.ledger).reverse(await self.changes(original.id))
        return original
