"""Training the categoriser on any labels."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest

from app.domain.categories import KEYS
from app.ml.categoriser import Categoriser, Memory, Row
from app.ml.training import categories

SHARED = Path(__file__).parents[3] / "shared" / "data"
DAY = date(2026, 1, 5)
LINES = {
    "post": ["royal mail shop", "post office counter", "stamps direct"],
    "tools": ["screwfix leeds", "toolstation york", "machine mart"],
    "books": ["waterstones bath", "the book people", "blackwells books"],
}


def rows() -> list[Row]:
    return [
        Row(f"{text} {week}", -5.0 - week, DAY + timedelta(weeks=week), label)
        for label, texts in LINES.items()
        for text in texts
        for week in range(6)
    ]


@pytest.fixture(scope="module")
def fitted() -> Categoriser:
    return Categoriser().fit(rows())


def test_fit_learns_whatever_labels_the_rows_have(fitted: Categoriser) -> None:
    for text, label in (("royal mail 77", "post"), ("TOOLSTATION HULL", "tools"), ("waterstones", "books")):
        guesses = fitted.predict(Memory(), Row(text, -9.0, DAY))
        assert guesses[0].label == label
        assert {guess.label for guess in guesses} == set(LINES)


def test_training_twice_gives_the_same_answers(fitted: Categoriser) -> None:
    asked = [Row(text, -7.0, DAY) for texts in LINES.values() for text in texts]
    again = Categoriser().fit(rows())
    assert again.predict_many(Memory(), asked) == fitted.predict_many(Memory(), asked)


def test_the_synthetic_lines_know_every_category() -> None:
    made = categories.synthetic(copies=1)
    assert {row.label for row in made} == set(KEYS)
    assert made == categories.synthetic(copies=1)


@pytest.mark.skipif(not SHARED.exists(), reason="the public card lines are not beside the repository")
def test_corrections_help_on_real_card_lines() -> None:
    used = categories.frequent(categories.cards(SHARED))
    longest = sorted(used, key=lambda user: -len(used[user]))[:7]
    asked, train = longest[:4], longest[4:]
    categoriser = Categoriser().fit([row for user in train for row in used[user][:60]])
    right: dict[int, int] = defaultdict(int)
    for user in asked:
        for taught in (0, 200):
            memory = Memory()
            for row in used[user][:taught]:
                memory.learn(row, str(row.label))
            later = used[user][200:260]
            guessed = categoriser.predict_many(memory, later)
            right[taught] += sum(g[0].label == row.label for g, row in zip(guessed, later, strict=True))
    assert right[200] > right[0]
