"""The page of one category: its months, its payees, what is expected of it."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine

from app.domain.period import shift_month
from tests.support.entries import category, enter
from tests.support.forecasts import computed, half_a_year

MONTH = date(2026, 6, 1)


@pytest.fixture
def tenth_of_june():
    with time_machine.travel("2026-06-10T12:00:00Z", tick=True):
        yield


def look(person, category_id, month=MONTH):
    return person.work(lambda services: services.category_page.get(category_id, month))


def test_months_run_from_the_first_use_and_the_usual_is_their_median(alice, tenth_of_june):
    food = category(alice, "groceries")
    for n, amount in enumerate(("-300.00", "-100.00", "-200.00")):
        enter(alice, shift_month(date(2026, 3, 5), n).isoformat(), amount, "groceries", payee="Market")
    enter(alice, "2026-06-04", "-50.00", "groceries", payee="Market")
    enter(alice, "2026-06-05", "20.00", "groceries", payee="Market")
    found = look(alice, food)

    assert [minor for _month, minor in found.months] == [30000, 10000, 20000, 3000]
    assert (found.now, found.before, found.entries) == (3000, 20000, 2)
    assert (found.usual, found.usual_of) == (20000, 3)
    assert look(alice, food, date(2026, 5, 1)).usual == 20000


def test_payees_count_parts_of_splits_and_stand_beside_the_year_before(alice, tenth_of_june):
    food = category(alice, "groceries")
    enter(alice, "2025-05-05", "-40.00", "groceries", payee="Market")
    enter(alice, "2026-05-05", "-60.00", "groceries", payee="Market")
    enter(alice, "2026-05-06", "-50.00", payee="Corner", parts={"groceries": "-30.00", "leisure": "-20.00"})
    found = look(alice, food)

    assert [(each.name, each.minor, each.before, each.count) for each in found.payees] == [
        ("Market", 6000, 4000, 1),
        ("Corner", 3000, 0, 1),
    ]
    assert [line.payee for line in found.latest][:2] == ["Corner", "Market"]


def test_the_page_tells_what_is_expected_once_a_job_has_run(alice, tenth_of_june):
    alice.work(half_a_year)
    food = category(alice, "groceries")
    assert "likely" not in alice.get(f"/categories/{food}").text
    computed(alice)
    shown = alice.get(f"/categories/{food}").text

    assert "by 30 Jun, likely" in shown
    assert "Groceries by month" in shown
    assert "likely" not in alice.get(f"/categories/{food}?month=2026-05").text, "what is over is not expected"
    assert f'href="/categories/{food}?month=2026-05"' in alice.get("/reports?month=2026-05").text


def test_a_category_without_entries_says_how_it_fills(alice):
    assert "No transactions yet" in alice.get(f"/categories/{category(alice, 'education')}").text


def test_a_foreign_category_does_not_exist(alice, bob):
    assert bob.get(f"/categories/{category(alice, 'groceries')}").status_code == 404
    assert alice.get("/categories/999999").status_code == 404
