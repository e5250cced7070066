"""The pages of payees and tags."""

from __future__ import annotations

from typing import Any

import pytest

from app.schemas.transactions import TransactionIn
from app.services.transaction_list import Filter


def book(person, payee, tags=()):
    async def work(services):
        await services.transactions.add(TransactionIn(payee=payee, amount="-10", tags=list(tags)))

    person.work(work)


def payee(person, name):
    async def work(services):
        return (await services.payees.named(name)).id

    return person.work(work)


def tag(person, name):
    async def work(services):
        return (await services.tags.named([name]))[0].id

    return person.work(work)


def test_payees_show_how_often_and_where_they_go(alice):
    book(alice, "Lidl")
    text = alice.get("/payees").text

    assert "Usually Groceries" in text
    assert "1 transaction" in text
    assert "No payee found" in alice.get("/payees?search=zzz").text
    assert "Lidl" in alice.htmx("get", "/payees?search=lid").text


def test_payees_that_are_alike_are_merged_in_one_click(alice):
    book(alice, "Corner Shop 12")
    book(alice, "CornerShop")
    assert "Possible duplicates" in alice.get("/payees").text

    answer = alice.htmx(
        "post", f"/payees/{payee(alice, 'CornerShop')}/merge", data={"into": payee(alice, "Corner Shop 12")}
    )
    assert answer.status_code == 200
    assert "2 transactions" in answer.text


def test_a_payee_is_renamed(alice):
    book(alice, "Shop")
    book(alice, "Bakery")
    url = f"/payees/{payee(alice, 'Shop')}"

    assert "Shop" in alice.get(f"{url}/edit").text
    assert "is the same payee" in alice.htmx("post", url, data={"name": "bakery"}).text
    assert alice.htmx("post", url, data={"name": " "}).status_code == 422
    assert "Kiosk" in alice.htmx("post", url, data={"name": "Kiosk"}).text
    assert alice.htmx("post", f"{url}/delete").status_code == 409


def test_tags_are_added_renamed_merged_and_deleted(alice):
    assert "No tags yet" in alice.get("/tags").text
    assert "trip" in alice.htmx("post", "/tags", data={"name": "trip"}).text
    assert alice.htmx("post", "/tags", data={"name": "Trip"}).status_code == 409
    one, other = tag(alice, "trip"), tag(alice, "work")

    assert "holiday" in alice.htmx("post", f"/tags/{one}", data={"name": "holiday"}).text
    assert alice.get(f"/tags/{one}/edit").status_code == 200
    assert "work" in alice.get(f"/tags/{one}/merge").text
    assert alice.htmx("post", f"/tags/{one}/merge", data={"into": other}).status_code == 200
    assert "No tags yet" in alice.htmx("post", f"/tags/{other}/delete").text


@pytest.mark.parametrize("noun", ["payees", "tags"])
def test_they_are_private(alice, bob, noun):
    url = f"/{noun}/{payee(alice, 'Shop') if noun == 'payees' else tag(alice, 'x')}"

    for path in ("edit", "merge"):
        assert bob.get(f"{url}/{path}").status_code == 404
    for path in ("", "/merge", "/delete"):
        assert bob.htmx("post", f"{url}{path}", data={"name": "x", "into": "1"}).status_code == 404


TYPED = (
    "Burger Drops Montreal", "Burger Drops Toronto", "Anna Berlin", "Anna", "Invoice 2026-01", "Invoice 2026-02",
    "Store GmbH", "Store AG", "Flight AF1234", "Flight AF9999", "+49 phone", "=SUM(A1)", "'quoted",
)  # fmt: skip


def payees_in(person: Any) -> list[str]:
    return sorted(line.payee for line in person.work(lambda services: services.transaction_list.page(Filter())).lines)


def test_a_typed_payee_stays_as_typed(alice: Any) -> None:
    for at, name in enumerate(TYPED):
        form = {"flow": "out", "amount": "1.00", "payee": name, "booked_on": "2026-03-14", "splits": ""}
        if at % 2:
            assert alice.post("/transactions", form).status_code == 303
        else:
            body = {"payee": name, "amount": "-1.00", "booked_on": "2026-03-14"}
            assert alice.api("POST", "/api/v1/transactions", json=body).status_code == 201
    assert payees_in(alice) == sorted(TYPED)


def test_the_own_export_comes_back_unchanged(alice: Any, bob: Any) -> None:
    for name in TYPED:
        body = {"payee": name, "amount": "-7.00", "booked_on": "2026-03-14"}
        assert alice.api("POST", "/api/v1/transactions", json=body).status_code == 201
    exported = alice.api("GET", "/api/v1/transactions/export.csv").content
    account = bob.work(lambda services: services.accounts.default()).id
    files = {"file": ("saldo.csv", exported, "text/csv")}
    answer = bob.api("POST", "/api/v1/transactions/import", data={"account": str(account)}, files=files)
    assert answer.json()["created"] == len(TYPED)
    assert payees_in(bob) == sorted(TYPED)
    again = bob.api("POST", "/api/v1/transactions/import", data={"account": str(account)}, files=files)
    assert again.json()["created"] == 0


def test_the_payee_of_a_rule_stays_as_it_is_written(alice: Any) -> None:
    rule = {"when": {"text_contains": "anna"}, "then": {"payee": "Anna Berlin"}}
    assert alice.api("POST", "/api/v1/rules", json=rule).status_code == 201
    account = alice.work(lambda services: services.accounts.default()).id
    files = {"file": ("bank.csv", b"Date,Payee,Amount\n2026-03-14,ANNA 4711,-1.00\n", "text/csv")}
    alice.api("POST", "/api/v1/transactions/import", data={"account": str(account)}, files=files)
    assert payees_in(alice) == ["Anna Berlin"]
