"""Habits: weekdays, payees and paydays, from everyday spending alone; and the page that shows them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine

from app.domain.period import Period
from app.schemas.recurring import RecurringIn
from app.services.habits import after_payday, weekdays
from app.web.presenters.report_markdown import plain
from tests.support.entries import enter

TODAY = date(2026, 11, 21)
MONTH = date(2026, 11, 1)


@pytest.fixture
def today():
    with time_machine.travel("2026-11-21T10:30Z", tick=True):  # the same day in Honolulu and in Auckland
        yield TODAY


def habits(person):
    return person.work(lambda services: services.habits.get_year(MONTH))


def test_a_weekday_is_the_mean_over_all_of_its_days():
    weeks = Period(date(2026, 9, 7), date(2026, 9, 21))  # two weeks from a Monday on
    found = weekdays({date(2026, 9, 7): 1000, date(2026, 9, 15): 500}, weeks)

    assert [each.minor for each in found] == [500, 250, 0, 0, 0, 0, 0]


def test_the_week_after_payday_is_set_against_all_other_days():
    period = Period(date(2026, 6, 1), date(2026, 9, 1))
    paydays = [date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 1)]
    near = {day + timedelta(n) for day in paydays for n in range(7)}
    found = after_payday({day: 3000 if day in near else 1000 for day in period}, paydays, period)

    assert (found.after, found.otherwise, found.paydays) == (3000, 1000, 3)
    assert found.last == Period(date(2026, 8, 1), date(2026, 8, 8))
    assert after_payday({}, paydays[:2], period) is None, "two paydays are too few"
    assert after_payday({}, list(period), period) is None, "there is no other day"


def test_bills_and_transfers_are_no_habit_and_refunds_no_spending(alice, today):
    for n in range(12):
        enter(alice, (TODAY - timedelta(7 * n)).isoformat(), "-10.00", "groceries", payee="Market")
    enter(alice, "2026-11-03", "-900.00", "housing", payee="Landlord")
    enter(alice, "2026-11-04", "25.00", "groceries", payee="Market")

    async def keep(services):
        rent = {"payee": "Landlord", "kind": "bill", "amount": "900", "cadence": "monthly", "starts_on": "2026-11-03"}
        await services.recurring.add(RecurringIn.model_validate(rent))

    alice.work(keep)
    found = habits(alice)

    assert found.period == Period(date(2025, 12, 1), date(2026, 11, 22))
    assert found.days[date(2026, 11, 3)] == 90000
    assert [(each.name, each.times, each.each, each.total) for each in found.visited] == [("Market", 12, 1000, 12000)]
    saturday = found.dearest
    assert (saturday.number, saturday.minor) == (5, 1000)
    assert found.other_days == 0


def test_too_little_tells_nothing(alice, today):
    enter(alice, "2026-11-20", "-10.00", "groceries", payee="Market")
    found = habits(alice)

    assert (list(found.weekdays), found.visited, found.after_payday, found.dearest) == ([], [], None, None)


def test_the_page_shows_the_year_and_opens_its_days(alice, bob, today):
    for n in range(70):
        enter(alice, (TODAY - timedelta(n)).isoformat(), "-10.00", "groceries", payee="Market")

    shown = alice.get("/reports/year?month=2026-11").text
    assert 'data-day="2026-11-20"' in shown
    assert 'href="/transactions?since=2026-11-16&amp;until=2026-11-22"' in shown
    assert "70 times, €10.00 each" in shown
    assert "Available after three paydays" in shown
    assert "<html" not in alice.htmx("get", "/reports/year", headers={"HX-Request-Type": "partial"}).text
    assert 'hx-get="/reports/year?month=2026-11"' in alice.get("/reports?month=2026-11").text
    assert "No spending this year yet" in bob.get("/reports/year").text


def test_the_report_is_a_file_of_markdown_too(alice, bob, today):
    enter(alice, "2026-11-02", "2000.00", "salary", payee="Work")
    enter(alice, "2026-11-03", "-900.00", "housing", payee="Landlord")

    answer = alice.get("/reports/report.md?month=2026-11")
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="saldo-2026-11.md"'
    assert "# Report for November 2026" in answer.text
    assert "| Net income | €1,100.00 | €0.00 |" in answer.text
    assert "| Rent and mortgage | €900.00 | €0.00 | +€900.00 | €0.00 |" in answer.text
    assert "Rent" not in bob.get("/reports/report.md?month=2026-11").text


def test_a_name_cannot_break_the_markdown():
    assert plain("a|b [x](javascript:1)\n# c") == r"a\|b \[x\]\(javascript:1\) \# c"


def test_the_report_shows_where_money_flows(alice, today):
    enter(alice, "2026-11-02", "2000.00", "salary", payee="Work")
    enter(alice, "2026-11-03", "-900.00", "housing", payee="Landlord")
    enter(alice, "2026-11-04", "-100.00", "groceries", payee="Market")

    shown = alice.get("/reports?month=2026-11").text
    assert "Money flow: €2,000 income, €1,000 spending." in shown
