"""The database: engines for reading and writing, and sessions over them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Executable, event, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from app.settings import make_private_folder, settings
from app.sqlite_driver import connect

BUSY_MILLISECONDS = 5000  # that a writer waits for writers of other processes
POOL_SECONDS = 20  # that a request waits for a connection
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",  # NORMAL may lose the last commits when the power goes
    "foreign_keys=ON",
    f"busy_timeout={BUSY_MILLISECONDS}",
    "cache_size=-16000",
    "mmap_size=134217728",
    "temp_store=MEMORY",
)


def insert_into(table: Any, dialect_name: str) -> Any:
    """Return the dialect's INSERT, which has ON CONFLICT; the other dialect is not imported."""
    return import_module(f"sqlalchemy.dialects.{dialect_name}").insert(table)


def create_private_file(path: Path) -> None:
    """Create an empty file with mode 0600 unless it exists. SQLite gives its log and index files the same mode."""
    make_private_folder(path.absolute().parent)
    with suppress(OSError):  # SQLite reports a file that cannot be opened
        os.close(os.open(path, os.O_RDONLY | os.O_CREAT, 0o600))


class Database:
    """One database with an engine for readers and an engine for writers, so that neither waits for the other's pool.

    Readers cannot write. On SQLite a writer takes the lock at BEGIN, so that a read-then-write never fails half-way
    with "database is locked". Writers of one process share one connection and wait for it in the order in which they
    came: SQLite's own waiting is a lottery that some writers lose again and again under load.
    """

    def __init__(self, url: str, *, pooled: bool = True) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            if self.url.database:
                create_private_file(Path(self.url.database))
            self.writer = self._sqlite("IMMEDIATE", pool_size=1, max_overflow=0)
            self.reader = self._sqlite("DEFERRED", ("query_only=ON",), pool_size=5, max_overflow=15)
        else:
            self.writer = self._postgresql(pooled, pool_size=5, max_overflow=5)
            self.reader = self._postgresql(
                pooled,
                pool_size=10,
                max_overflow=5,
                connect_args={"server_settings": {"default_transaction_read_only": "on"}},
            )
        self.read = async_sessionmaker(self.reader, expire_on_commit=False, autoflush=False)
        self.write = async_sessionmaker(self.writer, expire_on_commit=False)

    def _sqlite(self, begin: str, pragmas: tuple[str, ...] = (), **pool: int) -> AsyncEngine:
        engine = create_async_engine(
            self.url,
            **pool,
            async_creator=partial(connect, self.url.database or ":memory:"),
            pool_timeout=POOL_SECONDS,
            pool_use_lifo=True,  # the connection that was used last has its pages in memory
            pool_reset_on_return=None,
            hide_parameters=True,
        )
        _listen_sqlite(engine.sync_engine, begin, pragmas)
        return engine

    def _postgresql(self, pooled: bool, **options: Any) -> AsyncEngine:
        if not pooled:
            options = {"poolclass": NullPool, "connect_args": options.get("connect_args", {})}
        else:
            options |= {"pool_timeout": POOL_SECONDS, "pool_pre_ping": True, "pool_recycle": 1800}
        return create_async_engine(self.url, hide_parameters=True, **options)

    async def close(self) -> None:
        await self.writer.dispose()
        await self.reader.dispose()


def _listen_sqlite(engine: Engine, begin: str, pragmas: tuple[str, ...] = ()) -> None:
    """Set SQLite's pragmas on each new connection, and send BEGIN ourselves."""

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # no BEGIN by the driver
        script = "".join(f"PRAGMA {pragma};" for pragma in (*PRAGMAS, *pragmas))
        connection.run_async(lambda driver: driver.executescript(script))

    @event.listens_for(engine, "reset")
    def end_transaction(connection: Any, _record: Any, state: Any) -> None:
        # A COMMIT that failed leaves its transaction open, and with it the lock that every writer waits for.
        if state.asyncio_safe and connection.driver_connection.in_transaction:
            connection.rollback()

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Any) -> None:
        connection.exec_driver_sql(f"BEGIN {begin}")


_databases: list[Database] = []  # the last one is in use


def database() -> Database:
    """The database of this process."""
    if not _databases:
        _databases.append(Database(settings().database))
    return _databases[-1]


@contextmanager
def use_database(made: Database) -> Iterator[Database]:
    """Use another database inside the block, as tests do."""
    _databases.append(made)
    try:
        yield made
    finally:
        _databases.remove(made)


async def close_database() -> None:
    """Close the connections of this process; the next use opens the database again."""
    if _databases:
        await _databases.pop().close()


async def ping() -> None:
    """Run a trivial query. Raises the driver's exception."""
    async with read_session() as session:
        await session.execute(text("SELECT 1"))


async def rows(session: AsyncSession, statement: Executable, parameters: Mapping[str, Any]) -> Sequence[Any]:
    """Return all rows of a statement of columns. Bypasses the ORM's loading, which costs more than the statement."""
    return await session.run_sync(_rows, statement, parameters)


def _rows(session: Session, statement: Executable, parameters: Mapping[str, Any]) -> Sequence[Any]:
    if session.autoflush:
        session.flush()
    return session.connection().execute(statement, parameters).all()


def read_session() -> AsyncSession:
    return database().read()


def write_session() -> AsyncSession:
    return database().write()


async def update_statistics() -> None:
    """Refresh the query planner's statistics, after many rows have changed. SQLite looks at 1,000 rows an index."""
    async with write_session() as session, session.begin():
        if database().is_sqlite:
            await session.execute(text("PRAGMA analysis_limit = 1000"))
        await session.execute(text("ANALYZE"))
