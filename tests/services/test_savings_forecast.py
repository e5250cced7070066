"""What will be left of each month: expected income less expected spending, with both errors in the band."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine

from app.services.forecasts.outlook import Band, Outlook, Quality
from app.services.forecasts.savings import combine, subtract_spending
from tests.support.forecasts import computed, half_a_year

MONTH = date(2026, 6, 1)


@pytest.fixture
def tenth_of_june():
    with time_machine.travel("2026-06-10T12:00:00Z", tick=True):
        yield


def ahead(person):
    return person.work(lambda services: services.savings_forecast.get())


def outlook(target, mean, low, high):
    band = Band(MONTH, mean, mean, mean, low, high, low, high)
    return Outlook(target, "EUR", [band], "median", Quality(history=12), MONTH, None)


def test_errors_of_both_sides_add_up_as_squares():
    found = subtract_spending(outlook("income", 5000, 4970, 5030), outlook("spending", 3000, 2940, 3040))[0]

    assert (found.mean, found.low, found.high) == (2000, 1950, 2067)
    twice = combine([found, found])
    assert (twice.mean, twice.income, twice.expenses) == (4000, 10000, 6000)
    assert (twice.low, twice.high) == (4000 - 71, 4000 + 95)
    assert combine([]) is None


def test_a_month_leaves_what_comes_in_less_what_goes_out(alice, tenth_of_june):
    alice.work(half_a_year)
    computed(alice)
    found = ahead(alice)

    assert [each.month for each in found[:2]] == [MONTH, date(2026, 7, 1)]
    assert (found[1].income, found[1].expenses, found[1].mean) == (200000, 110000, 90000)
    assert found[0].expenses == 103333, "900 are booked; of the food of 200 two thirds of the month are left"
    assert all(each.low <= each.mean <= each.high for each in found)


def test_nothing_is_said_before_a_job_has_run(alice, tenth_of_june):
    alice.work(half_a_year)

    assert ahead(alice) == []


def test_the_overview_and_the_api_tell_it(alice, bob, tenth_of_june):
    alice.work(half_a_year)
    assert ", likely " not in alice.get("/").text
    computed(alice)

    assert "About +€967 by 30 Jun, likely" in alice.get("/").text
    told = alice.api("GET", "/api/v1/insights/projections").json()
    assert told["currency"] == "EUR"
    assert told["points"][0]["month"] == "2026-06"
    assert told["points"][0]["value"] == "966.67"
    assert float(told["points"][0]["lower"]) <= 966.67 <= float(told["points"][0]["upper"])
    assert bob.api("GET", "/api/v1/insights/projections").json() == {"currency": "EUR", "points": [], "goals": []}
