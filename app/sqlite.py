"""SQLite under asyncio: a short statement runs at once on the event loop, a long one on the connection's thread.

A trip to the thread and back costs ten times what most of our statements do, so only what may take its time makes
one: waiting for the lock, writing to the disk, changing many rows, and reading that has proven long.
"""

from __future__ import annotations

import re
import sqlite3
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from enum import Enum
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy.connectors.asyncio import AsyncAdapt_dbapi_connection, AsyncAdapt_dbapi_cursor
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_connection
from sqlalchemy.util import EMPTY_DICT, await_only

Made = TypeVar("Made")

WAIT = 5000  # milliseconds that a writer waits for its turn, on the thread
#: Steps of SQLite's machine that a reading statement may take on the loop: a millisecond, more or less. One that wants
#: more is broken off and read again on the thread, and so are its likes the next ``TURNS`` times.
STEPS, TURNS = 10_000, 50
#: Whether one connection may be used by two threads in turn; how SQLite was built decides.
IS_SHARED = sqlite3.threadsafety == 3

ONE_ROW = re.compile(r"UPDATE [^;]+ WHERE \S+\.id = \?(?: AND \S+\.version = \?)?|INSERT INTO (?:(?!SELECT).)*", re.S)
FEW = 200  # parameters in all of such writes; a transaction has 25


class Kind(Enum):
    BEGIN = "takes the lock, or waits for it"
    READ = "may be broken off and read again"
    WRITE = "one row, which is as short as a read"
    LONG = "anything else"


@lru_cache(1000)
def kind_of(statement: str, only_reads: bool) -> Kind:
    if statement == "BEGIN IMMEDIATE":
        return Kind.BEGIN
    if only_reads or statement.startswith("SELECT"):  # WITH may go on with a write, and that broken off undoes all
        return Kind.READ
    return Kind.WRITE if ONE_ROW.fullmatch(statement) else Kind.LONG


class Ran(NamedTuple):
    """What a statement left behind; stands where SQLAlchemy keeps the driver's cursor."""

    description: Any
    rowcount: int
    lastrowid: int | None
    rows: Sequence[Any]


NOTHING = Ran(None, -1, None, ())


def ran(connection: sqlite3.Connection, statement: str, parameters: Any, many: bool = False) -> Ran:
    cursor = connection.cursor()
    try:
        (cursor.executemany if many else cursor.execute)(statement, parameters)
        rows = cursor.fetchall() if cursor.description else ()
        return Ran(cursor.description, cursor.rowcount, cursor.lastrowid, rows)
    finally:
        cursor.close()


class LongOnes:
    """Statements that were long the last time; believed for some turns, as the books and what is asked change."""

    def __init__(self, most: int = 500) -> None:
        self._most = most
        self._turns: OrderedDict[str, int] = OrderedDict()

    def take(self, statement: str) -> bool:
        """Whether this one is known to be long, this turn."""
        turns = self._turns.get(statement, 0)
        if turns:
            self._turns[statement] = turns - 1
        return turns > 0

    def add(self, statement: str) -> None:
        self._turns[statement] = TURNS
        self._turns.move_to_end(statement)
        if len(self._turns) > self._most:
            self._turns.popitem(last=False)

    def clear(self) -> None:
        self._turns.clear()


LONG = LongOnes()


async def _at_once() -> None:
    """Awaited after a statement on the loop: SQLAlchemy takes a driver that awaits nothing for a wrong one."""


class SqliteCursor(AsyncAdapt_dbapi_cursor):
    """Opens, runs, fetches and closes in one step, where the stock one makes four trips."""

    __slots__ = ()

    _adapt_connection: SqliteConnection

    def __init__(self, connection: AsyncAdapt_dbapi_connection) -> None:
        self._adapt_connection, self._connection = connection, connection._connection  # type: ignore[assignment]
        self._cursor: Any = NOTHING
        self._rows, self._soft_closed_memoized = deque(), EMPTY_DICT

    def execute(self, operation: Any, parameters: Any = None) -> None:
        said = parameters or ()
        self._keep(
            self._adapt_connection.at_once(operation, said)
            or self._adapt_connection.on_thread(lambda raw: ran(raw, operation, said))
        )

    def executemany(self, operation: Any, seq_of_parameters: Any) -> None:
        said = seq_of_parameters
        self._keep(
            self._adapt_connection.many_at_once(operation, said)
            or self._adapt_connection.on_thread(lambda raw: ran(raw, operation, said, many=True))
        )

    def _keep(self, found: Ran) -> None:
        self._cursor, self._rows = found, deque(found.rows)
        await_only(_at_once())

    async def _async_soft_close(self) -> None:
        """It is closed already."""

    def close(self) -> None:
        self._rows.clear()


class SqliteConnection(AsyncAdapt_aiosqlite_connection):
    """A connection for one task at a time, used on the loop and on its thread, never on both at once."""

    __slots__ = ("_finished", "_hurries", "_only_reads", "_started")

    _cursor_cls = SqliteCursor  # type: ignore[assignment]

    def __init__(self, stock: AsyncAdapt_aiosqlite_connection, only_reads: bool) -> None:
        super().__init__(stock.dbapi, stock._connection)
        self._only_reads, self._hurries = only_reads, False
        self._started = self._finished = 0  # work for the thread; the first is counted here, the second there
        self._raw.set_progress_handler(lambda: self._hurries, STEPS)

    @property
    def _raw(self) -> sqlite3.Connection:
        raw: sqlite3.Connection = self._connection._conn
        return raw

    @property
    def _is_free(self) -> bool:
        """Whether the thread rests, and has not been closed."""
        return IS_SHARED and self._started == self._finished and self._connection._connection is not None

    def at_once(self, statement: str, parameters: Sequence[Any]) -> Ran | None:
        """What the statement found, run on the loop; None if it has to be taken to the thread."""
        if not self._is_free:
            return None
        kind = kind_of(statement, self._only_reads)
        if kind is Kind.READ:
            return self._read(statement, parameters)
        if kind is Kind.BEGIN:
            return self._begin(statement)
        if kind is Kind.WRITE and len(parameters) <= FEW:
            return ran(self._raw, statement, parameters)
        return None

    def many_at_once(self, statement: str, rows: Sequence[Sequence[Any]]) -> Ran | None:
        """As ``at_once``, for a write that is repeated for each of the rows."""
        if len(rows) * len(rows[0]) > FEW or not self._is_free:
            return None
        if kind_of(statement, self._only_reads) is not Kind.WRITE:
            return None
        return ran(self._raw, statement, rows, many=True)

    def _read(self, statement: str, parameters: Sequence[Any]) -> Ran | None:
        if LONG.take(statement):
            return None
        self._hurries = True
        try:
            return ran(self._raw, statement, parameters)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
            LONG.add(statement)
            return None
        finally:
            self._hurries = False

    def _begin(self, statement: str) -> Ran | None:
        self._raw.execute("PRAGMA busy_timeout=0")
        try:
            return ran(self._raw, statement, ())
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            return None
        finally:
            self._raw.execute(f"PRAGMA busy_timeout={WAIT}")

    def on_thread(self, work: Callable[[sqlite3.Connection], Made]) -> Made:
        """Have something done on the connection's thread, and let others go on meanwhile."""
        try:
            return await_only(self._trip(work))
        except Exception as error:
            self._handle_exception(error)

    async def _trip(self, work: Callable[[sqlite3.Connection], Made]) -> Made:
        driver: Any = self._connection
        if not driver._running:
            raise ValueError("Connection closed")

        def working() -> Made:
            try:
                return work(driver._conn)
            finally:
                self._finished += 1

        async with self._execute_mutex:
            self._started += 1
            return await driver._execute(working)  # type: ignore[no-any-return]

    def commit(self) -> None:
        """Writing to the disk is for the thread; who only read has nothing to write."""
        if self._only_reads and self._is_free:
            self._raw.commit()
        elif self._connection._connection:
            self.on_thread(lambda raw: raw.commit())

    def rollback(self) -> None:
        if self._is_free:
            self._raw.rollback()
        elif self._connection._connection:
            self.on_thread(lambda raw: raw.rollback())
