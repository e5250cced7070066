"""Making transactions transfers."""

from __future__ import annotations

from typing import Any

import pytest

from app.errors import Conflict, Invalid
from app.models import AccountKind
from app.schemas.transactions import TransactionPatch
from tests.support import entries


def legs(alice: Any, row_id: int) -> list[tuple[int, str, str]]:
    async def read(services: Any) -> list[tuple[int, str, str]]:
        row = await services.transactions.get(row_id)
        pair = await services.transactions.legs(row.transfer_id)
        return [(each.account_id, each.amount.wire, each.currency) for each in pair]

    return alice.work(read)


def add_other_side(alice: Any, row_id: int, account_id: int | None) -> Any:
    return alice.work(lambda services: services.transfers.add_other_side(row_id, account_id))


@pytest.mark.parametrize("amount", ["-250.00", "250.00"])
def test_a_transaction_becomes_a_transfer_with_its_other_side(alice: Any, amount: str) -> None:
    cash, savings = entries.cash(alice), entries.account(alice, "Savings", kind=AccountKind.SAVINGS)
    row_id = entries.enter(alice, "2026-03-02", amount, "groceries", account=cash)

    add_other_side(alice, row_id, savings)

    expected = [(cash, "-250.00", "EUR"), (savings, "250.00", "EUR")]
    assert legs(alice, row_id) == (
        expected if amount.startswith("-") else [(savings, "-250.00", "EUR"), (cash, "250.00", "EUR")]
    )
    assert entries.findings(alice) == []


def test_the_other_side_in_another_currency_is_converted(alice: Any) -> None:
    dollars = entries.account(alice, "Dollars", currency="USD")
    row_id = entries.enter(alice, "2026-03-02", "-100.00")

    add_other_side(alice, row_id, dollars)

    (_cash, out, _eur), (account_id, into, currency) = legs(alice, row_id)
    assert (out, account_id, currency) == ("-100.00", dollars, "USD")
    assert 50 < float(into) < 200
    assert entries.findings(alice) == []


def test_what_cannot_become_a_transfer_is_refused(alice: Any, bob: Any) -> None:
    savings, foreign = entries.account(alice, "Savings"), entries.account(bob, "Bob's")
    row_id = entries.enter(alice, "2026-03-02", "-1.00")
    for account_id in (None, entries.cash(alice), foreign):
        with pytest.raises(Invalid) as refused:
            add_other_side(alice, row_id, account_id)
        assert refused.value.field == "account"
    add_other_side(alice, row_id, savings)
    with pytest.raises(Conflict):
        add_other_side(alice, row_id, savings)


def test_undo_leaves_the_transaction_as_it_was(alice: Any) -> None:
    savings = entries.account(alice, "Savings")
    row_id = entries.enter(alice, "2026-03-02", "-9.00", "groceries")
    answer = alice.post(f"/transactions/{row_id}/transfer", {"account": str(savings)})
    change_set = answer.headers["location"].partition("done=")[2]

    alice.post(f"/activity/{change_set}/undo")

    line = alice.work(lambda services: services.transaction_list.line(row_id))
    assert (line.transfer_id, line.category.id) == (None, entries.category(alice, "groceries"))
    assert entries.findings(alice) == []


def test_a_reconciled_transaction_is_not_offered_it(alice: Any) -> None:
    entries.account(alice, "Savings")
    row_id = entries.enter(alice, "2026-03-02", "-9.00")
    assert "/transfer" in alice.get(f"/transactions/{row_id}").text
    alice.work(lambda services: services.transactions.edit(row_id, TransactionPatch(status="reconciled")))
    assert f"/transactions/{row_id}/transfer" not in alice.get(f"/transactions/{row_id}").text
