"""Runs Alembic: on the database of the settings, or on the connection that a caller hands in."""

from __future__ import annotations

import asyncio
from typing import Any

from advanced_alchemy.types import DateTimeUTC
from alembic import context
from alembic.autogenerate.rewriter import Rewriter
from alembic.operations.ops import CreateTableOp
from sqlalchemy import Connection, inspect, text

from app.db import Database
from app.models import Base
from app.settings import settings

writer = Rewriter()
#: The last of four migrations of one day that became one; a database that has it has the same schema.
REPLACED_REVISIONS = {"2026_11_21_two_entries": "2026_11_21_initial"}


@writer.rewrites(CreateTableOp)
def never_reuse_ids(_: Any, __: Any, operation: CreateTableOp) -> CreateTableOp:
    """Autogenerate forgets ``sqlite_autoincrement``, without which SQLite gives a deleted id away again."""
    if any(getattr(column, "name", None) == "id" for column in operation.columns):
        operation.kw["sqlite_autoincrement"] = True
    return operation


def render_item(kind: str, item: Any, autogen: Any) -> str | bool:
    """Write our own types as the plain ones they store, so that a migration needs nothing of the application."""
    if kind == "type" and isinstance(item, DateTimeUTC):
        return "sa.DateTime(timezone=True)"
    return False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        transaction_per_migration=True,
        render_item=render_item,
        process_revision_directives=writer,
    )
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        # A batch migration drops and remakes a table; with foreign keys on, that deletes the rows that point to it.
        _outside_a_transaction(connection, "PRAGMA foreign_keys=OFF")
    _rename_revisions(connection)
    with context.begin_transaction():
        context.run_migrations()
    if sqlite:
        broken = connection.execute(text("PRAGMA foreign_key_check")).all()
        if broken:
            raise RuntimeError(f"the migration left rows that point nowhere: {broken[:5]}")
        connection.commit()
        _outside_a_transaction(connection, "PRAGMA foreign_keys=ON")


def _rename_revisions(connection: Connection) -> None:
    """Let a database that was made by earlier migrations go on from the one that replaced them."""
    if inspect(connection).has_table("alembic_version"):
        for old, new in REPLACED_REVISIONS.items():
            rename = text("UPDATE alembic_version SET version_num = :new WHERE version_num = :old")
            connection.execute(rename, {"new": new, "old": old})
    connection.commit()


def _outside_a_transaction(connection: Connection, statement: str) -> None:
    if connection.in_transaction():
        connection.commit()
    cursor = connection.connection.cursor()
    cursor.execute(statement)
    cursor.close()


async def run_on_own_connection() -> None:
    database = Database(context.config.get_main_option("saldo.url") or settings().database, pooled=False)
    async with database.writer.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()
    await database.close()


if (handed := context.config.attributes.get("connection")) is not None:
    run(handed)
else:
    asyncio.run(run_on_own_connection())
