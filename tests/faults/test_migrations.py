"""A filled book goes down and up again through every revision, and nothing that both schemas know has changed."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, inspect, select

from app import db
from app.cli import alembic_config
from tests.faults import times
from tests.support.entries import findings

Data = dict[str, dict[str, list[str]]]


def connected(work: Callable[[Any], Any]) -> Callable[[], Any]:
    async def inside() -> Any:
        async with db.database().writer.connect() as connection:
            made = await connection.run_sync(work)
            await connection.commit()
            return made

    return inside


def moved(verb: Any, revision: str) -> Callable[[Any], None]:
    def move(connection: Any) -> None:
        config = alembic_config()
        config.attributes["connection"] = connection
        config.print_stdout = lambda *_: None
        config.stdout = io.StringIO()
        verb(config, revision)

    return move


def columns(connection: Any) -> dict[str, set[str]]:
    look = inspect(connection)
    return {name: {each["name"] for each in look.get_columns(name)} for name in look.get_table_names()}


def contents(known: dict[str, set[str]]) -> Callable[[Any], Data]:
    """Each column of these, row by row."""

    def read(connection: Any) -> Data:
        schema = MetaData()
        schema.reflect(connection)
        found: Data = {}
        for name, wanted in known.items():
            if name == "alembic_version":
                continue
            table = schema.tables[name]
            order = [table.c[each] for each in sorted(each.name for each in table.primary_key)]
            chosen = [table.c[each] for each in sorted(wanted)]
            rows = connection.execute(select(*chosen).order_by(*order)).all()
            found[name] = {each.name: [str(row[n]) for row in rows] for n, each in enumerate(chosen)}
        return found

    return read


@pytest.mark.fault
@pytest.mark.parametrize("seed", times(2))
def test_a_filled_book_survives_every_revision(alice: Any, run: Any, seed: int) -> None:
    alice.work(lambda services: services.sample_data.fill())
    revisions = [each.revision for each in ScriptDirectory.from_config(alembic_config()).walk_revisions()]
    newest = run(connected(columns))
    whole = run(connected(contents(newest)))
    for older in revisions[1:]:
        run(connected(moved(command.downgrade, older)))
        both = {
            name: fields & newest[name]
            for name, fields in run(connected(columns)).items()
            if fields & newest.get(name, set())
        }
        run(connected(moved(command.upgrade, "head")))
        again = run(connected(contents(both)))
        for name, fields in again.items():
            for column, values in fields.items():
                assert values == whole[name][column], f"{name}.{column} at {older}"
    assert sum(len(values) for fields in again.values() for values in fields.values()) > 1000
    assert findings(alice) == []
