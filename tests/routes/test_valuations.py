"""The value of a property, loan or investment, kept apart from income and spending."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.errors import Invalid
from app.models import AccountKind
from app.schemas.transactions import TransactionPatch
from app.services.transaction_list import Filter
from tests.support import entries


@pytest.fixture
def house(alice: Any) -> int:
    return entries.account(alice, "House", kind=AccountKind.ASSET, opening="300000.00")


def update(alice: Any, account_id: int, day: str, value: str) -> Any:
    return alice.post(f"/accounts/{account_id}/value", {"on": day, "value": value})


def balance(alice: Any, account_id: int, day: str) -> str:
    async def work(services: Any) -> str:
        account = await services.accounts.get(account_id)
        return (await services.accounts.balance(account, date.fromisoformat(day))).wire

    return alice.work(work)


def lines(alice: Any, account_id: int) -> list[Any]:
    async def work(services: Any) -> list[Any]:
        return (await services.transaction_list.page(Filter(account=(account_id,)))).lines

    return alice.work(work)


def test_a_value_becomes_the_balance_of_its_date_and_is_neither_income_nor_spending(alice: Any, house: int) -> None:
    assert update(alice, house, "2026-03-31", "310000").status_code < 400
    assert update(alice, house, "2026-01-31", "305000").status_code < 400  # an earlier date, entered later
    assert update(alice, house, "2026-03-31", "312000").status_code < 400  # the same date again

    assert [(line.title, line.amount.wire) for line in lines(alice, house)] == [
        ("Valuation", "7000.00"),
        ("Valuation", "5000.00"),
    ]
    assert (balance(alice, house, "2026-02-28"), balance(alice, house, "2026-04-01")) == ("305000.00", "312000.00")

    async def work(services: Any) -> Any:
        page = await services.transaction_list.page(Filter())
        return page.sums, await services.transaction_list.page(Filter(category=("unfiled",)))

    sums, unfiled = alice.work(work)
    assert sum(each.into - each.out for each in sums) == 0
    assert not unfiled.lines
    assert "Valuation" in alice.get("/transactions").text
    assert "Valuation" in alice.get(f"/accounts/{house}").text
    assert "Update value" in alice.get(f"/transactions/{lines(alice, house)[0].id}").text
    assert entries.findings(alice) == []


def test_editing_deleting_and_undo_keep_later_values(alice: Any, house: int) -> None:
    for day, value in (("2026-01-31", "305000"), ("2026-03-31", "310000")):
        update(alice, house, day, value)
    later, earlier = lines(alice, house)

    async def edit(services: Any) -> None:
        await services.transactions.edit(earlier.id, TransactionPatch(amount="6000.00"))

    alice.work(edit)
    assert (balance(alice, house, "2026-02-01"), balance(alice, house, "2026-04-01")) == ("306000.00", "310000.00")

    alice.work(lambda services: services.transactions.delete(earlier.id))
    assert (balance(alice, house, "2026-02-01"), balance(alice, house, "2026-04-01")) == ("300000.00", "310000.00")

    async def undo(services: Any) -> None:
        await services.journal.undo((await services.journal.page(limit=1))[0].id)

    alice.work(undo)
    assert (balance(alice, house, "2026-02-01"), balance(alice, house, "2026-04-01")) == ("306000.00", "310000.00")
    assert {line.id for line in lines(alice, house)} == {later.id, earlier.id}
    assert entries.findings(alice) == []


@pytest.mark.parametrize(
    ("day", "value", "field"),
    [("2026-13-40", "1", "on"), ("2026-01-31", "300000", "value"), ("2026-01-31", "x", "value")],
)
def test_a_bad_value_is_said_at_its_field(alice: Any, house: int, day: str, value: str, field: str) -> None:
    answer = update(alice, house, day, value)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert lines(alice, house) == []


def test_what_a_valuation_cannot_be(alice: Any, house: int) -> None:
    assert update(alice, entries.cash(alice), "2026-01-31", "10").status_code == 409
    update(alice, house, "2026-01-31", "305000")
    row = lines(alice, house)[0]
    assert alice.post(f"/transactions/{row.id}/unlink").status_code == 409
    groceries = entries.category(alice, "groceries")
    with pytest.raises(Invalid):
        alice.work(lambda services: services.transactions.recategorise(row.id, groceries))
