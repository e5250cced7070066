"""Each unit of work that writes the ledger dispatches one ``LedgerChanged``, after the commit, with what it touched."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app import events
from app.errors import Invalid
from app.events import LedgerChanged
from app.models import Status
from app.schemas.rules import RuleIn
from app.schemas.transactions import TransactionIn, TransactionPatch
from app.schemas.transfers import TransferIn
from app.services.bulk_edit import Selection
from tests.support.entries import account, category, enter

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


@pytest.fixture
def dispatched():
    seen: list[LedgerChanged] = []
    events.on(LedgerChanged)(seen.append)
    yield seen
    events.remove_listener(LedgerChanged, seen.append)


@pytest.fixture
def book(alice: Any) -> dict[str, Any]:
    """Two accounts, three categories, and a row in each of two months."""
    found: dict[str, Any] = {key: category(alice, key) for key in ("groceries", "household", "transport")}
    found |= {"bank": account(alice, "Bank"), "savings": account(alice, "Savings")}
    found["march"] = enter(alice, "2026-03-10", "-12.50", "groceries", account=found["bank"], payee="Shop")
    found["april"] = enter(alice, "2026-04-10", "-7.50", "household", account=found["savings"], payee="Kiosk")
    found |= {
        name: alice.work(lambda services, name=name: payee_id(services, name)) for name in ("Shop", "Kiosk", "New")
    }
    return found


async def payee_id(services: Any, name: str) -> int:
    return (await services.payees.named(name)).id


def touched(event: LedgerChanged) -> tuple[Any, ...]:
    return set(event.accounts), set(event.categories), set(event.months), set(event.payees)


async def latest(services: Any) -> int:
    return (await services.journal.page(limit=1))[0].id


# Each writing path: what to do, and the accounts, categories, months and payees that it touches.
PATHS: dict[str, tuple[Any, Any]] = {
    "add": (
        lambda s, b: s.transactions.add(
            TransactionIn(
                account=b["bank"], booked_on=MARCH, amount="-1", payee="New", category=b["transport"]
            )
        ),
        lambda b: ({b["bank"]}, {b["transport"]}, {MARCH}, {b["New"]}),
    ),
    "edit": (
        lambda s, b: s.transactions.edit(
            b["march"],
            TransactionPatch(account=b["savings"], booked_on=APRIL, payee="Kiosk", category=b["transport"]),
        ),
        lambda b: (
            {b["bank"], b["savings"]}, {b["groceries"], b["transport"]}, {MARCH, APRIL}, {b["Shop"], b["Kiosk"]},
        ),
    ),
    "split": (
        lambda s, b: s.transactions.edit(
            b["march"],
            TransactionPatch.model_validate(
                {"splits": [{"category": b["transport"], "amount": "-2"}, {"amount": "-10.50"}]}
            ),
        ),
        lambda b: ({b["bank"]}, {b["groceries"], b["transport"]}, {MARCH}, {b["Shop"]}),
    ),
    "delete": (
        lambda s, b: s.transactions.delete(b["march"]),
        lambda b: ({b["bank"]}, {b["groceries"]}, {MARCH}, {b["Shop"]}),
    ),
    "transfer": (
        lambda s, b: s.transfers.add(
            TransferIn.model_validate(
                {"from": b["bank"], "to": b["savings"], "amount": "5", "booked_on": "2026-03-05"}
            )
        ),
        lambda b: ({b["bank"], b["savings"]}, set(), {MARCH}, set()),
    ),
    "categorise many": (
        lambda s, b: s.bulk_edit.set_category(Selection((b["march"], b["april"])), b["transport"]),
        lambda b: (
            {b["bank"], b["savings"]}, {b["groceries"], b["household"], b["transport"]}, {MARCH, APRIL},
            {b["Shop"], b["Kiosk"]},
        ),
    ),
    "move many": (
        lambda s, b: s.bulk_edit.move_to_account(Selection((b["march"],)), b["savings"]),
        lambda b: ({b["bank"], b["savings"]}, {b["groceries"]}, {MARCH}, {b["Shop"]}),
    ),
    "status of many": (
        lambda s, b: s.bulk_edit.set_status(Selection((b["march"],)), Status.PENDING),
        lambda b: ({b["bank"]}, {b["groceries"]}, {MARCH}, {b["Shop"]}),
    ),
    "delete many": (
        lambda s, b: s.bulk_edit.delete(Selection((b["march"], b["april"]))),
        lambda b: (
            {b["bank"], b["savings"]}, {b["groceries"], b["household"]}, {MARCH, APRIL}, {b["Shop"], b["Kiosk"]},
        ),
    ),
    "merge payees": (
        lambda s, b: s.payees.merge(b["Shop"], b["Kiosk"]),
        lambda b: ({b["bank"]}, {b["groceries"]}, {MARCH}, {b["Shop"], b["Kiosk"]}),
    ),
    "merge categories": (
        lambda s, b: s.categories.merge(b["groceries"], b["household"]),
        lambda b: ({b["bank"]}, {b["groceries"], b["household"]}, {MARCH}, {b["Shop"]}),
    ),
}  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_a_writing_path_announces_once_what_it_touched(path: str, alice: Any, book: Any, dispatched: Any) -> None:
    write, expected = PATHS[path]
    dispatched.clear()

    alice.work(lambda services: write(services, book))

    (event,) = dispatched
    assert touched(event) == expected(book)
    change_set = alice.work(latest)
    assert event.change_set_id == change_set

    alice.work(lambda services: services.journal.undo(change_set))

    assert [touched(each) for each in dispatched[1:]] == [expected(book)]


def test_a_rule_and_a_reconciliation_announce_once(alice: Any, book: Any, dispatched: Any) -> None:
    async def apply_rule(services: Any) -> None:
        rule = RuleIn.model_validate({"when": {"payee_contains": "shop"}, "then": {"category": book["transport"]}})
        await services.rules.run((await services.rules.add(rule)).id)

    async def reconcile(services: Any) -> None:
        from app.domain.money import Money

        open_statement = await services.reconciliation.get_open(book["bank"], date(2026, 3, 31), Money(-2000, "EUR"))
        await services.reconciliation.finish(open_statement, [book["march"]], adjust=True)

    dispatched.clear()
    alice.work(apply_rule)
    alice.work(reconcile)

    assert [set(each.accounts) for each in dispatched] == [{book["bank"]}] * 2
    assert [set(each.months) for each in dispatched] == [{MARCH}] * 2


def test_an_import_and_its_undo_announce_once(alice: Any, book: Any, dispatched: Any) -> None:
    lines = [
        {"booked_on": f"2026-0{month}-0{day}", "payee": "Imported", "amount": "-3"}
        for month in (3, 4)
        for day in range(1, 9)
    ]
    dispatched.clear()
    body = {"account": book["bank"], "transactions": lines}
    made = alice.api("POST", "/api/v1/transactions/import", json=body).json()
    alice.work(lambda services: services.imports.undo(made["batch"]))

    assert [(set(each.accounts), set(each.months)) for each in dispatched] == [({book["bank"]}, {MARCH, APRIL})] * 2
    assert len(dispatched[0].payees) == 1


def test_the_sample_data_announces_once_when_it_comes_and_when_it_goes(alice: Any, dispatched: Any) -> None:
    alice.work(lambda services: services.sample_data.fill())
    alice.work(lambda services: services.sample_data.remove())

    come, gone = dispatched
    assert touched(come) == touched(gone)
    assert len(come.accounts) == 5
    assert len(come.months) >= 30


def test_nothing_is_announced_after_a_rollback_or_when_the_ledger_stays(alice: Any, book: Any, dispatched: Any) -> None:
    async def fail(services: Any) -> None:
        await services.transactions.delete(book["march"])
        raise Invalid("no")

    dispatched.clear()
    with pytest.raises(Invalid):
        alice.work(fail)
    alice.work(lambda services: services.payees.rename(book["Shop"], "Market"))

    assert dispatched == []


def test_rows_written_past_the_ledger_are_refused(alice: Any, book: Any) -> None:
    async def edit(services: Any) -> None:
        row = await services.transactions.get(book["march"])
        row.memo = "past the ledger"

    with pytest.raises(RuntimeError, match="LedgerWriter"):
        alice.work(edit)
