"""No request holds a database connection longer than its work takes, and writers take turns."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text, update

from app import db
from app.models import AuthSession
from app.models.base import now
from app.web.downloads import MAX_DOWNLOADS_PER_USER
from tests.conftest import CAST, Person
from tests.support.event_loop import in_the_loop
from tests.support.slow_clients import SlowClients

pytestmark = pytest.mark.postgresql_too

SLOW = 500


@pytest.fixture
def slow_clients(alice: Person, application: Any) -> Iterator[SlowClients]:
    clients = SlowClients(application, CAST["alice"][0])
    yield clients
    clients.hang_up()


def connections_in_use(database: db.Database) -> int:
    return database.reader.pool.checkedout() + database.writer.pool.checkedout()  # type: ignore[attr-defined]


def test_500_slow_readers_of_a_page_hold_no_connection(database, alice, slow_clients):
    slow_clients.ask("/transactions", SLOW)

    assert slow_clients.statuses == [200] * SLOW
    assert connections_in_use(database) == 0
    assert alice.get("/accounts").status_code == 200


def test_slow_readers_of_an_export_hold_no_connection_and_most_are_refused(database, alice, slow_clients):
    slow_clients.ask("/transactions/export.csv", 50)

    assert sorted(slow_clients.statuses) == [200] * MAX_DOWNLOADS_PER_USER + [429] * (50 - MAX_DOWNLOADS_PER_USER)
    assert connections_in_use(database) == 0
    assert alice.get("/accounts").status_code == 200


def test_a_download_that_its_client_gave_up_makes_room_for_another(alice, slow_clients):
    slow_clients.ask("/transactions/export.csv", MAX_DOWNLOADS_PER_USER)
    refused = alice.get("/transactions/export.csv")
    slow_clients.hang_up()

    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert "downloads" in refused.text
    assert alice.get("/transactions/export.csv").status_code == 200


def test_many_requests_at_once_whose_last_use_is_due_are_all_served(database, alice, slow_clients):
    async def forget() -> None:
        async with db.write_session() as session, session.begin():
            await session.execute(update(AuthSession).values(last_seen_at=now() - timedelta(hours=1)))

    in_the_loop(forget)

    slow_clients.ask("/accounts", 45)

    assert slow_clients.statuses == [200] * 45


def test_a_reading_session_cannot_write(database):
    async def write() -> None:
        async with db.read_session() as session:
            await session.execute(update(AuthSession).values(address="elsewhere"))

    with pytest.raises(Exception, match=r"read-?only"):
        in_the_loop(write)


def test_writers_begin_in_the_order_in_which_they_came(database):
    """Each of 50 writers waits for those before it, and none is refused, however long that takes together."""
    begun: list[int] = []

    async def add(number: int) -> None:
        async with db.write_session() as session, session.begin():
            await session.execute(text("UPDATE book SET revision = revision + 1"))
            begun.append(number)
            await asyncio.sleep(0.01)

    async def together() -> None:
        first = asyncio.Event()

        async def hold() -> None:
            async with db.write_session() as session, session.begin():
                await session.execute(text("UPDATE book SET revision = revision + 1"))
                first.set()
                await asyncio.sleep(0.05)

        holding = asyncio.create_task(hold())
        await first.wait()
        await asyncio.gather(holding, *(add(number) for number in range(50)))

    in_the_loop(together)

    assert len(begun) == 50
    if database.is_sqlite:
        assert begun == sorted(begun)
