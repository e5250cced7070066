"""The first page."""

from __future__ import annotations

import re

import pytest

from app.models import CategorisedBy
from tests.support.cases import each_case
from tests.support.entries import account, cash, category, enter, findings

pytestmark = pytest.mark.postgresql_too


def test_a_stranger_is_sent_to_sign_in(stranger):
    answer = stranger.get("/")

    assert (answer.status_code, answer.headers["location"]) == (303, "/login")


def test_a_new_book_says_how_to_begin(alice):
    page = alice.get("/").text

    assert "Try sample data" in page
    assert "Add an account" in page
    assert "Review all" not in page


def test_the_checklist_ticks_off_and_leaves_when_all_is_done(alice):
    def steps():
        page = alice.get("/").text
        return re.search(r"(\d) of (\d) done", page).groups() if "Set up Saldo" in page else None

    assert steps() == ("0", "3")
    account(alice, "Checking account")
    assert steps() == ("1", "3")
    loose = enter(alice, "2026-03-05", "-1.00")
    assert steps() == ("1", "3")  # one is still to be categorized
    for _row in range(9):
        enter(alice, "2026-03-05", "-30.00", "groceries")
    assert steps() == ("2", "3")
    alice.htmx("post", f"/inbox/{loose}/file", data={"category": str(category(alice, "groceries"))})
    assert steps() is None


def test_one_entry_makes_it_an_overview(alice):
    enter(alice, "2026-03-05", "-30.00", "groceries", payee="Grünmarkt")

    page = alice.get("/?month=2026-03").text

    assert "March 2026" in page
    assert "Grünmarkt" in page
    assert "€30.00" in page
    assert "Try sample data" not in page


@each_case("month", ["2026-13", "rubbish", "0000-01", "9999-12", "2026-03-01", "%00", "2026-3", "١٢"])
def test_rubbish_for_a_month_shows_the_running_one(alice, month):
    enter(alice, "2026-03-05", "-30.00", "groceries")

    answer = alice.get(f"/?month={month}")

    assert answer.status_code == 200
    assert "Available balance" in answer.text


def test_htmx_gets_the_cards_and_the_period(alice):
    enter(alice, "2026-03-05", "-30.00", "groceries")

    part = alice.htmx("get", "/?month=2026-03").text

    assert "<html" not in part
    assert 'id="overview"' in part
    assert 'hx-target="#period"' in part


def test_sample_data_comes_and_goes_with_a_button(alice):
    assert alice.post("/sample-data").status_code == 303
    page = alice.get("/").text
    assert "This is sample data." in page
    assert "Joint account" in page

    assert alice.post("/sample-data/remove").status_code == 303
    assert "Try sample data" in alice.get("/").text
    assert findings(alice) == []


def test_a_button_of_the_inbox_files_in_place(alice):
    row = enter(alice, "2026-03-05", "-12.00", payee="Kiosk")

    answer = alice.htmx("post", f"/inbox/{row}/file", data={"category": str(category(alice, "coffee"))})

    assert answer.status_code == 200
    assert answer.headers["hx-trigger"] == "saldo:changed"
    assert "Coffee and snacks" in answer.text
    assert "/undo" in answer.text
    assert "Which category" not in alice.get("/?month=2026-03").text


def test_an_answer_that_is_none_is_refused(alice):
    row = enter(alice, "2026-03-05", "-12.00", payee="Kiosk")

    assert alice.htmx("post", f"/inbox/{row}/file", data={"category": "x"}).status_code == 422
    assert alice.htmx("post", f"/inbox/{row}/file", data={"category": "999999"}).status_code in (404, 422)


def test_the_inbox_is_private(alice, bob):
    row = enter(alice, "2026-03-05", "-12.00", payee="Kiosk")

    answer = bob.htmx("post", f"/inbox/{row}/file", data={"category": str(category(bob, "coffee"))})

    assert answer.status_code == 404


def test_two_lines_are_linked_as_a_transfer(alice):
    out = enter(alice, "2026-03-05", "-120.00")
    into = enter(alice, "2026-03-06", "120.00", account=account(alice, "Savings"))

    assert "Transfer from Cash to Savings?" in alice.get("/").text
    answer = alice.htmx("post", "/inbox/transfer", data={"source": str(out), "target": str(into)})

    assert answer.status_code == 200
    assert "Transfer from Cash" not in alice.get("/").text
    assert findings(alice) == []


def test_two_entries_that_are_no_transfer_are_not_asked_about_again(alice):
    out = enter(alice, "2026-03-05", "-120.00")
    savings = account(alice, "Savings")
    into = enter(alice, "2026-03-06", "120.00", account=savings)
    question = "Transfer from Cash to Savings?"
    assert "Keep separate" in alice.get("/inbox").text

    said = {"source": str(out), "target": str(into), "answer": "apart"}
    answer = alice.htmx("post", "/inbox/transfer", data=said)
    assert "Kept as two transactions" in answer.text
    assert alice.post("/inbox/transfer", said).status_code == 303  # a second click says the same
    for page in ("/", "/inbox"):
        assert question not in alice.get(page).text
    assert "Which category" in alice.get("/inbox").text

    other = enter(alice, "2026-03-07", "120.00", account=savings)  # this one may be the other side
    assert question in alice.get("/inbox").text
    assert alice.post("/inbox/transfer", {**said, "target": str(other)}).status_code == 303
    assert question not in alice.get("/inbox").text

    undo = re.search(r"/activity/\d+/undo", answer.text)[0]
    assert alice.post(undo).status_code == 303
    assert question in alice.get("/inbox").text
    assert findings(alice) == []


def test_pairs_that_are_kept_apart_are_ones_own(alice, bob):
    out = enter(alice, "2026-03-05", "-120.00")
    into = enter(alice, "2026-03-06", "120.00", account=account(alice, "Savings"))
    said = {"source": str(out), "target": str(into), "answer": "apart"}
    assert bob.htmx("post", "/inbox/transfer", data=said).status_code == 404


def test_a_payee_with_markup_is_text(alice):
    enter(alice, "2026-03-05", "-12.00", payee="<b>Bold</b>", account=cash(alice))

    assert "<b>Bold</b>" not in alice.get("/?month=2026-03").text


def test_the_report_shows_the_month(alice):
    enter(alice, "2026-02-05", "-20.00", "groceries")
    enter(alice, "2026-03-05", "-30.00", "groceries")

    page = alice.get("/reports?month=2026-03").text

    assert "Report for March 2026" in page
    assert "€30.00" in page
    assert "€20.00" in page
    assert "+€10" in page


def test_the_report_of_an_empty_month_says_so(alice):
    answer = alice.get("/reports?month=2020-01")

    assert answer.status_code == 200
    assert "No transactions in January 2020" in answer.text
    assert "No report yet" in alice.get("/reports").text


def test_the_inbox_has_a_page_of_its_own_with_every_question(alice):
    assert "All clear" in alice.get("/inbox").text
    for number in range(5):
        enter(alice, "2026-03-05", "-6.40", payee=f"Kiosk {number}")

    shown = alice.get("/inbox").text
    assert all(f"“Kiosk {number}”" in shown for number in range(5))
    assert "<html" in shown
    assert "Review all" in alice.get("/").text


def test_transactions_of_one_payee_are_one_question_with_one_undo(alice):
    rows = [enter(alice, f"2026-03-{day:02}", "-6.40", payee="Kiosk") for day in (3, 4, 5)]
    enter(alice, "2026-03-02", "6.40", payee="Kiosk")  # a refund is another question
    page = alice.get("/inbox").text
    assert "3 transactions from “Kiosk”: which category?" in page
    assert ">2<" in alice.get("/inbox/count").text  # questions, not transactions
    lead, others = re.search(r'action="/inbox/(\d+)/file".*?name="others" value="([\d,]+)"', page, re.DOTALL).groups()
    assert {int(each) for each in (lead, *others.split(","))} == set(rows)

    coffee = {"category": str(category(alice, "coffee"))}
    answer = alice.htmx("post", f"/inbox/{lead}/file", data={**coffee, "others": others})

    assert "Categorized 3 transactions as Coffee and snacks" in answer.text
    assert "3 transactions from" not in alice.get("/inbox").text
    assert alice.post(re.search(r"/activity/\d+/undo", answer.text)[0]).status_code == 303
    assert "3 transactions from “Kiosk”" in alice.get("/inbox").text
    assert findings(alice) == []


def test_an_answer_is_for_the_transactions_that_were_shown(alice):
    """Also if a job categorized one of them and a new one arrived since. What the user categorized since stays."""
    by_job, by_user, shown = (enter(alice, f"2026-03-{day:02}", "-6.40", payee="Kiosk") for day in (3, 4, 5))
    coffee, groceries, travel = (category(alice, key) for key in ("coffee", "groceries", "travel"))

    async def run_job(services):
        rows = await services.ledger.read_rows([by_job])
        await services.ledger.update_many(rows, {"category_id": groceries, "categorised_by": CategorisedBy.MODEL})

    alice.work(run_job)
    alice.work(lambda services: services.transactions.recategorise(by_user, travel))
    new = enter(alice, "2026-03-06", "-6.40", payee="Kiosk")
    data = {"category": str(coffee), "others": f"{by_user},{by_job}"}
    answer = alice.htmx("post", f"/inbox/{shown}/file", data=data)

    assert "Categorized 2 transactions" in answer.text
    found = alice.work(lambda services: services.transaction_list.lines([by_job, by_user, shown, new]))
    now = {each.id: each.category.id if each.category else None for each in found}
    assert now == {by_job: coffee, by_user: travel, shown: coffee, new: None}
    assert "Already categorized" in alice.htmx("post", f"/inbox/{shown}/file", data=data).text


def test_suggestions_appear_once_and_stay(alice):
    """Overview shows none until they are known. An answer leaves the other questions on the page as they are."""
    enter(alice, "2026-03-05", "-6.40", payee="Kiosk")

    assert 'name="category"' not in alice.get("/").text
    for path in ("/inbox/card", "/inbox"):
        page = alice.get(path).text
        assert 'name="category"' in page
        assert re.search(r'id="uncategorized-\d+" hx-morph-skip', page)


def test_the_inbox_page_looks_again_without_its_frame(alice):
    enter(alice, "2026-03-05", "-6.40", payee="Kiosk")

    part = alice.htmx("get", "/inbox", headers={"HX-Request-Type": "partial"}).text
    assert "“Kiosk”" in part
    assert "<html" not in part
