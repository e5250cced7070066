"""The list of transactions as a page."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from app.schemas.transactions import TransactionIn
from tests.support.cases import each_case

pytestmark = pytest.mark.postgresql_too

DAY = date(2026, 3, 14)


def fill(person: Any, count: int = 3) -> list[int]:
    async def add(services: Any) -> list[int]:
        rows = [
            await services.transactions.add(
                TransactionIn(booked_on=DAY - timedelta(at // 2), payee=f"Shop {at}", amount=f"-{at + 1}.00")
            )
            for at in range(count)
        ]
        return [row.id for row in rows]

    return person.work(add)


def test_an_empty_book_says_what_to_do(alice: Any) -> None:
    answer = alice.get("/transactions")
    assert answer.status_code == 200
    assert "No transactions yet" in answer.text


def test_rows_are_grouped_by_day(alice: Any) -> None:
    fill(alice)
    text = alice.get("/transactions").text
    assert text.index("Shop 1") < text.index("Shop 0") < text.index("Shop 2")
    assert text.count("<h2 class=") >= 2


def test_htmx_gets_the_results_and_a_clean_address(alice: Any) -> None:
    fill(alice)
    answer = alice.htmx("get", "/transactions?search=1.00&category=&since=&sort=date")
    assert answer.headers["hx-push-url"] == "/transactions?search=1.00"
    assert "Shop 0" in answer.text
    assert "Shop 1" not in answer.text
    assert "<html" not in answer.text


def test_further_rows_do_not_repeat_their_day(alice: Any) -> None:
    fill(alice, 60)
    first = alice.get("/transactions").text
    more = first.split('hx-get="/transactions?after=')[1].split('"')[0]
    rest = alice.htmx("get", f"/transactions?after={more}")
    assert rest.text.count("data-row") == 10
    assert "Show more" not in rest.text


@each_case(
    "query",
    [
        "since=2026-02-31", "account=abc", "min_amount=lots", "status=x&sort=up", "search=%00", "search=%ED%A0%80",
        "after=rubbish", "category=99999999999999999999", "tag=%F0%9F%98%80", "sort=", "page=-1", "payee=%25",
    ],
)  # fmt: skip
def test_rubbish_in_the_address_is_no_error(alice: Any, query: str) -> None:
    assert alice.get(f"/transactions?{query}").status_code == 200
    assert alice.htmx("get", f"/transactions?{query}").status_code == 200


def test_what_is_wrong_with_a_filter_is_said(alice: Any) -> None:
    assert "“2026-02-31” is not a date." in alice.get("/transactions?since=2026-02-31").text


def test_a_filter_is_kept_and_dropped(alice: Any) -> None:
    kept = alice.post("/transactions/filters", {"name": "Big ones", "query": "min_amount=100"})
    assert kept.headers["location"] == "/transactions?min_amount=100"
    text = alice.get("/transactions").text
    assert "Big ones" in text
    path = text.split('action="/transactions/filters/')[1].split('"')[0]
    assert alice.post(f"/transactions/filters/{path}").status_code == 303
    assert "Big ones" not in alice.get("/transactions").text


def test_a_saved_filter_is_private(alice: Any, bob: Any) -> None:
    alice.post("/transactions/filters", {"name": "Big ones", "query": "min_amount=100"})
    path = alice.get("/transactions").text.split('action="/transactions/filters/')[1].split('"')[0]
    assert bob.post(f"/transactions/filters/{path}").status_code == 404


def test_names_are_escaped(alice: Any) -> None:
    alice.work(lambda services: services.transactions.add(TransactionIn(payee="<b>x</b>", amount="-1", memo="<i>")))
    text = alice.get("/transactions").text
    assert "<b>x</b>" not in text
    assert "&lt;b&gt;x&lt;/b&gt;" in text


def test_strangers_are_sent_to_sign_in(stranger: Any) -> None:
    assert stranger.get("/transactions").headers["location"] == "/login?next=/transactions"
