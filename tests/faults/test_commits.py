"""A commit that fails, the first of a request, the second and so on: all of it is saved or nothing, and it is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from app import db
from app.models import Base
from tests.support.entries import cash, enter, findings
from tests.support.flows import FLOWS, FORM, flows

#: Tables of the door and of the machine: they are written in transactions of their own.
ASIDE = {"job", "security_event", "attempt", "auth_session", "idempotency_key", "api_token"}


@contextmanager
def failing(number: int) -> Iterator[list[int]]:
    """The commit of this number fails, as on a disk that is full; gives how many commits were tried."""
    engine, seen = db.database().writer.sync_engine, [0]

    def fail(_connection: Any) -> None:
        seen[0] += 1
        if seen[0] == number:
            raise OperationalError("COMMIT", {}, Exception("database or disk is full"))

    event.listen(engine, "commit", fail)
    try:
        yield seen
    finally:
        event.remove(engine, "commit", fail)


async def everything() -> dict[str, list[Any]]:
    async with db.read_session() as session:
        found = {}
        for table in Base.metadata.sorted_tables:
            if table.name not in ASIDE:
                found[table.name] = sorted(map(str, await session.execute(select(table))))
        return found


def changes(person: Any) -> dict[str, Callable[[], Any]]:
    """Requests that change what is there."""
    row = enter(person, "2026-03-02", "-5.00", "groceries")
    payees = [person.api("POST", "/api/v1/payees", json={"name": name}).json()["id"] for name in ("One", "Other")]
    category = person.api("POST", "/api/v1/categories", json=flows(person)["category"][1]).json()["id"]
    latest = person.api("GET", "/api/v1/changes").json()["changes"][0]["id"]
    purse = cash(person)
    parts = {"splits": [{"category": category, "amount": "-2"}, {"category": None, "amount": "-3"}]}
    change = {"amount": "-6", "payee": "Somebody New", "tags": ["one", "two"], "memo": "x"}
    return {
        "edit": lambda: person.api("PATCH", f"/api/v1/transactions/{row}", json=change),
        "split": lambda: person.api("PATCH", f"/api/v1/transactions/{row}", json=parts),
        "delete": lambda: person.api("DELETE", f"/api/v1/transactions/{row}"),
        "merge": lambda: person.api("POST", f"/api/v1/payees/{payees[0]}/merge", json={"into": payees[1]}),
        "undo": lambda: person.api("POST", f"/api/v1/changes/{latest}/undo"),
        "rename": lambda: person.api("PATCH", f"/api/v1/accounts/{purse}", json={"name": "Purse"}),
        "form": lambda: person.post("/transactions", FORM),
    }


CHANGES = "edit split delete merge undo rename form".split()  # noqa: SIM905


@pytest.mark.fault
@pytest.mark.parametrize("flow", [*FLOWS, *CHANGES])
def test_a_failed_commit_leaves_nothing_behind(alice: Any, run: Any, flow: str) -> None:
    if flow in CHANGES:
        act = changes(alice)[flow]
    else:
        path, body, _counted = flows(alice)[flow]

        def act() -> Any:
            return alice.api("POST", path, json=body)

    number, before = 0, run(everything)
    while True:
        number += 1
        with failing(number) as seen:
            answer = act()
        if seen[0] < number:
            break
        assert number < 40
        assert answer.status_code in (500, 507), answer.text
        assert run(everything) == before
    assert number > 1
    assert answer.status_code in (200, 201, 202, 204, 303), answer.text
    assert run(everything) != before
    assert findings(alice) == []
