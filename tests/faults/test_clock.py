"""Dates that are easily wrong: summer time, leap days, ends of months, and clocks that jump."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from app import db
from app.domain.recurrence import DAYS, MONTHS, Schedule
from app.models import Job, JobState
from app.models.base import now
from app.schemas.recurring import RecurringIn
from app.services.jobs import LEASE, JobService
from app.tasks import cleanup, registry, runner
from tests.support.cases import each_case
from tests.support.entries import looked

pytestmark = pytest.mark.fault

#: A moment around a change of the clock or the end of a day, and the day it is to somebody there.
TODAY = """
2026-03-28T23:59:59 Europe/Berlin      2026-03-29
2026-03-29T00:59:59 Europe/Berlin      2026-03-29
2026-03-29T01:00:00 Europe/Berlin      2026-03-29
2026-03-29T21:59:59 Europe/Berlin      2026-03-29
2026-03-29T22:00:00 Europe/Berlin      2026-03-30
2026-10-24T22:00:00 Europe/Berlin      2026-10-25
2026-10-25T00:30:00 Europe/Berlin      2026-10-25
2026-10-25T01:30:00 Europe/Berlin      2026-10-25
2026-10-25T22:59:59 Europe/Berlin      2026-10-25
2026-10-25T23:00:00 Europe/Berlin      2026-10-26
2026-03-08T04:59:59 America/New_York   2026-03-07
2026-03-08T05:00:00 America/New_York   2026-03-08
2026-03-09T03:59:59 America/New_York   2026-03-08
2026-11-01T03:59:59 America/New_York   2026-10-31
2026-11-01T05:30:00 America/New_York   2026-11-01
2026-11-01T06:30:00 America/New_York   2026-11-01
2026-11-02T04:59:59 America/New_York   2026-11-01
2026-10-03T13:59:59 Australia/Sydney   2026-10-03
2026-10-03T14:00:00 Australia/Sydney   2026-10-04
2026-10-04T13:00:00 Australia/Sydney   2026-10-05
2026-04-04T12:59:59 Australia/Sydney   2026-04-04
2026-04-04T13:00:00 Australia/Sydney   2026-04-05
2026-04-05T13:59:59 Australia/Sydney   2026-04-05
2026-09-05T23:59:59 America/Santiago   2026-09-05
2026-09-06T03:59:59 America/Santiago   2026-09-05
2026-09-06T04:00:00 America/Santiago   2026-09-06
2026-10-03T15:29:59 Australia/Lord_Howe 2026-10-04
2026-03-07T13:30:00 Asia/Kolkata       2026-03-07
2026-03-07T18:29:59 Asia/Kolkata       2026-03-07
2026-03-07T18:30:00 Asia/Kolkata       2026-03-08
2026-03-26T22:00:00 Asia/Beirut        2026-03-27
2026-03-28T21:59:59 Asia/Beirut        2026-03-28
2026-03-28T22:00:00 Asia/Beirut        2026-03-29
2028-02-28T23:30:00 UTC                2028-02-28
2028-02-29T00:00:00 UTC                2028-02-29
2028-02-29T23:30:00 Africa/Algiers     2028-03-01
2026-12-31T10:00:00 Pacific/Kiritimati 2027-01-01
2026-12-31T23:59:59 Pacific/Pago_Pago  2026-12-31
2027-01-01T10:59:59 Pacific/Pago_Pago  2026-12-31
"""
#: Every how much, from when on, and when it is due.
DUE = """
monthly 1 2026-01-31: 2026-02-28 2026-03-31 2026-04-30 2026-05-31 2026-06-30
monthly 1 2026-01-30: 2026-02-28 2026-03-30 2026-04-30 2026-05-30
monthly 1 2026-01-29: 2026-02-28 2026-03-29 2026-04-29
monthly 1 2028-01-31: 2028-02-29 2028-03-31 2028-04-30
monthly 1 2028-01-29: 2028-02-29 2028-03-29
monthly 1 2028-02-29: 2028-03-29 2028-04-29
monthly 2 2026-12-31: 2027-02-28 2027-04-30 2027-06-30 2027-08-31
quarterly 1 2026-11-30: 2027-02-28 2027-05-30 2027-08-30 2027-11-30 2028-02-29
quarterly 1 2026-08-31: 2026-11-30 2027-02-28 2027-05-31
yearly 1 2028-02-29: 2029-02-28 2030-02-28 2031-02-28 2032-02-29
yearly 4 2028-02-29: 2032-02-29 2036-02-29
yearly 1 2096-02-29: 2097-02-28 2098-02-28 2099-02-28 2100-02-28 2101-02-28
weekly 1 2026-03-22: 2026-03-29 2026-04-05
weekly 1 2026-10-18: 2026-10-25 2026-11-01
weekly 1 2028-02-22: 2028-02-29 2028-03-07
fortnightly 1 2026-12-20: 2027-01-03 2027-01-17
"""


def lines(table: str) -> list[str]:
    return table.strip().splitlines()


@each_case("line", lines(TODAY))
def test_today_is_the_day_where_somebody_lives(line: str) -> None:
    from dataclasses import make_dataclass

    from app.models import BookRole
    from app.services import Member

    moment, zone, day = line.split()
    user: Any = make_dataclass("Somebody", ["time_zone"])(zone)
    member = Member(user, None, BookRole.OWNER)  # type: ignore[arg-type]
    with time_machine.travel(datetime.fromisoformat(moment).replace(tzinfo=UTC), tick=False):
        assert member.today == date.fromisoformat(day)


@each_case("line", lines(DUE))
def test_it_is_due_when_the_table_says(line: str) -> None:
    rule, dates = line.split(": ")
    cadence, interval, start = rule.split()
    schedule = Schedule(cadence, date.fromisoformat(start), int(interval))
    day = schedule.starts_on
    for expected in dates.split():
        after = schedule.next(day + timedelta(days=1))
        assert after is not None
        assert after.isoformat() == expected
        day = after


def by_hand(cadence: str, interval: int, start: date, until: date) -> list[date]:
    """The dates by counting, without the schedule's own arithmetic."""
    if cadence in DAYS:
        step = DAYS[cadence] * interval
        return [start + timedelta(days=n) for n in range(0, (until - start).days + 1, step)]
    found, year, month = [], start.year, start.month
    while (day := date(year, month, min(start.day, monthrange(year, month)[1]))) <= until:
        found.append(day)
        for _each in range(MONTHS[cadence] * interval):
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found


@each_case("interval", [1, 2, 3])
@each_case("cadence", [*DAYS, *MONTHS])
def test_no_date_is_skipped_or_doubled(cadence: str, interval: int) -> None:
    """400 starts around the ends of months and leap days, each looked at from every tenth day."""
    for start in (date(2027, 12, 1) + timedelta(days=n) for n in range(0, 400, 5)):
        until = date(2032, 6, 30)
        schedule, expected = Schedule(cadence, start, interval), by_hand(cadence, interval, start, until)
        assert schedule.between(date(2000, 1, 1), until) == expected
        for n in range(-20, 500, 10):
            day = start + timedelta(days=n)
            assert schedule.next(day) == next(each for each in expected if each >= day)


def test_the_bill_of_a_month_end_is_seen_once_on_each_day(alice: Any) -> None:
    entry = {"payee": "Rent", "amount": "800", "cadence": "monthly", "starts_on": "2026-01-31"}
    alice.work(lambda services: services.recurring.add(RecurringIn.model_validate(entry)))
    for day, due in (
        (date(2026, 2, 27), "2026-02-28"),
        (date(2026, 2, 28), "2026-02-28"),
        (date(2026, 3, 30), "2026-03-31"),
        (date(2028, 2, 28), "2028-02-29"),
        (date(2028, 2, 29), "2028-02-29"),
    ):
        bills = looked(alice, lambda services: services.recurring.upcoming(27), day)
        coming = [each.due_on.isoformat() for each in bills if each.due_on >= day]
        assert coming == [due]
        assert len({each.due_on for each in bills}) == len(bills)


async def how_many() -> int:
    async with db.read_session() as session:
        return await session.scalar(select(func.count()).select_from(Job).where(Job.kind == cleanup.KIND)) or 0


def test_a_clock_that_jumps_makes_no_daily_job_twice(database: Any, run: Any) -> None:
    noon = datetime(2026, 3, 29, 12, tzinfo=UTC)
    jumps = (0, 1, -1, 0, 11, 12, -11, -12, 24, 0)  # hours
    days = set()
    for hours in jumps:
        moment = noon + timedelta(hours=hours)
        days.add(moment.date())
        with time_machine.travel(moment, tick=False):
            run(cleanup.queue_cleanup)
        assert run(how_many) == len(days)


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1), timedelta(days=-1)])
def test_a_job_outlives_a_clock_that_jumps(database: Any, run: Any, jump: timedelta) -> None:
    """A job is done although the clock jumped while it waited, and not twice."""

    async def work() -> tuple[int, JobState, int]:
        async with db.write_session() as session, session.begin():
            job = await JobService(session).queue(cleanup.KIND, {}, user_id=None, book_id=None)
            assert job is not None
        with time_machine.travel(now() + jump, tick=True):
            await runner.perform(job.id)
            await runner.perform(job.id)
        await runner.perform(job.id)
        async with db.read_session() as session:
            row = await session.get_one(Job, job.id)
            return row.id, row.state, row.attempts

    registry.load_handlers()
    assert run(work)[1:] == (JobState.DONE, 1)


@pytest.mark.parametrize("failed", [False, True], ids=["died", "failed"])
def test_what_waits_does_not_wait_for_a_clock_that_was_put_back(database: Any, run: Any, failed: bool) -> None:
    """The worker died, or its job failed, then the clock was put back by a day: it is due soon, not tomorrow."""

    async def work() -> bool:
        async with db.write_session() as session, session.begin():
            job = await JobService(session).queue(cleanup.KIND, {}, user_id=None, book_id=None)
            assert job is not None
        async with db.write_session() as session, session.begin():
            assert await JobService(session).claim(job.id) is not None
            if failed:
                await JobService(session).fail(job.id, 1, "no luck", is_final=False)
        with time_machine.travel(now() - timedelta(days=1), tick=False) as clock:
            clock.shift(2 * LEASE)
            async with db.write_session() as session, session.begin():
                return job.id in await JobService(session).find_due()

    assert run(work)
