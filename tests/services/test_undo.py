"""Undo is one mechanism for everybody's changes: what it asks, what it leaves alone, and what stays undone."""

from __future__ import annotations

from typing import Any

import pytest

from app.errors import Conflict
from app.schemas.transactions import TransactionPatch
from tests.support.entries import account, category, enter, findings


def bring_in(person: Any, account_id: int, *lines: tuple[str, str, str]) -> dict[str, Any]:
    rows = [{"booked_on": day, "payee": payee, "amount": amount} for day, payee, amount in lines]
    body = {"account": account_id, "transactions": rows}
    answer = person.api("POST", "/api/v1/transactions/import", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def state(services: Any) -> tuple[list[Any], list[str]]:
    from sqlalchemy import select

    from app.models import Payee, Transaction

    rows = await services.session.execute(
        select(Transaction.amount_minor, Transaction.identity, Transaction.statement_text, Transaction.memo).order_by(
            Transaction.id
        )
    )
    return [tuple(row) for row in rows], sorted(await services.session.scalars(select(Payee.name)))


async def latest(services: Any) -> int:
    return (await services.journal.page(limit=1))[0].id


def test_an_undone_import_leaves_matched_rows_as_they_were_typed_and_edited_since(alice: Any) -> None:
    bank = account(alice, "Bank")
    typed = enter(alice, "2026-03-10", "-12.50", "groceries", account=bank, payee="Corner Shop")
    before = alice.work(state)
    made = bring_in(alice, bank, ("2026-03-10", "Corner Shop", "-12.50"), ("2026-03-11", "Brand New Payee", "-3"))
    assert (made["created"], made["duplicates"]) == (1, 1)
    change_set = alice.work(latest)
    alice.work(lambda services: services.transactions.edit(typed, TransactionPatch(memo="kept")))

    alice.work(lambda services: services.journal.undo(change_set))

    ((minor, identity, text, memo),), names = alice.work(state)
    assert (minor, identity, text, memo) == (*before[0][0][:3], "kept")
    assert names == before[1]
    assert findings(alice) == []
    again = bring_in(alice, bank, ("2026-03-11", "Brand New Payee", "-3"))
    assert again["created"] == 1


def test_what_was_undone_in_bulk_stays_undone(alice: Any) -> None:
    bank = account(alice, "Bank")
    bring_in(alice, bank, ("2026-03-10", "Shop", "-12.50"))
    for fill in (None, lambda services: services.sample_data.fill()):
        if fill is not None:
            alice.work(fill)
        change_set = alice.work(latest)
        alice.work(lambda services, number=change_set: services.journal.undo(number))
        undoing = alice.work(latest)

        for number in (change_set, undoing):
            with pytest.raises(Conflict):
                alice.work(lambda services, number=number: services.journal.undo(number))
    assert alice.work(state)[0] == []
    assert findings(alice) == []


def test_an_import_asks_before_it_takes_edited_rows_away(alice: Any) -> None:
    bank = account(alice, "Bank")
    made = bring_in(alice, bank, ("2026-03-10", "Shop", "-12.50"), ("2026-03-11", "Shop", "-3"))
    change_set = alice.work(latest)
    row = made["rows"][0]["transaction"]
    groceries = category(alice, "groceries")
    split = TransactionPatch.model_validate({"splits": [{"category": groceries, "amount": "-2.50"}, {"amount": "-10"}]})
    alice.work(lambda services: services.transactions.edit(row, split))

    with pytest.raises(Conflict, match="You edited 1 transaction"):
        alice.work(lambda services: services.journal.undo(change_set))
    alice.work(lambda services: services.journal.undo(change_set, even_edited=True))

    assert alice.work(state)[0] == []
    assert findings(alice) == []


def test_a_transfer_with_an_imported_leg_is_unlinked_and_the_other_leg_stays(alice: Any) -> None:
    bank = account(alice, "Bank")
    typed = enter(alice, "2026-03-10", "12.50", account=account(alice, "Savings"), payee="Me")
    made = bring_in(alice, bank, ("2026-03-10", "To savings", "-12.50"))
    change_set = alice.work(latest)
    alice.work(lambda services: services.transfers.link(typed, made["rows"][0]["transaction"]))

    alice.work(lambda services: services.journal.undo(change_set, even_edited=True))

    assert [row[0] for row in alice.work(state)[0]] == [1250]
    assert findings(alice) == []


def test_a_decision_on_a_line_is_undone_with_its_import_only(alice: Any) -> None:
    bank = account(alice, "Bank")
    enter(alice, "2026-03-10", "-12.50", account=bank, payee="Somebody else entirely")
    made = bring_in(alice, bank, ("2026-03-12", "Corner Shop", "-12.50"), ("2026-03-11", "Shop", "-3"))
    first = alice.work(latest)
    assert made["unsure"] == 1
    line = next(each["line"] for each in made["rows"] if each["outcome"] == "unsure")
    alice.work(lambda services: services.import_decisions.decide(made["batch"], {line: "book"}))

    decision = alice.work(latest)

    with pytest.raises(Conflict, match="whole import"):
        alice.work(lambda services: services.journal.undo(decision))
    alice.work(lambda services: services.journal.undo(first))

    assert [row[0] for row in alice.work(state)[0]] == [-1250]
    assert findings(alice) == []
