"""Editing and filing one row in place."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.models import Status
from app.schemas.transactions import TransactionIn, TransactionPatch
from tests.support.cases import each_case


@pytest.fixture
def row(alice: Any) -> int:
    entry = TransactionIn(booked_on=date(2026, 3, 14), payee="Lidl", amount="-12.50")
    return alice.work(lambda services: services.transactions.add(entry)).id


@pytest.fixture
def groceries(alice: Any) -> int:
    async def look(services: Any) -> int:
        return (await services.categories.by_key())["groceries"].id

    return alice.work(look)


def test_a_category_is_chosen_in_place(alice: Any, row: int, groceries: int) -> None:
    assert "<select" in alice.htmx("get", f"/transactions/{row}/category").text
    answer = alice.htmx("post", f"/transactions/{row}/category", data={"category": str(groceries)})
    assert answer.status_code == 200
    assert "Groceries" in answer.text
    assert "/undo" in answer.text


def test_without_scripts_the_browser_is_sent_back(alice: Any, row: int, groceries: int) -> None:
    answer = alice.post(f"/transactions/{row}/category", {"category": str(groceries)})
    assert answer.status_code == 303


@pytest.mark.parametrize("category", ["99999", "x", "²"])
def test_a_category_that_is_none_is_refused(alice: Any, row: int, category: str) -> None:
    assert alice.htmx("post", f"/transactions/{row}/category", data={"category": category}).status_code == 422


def test_a_row_is_edited_in_place(alice: Any, row: int) -> None:
    form = alice.htmx("get", f"/transactions/{row}/edit").text
    assert "disabled=" not in form
    version = form.split('name="version" value="')[1].split('"')[0]
    data = {"version": version, "booked_on": "2026-03-15", "payee": "Aldi", "amount": "-1,234.5", "category": ""}
    answer = alice.htmx("post", f"/transactions/{row}/row", data=data)
    assert answer.status_code == 200
    assert "Aldi" in answer.text
    assert "1,234.50" in answer.text
    late = alice.htmx("post", f"/transactions/{row}/row", data={**data, "payee": "Netto"})
    assert late.status_code == 409
    assert "Save my version" in late.text
    assert late.text.count("data-differs") == 1  # the payee; Netto here, Aldi stored
    assert "Netto" in late.text
    assert "Aldi" in late.text
    assert alice.htmx("post", f"/transactions/{row}/row", data={**data, "payee": "Lost"}).status_code == 409
    over = late.text.split('name="over" value="')[1].split('"')[0]
    answer = alice.htmx("post", f"/transactions/{row}/row", data={**data, "payee": "Netto", "over": over})
    assert answer.status_code == 200
    assert "Netto" in answer.text


@each_case(
    ("name", "value"),
    [("booked_on", "2026-02-31"), ("amount", "much"), ("amount", ""), ("amount", "0"), ("payee", "a\x00b"),
     ("payee", "x" * 200)],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(alice: Any, row: int, name: str, value: str) -> None:
    data = {"booked_on": "2026-03-14", "payee": "Lidl", "amount": "-12.50", "category": "", name: value}
    answer = alice.htmx("post", f"/transactions/{row}/row", data=data)
    assert answer.status_code == 422
    assert f'id="tx-{row}-{name}-error"' in answer.text


def test_a_reconciled_row_can_be_filed_but_not_changed(alice: Any, row: int, groceries: int) -> None:
    lock = TransactionPatch(status=Status.RECONCILED)
    alice.work(lambda services: services.transactions.edit(row, lock))
    assert alice.htmx("post", f"/transactions/{row}/category", data={"category": str(groceries)}).status_code == 200
    assert alice.htmx("post", f"/transactions/{row}/row", data={"amount": "-1"}).status_code == 409


async def _import(services: Any, texts: list[str]) -> list[int]:
    """Rows as an import leaves them: what the bank wrote, filed by the model."""
    ids = []
    for text in texts:
        row = await services.transactions.add(TransactionIn(booked_on=date(2026, 3, 14), payee=text, amount="-7"))
        ids.append(row.id)
    return ids


def test_a_corrected_category_offers_its_likes_and_a_rule(alice: Any, groceries: int) -> None:
    first, *others = alice.work(lambda services: _import(services, ["Qwxv"] * 3))
    answer = alice.htmx("post", f"/transactions/{first}/category", data={"category": str(groceries)})
    assert "Categorize the 2 others from Qwxv too" in answer.text
    assert f'href="/rules/new?from={first}"' in answer.text
    assert alice.get(f"/rules/new?from={first}").status_code == 200
    refiled = alice.htmx("post", f"/transactions/{first}/recategorise-similar")
    assert refiled.status_code == 200
    assert "saldo:changed" in refiled.headers["hx-trigger"]
    change_set = int(refiled.text.split('hx-post="/activity/')[1].split("/")[0])

    def filed() -> list[bool]:
        return [bool(line.category) for line in alice.work(lambda services: services.transaction_list.lines(others))]

    assert filed() == [True, True]
    alice.work(lambda services: services.journal.undo(change_set))
    assert filed() == [False, False]


def test_the_small_form_offers_them_too(alice: Any, groceries: int) -> None:
    first, _other = alice.work(lambda services: _import(services, ["Qwxv"] * 2))
    answer = alice.htmx("post", f"/transactions/{first}/row", data={"category": str(groceries)})
    assert "Categorize the other one from Qwxv too" in answer.text
    answer = alice.htmx("post", f"/transactions/{first}/row", data={"payee": "Qwxy"})
    assert "Categorize the" not in answer.text


def test_the_page_offers_them_after_it_is_saved(alice: Any, groceries: int) -> None:
    first, _other = alice.work(lambda services: _import(services, ["Qwxv"] * 2))
    answer = alice.post(f"/transactions/{first}", {"category": str(groceries), "splits": ""})
    landed = alice.get(answer.headers["location"]).text
    assert "Categorize the other one from Qwxv too" in landed
    assert f"/rules/new?from={first}" in landed
    assert alice.get("/transactions?done=1&filed=999999").status_code == 200


def test_moving_what_a_person_filed_offers_nothing(alice: Any, row: int, groceries: int) -> None:
    alice.htmx("post", f"/transactions/{row}/category", data={"category": ""})
    alice.htmx("post", f"/transactions/{row}/category", data={"category": str(groceries)})

    async def other(services: Any) -> int:
        return (await services.categories.by_key())["pets"].id

    answer = alice.htmx("post", f"/transactions/{row}/category", data={"category": str(alice.work(other))})
    assert "Categorize the" not in answer.text
    assert "Create a rule" not in answer.text


@pytest.mark.parametrize("path", ["row", "edit", "category"])
def test_it_is_private(alice: Any, bob: Any, row: int, path: str) -> None:
    assert bob.htmx("get", f"/transactions/{row}/{path}").status_code == 404
    if path != "edit":
        assert bob.htmx("post", f"/transactions/{row}/{path}", data={"category": "", "amount": "1"}).status_code == 404
