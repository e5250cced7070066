"""Books whose forecast is easy to get wrong: seasons in regular payments, gaps, and very short histories."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine

from app.domain.period import shift_month
from app.services import Services
from app.services.forecasts import INCOME, SPENDABLE, SPENDING
from tests.support.forecasts import book, computed

TODAY = date(2026, 11, 29)
Line = tuple[int, str, str, str]  # day of the month, payee, amount, category


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel("2026-11-29T12:00:00Z", tick=True):
        yield TODAY


def forecast_of(person: Any, months: dict[date, list[Line]]) -> Any:
    """Enter the lines of each month, compute as the worker does, and give the forecasts by name."""

    async def enter(services: Services) -> None:
        keys = await services.categories.by_key()
        for month, lines in sorted(months.items()):
            for day, payee, amount, category in lines:
                await book(services, month.replace(day=day), amount, payee, category=keys[category].id)

    person.work(enter)
    computed(person)

    async def read(services: Services) -> Any:
        forecasts = services.forecasts
        return {
            INCOME: await forecasts.monthly(INCOME),
            SPENDING: await forecasts.monthly(SPENDING),
            SPENDABLE: await forecasts.balance(SPENDABLE),
        }

    return person.work(read)


def back(count: int) -> list[date]:
    return [shift_month(TODAY.replace(day=1), -n) for n in range(count)]


def by_month(outlook: Any) -> dict[int, int]:
    return {band.on.month: round(band.mean / 100) for band in outlook.points[1:]}


def test_a_double_salary_in_december_comes_once(alice):
    lines = {month: [(25, "Example Work", "4000" if month.month == 12 else "2000", "salary")] for month in back(37)}
    found = forecast_of(alice, lines)

    assert by_month(found[INCOME]) == {month: 4000 if month == 12 else 2000 for month in range(1, 13)}
    balance = {band.on: band.mean for band in found[SPENDABLE].points}
    assert balance[date(2026, 12, 25)] - balance[date(2026, 12, 24)] == pytest.approx(400_000, abs=500)
    assert balance[date(2026, 12, 31)] - balance[date(2026, 11, 30)] == pytest.approx(400_000, abs=2000)


def test_a_quarterly_bonus_in_the_salary_is_expected_in_its_months(alice):
    lines = {month: [(25, "Example Work", "2000" if month.month % 3 else "3000", "salary")] for month in back(37)}
    found = forecast_of(alice, lines)

    assert by_month(found[INCOME]) == {month: 2000 if month % 3 else 3000 for month in range(1, 13)}


def test_a_salary_that_was_doubled_once_is_no_new_salary(alice):
    lines = {month: [(25, "Example Work", "2000", "salary")] for month in back(13)}
    lines[back(1)[0]] = [(25, "Example Work", "4000", "salary")]
    found = forecast_of(alice, lines)

    assert set(by_month(found[INCOME]).values()) == {2000}


def test_a_yearly_peak_at_a_shop_that_is_paid_each_month_is_expected(alice):
    usual = ("-200", "-210", "-240", "-205", "-230", "-220")
    lines = {
        month: [(10, "Example Shop", "-1500" if month.month == 12 else usual[at % 6], "gifts")]
        for at, month in enumerate(back(37))
    }
    december, *others = forecast_of(alice, lines)[SPENDING].points[1:]

    assert december.mean == pytest.approx(150_000, abs=5000)
    assert december.lo80 <= 150_000 <= december.hi80
    assert all(20_000 <= band.mean <= 24_000 for band in others[:-1])


def test_months_without_any_transaction_do_not_double_what_is_regular(alice):
    lines = {
        month: [(1, "Example Rent", "-900", "housing"), (25, "Example Work", "2500", "salary")]
        for at, month in enumerate(back(24))
        if at not in (5, 6, 7, 8)
    }
    found = forecast_of(alice, lines)

    assert set(by_month(found[INCOME]).values()) == {2500}
    assert set(by_month(found[SPENDING]).values()) == {900}


def test_a_band_of_three_months_holds_all_three(alice):
    lines = {
        month: [(8, "Example Market", amount, "groceries"), (25, "Example Work", "2000", "salary")]
        for month, amount in zip(back(3), ("-300", "-340", "-380"), strict=True)
    }
    for band in forecast_of(alice, lines)[SPENDING].points[1:]:
        assert band.mean == pytest.approx(34_000, abs=1000)
        assert band.lo80 <= 30_000 <= 38_000 <= band.hi80


def first_month() -> dict[date, list[Line]]:
    shopping = [(day, f"Example Shop {day}", f"-{30 + day}", "groceries") for day in range(2, 29, 3)]
    return {back(1)[0]: [(1, "Example Rent", "-900", "housing"), (25, "Example Work", "2500", "salary"), *shopping]}


def test_a_first_month_is_not_stretched_over_a_year(alice):
    """The salary is no daily habit: about one month is looked ahead, and no month is claimed that nobody knows."""
    found = forecast_of(alice, first_month())
    balance = found[SPENDABLE].points

    assert 14 <= len(balance) - 1 <= 31
    assert abs(balance[-1].mean - balance[0].mean) < 250_000
    assert all(band.lo80 < band.mean < band.hi80 for band in balance[1:])
    assert not found[INCOME].points
    assert not found[SPENDING].points
    assert found[SPENDING].members == []


def test_the_page_of_a_first_month_claims_no_month(alice):
    forecast_of(alice, first_month())
    shown = alice.get("/forecast").text

    assert "The forecast by month starts after your first full month." in shown
    assert "Until you have three full months, the forecast covers" in shown
    assert "Methods: ." not in shown
