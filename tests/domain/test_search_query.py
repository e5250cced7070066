"""Searches taken apart: words, amounts, dates."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.search_query import SearchQuery, parse
from tests.support.cases import each_case

MARCH = {"since": date(2026, 3, 1), "until": date(2026, 3, 31)}
SECOND = {"since": date(2026, 3, 2), "until": date(2026, 3, 2)}


@each_case(
    ("text", "expected"),
    [
        ("Café Zoë", SearchQuery(words=("cafe", "zoe"))),
        ("12,50", SearchQuery(words=("12.50",))),
        (">100", SearchQuery(min_amount="100", is_min_open=True)),
        ("> 100", SearchQuery(min_amount="100", is_min_open=True)),
        (">=100", SearchQuery(min_amount="100")),
        ("<20,5 rewe", SearchQuery(words=("rewe",), max_amount="20.5", is_max_open=True)),
        ("=12.50", SearchQuery(min_amount="12.50", max_amount="12.50")),
        ("50..10", SearchQuery(min_amount="10", max_amount="50")),
        (">10 <20", SearchQuery(min_amount="10", is_min_open=True, max_amount="20", is_max_open=True)),
        ("rent 2026-03", SearchQuery(words=("rent",), **MARCH)),
        ("2026-03-02", SearchQuery(**SECOND)),
        ("März 2026", SearchQuery(**MARCH)),
        ("mars 2026", SearchQuery(**MARCH)),
        ("may", SearchQuery(words=("may",))),
        ("2026-13", SearchQuery(words=("2026-13",))),
        ("2026-02-30", SearchQuery(words=("2026-02-30",))),
        ("a > b", SearchQuery(words=("a", ">", "b"))),
        ("", SearchQuery()),
    ],
)
def test_a_search_is_taken_apart(text, expected):
    assert parse(text, "en-GB") == expected


@pytest.mark.parametrize(
    ("text", "locale"), [("02/03/2026", "en-GB"), ("03/02/2026", "en-US"), ("2.3.2026", "de-DE"), ("2.3.2026", "en-US")]
)
def test_a_written_day_follows_the_locale(text, locale):
    assert parse(text, locale) == SearchQuery(**SECOND)


@given(st.text(max_size=400))
def test_any_text_is_a_search(text):
    parse(text, "en-GB")
