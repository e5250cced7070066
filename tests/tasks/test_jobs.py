"""Jobs are claimed once, tried again, and survive a worker's death."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app import db, tasks
from app.errors import Invalid
from app.models import Job, JobState
from app.models.base import now
from app.services.jobs import MAX_ATTEMPTS, JobService
from app.tasks import registry, runner


@pytest.fixture
def ran():
    """What the jobs of this test did, and kinds that do it."""
    log = []

    async def well(job):
        log.append(job.id)

    async def badly(job):
        log.append(job.id)
        raise RuntimeError("no luck")

    async def hopelessly(job):
        log.append(job.id)
        raise Invalid("This can never work.")

    kinds = {"well": well, "badly": badly, "hopelessly": hopelessly}
    registry.HANDLERS.update(kinds)
    yield log
    for kind in kinds:
        del registry.HANDLERS[kind]


async def queued(kind, key=None):
    async with db.write_session() as session, session.begin():
        job = await JobService(session).queue(kind, {}, user_id=None, book_id=None, key=key)
        return job.id if job else None


async def state(job_id):
    async with db.read_session() as session:
        return (await session.execute(select(Job.state, Job.attempts, Job.problem).where(Job.id == job_id))).one()


async def set_job(job_id, **values):
    async with db.write_session() as session, session.begin():
        await session.execute(update(Job).where(Job.id == job_id).values(**values))


def test_a_job_runs_once(database, run, ran):
    job_id = run(queued, "well")
    run(runner.perform, job_id)
    run(runner.perform, job_id)

    assert ran == [job_id]
    assert run(state, job_id)[0] is JobState.DONE


def test_the_same_key_is_queued_once(database, run, ran):
    assert run(queued, "well", "once") is not None
    assert run(queued, "well", "once") is None


def test_a_failure_is_tried_again_later_and_listed_in_the_end(database, run, ran):
    job_id = run(queued, "badly")
    for _ in range(MAX_ATTEMPTS):
        run(runner.perform, job_id)
        run(runner.perform, job_id)  # too early: it waits for its time
        run(set_job, job_id, run_after=None)

    assert len(ran) == MAX_ATTEMPTS
    assert tuple(run(state, job_id)) == (JobState.FAILED, MAX_ATTEMPTS, "RuntimeError")


def test_what_can_never_work_is_not_tried_again(database, run, ran):
    job_id = run(queued, "hopelessly")
    run(runner.perform, job_id)

    assert tuple(run(state, job_id)) == (JobState.FAILED, 1, "This can never work.")


def test_the_job_of_a_dead_worker_is_found(database, run, ran):
    job_id = run(queued, "well")
    run(set_job, job_id, state=JobState.RUNNING, attempts=1, lease_until=now() + timedelta(seconds=10))

    async def due():
        async with db.read_session() as session:
            return list(await JobService(session).find_due())

    assert run(due) == []
    run(set_job, job_id, lease_until=now() - timedelta(seconds=1))
    assert run(due) == [job_id]


def test_a_job_that_is_not_committed_is_not_handed_over(database, run, ran):
    before = tasks.queue().pending_count()

    async def work():
        async with db.write_session() as session:
            await JobService(session).queue("well", {}, user_id=None, book_id=None)
            await session.rollback()

    run(work)

    assert tasks.queue().pending_count() == before
