"""The categories a new book starts with."""

from __future__ import annotations

import pytest

from app.domain.categories import COLOURS, KEYS, KIND_OF, LANGUAGES, defaults


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_category_once_with_its_own_name(language: str) -> None:
    categories = [category for group in defaults(language) for category in group.categories]
    assert tuple(category.key for category in categories) == KEYS
    assert len({category.name for category in categories}) == len(KEYS)
    assert all(1 <= category.colour <= COLOURS and category.icon for category in categories)


def test_income_and_spending_are_never_in_one_group() -> None:
    for group in defaults("en"):
        assert {KIND_OF[category.key] for category in group.categories} == {group.kind}


def test_a_region_reads_as_its_language_and_an_unknown_language_as_english() -> None:
    assert defaults("de-AT") == defaults("de")
    assert defaults("pt_BR") == defaults("en")
    assert defaults("fr")[0].name == "Quotidien"
