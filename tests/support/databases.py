"""Real databases for tests: a SQLite file copied, a PostgreSQL database put back as it was."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import tempfile
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest
from alembic import command
from sqlalchemy import make_url

from app.cli import alembic_config
from app.db import Database

ADDRESS = os.environ.get("SALDO_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")


class DatabaseBackend(Protocol):
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


def memory() -> str | None:
    """A folder that is kept in memory, where there is one with room: a test's file needs no disk."""
    folder = Path("/dev/shm")
    roomy = folder.is_dir() and os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > 2**30
    return str(folder) if roomy else None


class SQLite:
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="saldo-sqlite-", dir=memory()))
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
    """One database for all tests: making and dropping one for each costs more than most tests do.

    Triggers note in ``reset.touched`` which tables a test wrote; those alone are put back before the next one. A test
    that changes the schema loses the triggers, and the database is then made anew from its template.
    """

    def open(self) -> None:
        self.server = postgres_address()
        self.name = f"saldo_test_{uuid4().hex[:12]}"
        self.loop = asyncio.new_event_loop()
        self._outside(f"CREATE DATABASE {self.name}", f"ALTER DATABASE {self.name} SET synchronous_commit = off")
        migrate(self.url)
        self.connection = self._run(asyncpg.connect(self._address(self.name)))
        self._run(self.connection.execute((Path(__file__).parent / "reset.sql").read_text()))
        self.tables = self._run(self.connection.fetchval("SELECT count(*) FROM reset.written"))
        self.keep("empty")

    @property
    def url(self) -> str:
        return self._address(self.name).replace("postgresql://", "postgresql+asyncpg://")

    def keep(self, name: str) -> None:
        self._run(self.connection.execute(f"SELECT reset.keep('{name}')"))
        self._end_others()
        self._run(self.connection.close())
        self._outside(f"DROP DATABASE IF EXISTS {self.name}_template WITH (FORCE)")
        self._outside(f"CREATE DATABASE {self.name}_template TEMPLATE {self.name}")
        self.connection = self._run(asyncpg.connect(self._address(self.name)))

    def fresh(self, template: str) -> str:
        written = "SELECT count(*) FROM reset.written"
        if self._run(self.connection.fetchval(written)) != self.tables:
            self._run(self.connection.close())
            self._outside(
                f"DROP DATABASE {self.name} WITH (FORCE)",
                f"CREATE DATABASE {self.name} TEMPLATE {self.name}_template",
                f"ALTER DATABASE {self.name} SET synchronous_commit = off",
            )
            self.connection = self._run(asyncpg.connect(self._address(self.name)))
        for table in self._run(self.connection.fetchval(f"SELECT reset.restore('{template}')")):
            self._run(self.connection.execute(f'VACUUM "{table}"'))
        return self.url

    def drop(self) -> None:
        """End what a test left in the middle of a transaction; idle connections stay for the next one."""
        self._end_others("state <> 'idle'")

    def _end_others(self, which: str = "true") -> None:
        others = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            f"WHERE datname = $1 AND pid <> pg_backend_pid() AND {which}"
        )
        self._run(self.connection.fetch(others, self.name))

    def close(self) -> None:
        self._run(self.connection.close())
        for name in (self.name, f"{self.name}_template"):
            self._outside(f"DROP DATABASE {name} WITH (FORCE)")
        self.loop.close()

    def _address(self, name: str) -> str:
        return make_url(self.server).set(database=name).render_as_string(hide_password=False)

    def _run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    def _outside(self, *statements: str) -> None:
        """Say something to the server that no database can be told from inside."""

        async def work() -> None:
            connection = await asyncpg.connect(self.server)
            for each in statements:
                await connection.execute(each)
            await connection.close()

        self._run(work())


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


def db_backends(*, postgresql: bool) -> list[Any]:
    """SQLite always, and PostgreSQL where asked: a skip that says why where there is none.

    ``SALDO_TEST_DATABASES`` decides for all tests instead: ``sqlite`` or ``both``.
    """
    kinds: list[Any] = [pytest.param(SQLite, id="sqlite")]
    if not {"sqlite": False, "both": True}.get(os.environ.get("SALDO_TEST_DATABASES", ""), postgresql):
        return kinds
    reason = "no PostgreSQL on this machine, and no wheel brings one for this Python"
    marks: list[pytest.MarkDecorator] = [] if postgres_address() else [pytest.mark.skip(reason=reason)]
    kinds.append(pytest.param(PostgreSQL, id="postgresql", marks=marks))
    return kinds
