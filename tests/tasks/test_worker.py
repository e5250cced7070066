"""The worker process, on each database."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from app import db
from app.models import Job, JobState
from app.services import admin_unit_of_work
from app.tasks import loop
from app.tasks.cleanup import KIND
from tests.faults.install import installed, until


async def queue_jobs(count):
    async with admin_unit_of_work() as admin:
        for number in range(count):
            await admin.jobs.queue(KIND, {}, user_id=None, book_id=None, key=f"test:{number}")


async def states():
    async with db.read_session() as session:
        return list(await session.scalars(select(Job.state).where(Job.key.like("test:%"))))


def test_a_worker_runs_jobs_on_its_database(database, run, tmp_path):
    """The consumer and the first sweep begin at the same moment, with connections of one event loop."""
    run(queue_jobs, 6)
    url = database.url.render_as_string(hide_password=False)
    with installed(tmp_path / "place", DATABASE_URL=url) as place:
        place.start("worker")
        until(lambda: set(run(states)) == {JobState.DONE}, "the jobs")
    assert "another loop" not in place.said("worker").read_text()


@pytest.mark.parametrize("threads", [8])
def test_all_threads_of_a_process_share_one_loop(threads):
    async def running():
        return threading.get_ident()

    with loop.event_loop(), ThreadPoolExecutor(threads) as pool:
        assert len(set(pool.map(lambda _n: loop.run(running), range(threads * 4)))) == 1
