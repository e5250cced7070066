"""Transactions, transfers and expenses over the API."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest

from app.models import Transaction, User
from app.services.exports import escape_formula
from app.services.transaction_list import Filter
from tests.support.cases import each_case

PATH = "/api/v1/transactions"


def add(person: Any, **more: Any) -> Any:
    return person.api("POST", PATH, json={"payee": "Zzyxq", "amount": "-12.50", "booked_on": "2026-03-14", **more})


def count(person: Any) -> int:
    return person.work(lambda services: services.transaction_list.page(Filter())).count


def test_an_entry_is_booked_and_read_again(alice: Any) -> None:
    answer = add(alice, tags=["Trip"], memo="note", splits=[{"amount": -10}, {"amount": "-2.5"}])
    assert answer.status_code == 201
    body = answer.json()
    assert body["account"]["name"] == "Cash"
    assert body["payee"]["name"] == "Zzyxq"
    assert (body["amount"], body["currency"], body["category"], body["tags"]) == ("-12.50", "EUR", None, ["Trip"])
    assert [each["amount"] for each in body["splits"]] == ["-10.00", "-2.50"]
    assert alice.api("GET", f"{PATH}/{body['id']}").json() == body


def test_a_description_may_stand_for_the_payee(alice: Any) -> None:
    answer = alice.api("POST", PATH, json={"mode": "manual", "description": "Kiosk", "amount": -3})
    assert answer.json()["payee"]["name"] == "Kiosk"


@each_case(
    ("body", "field"),
    [
        ({"amount": "x"}, "amount"), ({"amount": -12.505}, "amount"), ({"amount": True}, "amount"),
        ({"amount": None}, "amount"), ({"amount": "1e5"}, "amount"), ({"amount": "9" * 25}, "amount"),
        ({"amount": "-5", "booked_on": "2026-02-31"}, "booked_on"), ({"amount": "-5", "colour": 1}, "colour"),
        ({"amount": "-5", "currency": "ZZZ"}, "currency"), ({"amount": "-5", "payee": "a\x00"}, "payee"),
        ({"amount": "-5", "memo": "\ud800"}, "memo"), ({"amount": "-5", "category": "food"}, "category"),
        ({"amount": "-5", "account": 0}, "account"), ({"amount": "-5", "tags": ["x" * 99]}, "tags[0]"),
        ({"amount": "-5", "status": "reconciled"}, "status"),
        ({"amount": "-5", "currency": "ISK", "booked_on": "2012-01-02"}, "amount"),
        ({"amount": "-5", "splits": [{"amount": "-4"}]}, "splits"), ({"amount": "-5", "payee": []}, "payee"),
        ({"mode": "ai", "text": ""}, "text"), ({"mode": "magic", "amount": 1}, "mode"),
    ],
)  # fmt: skip
def test_bad_input_is_a_400_at_its_field(alice: Any, body: dict[str, Any], field: str) -> None:
    import json

    headers = {"Content-Type": "application/json"}
    answer = alice.api("POST", PATH, content=json.dumps(body), headers=headers)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    if body.get("memo") is None:  # a lone surrogate is refused before there are fields
        assert [each["field"] for each in answer.json()["errors"]] == [field]
    assert count(alice) == 0


def test_zeros_behind_the_decimals_are_fine(alice: Any) -> None:
    assert add(alice, amount="25.00000").json()["amount"] == "25.00"


def test_the_same_key_books_once(alice: Any) -> None:
    headers = {"Idempotency-Key": "k1"}
    body = {"amount": "-1"}
    first = alice.api("POST", PATH, json=body, headers=headers)
    assert alice.api("POST", PATH, json=body, headers=headers).json() == first.json()
    assert alice.api("POST", PATH, json={"amount": "-2"}, headers=headers).status_code == 409
    assert count(alice) == 1


def test_a_change_names_only_what_changes(alice: Any) -> None:
    body = add(alice, memo="stay").json()
    answer = alice.api("PATCH", f"{PATH}/{body['id']}", json={"amount": "-13", "version": body["version"]})
    assert (answer.json()["amount"], answer.json()["memo"]) == ("-13.00", "stay")
    late = alice.api("PATCH", f"{PATH}/{body['id']}", json={"amount": "-14", "version": body["version"]})
    assert late.status_code == 409
    assert alice.api("PATCH", f"{PATH}/{body['id']}", json={"amount": None}).status_code == 400


def test_reconciled_rows_are_locked(alice: Any) -> None:
    path = f"{PATH}/{add(alice).json()['id']}"
    assert alice.api("PATCH", path, json={"status": "reconciled"}).status_code == 200
    assert alice.api("PATCH", path, json={"amount": "-1"}).status_code == 409
    assert alice.api("DELETE", path).status_code == 409


def test_only_an_unlocking_touches_a_reconciled_row(alice: Any) -> None:
    path = f"{PATH}/{add(alice).json()['id']}"
    alice.api("PATCH", path, json={"status": "reconciled"})
    for refused in ({"status": "pending"}, {"status": "cleared", "amount": "-1"}, {"status": "cleared", "memo": "x"}):
        answer = alice.api("PATCH", path, json=refused)
        assert answer.status_code == 409
        assert "Unlock it" in answer.json()["detail"]
    assert alice.api("PATCH", path, json={"status": "cleared"}).status_code == 200
    assert alice.api("PATCH", path, json={"amount": "-1"}).status_code == 200


def test_a_late_change_gets_both_versions(alice: Any) -> None:
    made = add(alice, memo="old").json()
    path = f"/api/v1/transactions/{made['id']}"
    alice.api("PATCH", path, json={"version": made["version"], "memo": "first"})
    late = alice.api("PATCH", path, json={"version": made["version"], "memo": "second", "tags": ["Trip"]})
    assert late.status_code == 409
    body = late.json()
    assert (body["yours"]["memo"], body["theirs"]["memo"]) == ("second", "first")
    assert (body["yours"]["tags"], body["theirs"]["tags"]) == (["Trip"], [])
    assert body["theirs"]["version"] != made["version"]
    again = alice.api("PATCH", path, json={"version": body["theirs"]["version"], "memo": "second"})
    assert again.json()["memo"] == "second"


def test_a_deleted_row_is_gone(alice: Any) -> None:
    path = f"{PATH}/{add(alice).json()['id']}"
    assert alice.api("DELETE", path).status_code == 204
    assert alice.api("GET", path).status_code == 404


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_it_is_private(alice: Any, bob: Any, method: str) -> None:
    path = f"{PATH}/{add(alice).json()['id']}"
    more = {"json": {"memo": "mine"}} if method == "PATCH" else {}
    assert bob.api(method, path, **more).status_code == 404


def test_pages_and_cursors_meet(alice: Any) -> None:
    for at in range(5):
        add(alice, booked_on=f"2026-03-{at + 1:02}")
    first = alice.api("GET", f"{PATH}?limit=2").json()
    assert first["pagination"] | {"next": ""} == {
        "page": 1, "limit": 2, "total": 5, "pages": 3, "capped": False, "next": "",
    }  # fmt: skip
    by_cursor = alice.api("GET", f"{PATH}?limit=2&cursor={first['pagination']['next']}").json()["transactions"]
    by_page = alice.api("GET", f"{PATH}?limit=2&page=2").json()["transactions"]
    assert by_cursor == by_page
    assert len(by_page) == 2


@each_case("query", ["limit=101", "page=1001", "cursor=x", "since=2026-02-31", "account=x", "status=new"])
def test_wrong_queries_are_told(alice: Any, query: str) -> None:
    assert alice.api("GET", f"{PATH}?{query}").status_code == 400


def test_totals_are_in_the_asked_currency(alice: Any) -> None:
    add(alice)
    add(alice, amount="100")
    body = alice.api("GET", f"{PATH}/totals").json()
    assert body == {"currency": "EUR", "income": "100.00", "expense": "12.50", "net": "87.50", "rates": []}
    assert alice.api("GET", f"{PATH}/totals?currency=USD").json()["rates"][0]["currency"] == "EUR"
    assert alice.api("GET", f"{PATH}/totals?currency=DZD").json()["rates"][0]["is_approximate"] is True


def test_a_sentence_is_a_request_that_can_be_read_again(alice: Any, bob: Any) -> None:
    answer = alice.api("POST", PATH, json={"mode": "ai", "text": "coffee 3.50 and lunch 12"})
    assert answer.status_code == 202
    body = answer.json()
    assert body["state"] == "completed"
    assert sorted(each["amount"] for each in body["transactions"]) == ["-12.00", "-3.50"]
    assert alice.api("GET", f"{PATH}/requests/{body['id']}").json() == body
    assert alice.api("GET", f"{PATH}/requests/{body['id']}/status").json() == body
    assert bob.api("GET", f"{PATH}/requests/{body['id']}").status_code == 404


def test_a_sentence_without_an_amount_fails_and_says_so(alice: Any) -> None:
    body = alice.api("POST", PATH, json={"mode": "ai", "text": "how are you?"}).json()
    assert body["state"] == "failed"
    assert body["detail"]
    assert count(alice) == 0


def test_the_export_is_safe_in_a_spreadsheet(alice: Any) -> None:
    names = ["=1+1", "+1", "-1", "@sum", "|calc", "＝1", "'=1", "Plain"]
    for name in names:
        add(alice, payee=name, memo=name)
    text = alice.api("GET", f"{PATH}/export.csv").text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == len(names)
    for row in rows:
        assert row["payee"][:1] not in "=+-@|＝"
        assert row["amount"] == "-12.50"
        assert row["memo"].removeprefix("'") in [*names, "=1"]
    assert {row["memo"][1:] if row["memo"].startswith("'") else row["memo"] for row in rows} == set(names)


def test_an_export_is_filtered_and_streams_json_too(alice: Any) -> None:
    add(alice)
    add(alice, payee="Other")
    rows = list(csv.DictReader(io.StringIO(alice.get("/transactions/export.csv?search=other").text)))
    assert [row["payee"] for row in rows] == ["Other"]
    assert len(alice.get("/transactions/export.json").json()) == 2
    assert alice.get("/transactions/export.json?search=nothing").json() == []
    assert alice.get("/transactions/export.xlsx").status_code == 404


def test_a_cell_is_marked_only_where_it_could_run() -> None:
    assert [escape_formula(text) for text in ("a=b", "", "'quoted'", "-5")] == ["a=b", "", "'quoted'", "'-5"]


def test_money_moves_between_accounts(alice: Any, bob: Any) -> None:
    savings = alice.api("POST", "/api/v1/accounts", json={"name": "Savings", "kind": "savings", "currency": "EUR"})
    cash = add(alice).json()["account"]["id"]
    body = {"from": cash, "to": savings.json()["id"], "amount": "100"}
    answer = alice.api("POST", "/api/v1/transfers", json=body)
    assert answer.status_code == 201
    out = alice.api("GET", f"{PATH}/{answer.json()['from_transaction']}").json()
    assert (out["amount"], out["transfer"]) == ("-100.00", answer.json()["id"])
    assert bob.api("DELETE", f"/api/v1/transfers/{answer.json()['id']}").status_code == 404
    assert alice.api("DELETE", f"/api/v1/transfers/{answer.json()['id']}").status_code == 204
    for wrong in ({"amount": "-1"}, {"to": cash}, {"to": 999}, {"to_amount": "5"}):
        assert alice.api("POST", "/api/v1/transfers", json={**body, **wrong}).status_code == 400


def test_expenses_speak_the_earlier_shape(alice: Any) -> None:
    answer = alice.api("POST", "/api/expenses/", json={"message": "coffee 3.50 yesterday", "extra": 1})
    assert answer.status_code == 201
    body = answer.json()
    assert body["message"] == "Processed 1 expenses."
    assert body["expenses"][0]["amount"] == 3.5
    assert body["alerts"] == []
    listed = alice.api("GET", "/api/expenses/").json()
    assert set(listed[0]) == {"id", "product_name", "amount", "category_name", "description", "date"}


def test_an_amount_that_may_mean_two_things_is_asked_about(alice: Any) -> None:
    async def no_region(services: Any) -> None:
        (await services.session.get_one(User, services.member.user.id)).locale = "en"

    alice.work(no_region)
    answer = alice.api("POST", "/api/expenses/", json={"message": "lunch 1,250"})
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["field"] == "message"
    assert "1250.00 EUR" in error["message"]
    assert "1.25 EUR" in error["message"]
    assert count(alice) == 0


def test_a_day_that_may_mean_two_is_booked_on_the_likelier(alice: Any) -> None:
    assert alice.api("POST", "/api/expenses/", json={"message": "lunch 12.50 on 5/6"}).status_code == 201


def test_the_list_of_expenses_has_no_end(alice: Any) -> None:
    async def many(services: Any) -> None:
        account = await services.accounts.default()
        rows = [
            Transaction(
                book_id=services.member.book.id, account_id=account.id, booked_on=date(2026, 3, 14), memo="",
                amount_minor=-100 * euros, currency="EUR",
            )
            for euros in range(1, 1004)
        ]  # fmt: skip
        await services.ledger.insert(*rows)

    alice.work(many)
    listed = alice.api("GET", "/api/expenses/").json()
    assert len(listed) == len({each["id"] for each in listed}) == 1003
    assert listed[0]["amount"] == 1003


@each_case("body", [{}, {"message": ""}, {"message": "how are you?"}, {"message": 5}, [], {"message": "x\x00 5"}])
def test_an_expense_that_is_none_books_nothing(alice: Any, body: Any) -> None:
    assert alice.api("POST", "/api/expenses/", json=body).status_code == 400
    assert count(alice) == 0
