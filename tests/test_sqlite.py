"""What is short runs on the event loop, what may take its time on the connection's thread."""

from __future__ import annotations

import asyncio
import threading
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.db import Database
from app.sqlite import LONG, TURNS, Kind, kind_of

#: Counts to a number, a step at a time, and tells in which thread.
COUNT = """SELECT here(), count(*) FROM (
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT i FROM n
)"""
TURN = "SELECT here()"


@pytest.fixture
def go(tmp_path):
    """Run a coroutine function with two tables in a database of its own."""

    def go(work):
        async def working():
            database = Database(f"sqlite+aiosqlite:///{tmp_path}/own.sqlite3")
            async with database.write() as session:
                await session.execute(text("CREATE TABLE IF NOT EXISTS note (id INTEGER PRIMARY KEY, said TEXT)"))
                await session.commit()
            LONG.clear()
            try:
                return await work(database)
            finally:
                await database.close()

        return asyncio.run(asyncio.wait_for(working(), 30))

    return go


@asynccontextmanager
async def tells(session):
    """The session, whose statements can ask where they are: ``here()``."""
    raw = (await (await session.connection()).get_raw_connection()).driver_connection._conn
    raw.create_function("here", 0, threading.get_ident)
    yield session


async def ask(session, statement):
    return (await session.execute(text(statement))).one()


@pytest.mark.parametrize(
    ("statement", "only_reads", "kind"),
    [
        ("BEGIN IMMEDIATE", False, Kind.BEGIN),
        ("BEGIN DEFERRED", True, Kind.READ),
        ("SELECT 1", False, Kind.READ),
        ("WITH a AS (SELECT 1) SELECT * FROM a", True, Kind.READ),
        ("WITH a AS (SELECT 1) DELETE FROM note", False, Kind.LONG),
        ("INSERT INTO note (said) VALUES (?) RETURNING id", False, Kind.WRITE),
        ("INSERT INTO note (said) SELECT said FROM note", False, Kind.LONG),
        ("INSERT INTO note (said)\nSELECT said FROM note", False, Kind.LONG),
        ("UPDATE note SET said=? WHERE note.id = ?", False, Kind.WRITE),
        ("UPDATE note SET said=?, version=? WHERE note.id = ? AND note.version = ?", False, Kind.WRITE),
        ("UPDATE note SET said=? WHERE note.id = ? OR note.said = ?", False, Kind.LONG),
        ("UPDATE note SET said=? WHERE note.id IN (?, ?)", False, Kind.LONG),
        ("UPDATE note SET said=?", False, Kind.LONG),
        ("DELETE FROM note WHERE note.id = ?", False, Kind.LONG),
        ("PRAGMA journal_mode=WAL", False, Kind.LONG),
    ],
)
def test_what_a_statement_may_cost(statement, only_reads, kind):
    assert kind_of(statement, only_reads) is kind


@pytest.mark.parametrize("name", ["read", "write"])
def test_a_long_read_goes_to_the_thread_and_is_known_from_then_on(go, name):
    async def work(database):
        loop = threading.get_ident()
        async with getattr(database, name)() as session, tells(session):
            assert await ask(session, TURN) == (loop,)
            assert await ask(session, COUNT.format(10)) == (loop, 10)
            here, count = await ask(session, COUNT.format(200_000))
            assert here != loop
            assert count == 200_000, "a read that was broken off has to start again"
            assert await ask(session, TURN) == (loop,)

    go(work)


def test_a_statement_is_tried_again_on_the_loop_after_some_turns(go):
    async def work(database):
        loop = threading.get_ident()
        statement = text(COUNT.format(":most"))
        async with database.read() as session, tells(session):

            async def where(most):
                return (await session.execute(statement, {"most": most})).one()[0]

            assert await where(200_000) != loop
            assert {await where(1) == loop for _ in range(TURNS)} == {False}
            assert await where(1) == loop

    go(work)


def test_a_read_that_is_broken_off_undoes_nothing(go):
    async def work(database):
        async with database.write() as session, tells(session):
            await session.execute(text("INSERT INTO note (said) VALUES ('kept')"))
            await ask(session, COUNT.format(200_000))
            await session.commit()
        async with database.read() as session:
            assert (await ask(session, "SELECT said FROM note")).said == "kept"

    go(work)


def test_who_waits_for_the_lock_lets_the_others_go_on(go):
    async def work(database):
        turns = []

        async def other():
            async with database.write() as second:
                await second.execute(text("INSERT INTO note (said) VALUES ('second')"))
                turns.append("second")
                await second.commit()

        async with database.write() as first:
            await first.execute(text("INSERT INTO note (said) VALUES ('first')"))
            waiting = asyncio.create_task(other())
            async with database.read() as reader:  # the loop turns while the other one waits on its thread
                for _ in range(20):
                    assert (await ask(reader, "SELECT count(*) FROM note"))[0] == 0
                    await asyncio.sleep(0)
            turns.append("first")
            await first.commit()
        await waiting
        assert turns == ["first", "second"]
        async with database.read() as reader:
            assert (await ask(reader, "SELECT count(*) FROM note"))[0] == 2

    go(work)


def test_the_loop_keeps_off_a_connection_whose_thread_is_at_work(go):
    async def work(database):
        held, go_on, loop = asyncio.Event(), threading.Event(), asyncio.get_running_loop()

        def hold():
            loop.call_soon_threadsafe(held.set)
            go_on.wait()
            return "held"

        async with database.write() as session:
            await session.execute(text("INSERT INTO note (said) VALUES ('free')"))
            raw = await (await session.connection()).get_raw_connection()
            adapted = raw.dbapi_connection
            raw.driver_connection._conn.create_function("hold", 0, hold)
            working = asyncio.create_task(session.execute(text("UPDATE note SET said = hold()")))
            await held.wait()
            assert adapted.at_once("SELECT said FROM note", ()) is None
            go_on.set()
            await working
            assert adapted.at_once("SELECT said FROM note", ()).rows == [("held",)]

    go(work)


def test_what_is_wrong_with_a_statement_is_told_the_same_on_the_loop(go):
    async def work(database):
        async with database.read() as session:
            with pytest.raises(OperationalError, match="no such table: nowhere"):
                await ask(session, "SELECT * FROM nowhere")
        async with database.read() as session:
            with pytest.raises(OperationalError, match="readonly"):
                await session.execute(text("INSERT INTO note (said) VALUES ('no')"))

    go(work)
