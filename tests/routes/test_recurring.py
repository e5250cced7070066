"""The page of bills and subscriptions: what was found is decided in place, rules are kept in a form."""

from __future__ import annotations

import pytest

from app.domain.period import shift_month
from tests.support.cases import each_case
from tests.support.detection import book, candidates, first, look, monthly, today_of

FORM = {
    "payee": "Linden Property",
    "kind": "bill",
    "amount": "1.225,50",
    "cadence": "monthly",
    "interval": "1",
    "starts_on": "2026-01-03",
}


def rules(person):
    async def work(services):
        return [
            (each.id, each.name, each.low.wire, each.state(services.today)) for each in await services.recurring.all()
        ]

    return person.work(work)


@pytest.fixture
def candidate(alice, run):
    book(alice, *monthly(today_of(alice), "Streambox", ["-13.99"] * 6))
    look(run)
    return first(alice)


def test_an_empty_page_says_what_it_is_for(alice):
    answer = alice.get("/recurring")

    assert answer.status_code == 200
    assert "No bills yet" in answer.text


def test_what_was_found_becomes_a_bill_in_one_click_and_back(alice, candidate):
    assert "Add bill" in alice.get("/recurring").text

    answer = alice.htmx("post", f"/recurring/candidates/{candidate}/accept")
    assert answer.status_code == 200
    assert "Added Streambox to bills" in answer.text
    assert "Add bill" not in answer.text
    assert "Due in the next 30 days" in answer.text

    undo = answer.text.partition('hx-post="/activity/')[2].partition('"')[0]
    assert alice.htmx("post", f"/activity/{undo}").status_code == 200
    assert "Add bill" in alice.get("/recurring").text


def test_all_that_was_found_is_taken_at_once(alice, run):
    today = today_of(alice)
    for payee in ("Streambox", "Gym", "Rent"):
        book(alice, *monthly(today, payee, ["-13.99"] * 5))
    look(run)

    assert alice.post("/recurring/candidates/accept").headers["location"].startswith("/recurring?done=")
    assert sorted(row[1] for row in rules(alice)) == ["Gym", "Rent", "Streambox"]


def test_what_is_not_recurring_goes(alice, candidate):
    answer = alice.htmx("post", f"/recurring/candidates/{candidate}/dismiss")

    assert "Suggested" not in answer.text
    assert alice.work(candidates)[0][3] == "dismissed"


def test_a_bill_is_written_down_changed_paused_and_deleted(alice):
    answer = alice.htmx("post", "/recurring", data=FORM)
    assert answer.status_code == 200, answer.text
    rule_id = rules(alice)[0][0]
    assert rules(alice) == [(rule_id, "Linden Property", "1225.50", "active")]

    form = alice.get(f"/recurring/{rule_id}/edit").text
    assert 'value="1225.50"' in form
    alice.htmx("post", f"/recurring/{rule_id}", data=FORM | {"amount": "1300", "amount_max": "1400"})
    assert rules(alice)[0][2] == "1300.00"
    for verb, state in (("pause", "paused"), ("resume", "active"), ("end", "ended")):
        assert alice.htmx("post", f"/recurring/{rule_id}/{verb}").status_code == 200
        assert rules(alice)[0][3] == state
    assert alice.htmx("post", f"/recurring/{rule_id}/delete").status_code == 200
    assert rules(alice) == []


@each_case(
    ("sent", "words"),
    [
        ({"payee": " "}, "This field is required."),
        ({"amount": ""}, "This field is required."),
        ({"amount": "lots"}, "is not an amount"),
        ({"amount": "0"}, "above zero"),
        ({"amount_max": "3"}, "less than the amount"),
        ({"cadence": "daily"}, "Choose one of"),
        ({"interval": "0"}, "at least 1"),
        ({"interval": "x"}, "whole number"),
        ({"starts_on": "soon"}, "not a date"),
        ({"ends_on": "2025-01-01"}, "end can’t be before"),
        ({"account": "999999"}, "one of your accounts"),
        ({"category": "999999"}, "one of your categories"),
    ],
)
def test_what_is_wrong_is_said_in_the_form(alice, sent, words):
    for answer in (alice.htmx("post", "/recurring", data=FORM | sent), alice.post("/recurring", data=FORM | sent)):
        assert answer.status_code == 422
        assert words in answer.text


@pytest.mark.usefixtures("mid_month")
def test_a_bill_is_marked_paid(alice):
    today = today_of(alice)
    alice.htmx("post", "/recurring", data=FORM | {"starts_on": shift_month(today, -1).isoformat()})

    async def bills(services):
        return [(each.id, each.due_on, each.status) for each in await services.recurring.upcoming(40)]

    late, due = alice.work(bills)[:2]
    assert (late[2], due[1:]) == ("overdue", (today, "due"))
    answer = alice.htmx("post", f"/recurring/bills/{due[0]}/paid")
    assert "Marked Linden Property as paid" in answer.text
    assert (due[0], today, "paid") in alice.work(bills)
    assert alice.htmx("post", f"/recurring/bills/{due[0]}/paid").status_code == 409


@pytest.mark.parametrize("path", ["/recurring/{rule}/edit"])
def test_a_rule_is_private(alice, bob, candidate, path):
    alice.htmx("post", "/recurring", data=FORM)
    rule_id = rules(alice)[0][0]

    assert bob.get(path.format(rule=rule_id)).status_code == 404
    assert bob.htmx("post", f"/recurring/{rule_id}", data=FORM).status_code == 404
    for verb in ("pause", "resume", "end", "delete", "price"):
        assert bob.htmx("post", f"/recurring/{rule_id}/{verb}").status_code == 404
    for verb in ("accept", "dismiss"):
        assert bob.htmx("post", f"/recurring/candidates/{candidate}/{verb}").status_code == 404
    assert bob.htmx("post", f"/recurring/bills/{rule_id * 100_000 + 20456}/paid").status_code == 404
    assert "Linden Property" not in bob.get("/recurring").text
    assert rules(alice)[0][3] == "active"


@pytest.mark.parametrize(
    "path", ["/recurring/1/eat", "/recurring/candidates/1/eat", "/recurring/bills/99999999999999999/paid"]
)
def test_nonsense_is_not_found(alice, path):
    assert alice.htmx("post", path).status_code == 404
