"""Compute forecasts in the worker: after changes (at most hourly), every night, and on request."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import anyio.to_thread
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import read_session, write_session
from app.models import Actor, Job
from app.models.base import now
from app.services import member_of, reading, unit_of_work
from app.services.book_cursors import find_books_behind
from app.services.forecasts import compute
from app.services.forecasts.inputs import read_inputs
from app.services.jobs import JobService
from app.tasks.registry import job, periodic

KIND = "forecast"
MIN_INTERVAL = timedelta(hours=1)
ACTIVE_PERIOD = timedelta(days=60)  # books unchanged for longer are not computed every day
MAX_BOOKS_PER_SWEEP = 100


@job(KIND)
async def run(job: Job) -> None:
    """Read, compute outside a transaction, then store. Running it twice stores the same."""
    async with read_session() as session:
        member = await member_of(session, job.arguments["user"], job.arguments["book"])
    async with reading(member) as services:
        inputs = await read_inputs(services, entries=True)
    results = await anyio.to_thread.run_sync(compute.compute_all, inputs)
    async with unit_of_work(member, actor=Actor.JOB) as services:
        await services.forecasts.keep(results, inputs.version)
        await services.book_cursors.advance(KIND, inputs.version)


async def queue(session: AsyncSession, book_id: int, user_id: int, key: str) -> Job | None:
    """Queue a book's forecast. Does nothing if the same request is queued already."""
    return await JobService(session).queue(
        KIND, {"book": book_id, "user": user_id}, user_id=user_id, book_id=book_id, key=f"{KIND}:{book_id}:{key}"
    )


@periodic
async def queue_forecasts() -> None:
    """Queue books that changed after a forecast older than an hour, and all active books once a day."""
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    async with read_session() as session:
        behind = await find_books_behind(
            session,
            KIND,
            limit=MAX_BOOKS_PER_SWEEP,
            refresh_before=midnight,
            pause=MIN_INTERVAL,
            active_since=now() - ACTIVE_PERIOD,
        )
    if not behind:
        return
    async with write_session() as session, session.begin():
        for book in behind:
            await queue(session, book.book_id, book.owner_id, f"{book.change_set_id}:{midnight.date()}")
