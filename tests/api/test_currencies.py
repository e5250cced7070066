"""Conversion and own rates over the API."""

from __future__ import annotations

from tests.support.cases import each_case

URL = "/api/v1/currency"
DINAR = {"base": "EUR", "quote": "DZD", "rate": "150.5", "as_of": "2026-10-01"}


def convert(person, **more):
    return person.api("GET", f"{URL}/convert", params={"amount": "100", "from": "EUR", "to": "USD", **more})


def test_an_amount_is_converted_with_its_rate_day_and_source(alice):
    assert convert(alice, on="2026-10-31").json() == {
        "amount": "111.72",
        "currency": "USD",
        "rate": "1.1172",
        "as_of": "2026-10-30",
        "source": "ecb",
        "is_approximate": False,
    }
    assert convert(alice, to="EUR").json()["amount"] == "100.00"


@each_case(
    ("sent", "field", "words"),
    [
        ({"amount": "x"}, "amount", "is not an amount"),
        ({"amount": "1.234"}, "amount", "EUR has 2 decimals"),
        ({"from": "EURO"}, "from", "is not a currency"),
        ({"to": "XX"}, "to", "is not a currency"),
        ({"to": "ISK", "on": "2012-01-02"}, "to", "No rate is known from EUR to ISK"),
    ],
)
def test_bad_input_is_said_at_its_field(alice, sent, field, words):
    answer = convert(alice, **sent)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field
    assert words in answer.json()["errors"][0]["message"]


def test_a_bad_day_is_refused(alice):
    assert convert(alice, on="yesterday").status_code == 400
    assert alice.api("GET", f"{URL}/convert?amount=1").status_code == 400


def test_own_rates_are_kept_and_used(alice):
    made = alice.api("POST", f"{URL}/rates", json=DINAR)
    url = f"{URL}/rates/{made.json()['id']}"

    assert made.status_code == 201
    assert convert(alice, to="DZD").json()["amount"] == "15050.00"
    assert alice.api("PATCH", url, json=DINAR | {"rate": 200}).json()["rate"] == "200"
    assert [each["rate"] for each in alice.api("GET", f"{URL}/rates").json()["rates"]] == ["200"]
    assert alice.api("POST", f"{URL}/rates", json=DINAR).status_code == 409
    assert alice.api("DELETE", url).status_code == 204
    assert alice.api("GET", url).status_code == 404


@each_case(
    "sent",
    [
        {"rate": "0"},
        {"rate": "-1"},
        {"rate": "NaN"},
        {"rate": "1e99"},
        {"rate": True},
        {"base": "DZD"},
        {"as_of": "x"},
        {"x": 1},
    ],
)
def test_rates_that_make_no_sense_are_refused(alice, sent):
    assert alice.api("POST", f"{URL}/rates", json=DINAR | sent).status_code == 400


def test_it_is_private(alice, bob):
    url = f"{URL}/rates/{alice.api('POST', f'{URL}/rates', json=DINAR).json()['id']}"

    assert [bob.api(method, url).status_code for method in ("GET", "DELETE")] == [404, 404]
    assert bob.api("PATCH", url, json=DINAR).status_code == 404
    assert convert(bob, to="DZD").json()["is_approximate"] is True
