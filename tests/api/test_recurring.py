"""Bills and incomes that recur, what is due, and what stands out, over the API."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.period import shift_month
from tests.support.cases import each_case
from tests.support.detection import book, today_of

URL = "/api/v1/recurring"


def add(person, **more):
    sent = {"payee": "Rent", "kind": "bill", "amount": "800", "cadence": "monthly", "starts_on": "2026-01-31"} | more
    return person.api("POST", URL, json=sent)


def test_a_bill_is_added_read_changed_paused_and_deleted(alice):
    answer = add(alice, amount_max=850)
    made = answer.json()

    assert answer.status_code == 201
    assert made["payee"]["name"] == "Rent"
    assert (made["amount"], made["amount_max"], made["currency"]) == ("800.00", "850.00", "EUR")
    assert (made["interval"], made["notice_days"], made["state"]) == (1, 3, "active")
    path = f"{URL}/{made['id']}"
    assert alice.api("GET", f"{path}/").json() == made
    assert [each["id"] for each in alice.api("GET", URL).json()["recurring"]] == [made["id"]]
    changed = alice.api("PATCH", path, json={"amount": 810.5, "ends_on": None}).json()
    assert (changed["amount"], changed["amount_max"]) == ("810.50", "850.00")
    assert alice.api("POST", f"{path}/pause").json()["state"] == "paused"
    assert alice.api("POST", f"{path}/pause").json()["next_due"] is None
    assert alice.api("POST", f"{path}/resume").json()["state"] == "active"
    assert alice.api("DELETE", path).status_code == 204
    assert alice.api("GET", path).status_code == 404


@each_case(
    ("sent", "field", "words"),
    [
        ({"amount": "-3"}, "amount", "above zero"),
        ({"amount": "1.234"}, "amount", "EUR has 2 decimals"),
        ({"amount": True}, "amount", "amount"),
        ({"amount_max": "1"}, "amount_max", "less than"),
        ({"currency": "XXQ"}, "currency", "is not a currency"),
        ({"cadence": "daily"}, "cadence", "Choose one of"),
        ({"interval": 0}, "interval", "at least 1"),
        ({"payee": ""}, "payee", "This field is required."),
        ({"payee": "a\x00"}, "payee", "can’t be stored"),
        ({"category": 999999}, "category", "one of your categories"),
        ({"category": "No such"}, "category", "one of your categories"),
        ({"account": 999999}, "account", "one of your accounts"),
        ({"count": 0}, "count", "at least 1"),
        ({"colour": 1}, "colour", "no such field"),
    ],
)
def test_bad_input_is_said_at_its_field(alice, sent, field, words):
    answer = add(alice, **sent)

    assert answer.status_code == 400, answer.text
    assert [each["field"] for each in answer.json()["errors"]] == [field]
    assert words in answer.json()["errors"][0]["message"]


@pytest.mark.usefixtures("mid_month")
def test_upcoming_bills_are_due_overdue_and_paid(alice):
    today = today_of(alice)
    rent = add(alice, starts_on=shift_month(today, -1).isoformat()).json()
    add(alice, payee="Salary", kind="income", amount="2500", starts_on=today.isoformat())

    bills = alice.api("GET", "/api/v1/bills/upcoming?days=20").json()["bills"]
    assert [(each["recurring"], each["due_on"], each["status"]) for each in bills] == [
        (rent["id"], shift_month(today, -1).isoformat(), "overdue"),
        (rent["id"], today.isoformat(), "due"),
    ]
    ids = book(alice, (today - timedelta(days=1), "Rent", "-805"))
    bills = alice.api("GET", "/api/v1/bills/upcoming?days=20").json()["bills"]
    assert [(each["status"], each["transaction"]) for each in bills] == [("overdue", None), ("paid", ids[0])]
    paid = alice.api("POST", f"/api/v1/bills/{bills[0]['id']}/paid").json()
    assert (paid["status"], paid["transaction"]) == ("paid", None)
    assert alice.api("POST", f"/api/v1/bills/{bills[0]['id']}/paid").status_code == 409
    assert alice.api("GET", "/api/v1/bills/upcoming?days=0").status_code == 400


def test_what_recurs_and_what_stands_out_is_told(alice, risen):
    recurring = {each["payee"]: each for each in alice.api("GET", "/api/v1/insights/recurring").json()["recurring"]}
    stream = recurring["Streambox"]
    assert (stream["cadence"], stream["amount_low"], stream["state"], stream["active"]) == (
        "monthly",
        "17.99",
        "new",
        True,
    )
    assert stream["price_change"]["before"] == "13.99"

    anomalies = alice.api("GET", "/api/v1/insights/anomalies").json()["anomalies"]
    assert [(each["kind"], each["amount"], each["transaction"]) for each in anomalies] == [
        ("price_rise", "17.99", risen[-1])
    ]
    assert anomalies[0]["expected"] == {"low": "13.99", "high": "13.99"}
    assert set(anomalies[0]["comparable"]) <= set(risen)
    assert "Streambox" in alice.get("/transactions?anomalies=yes").text
    assert "Streambox charged €17.99. Usually €13.99." in alice.get(f"/transactions/{risen[-1]}").text


def test_an_amount_is_scored_by_the_books_past(alice):
    today = today_of(alice)
    book(alice, *[(today - timedelta(days=3 * at + 2), "Grünmarkt", f"-{40 + at % 7}.10") for at in range(40)])

    usual = alice.api("POST", "/api/v1/transactions/score", json={"category": "Groceries", "amount": 43})
    wild = alice.api(
        "POST", "/api/v1/transactions/score", json={"category": "Groceries", "amount": "900.00", "payee": "Grünmarkt"}
    ).json()
    assert usual.status_code == 200, usual.text
    assert usual.json()["is_anomaly"] is False
    assert wild["is_anomaly"] is True
    assert wild["score"] > usual.json()["score"]
    assert float(wild["expected"]["high"]) < 900
    assert [each["kind"] for each in wild["reasons"]] == ["amount_high"]


@each_case(
    ("sent", "field"),
    [
        ({"amount": "3"}, "category"),
        ({"category": "Groceries"}, "amount"),
        ({"category": "Groceries", "amount": "-3"}, "amount"),
        ({"category": "No such", "amount": "3"}, "category"),
        ({"category": "Groceries", "amount": "3", "booked_on": "soon"}, "booked_on"),
        ({"category": "", "amount": "3"}, "category"),
    ],
)
def test_a_score_needs_a_category_and_an_amount(alice, sent, field):
    answer = alice.api("POST", "/api/v1/transactions/score", json=sent)

    assert answer.status_code == 400, answer.text
    assert [each["field"] for each in answer.json()["errors"]] == [field]


def test_budgets_are_proposed_from_the_months_so_far(alice):
    today = today_of(alice)

    async def file(services):
        groceries = (await services.categories.by_key())["groceries"].id
        salary = (await services.categories.by_key())["salary"].id
        for row in (await services.transaction_list.page(Filter())).lines:
            await services.transactions.recategorise(row.id, salary if row.minor > 0 else groceries)

    from app.services.transaction_list import Filter

    for ago in range(1, 7):
        day = shift_month(today, -ago).replace(day=10)
        book(alice, (day, "Grünmarkt", "-300"), (day, "ACME", "2000"))
    alice.work(file)
    body = alice.api("GET", "/api/v1/budgets/suggestions").json()

    assert body["currency"] == "EUR"
    groceries = next(each for each in body["suggestions"] if each["category"]["name"] == "Groceries")
    assert 270 <= float(groceries["amount"]) <= 360
    assert float(groceries["low"]) <= float(groceries["amount"]) <= float(groceries["high"])
    assert "300" in groceries["reason"]

    health = {each["name"]: each for each in alice.api("GET", "/api/v1/insights/health").json()["figures"]}
    assert health["savings_rate"]["value"] == 0.85  # (2000 - 300) / 2000
    # six months' 1,700 on the cash account, at 300 a month
    assert health["months_of_reserve"]["value"] == 34.0
    assert health["debt_to_income"]["value"] == 0
    assert all(each["formula"] for each in health.values())


def test_without_a_past_health_is_not_known(alice):
    figures = alice.api("GET", "/api/v1/insights/health").json()["figures"]

    assert [each["value"] for each in figures] == [None, None, None, None]
    assert alice.api("GET", "/api/v1/budgets/suggestions").status_code == 200


def test_it_is_all_private(alice, bob, risen):
    made = add(alice).json()

    assert bob.api("GET", f"{URL}/{made['id']}").status_code == 404
    assert bob.api("PATCH", f"{URL}/{made['id']}", json={"amount": "1"}).status_code == 404
    assert bob.api("POST", f"{URL}/{made['id']}/pause").status_code == 404
    assert bob.api("GET", URL).json()["recurring"] == []
    assert bob.api("GET", "/api/v1/bills/upcoming").json() == {"bills": []}
    assert bob.api("GET", "/api/v1/insights/anomalies").json() == {"anomalies": []}
    assert bob.api("GET", "/api/v1/insights/recurring").json() == {"recurring": []}
