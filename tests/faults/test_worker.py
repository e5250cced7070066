"""A worker that is killed or stopped in the middle of a job: the job runs again, and has its effect once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app import db
from app.domain.period import shift_month
from app.models import Candidate, Forecast, Job, JobState, Transaction
from app.models.base import now
from app.schemas.transactions import TransactionIn
from app.services import attachments
from app.services.jobs import JobService
from app.settings import settings
from app.storage import ATTACHMENTS
from app.tasks import forecasts, registry, runner
from tests.faults import ROUNDS, times
from tests.faults.install import ROOT, SOON, installed, until
from tests.support.entries import findings

#: Kinds of jobs, and how often each commits on its way, from claiming it to calling it done.
COMMITS: dict[str, int] = {"forecast": 3, "import": 4, "cleanup": 4, "detection": 3}
MOMENTS = ("before_commit", "after_commit")
POINTS = [(kind, n, moment) for kind, count in COMMITS.items() for n in range(1, count + 1) for moment in MOMENTS]
TAKEN = POINTS if ROUNDS else [(kind, count // 2, "after_commit") for kind, count in COMMITS.items()]

KILLED = """
import asyncio, os, signal, sys
from sqlalchemy import event
from sqlalchemy.orm import Session
from app.settings import settings
from app.tasks import registry, runner

registry.load_handlers()
for line in sys.stdin:
    address, job_id, moment, wanted = line.split()
    if (child := os.fork()) == 0:
        os.environ["DATABASE_URL"] = address
        settings.cache_clear()
        seen = 0

        @event.listens_for(Session, moment)
        def kill(_session):
            global seen
            seen += 1
            if seen == int(wanted):
                os.kill(os.getpid(), signal.SIGKILL)

        asyncio.run(runner.perform(int(job_id)))
        os._exit(seen)
    status = os.waitpid(child, 0)[1]
    print(-os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status), flush=True)
"""


@pytest.fixture(scope="module")
def killer() -> Iterator[Any]:
    """Runs a job in a process that is killed at a commit: -9, or how many commits there were when it was not."""
    environment = {**os.environ, "SALDO_DATA_DIR": str(settings().data_dir), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None

    def perform(job_id: int, moment: str, wanted: int) -> int:
        address = db.database().url.render_as_string(hide_password=False)
        process.stdin.write(f"{address} {job_id} {moment} {wanted}\n")
        process.stdin.flush()
        while not (line := process.stdout.readline()).strip().lstrip("-").isdecimal():
            assert line, "the process that runs the jobs ended"
        return int(line)

    yield perform
    process.stdin.close()
    process.wait()


async def queued(kind: str, user_id: int | None = None, book_id: int | None = None) -> int:
    async with db.write_session() as session, session.begin():
        job = await JobService(session).queue(kind, {}, user_id=user_id, book_id=book_id)
        assert job is not None
        return job.id


async def count(model: Any) -> int:
    async with db.read_session() as session:
        return await session.scalar(select(func.count()).select_from(model)) or 0


class Clearing:
    """A file that nobody names, so old that it goes."""

    def __init__(self, alice: Any, run: Any) -> None:
        self.file = ATTACHMENTS.folder / f"{'k' * 30}.pdf"
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_bytes(b"%PDF-")
        long_ago = (now() - 3 * attachments.KEPT).timestamp()
        os.utime(self.file, (long_ago, long_ago))
        self.job = run(queued, "cleanup")

    def done(self, run: Any) -> bool:
        return not self.file.exists()


class Forecasting:
    def __init__(self, alice: Any, run: Any) -> None:
        from tests.support.forecasts import half_a_year

        alice.work(half_a_year)
        book_id = alice.work(_book)

        async def ask() -> int:
            async with db.write_session() as session, session.begin():
                job = await forecasts.queue(session, book_id, alice.user_id, "test")
                assert job is not None
                return job.id

        self.job = run(ask)

    def done(self, run: Any) -> bool:
        async def targets() -> list[str]:
            async with db.read_session() as session:
                return [str(each) for each in await session.scalars(select(Forecast.target))]

        found = run(targets)
        assert len(found) == len(set(found))
        return len(found) > 0


class Importing:
    def __init__(self, alice: Any, run: Any) -> None:
        rows = [{"booked_on": "2026-03-02", "payee": f"Shop {n}", "amount": f"-{n}.50"} for n in range(1, 31)]
        answer = alice.api(
            "POST", "/api/v1/transactions/import", json={"account": account_of(alice), "transactions": rows}
        )
        assert answer.status_code == 202, answer.text
        self.alice, self.batch = alice, answer.json()["batch"]

        async def made() -> int:
            async with db.read_session() as session:
                found = await session.scalar(select(Job.id).where(Job.kind == "import"))
                assert found is not None
                return found

        self.job = run(made)

    def done(self, run: Any) -> bool:
        said = self.alice.api("GET", f"/api/v1/imports/{self.batch}").json()
        assert run(count, Transaction) == 30
        return (said["status"], said["created"]) == ("done", 30)


class Watching:
    def __init__(self, alice: Any, run: Any) -> None:
        async def subscribe(services: Any) -> None:
            for n in range(6):
                day = shift_month(services.today.replace(day=5), -n - 1)
                entry = {"booked_on": day, "payee": "Streambox", "amount": "-12.99"}
                await services.transactions.add(TransactionIn.model_validate(entry))

        alice.work(subscribe)
        self.job = run(queued, "detection", alice.user_id, alice.work(_book))

    def done(self, run: Any) -> bool:
        return bool(run(count, Candidate) == 1)


KINDS: dict[str, Any] = {"forecast": Forecasting, "import": Importing, "cleanup": Clearing, "detection": Watching}


async def _book(services: Any) -> int:
    return int(services.member.book.id)


def account_of(person: Any) -> int:
    return int(person.api("GET", "/api/v1/accounts").json()["accounts"][0]["id"])


@pytest.fixture(autouse=True)
def _few_rows_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    registry.load_handlers()
    monkeypatch.setattr("app.services.imports.drafts.LARGE_ROWS", 3)
    monkeypatch.setattr("app.routes.api.imports.LARGE_ROWS", 3)


async def state(job_id: int) -> tuple[JobState, int]:
    async with db.read_session() as session:
        row = (await session.execute(select(Job.state, Job.attempts).where(Job.id == job_id))).one()
        return row[0], row[1]


async def lease_runs_out(job_id: int) -> bool:
    """As half a minute later; whether the next sweep would take the job."""
    async with db.write_session() as session, session.begin():
        mine = (Job.id == job_id, Job.state == JobState.RUNNING)
        await session.execute(update(Job).where(*mine).values(lease_until=now() - timedelta(seconds=1)))
        return job_id in await JobService(session).find_due()


def test_every_kind_of_job_is_killed_here() -> None:
    # exchange_rates asks a server; its one commit replaces the rates of its day, so a second run changes nothing
    assert registry.HANDLERS.keys() - {"exchange_rates"} == COMMITS.keys() == KINDS.keys()


@pytest.mark.fault
@pytest.mark.parametrize("seed", times(5))
@pytest.mark.parametrize(("kind", "commit", "moment"), TAKEN)
def test_a_killed_job_runs_again_and_has_its_effect_once(
    alice: Any, run: Any, killer: Any, kind: str, commit: int, moment: str, seed: int
) -> None:
    case = KINDS[kind](alice, run)
    assert killer(case.job, moment, commit) == -9
    if run(state, case.job)[0] is JobState.RUNNING:
        run(runner.perform, case.job)  # while the lease holds, nobody else takes it
        assert run(state, case.job)[1] == 1
    if run(lease_runs_out, case.job):
        run(runner.perform, case.job)
    assert run(state, case.job)[0] is JobState.DONE
    assert case.done(run)
    assert findings(alice) == []


@pytest.mark.fault
@pytest.mark.parametrize("kind", COMMITS)
def test_the_points_are_all_there_are(alice: Any, run: Any, killer: Any, kind: str) -> None:
    case = KINDS[kind](alice, run)
    assert killer(case.job, "after_commit", 0) == COMMITS[kind]
    assert case.done(run)


@pytest.mark.fault
@pytest.mark.parametrize("seed", times(20))
def test_a_worker_that_is_told_to_stop_finishes_what_it_does(tmp_path: Path, seed: int) -> None:
    """On the way out it is quick, and what it leaves is done by the next one."""
    rows = [{"booked_on": "2026-03-02", "payee": f"Shop {n}", "amount": f"-{n}.50"} for n in range(1, 2001)]
    with installed(tmp_path / "place") as place:
        place.web()
        alice = place.client()
        body = {"account": alice.get("/api/v1/accounts").json()["accounts"][0]["id"], "transactions": rows * 11}
        answer = alice.post("/api/v1/transactions/import", json=body)
        assert answer.status_code == 202, answer.text
        where = f"/api/v1/imports/{answer.json()['batch']}"
        worker = place.start("worker")
        until(lambda: b"worker started" in place.said("worker").read_bytes(), "the worker's start")
        if seed % 2 == 0:
            until(lambda: alice.get(where).json()["progress"] > 0, "the start of the job")
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(SOON) == 0
        place.start("worker")
        until(lambda: alice.get(where).json()["status"] == "done", "the end of the job")
        assert alice.get(where).json()["created"] == len(rows) * 11
        place.check()
