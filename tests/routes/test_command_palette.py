"""Type a few letters, and go there."""

from __future__ import annotations

from tests.support.cases import each_case
from tests.support.entries import account, enter


def found(person, text):
    return person.htmx("get", f"/palette?q={text}").text


def test_without_a_word_it_offers_where_to_go(alice):
    assert "Overview" in found(alice, "")


def test_it_finds_pages_actions_and_things_of_the_book(alice, subtests):
    account(alice, "Holiday fund")
    enter(alice, "2026-03-05", "-12.34", "groceries", payee="Grünmarkt")

    for text, expected in {
        "acti": 'data-href="/activity"',
        "import": 'data-href="/imports"',
        "theme": 'data-run="saldo:theme"',
        "groc": "Groceries",
        "holid": "Holiday fund",
        "grun": "Grünmarkt",
        "12.34": "€12.34",
    }.items():
        with subtests.test(text):
            assert expected in found(alice, text)


def test_a_sentence_becomes_an_entry_to_add(alice):
    answer = found(alice, "coffee 4.20")

    assert 'data-fill="coffee 4.20"' in answer
    assert "€4.20" in answer


@each_case("text", ["%25", "_", "%00", "%F0%9F%92%A9", "'\"><script>", "a" * 500])
def test_any_text_is_answered(alice, text):
    answer = alice.htmx("get", f"/palette?q={text}")

    assert answer.status_code == 200
    assert "<script>" not in answer.text


def test_nothing_of_another_book_is_found(alice, bob):
    enter(alice, "2026-03-05", "-12.34", "groceries", payee="Zanzibar")

    assert "No matches" in found(bob, "zanzibar")
