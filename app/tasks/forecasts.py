"""Forecasts are computed by the worker: when a book has changed (once an hour at most), every night, and when asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import anyio.to_thread
from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import read_session, write_session
from app.models import AccountTotal, Actor, BookMember, ChangeSet, Forecast, Job
from app.models.base import now
from app.services import member_of, reading, unit_of_work
from app.services.forecasts import ITEMS, compute
from app.services.forecasts.inputs import read_inputs
from app.services.jobs import JobService
from app.tasks.jobs import job, periodic

KIND = "forecast"
PAUSE = timedelta(hours=1)
ALIVE = timedelta(days=60)  # a book that nobody has changed for so long is left alone


@job(KIND)
async def run(job: Job) -> None:
    """Read, compute without a transaction open, then store: running it twice stores the same."""
    async with read_session() as session:
        member = await member_of(session, job.arguments["user"], job.arguments["book"])
    async with reading(member) as services:
        inputs = await read_inputs(services, entries=True)
    results = await anyio.to_thread.run_sync(compute.compute_all, inputs)
    async with unit_of_work(member, actor=Actor.JOB) as services:
        await services.forecasts.keep(results, inputs.version)


async def queue(session: AsyncSession, book_id: int, user_id: int, key: str) -> Job | None:
    """Ask for a book's forecasts; nothing when that was asked before."""
    return await JobService(session).queue(
        KIND, {"book": book_id, "user": user_id}, user_id=user_id, book_id=book_id, key=f"{KIND}:{book_id}:{key}"
    )


@periodic
async def queue_what_is_due() -> None:
    """Books that have changed since their forecast an hour ago or longer, and every living book once a day."""
    async with read_session() as session:
        due = (await session.execute(_due())).all()
    if not due:
        return
    today = datetime.now(UTC).date()
    async with write_session() as session, session.begin():
        for book_id, user_id, version in due:
            await queue(session, book_id, user_id, f"{version}:{today}")


def _due() -> Select[Any]:
    """Book, the member it was given to first, and its latest change set."""
    latest = (
        select(func.max(ChangeSet.id)).where(ChangeSet.book_id == BookMember.book_id).correlate(BookMember)
    ).scalar_subquery()
    of_book = select(AccountTotal.account_id).where(AccountTotal.book_id == BookMember.book_id, AccountTotal.count > 0)
    first = select(func.min(BookMember.id)).group_by(BookMember.book_id)
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return (
        select(BookMember.book_id, BookMember.user_id, latest)
        .outerjoin(Forecast, and_(Forecast.book_id == BookMember.book_id, Forecast.target == ITEMS))
        .join(ChangeSet, ChangeSet.id == latest)
        .where(
            BookMember.id.in_(first),
            of_book.exists(),
            or_(
                Forecast.id.is_(None),
                and_(Forecast.version != latest, Forecast.computed_at < now() - PAUSE),
                and_(Forecast.computed_at < midnight, ChangeSet.created_at > now() - ALIVE),
            ),
        )
    )
