"""Rules are matched in their order."""

from __future__ import annotations

import time
from decimal import Decimal

from app.domain.rules import Matcher, Then, When


def matcher(*rules):
    return Matcher([(when, Then(category=at, rules=(at,))) for at, when in enumerate(rules, 1)])


def test_a_payee_is_found_without_regard_to_accents_and_capitals():
    rules = matcher(When(payee_contains="café"))

    assert rules.first("", "CAFE Central", 1, -100).category == 1
    assert not rules.first("", "Tea room", 1, -100)


def test_all_conditions_have_to_hold():
    rules = matcher(
        When(text_contains="rent", account=7, kind="expense", min_amount=Decimal(10), max_amount=Decimal(20))
    )

    assert rules.first("the rent", "", 7, -1000)
    assert rules.first("the rent", "", 7, -2000)
    for account, minor in ((8, -1500), (7, 1500), (7, -999), (7, -2001)):
        assert not rules.first("the rent", "", account, minor)


def test_bounds_are_in_the_rows_own_currency():
    rules = matcher(When(min_amount=Decimal("10.5")))

    assert rules.first("", "", 1, -11, places=0)
    assert not rules.first("", "", 1, -10, places=0)
    assert rules.first("", "", 1, -10500, places=3)


def test_the_first_rule_wins_each_field_and_tags_add_up():
    rules = Matcher(
        [
            (When(payee_contains="a"), Then(category=1, tags=("x",), rules=(1,))),
            (When(payee_contains="b"), Then(category=2, payee="B", tags=("y",), rules=(2,))),
        ]
    )

    assert rules.first("", "ab", 1, -1) == Then(1, "B", ("x", "y"), (1, 2))
    assert rules.first("", "b", 1, -1) == Then(2, "B", ("y",), (2,))


def test_no_rule_says_nothing():
    assert not Matcher([]).first("x", "y", 1, -1)


def test_a_hundred_thousand_rows_take_a_moment():
    rules = matcher(*(When(payee_contains=f"shop {at}") for at in range(100)))
    started = time.process_time()
    for at in range(100_000):
        rules.first(f"card payment {at % 5000}", f"Shop {at % 5000}", 1, -at)

    assert time.process_time() - started < 3
