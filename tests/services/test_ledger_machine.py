"""The ledger against a model of a few lines: whatever is done in whatever order, both know the same.

After each step every invariant holds, all rows are those of the model, and each balance is what they add up to.
"""

from __future__ import annotations

import copy
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.domain.money import Money
from tests.conftest import CAST, Person, using
from tests.faults import ROUNDS
from tests.support.databases import DatabaseBackend
from tests.support.entries import findings
from tests.support.fuzzing import tried

AMOUNTS = st.integers(-99_999, 99_999).filter(bool)
DAYS = st.integers(0, 60).map(lambda n: date(2026, 3, 1) + timedelta(days=n))
FIRST_IMPORTED = date(2025, 1, 1)  # far from what is typed, so that no line is taken for a typed row
STEPS = 50 if ROUNDS else 12


def wire(minor: int) -> str:
    return Money(minor, "EUR").wire


@dataclass
class Row:
    account: int
    minor: int
    parts: tuple[int, ...] = ()
    reconciled: bool = False
    transfer: int | None = None


@dataclass
class Model:
    rows: dict[int, Row] = field(default_factory=dict)
    openings: dict[int, int] = field(default_factory=dict)
    files: dict[int, list[dict[str, Any]]] = field(default_factory=dict)

    def balance(self, account: int) -> int:
        return self.openings[account] + sum(row.minor for row in self.rows.values() if row.account == account)


class Ledger(RuleBasedStateMachine):
    """Alice's book, through the API."""

    db_backend: DatabaseBackend
    application: Any

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        self.open.callback(self.db_backend.drop)
        self.open.enter_context(using(self.db_backend.fresh("cast")))
        self.alice = Person(self.application, "alice", *CAST["alice"])
        self.model = Model()
        self.past: list[tuple[int, Model, bool]] = []
        self.undone: tuple[int, Model, bool] | None = None
        self.imported = 0

    def teardown(self) -> None:
        self.open.close()

    # How it is asked, and what is kept of it.

    def ask(self, method: str, path: str, status: int, body: Any = None) -> Any:
        answer = self.alice.api(method, f"/api/v1/{path}", **({} if body is None else {"json": body}))
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def did(self, before: Model, *, for_good: bool = False) -> None:
        """Remember how to take the last change back; ``for_good`` when that itself cannot be taken back."""
        latest = self.ask("GET", "changes?limit=1", 200)["changes"][0]["id"]
        self.past.append((latest, before, for_good))
        self.undone = None

    def pick(self, data: st.DataObject, **wanted: Any) -> int:
        fitting = [n for n, row in self.model.rows.items() if all(getattr(row, k) == v for k, v in wanted.items())]
        return data.draw(st.sampled_from(sorted(fitting)))

    def has(self, **wanted: Any) -> bool:
        return any(all(getattr(row, k) == v for k, v in wanted.items()) for row in self.model.rows.values())

    # What people do.

    @initialize()
    def begin(self) -> None:
        for each in self.ask("GET", "accounts", 200)["accounts"]:
            self.model.openings[each["id"]] = 0
        for name, opening in (("Bank", 12_345), ("Savings", 0)):
            body = {"name": name, "kind": "checking", "currency": "EUR", "opening_balance": wire(opening)}
            self.model.openings[self.ask("POST", "accounts", 201, body)["id"]] = opening
        groups = self.ask("GET", "categories?limit=100", 200)["categories"]
        self.categories = [each["id"] for each in groups if each["kind"] == "expense"][:3]

    @rule(data=st.data(), minor=AMOUNTS, day=DAYS)
    def add(self, data: st.DataObject, minor: int, day: date) -> None:
        before = copy.deepcopy(self.model)
        account = data.draw(st.sampled_from(sorted(self.model.openings)))
        body = {"account": account, "booked_on": str(day), "payee": "Typed", "amount": wire(minor)}
        row = self.ask("POST", "transactions", 201, body)
        self.model.rows[row["id"]] = Row(account, minor)
        self.did(before)

    @precondition(lambda self: self.has(reconciled=False, transfer=None))
    @rule(data=st.data(), minor=AMOUNTS)
    def edit(self, data: st.DataObject, minor: int) -> None:
        before, row = copy.deepcopy(self.model), self.pick(data, reconciled=False, transfer=None)
        parts = self.model.rows[row].parts
        body = {"amount": wire(minor), "payee": "Edited", **({"splits": []} if parts else {})}
        self.ask("PATCH", f"transactions/{row}", 200, body)
        unchanged = self.model.rows[row].minor == minor and not parts
        self.model.rows[row].minor, self.model.rows[row].parts = minor, ()
        if not unchanged:
            self.did(before)
        else:  # whether the payee was new to it does not matter to the model
            self.past.clear()
            self.undone = None

    @precondition(lambda self: self.has(reconciled=False, transfer=None))
    @rule(data=st.data(), cut=st.integers(1, 1000))
    def split(self, data: st.DataObject, cut: int) -> None:
        before, row = copy.deepcopy(self.model), self.pick(data, reconciled=False, transfer=None)
        whole = self.model.rows[row].minor
        sign = 1 if whole > 0 else -1
        parts = (sign * cut, whole - sign * cut)
        if whole == sign * cut or (parts[1] > 0) is not (whole > 0):
            return
        sent = [{"category": self.categories[n], "amount": wire(part)} for n, part in enumerate(parts)]
        self.ask("PATCH", f"transactions/{row}", 200, {"splits": sent})
        wrong = [{**sent[0], "amount": wire(parts[0] + 1)}, sent[1]]
        self.ask("PATCH", f"transactions/{row}", 400, {"splits": wrong})
        if before.rows[row].parts == parts:
            self.past.clear()
            self.undone = None
            return
        self.model.rows[row].parts = parts
        self.did(before)

    @rule(data=st.data(), minor=st.integers(1, 99_999), day=DAYS)
    def transfer(self, data: st.DataObject, minor: int, day: date) -> None:
        before = copy.deepcopy(self.model)
        source, target = data.draw(st.permutations(sorted(self.model.openings)))[:2]
        made = self.ask(
            "POST", "transfers", 201, {"from": source, "to": target, "amount": wire(minor), "booked_on": str(day)}
        )
        self.model.rows[made["from_transaction"]] = Row(source, -minor, transfer=made["id"])
        self.model.rows[made["to_transaction"]] = Row(target, minor, transfer=made["id"])
        self.did(before)

    @precondition(lambda self: self.has(reconciled=False))
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        before, row = copy.deepcopy(self.model), self.pick(data, reconciled=False)
        transfer = self.model.rows[row].transfer
        going = {n for n, each in self.model.rows.items() if n == row or (transfer and each.transfer == transfer)}
        if any(self.model.rows[n].reconciled for n in going):
            self.ask("DELETE", f"transactions/{row}", 409)
            return
        self.ask("DELETE", f"transactions/{row}", 204)
        for n in going:
            del self.model.rows[n]
        self.did(before)

    @precondition(lambda self: self.has(reconciled=True))
    @rule(data=st.data())
    def touch_what_is_locked(self, data: st.DataObject) -> None:
        row = self.pick(data, reconciled=True)
        self.ask("PATCH", f"transactions/{row}", 409, {"amount": wire(self.model.rows[row].minor + 1)})
        self.ask("DELETE", f"transactions/{row}", 409)

    @rule(data=st.data(), amounts=st.lists(AMOUNTS, min_size=1, max_size=4))
    def bring_in(self, data: st.DataObject, amounts: list[int]) -> None:
        before = copy.deepcopy(self.model)
        account = data.draw(st.sampled_from(sorted(self.model.openings)))
        lines = []
        for minor in amounts:
            self.imported += 1
            day = FIRST_IMPORTED + timedelta(days=3 * self.imported)
            lines.append({"booked_on": str(day), "payee": f"Line {self.imported}", "amount": wire(minor)})
        said = self.ask("POST", "transactions/import", 201, {"account": account, "transactions": lines})
        assert said["created"] == len(lines)
        for each, minor in zip(said["rows"], amounts, strict=True):
            self.model.rows[each["transaction"]] = Row(account, minor)
        self.model.files[said["batch"]] = [{"account": account, "transactions": lines}]
        self.did(before, for_good=True)  # an import that was taken back is brought in anew

    @precondition(lambda self: self.model.files)
    @rule(data=st.data())
    def bring_in_again(self, data: st.DataObject) -> None:
        batch = data.draw(st.sampled_from(sorted(self.model.files)))
        said = self.ask("POST", "transactions/import", 201, self.model.files[batch][0])
        assert (said["created"], said["unsure"]) == (0, 0)
        self.past.clear()
        self.undone = None

    @precondition(lambda self: self.has(reconciled=False))
    @rule(data=st.data())
    def reconcile(self, data: st.DataObject) -> None:
        """Tick some of an account's rows and lock them."""
        before = copy.deepcopy(self.model)
        account = self.model.rows[self.pick(data, reconciled=False)].account
        rows = {n: row for n, row in self.model.rows.items() if row.account == account}
        waiting = sorted(n for n, row in rows.items() if not row.reconciled)
        ticked = data.draw(st.lists(st.sampled_from(waiting), min_size=1, unique=True))
        cleared_balance = [row.minor for n, row in rows.items() if row.reconciled or n in ticked]
        statement = Money(self.model.openings[account] + sum(cleared_balance), "EUR")

        async def lock(services: Any) -> int:
            open_statement = await services.reconciliation.get_open(account, date(2026, 12, 31), statement)
            return int(await services.reconciliation.finish(open_statement, ticked))

        assert self.alice.work(lock) == len(ticked)
        for n in ticked:
            self.model.rows[n].reconciled = True
        self.did(before)

    @precondition(lambda self: self.past)
    @rule()
    def undo(self) -> None:
        change_set, before, for_good = self.past.pop()
        made = self.ask("POST", f"changes/{change_set}/undo", 200)
        self.undone = (made["id"], self.model, for_good)
        self.model = copy.deepcopy(before)
        self.ask("POST", f"changes/{change_set}/undo", 409)

    @precondition(lambda self: self.undone)
    @rule()
    def redo(self) -> None:
        assert self.undone is not None
        change_set, after, for_good = self.undone
        self.undone = None
        if for_good:
            self.ask("POST", f"changes/{change_set}/undo", 409)
            return
        self.ask("POST", f"changes/{change_set}/undo", 200)
        self.model = after
        self.past.clear()

    # What holds after each step.

    @invariant()
    def the_books_are_sound(self) -> None:
        assert findings(self.alice) == []

    @invariant()
    def both_know_the_same(self) -> None:
        found, page = [], 0
        while len(found) == 100 * page:
            page += 1
            found += self.ask("GET", f"transactions?limit=100&page={page}", 200)["transactions"]
        assert {each["id"]: self.of(each) for each in found} == self.model.rows
        for each in self.ask("GET", "accounts", 200)["accounts"]:
            if each["id"] in self.model.openings:
                assert each["balance"] == wire(self.model.balance(each["id"])), each["name"]

    def of(self, line: dict[str, Any]) -> Row:
        parts = tuple(Money.parse(each["amount"], "EUR").minor for each in line["splits"])
        minor = Money.parse(line["amount"], "EUR").minor
        transfer = line["transfer"]["id"] if isinstance(line["transfer"], dict) else line["transfer"]
        return Row(line["account"]["id"], minor, parts, line["status"] == "reconciled", transfer)


@pytest.mark.fuzz
def test_the_ledger_and_its_model_agree(db_backend: DatabaseBackend, application: Any) -> None:
    machine = type("Ledger", (Ledger,), {"db_backend": db_backend, "application": application})
    run_state_machine_as_test(machine, settings=tried(5, 500, stateful_step_count=STEPS))
