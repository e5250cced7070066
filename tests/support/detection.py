"""Payments that recur or stand out, and the job that finds them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import db
from app.domain.period import shift_month
from app.models import (
    Job,
    JobState,
)
from app.schemas.transactions import TransactionIn
from app.services.anomalies import sentence
from app.tasks import detection, runner
from tests.support.quiet import once_quiet


def today_of(person):
    async def work(services):
        return services.today

    return person.work(work)


def book(person, *rows):
    """Book (day, payee, amount) rows and give back their ids."""

    async def work(services):
        found = []
        for day, payee, amount in rows:
            found.append((await services.transactions.add(TransactionIn(booked_on=day, payee=payee, amount=amount))).id)
        return found

    return person.work(work)


def look(run):
    """What the worker's first sweep after the book is quiet would do, at once."""

    async def work():
        with once_quiet():
            await detection.queue_detection()
        async with db.read_session() as session:
            waiting = await session.scalars(select(Job.id).where(Job.kind == "detection", Job.state == JobState.QUEUED))
            ids = list(waiting)
        for job_id in ids:
            await runner.perform(job_id)
        async with db.read_session() as session:
            states = await session.execute(select(Job.state, Job.problem).where(Job.id.in_(ids)))
            assert all(row[0] is JobState.DONE for row in states), list(states)
        return len(ids)

    return run(work)


def monthly(today, payee, amounts, ago=3):
    """Payments a month apart, the last of them ``ago`` days before today."""
    last = today - timedelta(days=ago)
    count = len(amounts)
    return [(shift_month(last, at - count + 1), payee, amount) for at, amount in enumerate(amounts)]


async def candidates(services):
    return [
        (each.name, each.kind.value, each.cadence.value, each.state.value)
        for each in await services.recurring_candidates.all()
    ]


async def findings(services):
    return [(each.kind.value, sentence(each), each.state.value) for each in await services.anomalies.open()]


def first(person, service="candidates"):
    async def work(services):
        found = await (services.recurring_candidates.all() if service == "candidates" else services.anomalies.open())
        return found[0].id

    return person.work(work)


@pytest.fixture
def streambox(alice, run):
    """Alice has paid €13.99 to Streambox each month, and the job has seen it."""
    ids = book(alice, *monthly(today_of(alice), "Streambox", ["-13.99"] * 6))
    assert look(run) == 1
    return ids


@pytest.fixture
def risen(alice, run):
    """Streambox has become dearer, and Alice has a past to compare with."""
    today = today_of(alice)
    book(alice, *[(today - timedelta(days=9 + 3 * at), "Bakery", f"-{4 + at % 3}.20") for at in range(30)])
    ids = book(alice, *monthly(today, "Streambox", ["-13.99"] * 8 + ["-17.99"], ago=2))
    look(run)
    return ids
