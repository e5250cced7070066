"""Large imports by the worker: brought in once however often the job runs, and given up with a reason."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from app import db
from app.models import ImportBatch, Job, JobState
from app.services import imports
from app.services.imports import files
from app.tasks.jobs import load, perform
from tests.api.test_imports import BANK, balance, lines, send, sound


@pytest.fixture(autouse=True)
def _few_rows_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    load()
    monkeypatch.setattr(imports, "LARGE", 3)
    monkeypatch.setattr("app.routes.api.imports.LARGE", 3)
    monkeypatch.setattr("app.routes.imports.LARGE", 3)


async def jobs() -> list[Job]:
    async with db.read_session() as session:
        return list(await session.scalars(select(Job).where(Job.kind == "import").order_by(Job.id)))


async def again(job_id: int) -> None:
    """As after a worker that died: the job is due once more."""
    async with db.write_session() as session, session.begin():
        await session.execute(update(Job).where(Job.id == job_id).values(state=JobState.QUEUED, lease_until=None))


def test_a_large_file_is_handed_to_the_worker(alice: Any, run: Any) -> None:
    others = set(files.folder().glob("*"))
    answer = send(alice, BANK)
    assert answer.status_code == 202
    batch = answer.json()["batch"]
    assert alice.api("GET", f"/api/v1/imports/{batch}").json()["status"] == "running"
    assert "Bringing in" in alice.get(f"/imports/{batch}").text
    assert balance(alice) == 0
    (job,) = run(jobs)
    run(perform, job.id)
    said = alice.api("GET", f"/api/v1/imports/{batch}").json()
    assert (said["status"], said["progress"], said["created"]) == ("done", 100, 5)
    assert balance(alice) == 233082
    run(again, job.id)
    run(perform, job.id)
    assert balance(alice) == 233082
    assert set(files.folder().glob("*")) == others
    sound(alice)


def test_many_json_lines_go_by_the_worker_too(alice: Any, run: Any) -> None:
    rows = [{"booked_on": "2026-03-02", "payee": f"Shop {n}", "amount": f"-{n}.50"} for n in range(1, 6)]
    assert lines(alice, *rows).status_code == 202
    (job,) = run(jobs)
    run(perform, job.id)
    assert balance(alice) == -(150 + 250 + 350 + 450 + 550)


def test_a_large_draft_of_the_page_goes_by_the_worker(alice: Any, run: Any) -> None:
    from tests.routes.test_imports import draft

    where = draft(alice)
    assert alice.post(f"{where}/commit", data={}).status_code == 303
    (job,) = run(jobs)
    run(perform, job.id)
    assert "5 transactions imported" in alice.get(where).text
    sound(alice)


def test_a_file_that_is_gone_fails_with_a_sentence(alice: Any, run: Any) -> None:
    batch = send(alice, BANK).json()["batch"]

    async def path() -> str:
        async with db.read_session() as session:
            return str(await session.scalar(select(ImportBatch.path).where(ImportBatch.id == batch)))

    files.drop(run(path))
    (job,) = run(jobs)
    run(perform, job.id)
    said = alice.api("GET", f"/api/v1/imports/{batch}").json()
    assert said["status"] == "failed"
    assert "Upload it again" in said["problem"]
    assert balance(alice) == 0
