"""The category of a statement line."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta

import pytest

from app.ml.categoriser import Because, Categoriser, Guess, Learned, Memory, Outcome, Row, decide
from tests.support.cases import each_case

DAY = date(2026, 3, 2)


def row(text: str, amount: float = -12.5, day: date = DAY) -> Row:
    return Row(text, amount, day)


@pytest.fixture(scope="module")
def categoriser() -> Categoriser:
    return Categoriser.load()


@each_case(
    ("text", "key"),
    [
        ("LIDL GB LONDON 2231", "groceries"),
        ("SQ *BLUE DOOR COFFEE", "coffee"),
        ("CARTE 12/03 CARREFOUR CITY PARIS", "groceries"),
        ("Kartenzahlung REWE Markt 4711", "groceries"),
        ("COMPRA TARJETA MERCADONA VALENCIA", "groceries"),
    ],
)
def test_a_new_user_gets_sensible_guesses_in_four_languages(categoriser: Categoriser, text: str, key: str) -> None:
    assert categoriser.predict(Memory(), row(text))[0].label == key


def test_money_back_from_a_shop_is_a_refund_and_money_from_a_stranger_is_not_filed(categoriser: Categoriser) -> None:
    assert categoriser.predict(Memory(), row("AMAZON.CO.UK REFUND", 20.0))[0].label == "refunds"
    assert decide(categoriser.predict(Memory(), row("JOHN SMITH", 50.0))) is not Outcome.FILE


def test_three_guesses_come_with_falling_probabilities(categoriser: Categoriser) -> None:
    chances = [guess.probability for guess in categoriser.predict(Memory(), row("costa coffee"))]
    assert len(chances) == 3
    assert chances == sorted(chances, reverse=True)
    assert 0 < sum(chances) <= 1.000001


def test_what_the_user_filed_beats_what_the_shop_usually_is(categoriser: Categoriser) -> None:
    memory = Memory()
    for week in range(6):
        memory.learn(row("Lidl 44", -20 - week, DAY + timedelta(weeks=week)), "household")
    best = categoriser.predict(memory, row("LIDL 2231", -18))[0]
    assert (best.label, best.reason.kind, best.reason.count) == ("household", "payee", 6)
    assert best.reason.sentence == "you chose this for Lidl 6 times"


def test_a_category_of_the_users_own_is_learned_from_one_row(categoriser: Categoriser) -> None:
    memory = Memory()
    memory.learn(row("ACME ROBOTICS CLUB"), "robots")
    assert categoriser.predict(memory, row("ACME ROBOTICS CLUB"))[0].label == "robots"


def test_forgetting_leaves_nothing_behind(categoriser: Categoriser) -> None:
    memory, line = Memory(), row("ACME ROBOTICS CLUB")
    before = categoriser.predict(memory, line)
    memory.learn(line, "robots")
    memory.forget(line, "robots")
    assert categoriser.predict(memory, line) == before


def test_the_newest_filings_of_a_payee_count_most(categoriser: Categoriser) -> None:
    memory = Memory()
    for month in range(4):
        memory.learn(row("CORNER SHOP", day=DAY + timedelta(days=30 * month)), "shopping")
    for month in range(4):
        memory.learn(row("CORNER SHOP", day=DAY + timedelta(days=900 + 30 * month)), "groceries")
    assert categoriser.predict(memory, row("CORNER SHOP"))[0].label == "groceries"


def test_a_memory_from_counts_answers_like_one_learned_row_by_row(categoriser: Categoriser) -> None:
    by_row = Memory()
    for _ in range(5):
        by_row.learn(row("LIDL"), "household")
    counted = Memory.from_counts([Learned("LIDL", "household", 5, DAY, -12.5)])
    one, other = (categoriser.predict(memory, row("LIDL"))[0] for memory in (by_row, counted))
    assert (one.label, one.reason) == (other.label, other.reason)


def test_only_labels_the_user_has_are_guessed(categoriser: Categoriser) -> None:
    memory = Memory(allowed=frozenset({"dining_out", "fuel"}))
    assert {guess.label for guess in categoriser.predict(memory, row("LIDL"))} == {"dining_out", "fuel"}


@each_case("text", ["", "   ", "12345", "💶💶", "x" * 10_000, "日本語 カフェ", "\x00\n"])
def test_any_text_gets_an_answer(categoriser: Categoriser, text: str) -> None:
    for amount in (-1e12, 0.0, 1e12):
        assert categoriser.predict(Memory(), row(text, amount))


def test_a_list_is_answered_like_its_rows_one_by_one(categoriser: Categoriser) -> None:
    rows = [row("LIDL"), row("costa coffee"), row("LIDL"), row("LIDL", 40)]
    assert categoriser.predict_many(Memory(), rows) == [categoriser.predict(Memory(), each) for each in rows]


def test_sure_rows_are_filed_likely_ones_suggested_and_others_asked_about() -> None:
    def at(probability: float) -> Outcome:
        return decide([Guess("fuel", probability, Because("general"))])

    assert [at(0.99), at(0.6), at(0.1), decide([])] == [
        Outcome.FILE,
        Outcome.SUGGEST,
        Outcome.ASK,
        Outcome.ASK,
    ]


def test_importing_the_door_loads_no_heavy_library() -> None:
    script = (
        "import sys, app.ml.categoriser;"
        "print([name for name in ('numpy', 'sklearn', 'scipy', 'pandas', 'prophet') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
