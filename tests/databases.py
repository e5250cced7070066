"""Real databases for tests: a SQLite file copied, a PostgreSQL database made from a template."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from alembic import command
from sqlalchemy import NullPool, text

from app.cli import alembic_config
from app.db import Database

ADDRESS = os.environ.get("SALDO_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")


class Stage(Protocol):
    """A database system with two templates: ``empty`` has the schema, ``cast`` the people of the tests too."""

    def open(self) -> None: ...
    def keep(self, name: str) -> None: ...
    def fresh(self, template: str) -> str: ...
    def drop(self) -> None: ...
    def close(self) -> None: ...


def migrate(url: str) -> None:
    import anyio

    async def work() -> None:
        database = Database(url, pooled=False)

        def upgrade(connection: Any) -> None:
            config = alembic_config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

        async with database.writer.connect() as connection:
            await connection.run_sync(upgrade)
            await connection.commit()
        await database.close()

    anyio.run(work)


class SQLite:
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="saldo-sqlite-"))
        migrate(f"sqlite+aiosqlite:///{self.folder}/empty.sqlite3")

    def keep(self, name: str) -> None:
        self.file.rename(self.folder / f"{name}.sqlite3")

    def fresh(self, template: str) -> str:
        self.file = self.folder / f"{uuid4().hex}.sqlite3"
        shutil.copyfile(self.folder / f"{template}.sqlite3", self.file)
        return f"sqlite+aiosqlite:///{self.file}"

    def drop(self) -> None:
        for each in self.folder.glob(f"{self.file.name}*"):
            each.unlink()

    def close(self) -> None:
        shutil.rmtree(self.folder)


class PostgreSQL:
    def open(self) -> None:
        self.server = postgres_address()
        self.prefix = f"saldo_test_{uuid4().hex[:12]}"
        self.kept = ["empty"]
        self._say(f"CREATE DATABASE {self.prefix}_empty")
        migrate(self._url(f"{self.prefix}_empty"))

    def keep(self, name: str) -> None:
        self._say(f"ALTER DATABASE {self.name} RENAME TO {self.prefix}_{name}")
        self.kept.append(name)

    def fresh(self, template: str) -> str:
        self.name = f"{self.prefix}_{uuid4().hex[:8]}"
        self._say(f"CREATE DATABASE {self.name} TEMPLATE {self.prefix}_{template}")
        return self._url(self.name)

    def drop(self) -> None:
        self._say(f"DROP DATABASE {self.name} WITH (FORCE)")

    def close(self) -> None:
        for name in self.kept:
            self._say(f"DROP DATABASE {self.prefix}_{name} WITH (FORCE)")

    def _url(self, name: str) -> str:
        return self.server.rpartition("/")[0].replace("postgresql://", "postgresql+asyncpg://") + f"/{name}"

    def _say(self, statement: str) -> None:
        import anyio
        from sqlalchemy.ext.asyncio import create_async_engine

        async def work() -> None:
            engine = create_async_engine(
                self.server.replace("postgresql://", "postgresql+asyncpg://"),
                poolclass=NullPool,
                isolation_level="AUTOCOMMIT",
            )
            async with engine.connect() as connection:
                await connection.execute(text(statement))
            await engine.dispose()

        anyio.run(work)


def reachable(address: str) -> bool:
    parts = urlsplit(address)
    try:
        socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 5432), timeout=1).close()
    except OSError:
        return False
    return True


_brought: Any = None


def postgres_address() -> str:
    """A PostgreSQL on this machine, else one brought by pip; empty where there is neither."""
    global _brought
    if reachable(ADDRESS):
        return ADDRESS
    try:
        import pgserver
    except ImportError:
        return ""
    if _brought is None:
        _brought = pgserver.get_server(Path(tempfile.gettempdir()) / f"saldo-pg-{os.getuid()}", cleanup_mode="stop")
    return str(_brought.get_uri())


def stages() -> list[Any]:
    """SQLite always; PostgreSQL where there is one, else a skip that says why."""
    kinds: list[Any] = [pytest.param(SQLite, id="sqlite")]
    if os.environ.get("SALDO_TEST_DATABASES") == "sqlite":
        return kinds
    reason = "no PostgreSQL on this machine, and no wheel brings one for this Python"
    marks: list[pytest.MarkDecorator] = [] if postgres_address() else [pytest.mark.skip(reason=reason)]
    kinds.append(pytest.param(PostgreSQL, id="postgresql", marks=marks))
    return kinds
