"""Once a day what has served its time goes, and nothing else."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app import db
from app.models import (
    Attempt,
    AuthSession,
    IdempotencyKey,
    ImportBatch,
    ImportStatus,
    Job,
    JobState,
    LinkPurpose,
    OneTimeLink,
    RefreshToken,
    SecurityEvent,
)
from app.models.base import now
from app.services import rate_limit
from app.services.cleanup import delete_expired_rows, expired_rows
from app.services.imports import files
from app.services.tokens import TokenService, refresh
from app.tasks import registry, runner
from app.tasks.cleanup import KIND, queue_cleanup
from tests.support.examples import account

LONG = timedelta(days=365)


async def count(model):
    async with db.read_session() as session:
        return await session.scalar(select(func.count()).select_from(model))


async def counts():
    return {model: await count(model) for model in expired_rows(now())}


async def cleaned_up(moment):
    async with db.write_session() as session, session.begin():
        await delete_expired_rows(session, moment)


async def set_all(model, **values):
    async with db.write_session() as session, session.begin():
        await session.execute(update(model).values(**values))


async def clear_now():
    """What the worker does in the night."""
    await queue_cleanup()
    async with db.read_session() as session:
        job_id = await session.scalar(select(Job.id).where(Job.kind == KIND))
    await runner.perform(job_id)


@pytest.fixture
def filled(alice, run):
    """One more row of each kind that is cleaned_up, all of them in use."""

    async def more(services):
        session, user_id = services.session, services.member.user.id
        batch = ImportBatch(book_id=services.member.book.id, account_id=await account(services), source="csv")
        session.add_all(
            [
                batch,
                OneTimeLink(
                    user_id=user_id,
                    purpose=LinkPurpose.RESET,
                    token_hash=b"x" * 32,
                    expires_at=now() + timedelta(minutes=30),
                ),
                IdempotencyKey(user_id=user_id, key="k", request_hash="0" * 64, status=201, answer={}),
                Job(kind="x", state=JobState.DONE, finished_at=now()),
                Job(kind="x", state=JobState.FAILED, finished_at=now()),
                Job(kind="x", run_after=now() + LONG),
            ]
        )
        await services.tokens.sign_in(user_id)
        revoked = await TokenService(session).create(services.member, "old")
        assert revoked
        (token, *_others) = await services.tokens.list_active(user_id)
        await services.tokens.revoke(user_id, token.id)
        await session.flush()
        return batch.id

    batch_id = alice.work(more)
    run(rate_limit.count, "sign-up", rate_limit.address("192.0.2.1"))
    return batch_id


def test_what_is_in_use_stays(alice, run, filled):
    before = run(counts)
    assert all(before.values())
    run(cleaned_up, now())
    assert run(counts) == before
    assert alice.get("/settings").status_code == 200


def test_what_is_over_goes(alice, run, filled):
    run(cleaned_up, now() + LONG)
    left = run(counts)
    assert left.pop(Job) == 1  # the one that is still due
    assert left.pop(SecurityEvent) == 0
    assert set(left.values()) == {0}


def test_a_used_refresh_token_stays_as_its_reuse_tells_of_a_theft(alice, run):
    async def stolen():
        async with db.write_session() as session, session.begin():
            pair = await TokenService(session).sign_in(alice.user_id)
        await refresh(pair.refresh)
        await cleaned_up(now() + timedelta(days=13))

    run(stolen)
    assert run(count, RefreshToken) == 2


def test_a_door_that_is_closed_stays_closed(database, run):
    async def close():
        async with db.write_session() as session, session.begin():
            past = now() - LONG
            session.add(Attempt(key="k", count=9, expires_at=past, blocked_until=now() + timedelta(minutes=5)))
        await cleaned_up(now())

    run(close)
    assert run(count, Attempt) == 1


def test_the_worker_does_it_queue_cleanup(alice, run, filled):
    registry.load_handlers()
    run(set_all, AuthSession, revoked_at=now() - LONG)
    run(clear_now)
    assert run(count, AuthSession) == 0
    run(queue_cleanup)
    assert run(count, Job) == 4  # no second one today


def test_a_draft_that_was_left_alone_goes_with_its_file(alice, run):
    registry.load_handlers()
    csv = b"Date,Payee,Amount\n2026-03-01,Baker,-1.50\n2026-03-02,Grocer,-2.50\n"
    where = alice.work(account)
    answer = alice.post("/imports", {"account": str(where)}, files={"file": ("a.csv", csv)})
    batch_id = int(answer.headers["location"].rsplit("/", 1)[1])

    async def path():
        async with db.read_session() as session:
            return await session.scalar(select(ImportBatch.path).where(ImportBatch.id == batch_id))

    kept = files.folder() / run(path)
    old = (now() - LONG).timestamp()
    os.utime(kept, (old, old))

    run(clear_now)
    assert kept.exists()
    assert alice.get(f"/imports/{batch_id}").status_code == 200

    run(set_all, Job, key=None)  # tomorrow
    run(set_all, Job, kind="done")
    run(set_all, ImportBatch, updated_at=now() - LONG)
    run(clear_now)
    assert not kept.exists()
    assert alice.get(f"/imports/{batch_id}").status_code == 404


def test_a_finished_import_stays(alice, run, filled):
    run(set_all, ImportBatch, status=ImportStatus.DONE, updated_at=now() - LONG)
    run(cleaned_up, now())
    assert run(count, ImportBatch) == 1
