"""What the engines promise: durable commits, the driver's errors as they are, and an event loop that goes on."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.db import Database

COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT count(*) FROM n"


@pytest.fixture
def go(tmp_path):
    """Run a coroutine function with a table in a SQLite database of its own."""

    def go(work):
        async def working():
            database = Database(f"sqlite+aiosqlite:///{tmp_path}/own.sqlite3")
            async with database.write() as session:
                await session.execute(text("CREATE TABLE note (id INTEGER PRIMARY KEY, said TEXT)"))
                await session.commit()
            try:
                return await work(database)
            finally:
                await database.close()

        return asyncio.run(asyncio.wait_for(working(), 30))

    return go


async def turns_while(work):
    """How often the event loop turned while an awaitable was at work."""
    task, turns = asyncio.ensure_future(work), 0
    while not task.done():
        turns += 1
        await asyncio.sleep(0)
    await task
    return turns


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 5000)]
)
@pytest.mark.parametrize("name", ["read", "write"])
def test_connections_are_durable_and_check_references(go, name, pragma, value):
    async def work(database):
        async with getattr(database, name)() as session:
            assert await session.scalar(text(f"PRAGMA {pragma}")) == value

    go(work)


def test_a_long_read_lets_the_event_loop_go_on(go):
    async def work(database):
        async with database.read() as session:
            assert await turns_while(session.scalar(text(COUNT))) > 20

    go(work)


def test_a_writer_that_waits_for_another_process_lets_readers_go_on(go):
    async def work(database):
        other = Database(database.url.render_as_string(), pooled=False)  # as another process has
        async with other.write() as first:
            await first.execute(text("INSERT INTO note (said) VALUES ('first')"))

            async def second():
                async with database.write() as session, session.begin():
                    await session.execute(text("INSERT INTO note (said) VALUES ('second')"))

            waiting = asyncio.create_task(second())
            async with database.read() as reader:
                assert await reader.scalar(text("SELECT count(*) FROM note")) == 0
            assert not waiting.done()
            await first.commit()
        await waiting
        await other.close()
        async with database.read() as reader:
            assert await reader.scalar(text("SELECT count(*) FROM note")) == 2

    go(work)


def test_a_wrong_statement_raises_what_the_driver_says(go):
    async def work(database):
        async with database.read() as session:
            with pytest.raises(OperationalError, match="no such table: nowhere"):
                await session.execute(text("SELECT * FROM nowhere"))

    go(work)


NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1750) SELECT i FROM n"


def test_results_longer_than_the_first_fetch_are_complete(go):
    async def work(database):
        async with database.read() as session:
            assert list(await session.scalars(text(NUMBERS))) == list(range(1, 1751))
            streamed = await session.stream_scalars(text(NUMBERS))
            assert [each async for part in streamed.partitions(300) for each in part] == list(range(1, 1751))
            abandoned = await session.stream_scalars(text(NUMBERS))
            assert await abandoned.fetchmany(2) == [1, 2]
            await abandoned.close()
            assert await session.scalar(text("SELECT 7")) == 7
        async with database.write() as session, session.begin():
            inserted = text(f"INSERT INTO note (said) {NUMBERS} RETURNING id")
            assert len((await session.scalars(inserted)).all()) == 1750
            changed = await session.execute(text("UPDATE note SET said = 'x' WHERE id <= 20"))
            assert changed.rowcount == 20

    go(work)


def test_a_process_ends_although_a_connection_is_open(tmp_path):
    code = (
        "import asyncio, sys; from sqlalchemy import text; from app.db import Database\n"
        "async def work():\n"
        "    session = Database(sys.argv[1]).read()\n"
        "    await session.execute(text('SELECT 1'))\n"
        "    print('read', flush=True)\n"
        "asyncio.run(work())\n"
    )
    url = f"sqlite+aiosqlite:///{tmp_path}/own.sqlite3"
    ended = subprocess.run([sys.executable, "-c", code, url], capture_output=True, text=True, timeout=30, check=False)
    assert ended.stdout == "read\n", ended.stderr
