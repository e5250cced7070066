"""Looking through a book after it has changed, and once a day: what recurs, and what wants a second look."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import anyio.to_thread
from sqlalchemy import and_, exists, func, or_, select

from app.db import read_session, write_session
from app.models import Actor, Book, BookMember, BookRole, ChangeSet, Job, JobState, Transaction, Watch
from app.models.base import now
from app.services import member_of, reading, unit_of_work
from app.services.anomalies import judged, missing
from app.services.jobs import JobService
from app.services.recurring_candidates import detected
from app.tasks.jobs import job, periodic

DAY = timedelta(hours=24)
AT_ONCE = 20  # books a sweep queues


@periodic
async def changed_books() -> None:
    """Queue a look at each book that has changed since the last one, or was not looked at for a day."""
    newest = select(func.max(ChangeSet.id)).where(ChangeSet.book_id == Book.id).scalar_subquery()
    owner = (
        select(func.min(BookMember.user_id))
        .where(BookMember.book_id == Book.id, BookMember.role == BookRole.OWNER)
        .scalar_subquery()
    )
    busy = exists().where(
        Job.book_id == Book.id, Job.kind == "watch", Job.state.in_([JobState.QUEUED, JobState.RUNNING])
    )
    query = (
        select(Book.id, owner, newest)
        .outerjoin(Watch, Watch.book_id == Book.id)
        .where(
            or_(
                newest > func.coalesce(Watch.change_set_id, 0),
                and_(Watch.looked_at < now() - DAY, exists().where(Transaction.book_id == Book.id)),
            ),
            ~busy,
        )
        .limit(AT_ONCE)
    )
    async with read_session() as session:
        found = [tuple(row) for row in await session.execute(query)]
    for book_id, user_id, change_set_id in found:
        if user_id is None:
            continue
        key = f"watch:{book_id}:{change_set_id}:{now():%Y%m%d}"
        async with write_session() as session, session.begin():
            await JobService(session).queue("watch", {}, user_id=user_id, book_id=book_id, key=key)


@job("watch")
async def watch(task: Job) -> None:
    """Find what recurs and what stands out. The thinking is done between the transactions, not in them."""
    assert task.user_id is not None
    async with read_session() as session:
        member = await member_of(session, task.user_id, task.book_id)
    async with reading(member) as services:
        today = services.today
        change_set_id = await services.anomalies.newest_change()
        seen, lessons = await services.history.read(), await services.anomalies.lessons()
    recurrences = await anyio.to_thread.run_sync(detected, seen, today)
    standing_out = await anyio.to_thread.run_sync(partial(judged, seen, lessons, today))
    async with unit_of_work(member, actor=Actor.JOB) as services:
        await services.recurring_candidates.keep(recurrences)
        late = missing(await services.recurring_candidates.all(), today)
        await services.anomalies.keep([*late, *standing_out])
        await services.anomalies.looked(change_set_id)
