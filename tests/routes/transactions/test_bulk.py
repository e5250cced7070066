"""Changing many transactions at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app import db
from app.models import Status, Transaction
from app.schemas.transactions import TransactionIn, TransactionPatch
from app.services import bulk_edit
from app.services.ledger.invariants import check_invariants
from tests.support.cases import each_case
from tests.support.entries import account, cash, transfer

pytestmark = pytest.mark.postgresql_too


@pytest.fixture
def rows(alice: Any) -> list[int]:
    async def add(services: Any) -> list[int]:
        splits = [{"amount": "-1"}, {"amount": "-2"}]
        entries = [
            {"payee": "Zzyxq", "amount": "-3"},
            {"payee": "Zzyxq", "amount": "-4"},
            {"payee": "Qwxv", "amount": "-3", "splits": splits},
        ]
        return [(await services.transactions.add(TransactionIn.model_validate(each))).id for each in entries]

    return alice.work(add)


@pytest.fixture
def groceries(alice: Any) -> int:
    async def look(services: Any) -> int:
        return (await services.categories.by_key())["groceries"].id

    return alice.work(look)


@pytest.fixture(autouse=True)
def sound_books(database: db.Database, run: Any) -> Any:
    yield

    async def prove() -> None:
        async with db.read_session() as session:
            assert await check_invariants(session) == []

    run(prove)


def lines(person: Any, ids: list[int]) -> dict[int, Any]:
    found = person.work(lambda services: services.transaction_list.lines(ids))
    return {line.id: line for line in found}


def bulk(person: Any, **data: Any) -> Any:
    return person.htmx("post", "/transactions/bulk", data={"query": "", **data})


def undo_last(person: Any, answer: Any) -> None:
    change_set = int(answer.text.split('hx-post="/activity/')[1].split("/")[0])
    person.work(lambda services: services.journal.undo(change_set))


def test_selected_rows_are_filed_and_put_back(alice: Any, rows: list[int], groceries: int) -> None:
    answer = bulk(alice, do="file", id=[str(each) for each in rows], category=str(groceries))
    assert answer.status_code == 200
    assert "Categorized 2 transactions as Groceries" in answer.text
    found = lines(alice, rows)
    assert [bool(found[each].category) for each in rows] == [True, True, False]
    undo_last(alice, answer)
    assert not any(line.category for line in lines(alice, rows).values())


def test_what_is_like_that_already_is_not_said_to_be_changed(alice: Any, rows: list[int], groceries: int) -> None:
    said = {"do": "file", "id": [str(each) for each in rows], "category": str(groceries)}
    bulk(alice, **said)
    assert "Nothing to change." in bulk(alice, **said).text


def test_all_that_match_are_filed(alice: Any, rows: list[int], groceries: int) -> None:
    answer = bulk(alice, do="file", everything="yes", query="search=zzyxq", category=str(groceries))
    assert "Categorized 2 transactions" in answer.text


def test_tags_are_put_on_and_taken_off(alice: Any, rows: list[int]) -> None:
    ids = [str(each) for each in rows]
    bulk(alice, do="tag", id=ids, tags="Trip, Work")
    assert all(line.tags == ["Trip", "Work"] for line in lines(alice, rows).values())
    bulk(alice, do="untag", id=ids, tags="trip")
    assert all(line.tags == ["Work"] for line in lines(alice, rows).values())


def test_rows_are_deleted_and_come_back(alice: Any, rows: list[int]) -> None:
    answer = bulk(alice, do="delete", id=[str(each) for each in rows])
    assert "Deleted 3 transactions" in answer.text
    assert lines(alice, rows) == {}
    undo_last(alice, answer)
    assert len(lines(alice, rows)) == 3


def test_rows_move_to_another_account_and_back(alice: Any, rows: list[int]) -> None:
    savings = account(alice, "Savings")
    answer = bulk(alice, do="move", id=[str(each) for each in rows], account=str(savings))
    assert "Moved 3 transactions to Savings" in answer.text
    assert {line.account for line in lines(alice, rows).values()} == {"Savings"}
    undo_last(alice, answer)
    assert {line.account for line in lines(alice, rows).values()} == {"Cash"}


def test_what_cannot_move_is_said_and_nothing_moves(alice: Any, bob: Any, rows: list[int]) -> None:
    savings, dollars = account(alice, "Savings"), account(alice, "Dollars", "USD")
    everything = {"do": "move", "everything": "yes"}

    def refused(sentence: str, **data: str) -> None:
        answer = bulk(alice, **{**everything, "account": str(savings), **data})
        assert answer.status_code == 422
        assert sentence in answer.text
        assert {line.account for line in lines(alice, rows).values()} == {"Cash"}

    refused("Choose the account", account="")
    refused("Choose one of your accounts", account=str(account(bob, "Hers")))
    refused("is in USD", account=str(dollars))
    lock = TransactionPatch(status=Status.RECONCILED)
    alice.work(lambda services: services.transactions.edit(rows[0], lock))
    refused("1 of these transactions is reconciled")
    alice.work(lambda services: services.transactions.edit(rows[0], TransactionPatch(status=Status.CLEARED)))
    transfer(alice, "2026-03-14", "5", cash(alice), savings)
    refused("2 of these transactions are parts of transfers")


@each_case("verb", ["delete", "clear", "file"])
def test_a_selection_that_is_too_large_is_said(
    alice: Any, rows: list[int], monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    for name in ("MAX_ROWS", "MAX_ROWS_ONE_BY_ONE"):
        monkeypatch.setattr(bulk_edit, name, 2)
    answer = bulk(alice, do=verb, everything="yes")
    assert answer.status_code == 422
    assert "You can change at most 2 transactions at once" in answer.text
    assert len(lines(alice, rows)) == 3


@each_case(
    "data",
    [{"do": "file"}, {"do": "file", "id": "x"}, {"do": "tag", "id": "1", "tags": ""}, {"do": "file", "id": "999999"}],
)
def test_nothing_selected_is_said(alice: Any, data: dict[str, str]) -> None:
    assert bulk(alice, **data).status_code == 422


def test_other_verbs_do_not_exist(alice: Any, rows: list[int]) -> None:
    assert bulk(alice, do="explode", id=str(rows[0])).status_code == 404


def test_it_is_private(alice: Any, bob: Any, rows: list[int]) -> None:
    answer = bulk(bob, do="delete", id=[str(each) for each in rows])
    assert answer.status_code == 422
    assert len(lines(alice, rows)) == 3


def test_without_scripts_the_browser_goes_back_to_its_filter(alice: Any, rows: list[int]) -> None:
    answer = alice.post("/transactions/bulk", {"do": "clear", "id": str(rows[0]), "query": "search=zzyxq"})
    assert answer.headers["location"] == "/transactions?search=zzyxq"


async def of_each(services: Any) -> dict[int, tuple[Any, ...]]:
    columns = (
        Transaction.id,
        Transaction.category_id,
        Transaction.account_id,
        Transaction.status,
        Transaction.categorised_by,
    )
    found = await services.session.execute(
        select(*columns, Transaction.confidence).where(Transaction.book_id == services.member.book.id)
    )
    return {row.id: tuple(row[1:]) for row in found}


def test_many_are_changed_back_and_forth_as_one(alice: Any, rows: list[int], groceries: int) -> None:
    """More rows than one statement names, of several accounts and categories, with splits and a transfer."""

    async def fill(services: Any) -> None:
        keys = sorted(each.id for each in (await services.categories.by_key()).values())
        first = await services.session.get_one(Transaction, rows[0])
        added = [
            Transaction(
                book_id=first.book_id,
                account_id=first.account_id,
                booked_on=first.booked_on - timedelta(days=number % 90),
                amount_minor=-number - 1,
                currency="EUR",
                category_id=keys[number % 7] if number % 3 else None,
                status=Status.PENDING if number % 2 else Status.CLEARED,
            )
            for number in range(1200)
        ]
        await services.ledger.insert(*added)

    alice.work(fill)
    bank = account(alice, "Bank")
    before = alice.work(of_each)
    changes = {"file": {"category": str(groceries)}, "clear": {}, "move": {"account": str(bank)}}
    for verb, more in changes.items():
        answer = bulk(alice, do=verb, everything="yes", **more)
        assert answer.status_code == 200
        after = alice.work(of_each)
        assert after != before

        undone = int(answer.text.split('hx-post="/activity/')[1].split("/")[0])
        redo = alice.htmx("post", f"/activity/{undone}/undo")
        assert alice.work(of_each) == before
        assert alice.htmx("post", f"/activity/{undone}/undo").status_code == 409

        again = redo.text.split("/activity/")[1].split("/")[0]
        alice.htmx("post", f"/activity/{again}/undo")
        assert alice.work(of_each) == after
        alice.post(f"/activity/{undone}/undo")  # nothing: it was undone already
        undo_newest(alice)
        assert alice.work(of_each) == before


def undo_newest(person: Any) -> None:
    newest = person.work(lambda services: services.journal.page(limit=1))[0]
    assert person.post(f"/activity/{newest.id}/undo").status_code == 303


def test_what_was_changed_since_is_not_changed_back(alice: Any, rows: list[int], groceries: int) -> None:
    answer = bulk(alice, do="file", everything="yes", category=str(groceries))
    undone = int(answer.text.split('hx-post="/activity/')[1].split("/")[0])
    alice.work(lambda services: services.transactions.recategorise(rows[0], None))
    before = alice.work(of_each)
    assert alice.post(f"/activity/{undone}/undo").status_code == 409
    assert alice.work(of_each) == before

    undo_newest(alice)
    alice.work(lambda services: services.transactions.delete(rows[1]))
    assert alice.post(f"/activity/{undone}/undo").status_code == 409
