"""The database: engines for reading and writing, and sessions over them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import NullPool

from app.settings import settings

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",  # NORMAL may lose the last commits when the power goes
    "foreign_keys=ON",
    "busy_timeout=5000",
    "cache_size=-16000",
    "mmap_size=134217728",
    "temp_store=MEMORY",
)


class Database:
    """One database with a way to read and a way to write.

    On SQLite the two are apart: readers can not write (``query_only``), writers take the lock at BEGIN, so that a
    read-then-write never fails half-way with "database is locked". On PostgreSQL they are one engine.
    """

    def __init__(self, url: str, *, pooled: bool = True) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            if self.url.database:
                Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
            self.writer = self._sqlite("IMMEDIATE", ())
            self.reader = self._sqlite("DEFERRED", ("query_only=ON",))
        else:
            self.writer = self.reader = self._postgresql(pooled)
        self.read = async_sessionmaker(self.reader, expire_on_commit=False, autoflush=False)
        self.write = async_sessionmaker(self.writer, expire_on_commit=False)

    def _sqlite(self, begin: str, pragmas: tuple[str, ...]) -> AsyncEngine:
        engine = create_async_engine(self.url, pool_size=5, max_overflow=15, pool_reset_on_return=None)
        listen_sqlite(engine.sync_engine, begin, pragmas)
        return engine

    def _postgresql(self, pooled: bool) -> AsyncEngine:
        options: dict[str, Any] = {
            "pool_size": 10,
            "max_overflow": 10,
            "pool_pre_ping": True,
            "pool_recycle": 1800,
        }
        return create_async_engine(self.url, **(options if pooled else {"poolclass": NullPool}))

    async def close(self) -> None:
        await self.writer.dispose()
        if self.reader is not self.writer:
            await self.reader.dispose()


def listen_sqlite(engine: Engine, begin: str, pragmas: tuple[str, ...] = ()) -> None:
    """Set SQLite's pragmas on each new connection and say BEGIN ourselves."""

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (*PRAGMAS, *pragmas):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begun(connection: Any) -> None:
        connection.exec_driver_sql(f"BEGIN {begin}")


@cache
def database() -> Database:
    """The database of this process."""
    return Database(settings().database)


def read_session() -> AsyncSession:
    return database().read()


def write_session() -> AsyncSession:
    return database().write()
