"""Find recurring payments and unusual activity once a changed book is quiet, and once a day."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import anyio.to_thread

from app.db import read_session, write_session
from app.models import Actor, Job
from app.models.base import now
from app.services import member_of, reading, unit_of_work
from app.services.anomalies import find_anomalies, find_missed_payments
from app.services.book_cursors import find_books_behind
from app.services.jobs import JobService
from app.services.recurring_candidates import detected
from app.tasks.registry import job, periodic

KIND = "detection"
REFRESH_AFTER = timedelta(hours=24)
MAX_BOOKS_PER_SWEEP = 20


@periodic
async def queue_detection() -> None:
    """Queue a run for each book that has changed since its last run, or had none for a day."""
    async with read_session() as session:
        behind = await find_books_behind(session, KIND, limit=MAX_BOOKS_PER_SWEEP, refresh_before=now() - REFRESH_AFTER)
    for book in behind:
        key = f"{KIND}:{book.book_id}:{book.change_set_id}:{now():%Y%m%d}"
        async with write_session() as session, session.begin():
            await JobService(session).queue(KIND, {}, user_id=book.owner_id, book_id=book.book_id, key=key)


@job(KIND)
async def detect(task: Job) -> None:
    """Find recurring payments and unusual activity. No transaction is open while the models compute."""
    assert task.user_id is not None
    async with read_session() as session:
        member = await member_of(session, task.user_id, task.book_id)
    async with reading(member) as services:
        today = services.today
        latest = await services.book_cursors.get_latest_change_set()
        seen, lessons = await services.history.read(), await services.anomalies.lessons()
    recurrences = await anyio.to_thread.run_sync(detected, seen, today)
    unusual = await anyio.to_thread.run_sync(partial(find_anomalies, seen, lessons, today))
    async with unit_of_work(member, actor=Actor.JOB) as services:
        await services.recurring_candidates.keep(recurrences)
        late = find_missed_payments(await services.recurring_candidates.all(), today)
        await services.anomalies.keep([*late, *unusual])
        await services.book_cursors.advance(KIND, latest)
