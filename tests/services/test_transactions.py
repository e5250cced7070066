"""Entering, editing, filing and deleting transactions."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app import db
from app.errors import AlreadyReconciled, Conflict, Invalid, NotFound, Stale
from app.models import Account, AccountKind, CategorisedBy, Status, Tombstone, Transaction
from app.schemas.transactions import SplitIn, TransactionIn, TransactionPatch
from app.schemas.transfers import TransferIn
from app.services.ledger.invariants import check_invariants
from tests.support.cases import each_case

DAY = date(2026, 3, 14)


def lunch(**more: Any) -> TransactionIn:
    return TransactionIn.model_validate({"booked_on": DAY, "payee": "Café Zoë", "amount": "-12.50", **more})


def add(person: Any, **more: Any) -> Transaction:
    return person.work(lambda services: services.transactions.add(lunch(**more)))


def category(person: Any, key: str) -> int:
    async def look(services: Any) -> int:
        return (await services.categories.by_key())[key].id

    return person.work(look)


def account(person: Any, name: str, currency: str = "EUR") -> int:
    async def make(services: Any) -> int:
        row = Account(book_id=services.member.book.id, name=name, kind=AccountKind.SAVINGS, currency=currency)
        services.session.add(row)
        await services.session.flush()
        return row.id

    return person.work(make)


def balance(person: Any) -> list[int]:
    async def look(services: Any) -> list[int]:
        return [each.balance_minor for each in await services.accounts.all()]

    return person.work(look)


@pytest.fixture(autouse=True)
def sound_books(database: db.Database, run: Any) -> Any:
    """Whatever a test did, the books add up afterwards."""
    yield

    async def prove() -> None:
        async with db.read_session() as session:
            assert await check_invariants(session) == []

    run(prove)


def test_an_entry_moves_the_balance_of_the_default_account(alice: Any) -> None:
    row = add(alice, tags=["Trip"], memo="with Ada")
    assert (row.amount.minor, row.currency, row.status) == (-1250, "EUR", Status.CLEARED)
    assert row.search_text == "cafe zoe with ada 12.50"
    assert balance(alice) == [-1250]


def test_a_chosen_category_says_that_a_person_chose(alice: Any) -> None:
    row = add(alice, category=category(alice, "dining_out"))
    assert row.categorised_by is CategorisedBy.PERSON


@each_case(
    ("wrong", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"amount": "-12.505"}, "amount"),
        ({"amount": "1e3"}, "amount"),
        ({"amount": "9" * 30}, "amount"),
        ({"currency": "XXZ"}, "currency"),
        ({"account": 987654}, "account"),
        ({"category": 987654}, "category"),
        ({"payee": 987654}, "payee"),
        ({"booked_on": date(1066, 10, 14)}, "booked_on"),
        ({"splits": [{"amount": "-12"}]}, "splits"),
        ({"splits": [{"amount": "-12.50", "category": 987654}]}, "splits[0].category"),
        ({"splits": [{"amount": "x"}]}, "splits[0].amount"),
    ],
)
def test_wrong_input_is_named_at_its_field(alice: Any, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as error:
        add(alice, **wrong)
    assert list(error.value.errors) == [field]
    assert balance(alice) == [0]


def test_splits_that_do_not_add_up_name_the_difference(alice: Any) -> None:
    with pytest.raises(Invalid, match=r"−€0\.50 remains"):
        add(alice, splits=[{"amount": "-10"}, {"amount": "-2"}])


def test_splits_are_replaced_as_a_whole(alice: Any) -> None:
    row = add(alice, splits=[{"amount": "-10", "category": category(alice, "groceries")}, {"amount": "-2.50"}])
    patch = TransactionPatch(amount="-20", splits=[SplitIn(amount="-15"), SplitIn(amount="-5")])
    row = alice.work(lambda services: services.transactions.edit(row.id, patch))
    assert [each.amount_minor for each in row.splits] == [-1500, -500]
    one = TransactionPatch(splits=[], category=category(alice, "groceries"))
    row = alice.work(lambda services: services.transactions.edit(row.id, one))
    assert not row.is_split
    assert row.category_id == category(alice, "groceries")


def test_an_amount_cannot_leave_its_splits_behind(alice: Any) -> None:
    row = add(alice, splits=[{"amount": "-10"}, {"amount": "-2.50"}])
    with pytest.raises(Invalid, match="remains"):
        alice.work(lambda services: services.transactions.edit(row.id, TransactionPatch(amount="-13")))


def test_a_foreign_amount_is_converted_and_kept(alice: Any) -> None:
    row = add(alice, amount="-20", currency="usd", splits=[{"amount": "-15"}, {"amount": "-5"}])
    assert row.currency == "EUR"
    assert (row.original_minor, row.original_currency) == (-2000, "USD")
    assert row.rate
    assert row.rate_source
    assert sum(each.amount_minor for each in row.splits) == row.amount_minor


def test_an_amount_without_a_rate_names_what_is_missing(alice: Any) -> None:
    with pytest.raises(Invalid, match="ISK") as error:
        add(alice, amount="-500", currency="ISK", booked_on="2012-01-02")
    assert list(error.value.errors) == ["amount"]


def test_a_second_tab_that_is_late_is_shown_both_versions(alice: Any) -> None:
    row = add(alice)
    seen = row.version
    alice.work(lambda services: services.transactions.edit(row.id, TransactionPatch(memo="first", version=seen)))
    with pytest.raises(Stale) as error:
        alice.work(lambda services: services.transactions.edit(row.id, TransactionPatch(memo="second", version=seen)))
    assert error.value.theirs["memo"] == "first"
    assert error.value.yours["memo"] == "second"


def test_a_reconciled_entry_is_locked_until_it_is_unlocked(alice: Any) -> None:
    row = add(alice)
    for patch in (TransactionPatch(status=Status.RECONCILED),):
        alice.work(lambda services, patch=patch: services.transactions.edit(row.id, patch))
    with pytest.raises(AlreadyReconciled):
        alice.work(lambda services: services.transactions.edit(row.id, TransactionPatch(amount="-1")))
    with pytest.raises(AlreadyReconciled):
        alice.work(lambda services: services.transactions.delete(row.id))
    alice.work(lambda services: services.transactions.edit(row.id, TransactionPatch(status=Status.CLEARED)))
    alice.work(lambda services: services.transactions.delete(row.id))
    assert balance(alice) == [0]


def test_moving_to_an_account_in_another_currency_converts(alice: Any) -> None:
    dollars = account(alice, "Dollars", "USD")
    row = add(alice)
    row = alice.work(lambda services: services.transactions.edit(row.id, TransactionPatch(account=dollars)))
    assert row.currency == "USD"
    assert row.original_minor == -1250
    assert row.original_currency == "EUR"


def test_deleting_is_undone_with_tags_and_splits(alice: Any) -> None:
    row = add(alice, tags=["Trip"], splits=[{"amount": "-10"}, {"amount": "-2.50"}])

    async def delete(services: Any) -> int:
        await services.transactions.delete(row.id)
        return services.journal.change_set_id

    change_set = alice.work(delete)
    assert balance(alice) == [0]
    alice.work(lambda services: services.journal.undo(change_set))

    async def look(services: Any) -> Any:
        again = await services.transactions.get(row.id)
        return len(again.splits), await services.transactions.tags_of(row.id)

    splits, tags = alice.work(look)
    assert splits == 2
    assert [name for _id, name in tags] == ["Trip"]
    assert balance(alice) == [-1250]


def test_an_imported_line_leaves_a_tombstone(alice: Any) -> None:
    row = add(alice)

    async def imported(services: Any) -> None:
        found = await services.transactions.get(row.id)
        await services.ledger.update(found, identity=4711, ordinal=0, external_id="bank-1")

    alice.work(imported)
    alice.work(lambda services: services.transactions.delete(row.id))

    async def stones(services: Any) -> Any:
        return (await services.session.scalars(select(Tombstone))).all()

    (stone,) = alice.work(stones)
    assert (stone.identity, stone.external_id) == (4711, "bank-1")


def test_a_duplicate_is_booked_today(alice: Any) -> None:
    row = add(alice, tags=["Trip"], splits=[{"amount": "-10"}, {"amount": "-2.50"}])

    async def twice(services: Any) -> Any:
        return await services.transactions.duplicate(row.id), services.today

    copy, today = alice.work(twice)
    assert copy.id != row.id
    assert copy.booked_on == today
    assert len(copy.splits) == 2


def test_a_transfer_moves_money_and_nets_to_zero(alice: Any) -> None:
    savings = account(alice, "Savings")

    async def move(services: Any) -> Any:
        cash = await services.accounts.default()
        return await services.transfers.add(TransferIn(**{"from": cash.id, "to": savings, "amount": "100"}))

    transfer, out, into = alice.work(move)
    assert (out.amount_minor, into.amount_minor) == (-10000, 10000)
    assert balance(alice) == [-10000, 10000]
    alice.work(lambda services: services.transactions.edit(into.id, TransactionPatch(amount="80")))
    assert balance(alice) == [-8000, 8000]
    food = category(alice, "groceries")
    with pytest.raises(Invalid):
        alice.work(lambda services: services.transactions.recategorise(out.id, food))
    alice.work(lambda services: services.transfers.delete(transfer.id))
    assert balance(alice) == [0, 0]


def test_a_transfer_across_currencies_keeps_its_rate(alice: Any) -> None:
    dollars = account(alice, "Dollars", "USD")

    async def move(services: Any) -> Any:
        cash = await services.accounts.default()
        data = {"from": cash.id, "to": dollars, "amount": "100", "to_amount": "110"}
        return await services.transfers.add(TransferIn(**data))

    transfer, _out, into = alice.work(move)
    assert (transfer.rate, into.amount_minor) == ("1.1", 11000)


def test_two_rows_are_linked_as_a_transfer_and_taken_apart(alice: Any) -> None:
    savings = account(alice, "Savings")
    out = add(alice, amount="-50", category=category(alice, "groceries"))
    into = add(alice, amount="50", account=savings)

    async def link(services: Any) -> Any:
        found = await services.transfers.candidates(await services.transactions.get(out.id))
        assert [each.id for each in found] == [into.id]
        return await services.transfers.link(out.id, into.id)

    transfer = alice.work(link)
    with pytest.raises(Conflict):
        alice.work(link_again(out.id, into.id))
    rows = alice.work(lambda services: services.transfers.unlink(transfer.id))
    assert [row.transfer_id for row in rows] == [None, None]


def test_what_is_worth_something_else_is_no_side_of_a_transfer(alice: Any) -> None:
    """Across currencies the amounts are never the same, but nearly so at the day's rate."""
    dollars = account(alice, "Dollars", "USD")
    coffee = add(alice, amount="-4.51", booked_on=date(2024, 3, 5))
    moved = add(alice, amount="-230", booked_on=date(2024, 3, 5))
    payment = add(alice, amount="250", account=dollars, booked_on=date(2024, 3, 6))

    def sides(row: Any) -> list[int]:
        async def look(services: Any) -> list[int]:
            found = await services.transfers.candidates(await services.transactions.get(row.id))
            return [each.id for each in found]

        return alice.work(look)

    assert sides(coffee) == []
    assert sides(moved) == [payment.id]


def link_again(one: int, other: int) -> Any:
    return lambda services: services.transfers.link(one, other)


def test_it_is_private(alice: Any, bob: Any) -> None:
    row = add(alice)
    for verb in (
        lambda services: services.transactions.get(row.id),
        lambda services: services.transactions.edit(row.id, TransactionPatch(memo="mine")),
        lambda services: services.transactions.delete(row.id),
        lambda services: services.transactions.duplicate(row.id),
    ):
        with pytest.raises(NotFound):
            bob.work(verb)
