"""Jobs: work that a person or the clock started, stored in the database so that no queue can lose it."""

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

IMPORT_KIND = "import"  # somebody waits for it: it runs before other jobs
UNFINISHED = (JobState.QUEUED, JobState.RUNNING)
LEASE = timedelta(seconds=20)
MAX_ATTEMPTS = 3
RETRY_DELAYS = (timedelta(seconds=5), timedelta(seconds=30))  # before attempts 2 and 3


class JobService:
    """Queue, claim and finish jobs. Works without a member: each job runs in its member's own unit of work."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def queue(
        self, kind: str, arguments: dict[str, Any], *, user_id: int | None, book_id: int | None, key: str | None = None
    ) -> Job | None:
        """Add a job and hand it to a worker after the commit. Return None if one with this key exists."""
        job = Job(kind=kind, arguments=arguments, user_id=user_id, book_id=book_id, key=key)
        try:
            async with self.session.begin_nested():
                self.session.add(job)
        except IntegrityError:
            return None
        enqueue(self.session, JobQueued(job.id, is_urgent=kind == IMPORT_KIND))
        return job

    async def find_due(self) -> Sequence[int]:
        """Return the ids of jobs to run now, imports first: queued ones, and those whose worker has died."""
        order = (Job.kind != IMPORT_KIND, Job.id)
        found = await self.session.scalars(select(Job.id).where(_is_due(now())).order_by(*order).limit(100))
        return found.all()

    async def claim(self, job_id: int) -> Job | None:
        """Take the job for this worker. Return None if another has it or it is done."""
        moment = now()
        taken = await self.session.execute(
            update(Job)
            .where(Job.id == job_id, _is_due(moment))
            .values(state=JobState.RUNNING, lease_until=moment + LEASE, attempts=Job.attempts + 1, updated_at=moment)
            .returning(Job.id)
            .execution_options(synchronize_session=False)
        )
        if taken.scalar_one_or_none() is None:
            return None
        return await self.session.get(Job, job_id, populate_existing=True)

    async def renew_lease(self, job_id: int) -> None:
        """Show that this worker is still at it."""
        await self.session.execute(update(Job).where(Job.id == job_id).values(lease_until=now() + LEASE))

    async def finish(self, job_id: int) -> None:
        """Mark the job as done."""
        await self._end(job_id, JobState.DONE, "")

    async def fail(self, job_id: int, attempts: int, problem: str, *, is_final: bool) -> None:
        """Queue the job again for later, or mark it as failed after the last attempt or if it can never succeed."""
        if is_final or attempts >= MAX_ATTEMPTS:
            await self._end(job_id, JobState.FAILED, problem)
            return
        run_after = now() + RETRY_DELAYS[min(attempts, len(RETRY_DELAYS)) - 1]
        await self.session.execute(
            update(Job)
            .where(Job.id == job_id)
            .values(state=JobState.QUEUED, lease_until=None, run_after=run_after, problem=problem[:500])
        )

    async def _end(self, job_id: int, state: JobState, problem: str) -> None:
        await self.session.execute(
            update(Job)
            .where(Job.id == job_id)
            .values(state=state, lease_until=None, finished_at=now(), problem=problem[:500])
        )


def _is_due(moment: datetime) -> ColumnElement[bool]:
    """Return the condition: queued for now or earlier, or left by a worker that died.

    A lease or a delay further away than any that is given was made before the clock was put back.
    """
    has_waited = or_(Job.run_after.is_(None), Job.run_after <= moment, Job.run_after > moment + 2 * RETRY_DELAYS[-1])
    is_left = or_(Job.lease_until < moment, Job.lease_until > moment + 2 * LEASE)
    return or_(
        and_(Job.state == JobState.QUEUED, has_waited),
        and_(Job.state == JobState.RUNNING, is_left),
    )
