"""aiosqlite with one trip to the connection's thread per statement instead of four.

SQLAlchemy opens a cursor, executes, fetches all rows and closes the cursor, and aiosqlite hands each of these to the
connection's thread. A short statement spends most of its time on these switches of threads. Here the cursor is opened
without a switch, and the first rows are fetched in the call that executes.
"""

from __future__ import annotations

import sqlite3
from threading import Thread
from typing import Any

import aiosqlite

ROWS_WITH_EXECUTE = 500  # fetched in the call that executes; a longer result stays in the database until it is read
ITERATION_ROWS = 64  # aiosqlite's default


class PrefetchingCursor(sqlite3.Cursor):
    """Fetches the first rows when it executes."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self.first_rows: list[Any] = []
        self.has_more = False

    def execute(self, sql: str, parameters: Any = (), /) -> PrefetchingCursor:
        self.first_rows, self.has_more = [], False
        super().execute(sql, parameters)
        if self.description is not None:
            self.first_rows = super().fetchmany(ROWS_WITH_EXECUTE)
            self.has_more = len(self.first_rows) == ROWS_WITH_EXECUTE
        return self


class Cursor(aiosqlite.Cursor):
    """Answers from the rows that were fetched already, and asks the thread for the rest only."""

    def __init__(self, connection: aiosqlite.Connection, cursor: PrefetchingCursor) -> None:
        super().__init__(connection, cursor)
        self.prefetching = cursor

    async def fetchone(self) -> Any:
        rows = await self.fetchmany(1)
        return rows[0] if rows else None

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        count = size or self.arraysize
        rows = self._take(count)
        if len(rows) < count and self.prefetching.has_more:
            rows += await super().fetchmany(count - len(rows))
        return rows

    async def fetchall(self) -> list[Any]:
        rows = self._take(len(self.prefetching.first_rows))
        return [*rows, *await super().fetchall()] if self.prefetching.has_more else rows

    async def close(self) -> None:
        if self.prefetching.has_more:  # otherwise nothing is open in the database
            await super().close()

    def _take(self, count: int) -> list[Any]:
        rows = self.prefetching.first_rows
        self.prefetching.first_rows = rows[count:]
        return rows[:count]


class Connection(aiosqlite.Connection):
    """Opens cursors that prefetch. One session uses it at a time, so that its cursors need no lock."""

    def __init__(self, path: str, **options: Any) -> None:
        self.path, self.options = path, options
        super().__init__(self._open, ITERATION_ROWS)

    def _open(self) -> sqlite3.Connection:
        opened: sqlite3.Connection = sqlite3.connect(self.path, **self.options)
        self.sqlite = opened
        return opened

    def cursor(self) -> Any:
        return Cursor(self, self.sqlite.cursor(PrefetchingCursor))


async def connect(path: str, **options: Any) -> aiosqlite.Connection:
    """Open a connection whose thread does not keep the process alive when it is not closed."""
    made: list[Connection] = []
    options["check_same_thread"] = False
    # A thread is a daemon when a daemon creates it.
    creator = Thread(target=lambda: made.append(Connection(path, **options)), daemon=True)
    creator.start()
    creator.join()
    return await made[0]
