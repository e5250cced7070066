"""Background work on a book begins when the book is quiet: not right after a change, and not while imports run."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import update

from app import db
from app.models import Job, JobState
from app.models.base import now
from app.services.book_cursors import QUIET_SECONDS, find_books_behind
from app.services.jobs import IMPORT_KIND, JobService
from app.services.unit_of_work import commit_scope
from app.tasks import detection, queue
from tests.support.detection import book
from tests.support.event_loop import in_the_loop
from tests.support.quiet import once_quiet

PAYMENT = (date(2026, 3, 2), "Baker", "-3")


@pytest.fixture
def changed_book(alice):
    """Alice's book, with a payment that was added just now."""
    book(alice, PAYMENT)
    return alice.work(own_book)


async def own_book(services):
    return services.member.book.id


def due_books(refresh_after=timedelta(hours=24)):
    async def work():
        async with db.read_session() as session:
            found = await find_books_behind(session, detection.KIND, limit=9, refresh_before=now() - refresh_after)
        return [each.book_id for each in found]

    return in_the_loop(work)


def queue_job(kind, book_id=None):
    async def work():
        async with db.write_session() as session, commit_scope(session):
            return (await JobService(session).queue(kind, {}, user_id=None, book_id=book_id)).id

    return in_the_loop(work)


def set_job(job_id, **values):
    async def work():
        async with db.write_session() as session, session.begin():
            await session.execute(update(Job).where(Job.id == job_id).values(**values))

    in_the_loop(work)


def test_a_changed_book_is_due_once_it_is_quiet(alice, changed_book):
    assert due_books() == []
    with once_quiet(early=5):
        assert due_books() == []
        book(alice, PAYMENT)
    with once_quiet():
        assert due_books() == []  # 26 seconds after the second payment
    with once_quiet(early=-QUIET_SECONDS):
        assert due_books() == [changed_book]


def test_a_book_that_was_read_long_ago_waits_too(alice, changed_book):
    async def read(services):
        await services.book_cursors.advance(detection.KIND, await services.book_cursors.get_latest_change_set())

    alice.work(read)
    with once_quiet():
        assert due_books() == []
    assert due_books(refresh_after=timedelta()) == []
    with once_quiet():
        assert due_books(refresh_after=timedelta()) == [changed_book]


def test_a_book_is_not_due_while_an_import_waits_or_runs_or_has_just_ended(alice, bob, changed_book):
    book(bob, PAYMENT)
    other_book = bob.work(own_book)
    job_id = queue_job(IMPORT_KIND, changed_book)
    with once_quiet():
        assert due_books() == [other_book]
        set_job(job_id, state=JobState.RUNNING, lease_until=now())
        assert due_books() == [other_book]
        set_job(job_id, state=JobState.DONE, lease_until=None, finished_at=now())
        assert due_books() == [other_book]
        with once_quiet():
            assert due_books() == [changed_book, other_book]


def test_a_clock_that_was_put_back_delays_no_book(alice, changed_book):
    with time_machine.travel(now() - timedelta(days=1), tick=True):
        assert due_books() == [changed_book]


def test_imports_run_before_what_was_queued_earlier(database):
    queue().flush()
    background, imported = queue_job(detection.KIND), queue_job(IMPORT_KIND)

    async def due():
        async with db.read_session() as session:
            return list(await JobService(session).find_due())

    assert [each.args for each in queue().pending()] == [(imported,), (background,)]
    assert in_the_loop(due) == [imported, background]
    queue().flush()


def test_a_change_asks_for_a_sweep_that_finds_the_book_quiet(alice, monkeypatch):
    queue().flush()
    monkeypatch.setattr("app.tasks._last_sweep_request", float("-inf"))
    book(alice, PAYMENT)
    (sweep,) = [each for each in queue().pending() if each.name == "sweep"]
    assert sweep.eta.replace(tzinfo=UTC) >= datetime.now(UTC) + timedelta(seconds=QUIET_SECONDS)
    queue().flush()
