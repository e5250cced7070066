"""Accounts over the API."""

from __future__ import annotations

from tests.support.cases import each_case

URL = "/api/v1/accounts"


def add(person, **more):
    return person.api("POST", URL, json={"name": "Giro", "kind": "checking", "currency": "EUR", **more})


def test_an_account_is_opened_with_its_balance(alice):
    answer = add(alice, opening_balance="-12.5")

    assert answer.status_code == 201
    assert answer.json() | {"id": 0} == {
        "id": 0,
        "name": "Giro",
        "kind": "checking",
        "currency": "EUR",
        "opening_balance": "-12.50",
        "balance": "-12.50",
        "is_default": False,
        "archived": False,
    }
    assert alice.api("GET", f"{URL}/{answer.json()['id']}/").json() == answer.json()


def test_the_list_is_paged(alice):
    add(alice)
    body = alice.api("GET", f"{URL}?limit=1&page=2").json()

    assert [each["name"] for each in body["accounts"]] == ["Giro"]
    assert body["pagination"] == {"page": 2, "limit": 1, "total": 2, "pages": 2}
    assert alice.api("GET", f"{URL}?limit=101").status_code == 400


@each_case(
    ("sent", "field", "words"),
    [
        ({"currency": "EURO"}, "currency", "is not a currency"),
        ({"currency": "XXQ"}, "currency", "is not a currency"),
        ({"opening_balance": "1.234"}, "opening_balance", "EUR has 2 decimals"),
        ({"opening_balance": "many"}, "opening_balance", "is not an amount"),
        ({"opening_balance": True}, "opening_balance", "amount"),
        ({"kind": "wallet"}, "kind", "Choose one of"),
        ({"name": "  "}, "name", "This field is required."),
        ({"name": "x" * 81}, "name", "too long"),
        ({"name": "a\x00"}, "name", "can’t be stored"),
        ({"colour": 3}, "colour", "no such field"),
    ],
)
def test_bad_input_is_said_at_its_field(alice, sent, field, words):
    answer = add(alice, **sent)

    assert answer.status_code == 400
    assert [each["field"] for each in answer.json()["errors"]] == [field]
    assert words in answer.json()["errors"][0]["message"]


def test_names_are_taken_once(alice):
    answer = add(alice, name="cash")

    assert answer.status_code == 409
    assert answer.json()["errors"][0]["field"] == "name"


def test_another_default_takes_over(alice):
    new = add(alice, is_default=True).json()
    listed = alice.api("GET", URL).json()["accounts"]

    assert [each["is_default"] for each in listed] == [False, True]
    assert alice.api("DELETE", f"{URL}/{new['id']}").status_code == 409
    assert alice.api("PATCH", f"{URL}/{new['id']}", json={"archived": True}).status_code == 409


def test_an_empty_account_changes_and_goes(alice):
    new = add(alice, opening_balance=7).json()
    changed = alice.api("PATCH", f"{URL}/{new['id']}", json={"currency": "JPY", "name": "Yen"})

    assert (changed.json()["opening_balance"], changed.json()["name"]) == ("7", "Yen")
    assert alice.api("DELETE", f"{URL}/{new['id']}").status_code == 204
    assert alice.api("GET", f"{URL}/{new['id']}").status_code == 404


def test_it_is_private(alice, bob):
    url = f"{URL}/{add(alice).json()['id']}"

    for method in ("GET", "DELETE"):
        assert bob.api(method, url).status_code == 404
    assert bob.api("PATCH", url, json={"name": "Mine"}).status_code == 404
    assert len(bob.api("GET", URL).json()["accounts"]) == 1
    assert alice.api("GET", f"{URL}/{10**20}").status_code == 404
