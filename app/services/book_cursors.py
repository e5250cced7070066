"""Cursors of background work: which books changed since a consumer last read their journal.

``LedgerChanged`` makes such work prompt; the cursor makes it certain, because it lives in the database. The work waits
until the book is quiet, so that it does not compete with an import for the processor.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import insert_into
from app.models import AccountTotal, Book, BookCursor, BookMember, BookRole, ChangeSet, Job
from app.models.base import now
from app.services.base import Service
from app.services.jobs import IMPORT_KIND, UNFINISHED

QUIET_SECONDS = 30  # without a change or an import, before a book's background work starts


class BookBehind(NamedTuple):
    """A book that a consumer has to read, with its owner and its latest change set."""

    book_id: int
    owner_id: int
    change_set_id: int


class BookCursorService(Service):
    """The cursors of one book."""

    async def get_latest_change_set(self) -> int:
        """Return the id of the book's latest change set, or 0. Read it before the data that is worked on."""
        latest = select(func.max(ChangeSet.id)).where(ChangeSet.book_id == self.member.book.id)
        return await self.session.scalar(latest) or 0

    async def advance(self, consumer: str, change_set_id: int) -> None:
        """Note what the consumer has read, in the transaction that stores what it made of it."""
        table: Any = BookCursor.__table__
        values = {
            "book_id": self.member.book.id,
            "consumer": consumer,
            "change_set_id": change_set_id,
            "advanced_at": now(),
        }
        statement = insert_into(table, self.session.get_bind().dialect.name).values(values)
        await self.session.execute(statement.on_conflict_do_update(index_elements=["book_id", "consumer"], set_=values))


async def find_books_behind(
    session: AsyncSession,
    consumer: str,
    *,
    limit: int,
    refresh_before: datetime,
    pause: timedelta = timedelta(),
    active_since: datetime | None = None,
) -> list[BookBehind]:
    """Return quiet books that the consumer has to read and has no unfinished job for.

    These are the books with transactions that it never read, those that changed since (but not twice within
    ``pause``), and those it last read before ``refresh_before``; the latter only if they changed after
    ``active_since``, when given.
    A consumer's name is the kind of its jobs. A book is quiet if nothing was changed for ``QUIET_SECONDS`` and no
    import is unfinished or just finished (an import's change set has the time at which the import began).
    """
    moment, quiet = now(), timedelta(seconds=QUIET_SECONDS)

    def is_recent(column: Any) -> ColumnElement[bool]:
        # what is further ahead was written before the clock was put back
        return column.between(moment - quiet, moment + quiet)  # type: ignore[no-any-return]

    latest_id = select(func.max(ChangeSet.id)).where(ChangeSet.book_id == Book.id).correlate(Book).scalar_subquery()
    owner_id = (
        select(func.min(BookMember.user_id))
        .where(BookMember.book_id == Book.id, BookMember.role == BookRole.OWNER)
        .scalar_subquery()
    )
    is_stale: ColumnElement[bool] = BookCursor.advanced_at < refresh_before
    if active_since is not None:
        recent = exists().where(ChangeSet.id == latest_id, ChangeSet.created_at > active_since)
        is_stale = and_(is_stale, recent)
    query = (
        select(Book.id, owner_id, latest_id)
        .outerjoin(BookCursor, and_(BookCursor.book_id == Book.id, BookCursor.consumer == consumer))
        .where(
            owner_id.is_not(None),
            or_(
                and_(
                    BookCursor.book_id.is_(None),
                    exists().where(AccountTotal.book_id == Book.id, AccountTotal.count > 0),
                ),
                and_(BookCursor.change_set_id != latest_id, BookCursor.advanced_at <= moment - pause),
                is_stale,
            ),
            ~exists().where(ChangeSet.id == latest_id, is_recent(ChangeSet.created_at)),
            ~exists().where(
                Job.book_id == Book.id,
                or_(
                    and_(Job.kind.in_([consumer, IMPORT_KIND]), Job.state.in_(UNFINISHED)),
                    and_(Job.kind == IMPORT_KIND, is_recent(Job.finished_at)),
                ),
            ),
        )
        .order_by(Book.id)
        .limit(limit)
    )
    return [BookBehind(*row) for row in await session.execute(query)]
