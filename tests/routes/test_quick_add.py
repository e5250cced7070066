"""Quick add: chips while typing, entries when sent."""

from __future__ import annotations

from typing import Any

import pytest

from app.models import Account, AccountKind, User
from app.services.transaction_list import Filter


@pytest.fixture
def alice(alice: Any) -> Any:
    """Alice reads plain English, which is written both ways."""

    async def choose(services: Any) -> None:
        (await services.session.get_one(User, services.member.user.id)).locale = "en"

    alice.work(choose)
    return alice


def booked(person: Any) -> list[Any]:
    return person.work(lambda services: services.transaction_list.page(Filter())).lines


def test_what_was_understood_is_shown_as_chips(alice: Any) -> None:
    text = alice.htmx("get", "/quick-add/parse?text=coffee+3.50+and+lunch+12").text
    assert "€3.50" in text
    assert "€12.00" in text
    assert booked(alice) == []


def test_all_entries_of_a_sentence_are_booked_as_one_change(alice: Any) -> None:
    answer = alice.htmx("post", "/quick-add", data={"text": "coffee 3.50 and lunch 12 yesterday"})
    assert answer.status_code == 200
    assert "saldo:added" in answer.headers["hx-trigger"]
    assert sorted(line.minor for line in booked(alice)) == [-1200, -350]
    change_set = int(answer.text.split('hx-post="/activity/')[1].split("/")[0])
    alice.work(lambda services: services.journal.undo(change_set))
    assert booked(alice) == []


def test_an_amount_with_two_readings_is_asked_about(alice: Any) -> None:
    answer = alice.htmx("post", "/quick-add", data={"text": "lidl 1,250"})
    assert answer.status_code == 422
    assert 'name="0.amount"' in answer.text
    assert booked(alice) == []
    alice.htmx("post", "/quick-add", data={"text": "lidl 1,250", "0.amount": "1.25"})
    assert [line.minor for line in booked(alice)] == [-125]


def test_a_day_with_two_readings_is_asked_about(alice: Any) -> None:
    assert 'name="0.date"' in alice.htmx("post", "/quick-add", data={"text": "5/6 lidl 20"}).text
    alice.htmx("post", "/quick-add", data={"text": "5/6 lidl 20", "0.date": "2026-05-06"})
    assert [str(line.booked_on) for line in booked(alice)] == ["2026-05-06"]


def test_money_between_own_accounts_is_a_transfer(alice: Any) -> None:
    async def open_savings(services: Any) -> None:
        row = Account(book_id=services.member.book.id, name="Savings", kind=AccountKind.SAVINGS, currency="EUR")
        services.session.add(row)

    alice.work(open_savings)
    assert alice.htmx("post", "/quick-add", data={"text": "moved 200 from cash to savings"}).status_code == 200
    assert sorted(line.minor for line in booked(alice)) == [-20000, 20000]


@pytest.mark.parametrize("text", ["how much did I spend on food?", "", "hello there my friend", "x\x00 5"])
def test_what_is_no_entry_books_nothing(alice: Any, text: str) -> None:
    answer = alice.htmx("post", "/quick-add", data={"text": text})
    assert answer.status_code == 422
    assert booked(alice) == []


def test_a_question_is_led_to_the_search(alice: Any) -> None:
    text = alice.htmx("get", "/quick-add/parse?text=how+much+did+I+spend").text
    assert "/transactions?search=how" in text


@pytest.mark.parametrize(
    "answers", [{"0.amount": "x"}, {"0.date": "2026-02-31"}, {"0.account": "99999"}, {"0.category": "99999"}]
)
def test_wrong_answers_are_no_error(alice: Any, answers: dict[str, str]) -> None:
    answer = alice.htmx("post", "/quick-add", data={"text": "lidl 20", **answers})
    assert answer.status_code in (200, 422)


def test_it_works_without_scripts(alice: Any) -> None:
    asked = alice.post("/quick-add", {"text": "lidl 1,250"})
    assert asked.status_code == 422
    assert "<html" in asked.text
    assert 'value="lidl 1,250"' in asked.text
    assert alice.post("/quick-add", {"text": "lidl 20"}).headers["location"].startswith("/transactions?done=")


def test_a_currency_without_an_official_rate_is_converted_approximately(alice: Any) -> None:
    answer = alice.htmx("post", "/quick-add", data={"text": "I spent 500 DZD at a coffee shop"})
    assert answer.status_code == 200
    (line,) = booked(alice)
    assert -400 < line.minor < -300
    assert (line.original_minor, line.original_currency, line.rate_source) == (-50000, "DZD", "approximate")
    assert "approximate rate" in alice.get("/transactions").text
    assert "approximate rate" in alice.get(f"/transactions/{line.id}").text


def test_cash_from_a_machine_is_a_transfer_to_cash(alice: Any) -> None:
    async def open_checking(services: Any) -> None:
        row = Account(book_id=services.member.book.id, name="Chase Checking", kind=AccountKind.CHECKING, currency="EUR")
        services.session.add(row)

    alice.work(open_checking)
    text = "took out 60 from chase checking at the cash machine"
    assert alice.htmx("post", "/quick-add", data={"text": text}).status_code == 200
    assert {line.account: line.minor for line in booked(alice)} == {"Chase Checking": -6000, "Cash": 6000}
