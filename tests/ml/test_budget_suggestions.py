"""Budgets follow the profile and the past, and fit the income less the savings goal."""

from __future__ import annotations

from typing import Any

import pytest

from app.ml.budget_suggestions import SuggestedAmount, suggest
from tests.support.cases import each_case

PROFILE = {
    "monthly_income": 3200, "household_size": 3, "children": 1, "seniors": 0, "earners": 2, "age": 38,
    "currency": "EUR", "country": "FR", "housing": "rent", "savings_goal": 300,
}  # fmt: skip


def months(category: str, amounts: list[float], start: int = 1) -> list[dict[str, Any]]:
    return [
        {"month": f"{2024 + (i // 12)}-{i % 12 + 1:02}", "category": category, "amount": amount}
        for i, amount in enumerate(amounts, start - 1)
    ]


def of(suggestions: list[SuggestedAmount], category: str) -> SuggestedAmount:
    return next(s for s in suggestions if s.category == category)


def test_a_new_user_gets_a_full_budget_within_income_less_goal() -> None:
    found = suggest(PROFILE, [])
    assert {"groceries", "housing", "utilities", "health", "transport", "leisure", "children"} <= {
        s.category for s in found
    }
    assert sum(s.amount for s in found) <= 2900
    assert all(s.amount > 0 and s.low <= s.amount <= s.high and s.reason for s in found)


def test_a_budget_for_no_children_has_none_for_children() -> None:
    assert not {"children", "education"} & {s.category for s in suggest(PROFILE | {"children": 0}, [])}


def test_the_same_standing_in_another_currency_gives_the_same_shares() -> None:
    euros = suggest(PROFILE | {"savings_goal": 0}, [])
    dinars = suggest(PROFILE | {"savings_goal": 0, "currency": "DZD", "monthly_income": 3200 / 2800 * 75_000}, [])
    for euro in euros:
        assert of(dinars, euro.category).amount / 75_000 == pytest.approx(euro.amount / 2800, rel=1e-3, abs=1e-5)


@each_case("missing", sorted(PROFILE))
def test_any_part_of_a_profile_may_be_missing(missing: str) -> None:
    assert suggest({k: v for k, v in PROFILE.items() if k != missing}, [])


def test_nothing_known_gives_nothing() -> None:
    assert suggest({}, []) == []


def test_an_income_of_zero_starts_from_a_typical_one_and_says_so() -> None:
    found = suggest({"monthly_income": 0, "currency": "EUR"}, [])
    assert found
    assert "Add your income" in found[0].reason


def test_a_steady_past_is_the_budget() -> None:
    found = of(suggest({"currency": "EUR"}, months("housing", [900.0] * 24)), "housing")
    assert found.amount == pytest.approx(900, rel=0.06)
    assert "between 900 EUR and 900 EUR" in found.reason


def test_a_budget_is_kept_more_often_than_not() -> None:
    past = [300.0 + 20 * (i % 7) for i in range(30)]
    found = of(suggest({}, months("groceries", past)), "groceries")
    assert found.low <= sorted(past)[8] <= sorted(past)[15] <= found.amount <= found.high


def test_only_what_is_spent_on_is_proposed_after_some_months() -> None:
    found = suggest(PROFILE, months("groceries", [400.0] * 6) + months("my hobby", [50.0, 80.0, 60.0] * 2))
    assert {s.category for s in found} == {"groceries", "my hobby"}


def test_one_month_of_history_is_completed_by_what_is_usual() -> None:
    found = suggest(PROFILE, months("groceries", [400.0]))
    assert {"groceries", "housing", "transport"} <= {s.category for s in found}
    assert "last month" in of(found, "groceries").reason


def test_spending_may_be_negative_and_incomes_are_left_out() -> None:
    signed = suggest({}, months("groceries", [-400.0] * 6) + months("salary", [2500.0] * 6))
    assert signed == suggest({}, months("groceries", [400.0] * 6))


def test_wishes_give_way_before_essentials() -> None:
    past = months("housing", [1000.0, 1040.0] * 6) + months("leisure", [200.0, 800.0] * 6)
    tight = suggest({"currency": "EUR", "monthly_income": 1700}, past)
    free = suggest({"currency": "EUR", "monthly_income": 9000}, past)
    assert sum(s.amount for s in tight) <= 1700
    lost = {c: 1 - of(tight, c).amount / of(free, c).amount for c in ("housing", "leisure")}
    assert lost["leisure"] > 2 * lost["housing"]
    assert "Lowered from" in of(tight, "leisure").reason


def test_without_fitting_the_amounts_stay_as_the_models_give_them() -> None:
    past = months("housing", [1000.0, 1040.0, 990.0]) + months("leisure", [200.0, 800.0, 300.0])
    tight = {"currency": "EUR", "monthly_income": 900}

    assert sum(s.amount for s in suggest(tight, past)) <= 900
    assert sum(s.amount for s in suggest(tight, past, fit=False)) > 1100
    assert all("Lowered" not in s.reason for s in suggest(tight, past, fit=False))


def test_how_a_group_is_divided_does_not_change_what_is_proposed_for_it() -> None:
    rent = months("housing", [900.0, 900.0, 900.0])
    food = ("groceries", "dining_out", "coffee")
    sums = []
    for shares in ((0.62, 0.31, 0.07), (0.2, 0.5, 0.3), (0.9, 0.05, 0.05)):
        past = [row for key, share in zip(food, shares, strict=True) for row in months(key, [600 * share] * 3)]
        sums.append(sum(s.amount for s in suggest(PROFILE, rent + past, fit=False) if s.category in food))

    assert sums == pytest.approx([sums[0]] * 3, abs=0.02)


def test_a_goal_above_the_income_leaves_nothing() -> None:
    assert sum(s.amount for s in suggest(PROFILE | {"savings_goal": 5000}, [])) == 0


def test_a_goal_may_be_a_share_of_the_income() -> None:
    assert sum(s.amount for s in suggest(PROFILE | {"savings_goal": 0.5}, [])) <= 1600


def test_a_missing_month_counts_as_nothing_spent() -> None:
    gaps = [r for r in months("travel", [600.0] * 12) if r["month"].endswith(("-01", "-12"))]
    assert of(suggest({}, gaps), "travel").amount < 400


def test_twenty_years_are_read() -> None:
    found = suggest({"currency": "EUR"}, months("groceries", [400.0 + i % 5 for i in range(240)]))
    assert of(found, "groceries").amount == pytest.approx(403, rel=0.05)


@each_case(
    ("profile", "history"),
    [
        ({"monthly_income": float("nan")}, []),
        ({"monthly_income": -5}, []),
        ({"age": "old"}, []),
        ({}, [{"month": "2025-01", "category": "groceries", "amount": float("nan")}]),
        ({}, [{"month": "January", "category": "groceries", "amount": 5.0}]),
    ],
)
def test_what_is_no_number_or_month_is_refused(profile: dict[str, Any], history: list[dict[str, Any]]) -> None:
    with pytest.raises(ValueError, match=r"number|month"):
        suggest(profile, history)


def test_the_same_question_has_the_same_answer() -> None:
    history = months("groceries", [400.0, 300.0, 500.0])
    assert suggest(PROFILE, history) == suggest(PROFILE, history[::-1])
