"""Jobs: what a person or the clock started, kept in the database so that no queue can lose it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import JobQueued, enqueue
from app.models import Job, JobState
from app.models.base import now

LEASE = timedelta(seconds=20)
TRIES = 3
LATER = (timedelta(seconds=5), timedelta(seconds=30))  # before the second and the third try


class JobService:
    """Works without a member: the worker runs jobs for everyone, each in its member's own unit of work."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def queue(
        self, kind: str, arguments: dict[str, Any], *, user_id: int | None, book_id: int | None, key: str | None = None
    ) -> Job | None:
        """A new job, told to the worker after the commit; nothing when one with this key was there before."""
        job = Job(kind=kind, arguments=arguments, user_id=user_id, book_id=book_id, key=key)
        try:
            async with self.session.begin_nested():
                self.session.add(job)
        except IntegrityError:
            return None
        enqueue(self.session, JobQueued(job.id))
        return job

    async def due(self) -> Sequence[int]:
        """Ids of jobs to be run now: queued ones, and those whose worker has died."""
        found = await self.session.scalars(select(Job.id).where(_due(now())).order_by(Job.id).limit(100))
        return found.all()

    async def claim(self, job_id: int) -> Job | None:
        """Take the job for this worker; nothing when another has it, or it is done."""
        moment = now()
        taken = await self.session.execute(
            update(Job)
            .where(Job.id == job_id, _due(moment))
            .values(state=JobState.RUNNING, lease_until=moment + LEASE, attempts=Job.attempts + 1, updated_at=moment)
            .returning(Job.id)
            .execution_options(synchronize_session=False)
        )
        if taken.scalar_one_or_none() is None:
            return None
        return await self.session.get(Job, job_id, populate_existing=True)

    async def keep(self, job_id: int) -> None:
        """Renew the lease: this worker is still at it."""
        await self.session.execute(update(Job).where(Job.id == job_id).values(lease_until=now() + LEASE))

    async def finish(self, job_id: int) -> None:
        await self._end(job_id, JobState.DONE, "")

    async def fail(self, job_id: int, attempts: int, problem: str, *, for_good: bool) -> None:
        """Try again later, or list it as failed when it was tried often enough or can never succeed."""
        if for_good or attempts >= TRIES:
            await self._end(job_id, JobState.FAILED, problem)
            return
        later = now() + LATER[min(attempts, len(LATER)) - 1]
        await self.session.execute(
            update(Job)
            .where(Job.id == job_id)
            .values(state=JobState.QUEUED, lease_until=None, run_after=later, problem=problem[:500])
        )

    async def _end(self, job_id: int, state: JobState, problem: str) -> None:
        await self.session.execute(
            update(Job)
            .where(Job.id == job_id)
            .values(state=state, lease_until=None, finished_at=now(), problem=problem[:500])
        )


def _due(moment: datetime) -> ColumnElement[bool]:
    """Queued for now or earlier, or left by a worker that died.

    A lease or a pause further away than any is given was made before the clock was put back.
    """
    waited = or_(Job.run_after.is_(None), Job.run_after <= moment, Job.run_after > moment + 2 * LATER[-1])
    left = or_(Job.lease_until < moment, Job.lease_until > moment + 2 * LEASE)
    return or_(
        and_(Job.state == JobState.QUEUED, waited),
        and_(Job.state == JobState.RUNNING, left),
    )
