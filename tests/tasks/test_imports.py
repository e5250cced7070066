"""Large imports by the worker: brought in once however often the job runs, and given up with a reason."""

from __future__ import annotations

import gc
from typing import Any

import pytest
from sqlalchemy import select, update

from app import db
from app.models import ImportBatch, Job, JobState
from app.services.imports import files, reading
from app.services.imports.matching import Row
from app.services.imports.reading import Statement
from app.services.imports.run import ImportRun
from app.tasks.registry import load_handlers
from app.tasks.runner import perform
from tests.support.statements import BANK, balance, draft, lines, send, sound, typed


@pytest.fixture(autouse=True)
def _few_rows_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    load_handlers()
    monkeypatch.setattr("app.services.imports.drafts.LARGE_ROWS", 3)
    monkeypatch.setattr("app.routes.api.imports.LARGE_ROWS", 3)
    monkeypatch.setattr("app.routes.imports.LARGE_ROWS", 3)


async def jobs() -> list[Job]:
    async with db.read_session() as session:
        return list(await session.scalars(select(Job).where(Job.kind == "import").order_by(Job.id)))


async def again(job_id: int) -> None:
    """As after a worker that died: the job is due once more."""
    async with db.write_session() as session, session.begin():
        await session.execute(
            update(Job).where(Job.id == job_id).values(state=JobState.QUEUED, lease_until=None, run_after=None)
        )


def test_a_large_file_is_handed_to_the_worker(alice: Any, run: Any) -> None:
    others = set(files.folder().glob("*"))
    answer = send(alice, BANK)
    assert answer.status_code == 202
    batch = answer.json()["batch"]
    assert alice.api("GET", f"/api/v1/imports/{batch}").json()["status"] == "running"
    assert "Importing" in alice.get(f"/imports/{batch}").text
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

    files.delete(run(path))
    (job,) = run(jobs)
    run(perform, job.id)
    said = alice.api("GET", f"/api/v1/imports/{batch}").json()
    assert said["status"] == "failed"
    assert "Upload it again" in said["problem"]
    assert balance(alice) == 0


def test_lines_are_matched_across_the_parts_of_a_file(alice: Any, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CHUNK_LINES", 1)
    typed(alice, payee="Rewe", amount="-5", booked_on="2026-03-04")
    rows = [
        {"booked_on": f"2026-03-0{day}", "payee": f"REWE {day}", "amount": "-5.00", "external_id": f"r{day}"}
        for day in (1, 2, 4, 8)
    ]
    rows += [rows[0], {"booked_on": "2026-03-09", "payee": "Other", "amount": "-7.00", "external_id": "r1"}]
    assert lines(alice, *rows).status_code == 202
    (job,) = run(jobs)
    run(perform, job.id)
    said = alice.api("GET", f"/api/v1/imports/{job.arguments['batch']}").json()
    assert (said["created"], said["duplicates"], said["unsure"]) == (3, 2, 1)
    matched = [line["line"] for line in said["lines"] if line["outcome"] == "duplicate"]
    assert matched == [3]  # the nearest in time, though others came before
    assert balance(alice) == -2000
    sound(alice)


def test_a_long_file_is_never_in_memory_as_a_whole(alice: Any, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CHUNK_LINES", 20)
    send(alice, LONG)
    held: list[int] = []
    take = ImportRun.take

    async def counted(self: ImportRun, part: Statement) -> None:
        held.append(sum(isinstance(each, Row) for each in gc.get_objects()))
        await take(self, part)

    monkeypatch.setattr(ImportRun, "take", counted)
    (job,) = run(jobs)
    run(perform, job.id)
    assert len(held) == 20
    assert max(held) <= 5 * 20
    assert balance(alice) == LONG_TOTAL
    sound(alice)


LONG = "Date;Payee;Amount\n" + "".join(f"2026-03-{n % 28 + 1:02d};Shop {n};-{n},00\n" for n in range(1, 401))
LONG_TOTAL = -100 * sum(range(1, 401))


def test_an_import_in_parts_is_one_change_set_and_others_write_in_between(
    alice: Any, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CHUNK_LINES", 100)
    batch = send(alice, LONG).json()["batch"]
    seen: list[int] = []
    pause = ImportRun.pause

    async def paused(self: ImportRun) -> None:
        await pause(self)
        seen.append(self.count)

    monkeypatch.setattr(ImportRun, "pause", paused)
    (job,) = run(jobs)
    run(perform, job.id)
    assert seen == [100, 200, 300]
    sets = [each for each in alice.api("GET", "/api/v1/changes").json()["changes"] if each["actor"] == "import"]
    assert len(sets) == 1
    assert balance(alice) == LONG_TOTAL
    sound(alice)
    alice.api("POST", f"/api/v1/imports/{batch}/undo")
    assert balance(alice) == 0
    sound(alice)


@pytest.mark.parametrize("is_last_try", [False, True])
def test_an_interrupted_import_starts_again_or_leaves_nothing(
    alice: Any, run: Any, monkeypatch: pytest.MonkeyPatch, is_last_try: bool
) -> None:
    monkeypatch.setattr(reading, "CHUNK_LINES", 100)
    if is_last_try:
        monkeypatch.setattr("app.tasks.imports.MAX_ATTEMPTS", 1)
    batch = send(alice, LONG).json()["batch"]
    take = ImportRun.take

    async def broken(self: ImportRun, part: Statement) -> None:
        if self.count == 300:
            raise RuntimeError("the power went out")
        await take(self, part)

    with monkeypatch.context() as patch:
        patch.setattr(ImportRun, "take", broken)
        (job,) = run(jobs)
        run(perform, job.id)
    sound(alice)
    if is_last_try:
        assert alice.api("GET", f"/api/v1/imports/{batch}").json()["status"] == "failed"
        assert balance(alice) == 0
        return
    assert balance(alice) == -100 * sum(range(1, 301))
    run(again, job.id)
    run(perform, job.id)
    assert alice.api("GET", f"/api/v1/imports/{batch}").json()["status"] == "done"
    assert balance(alice) == LONG_TOTAL
    sound(alice)
