"""Figures “as of today” leave out what is dated tomorrow, on every page, and the forecast agrees with the overview."""

from __future__ import annotations

from datetime import date

import pytest

from app.services.forecasts import INCOME, SPENDABLE, SPENDING
from app.services.forecasts.results import category_target
from tests.support.entries import account, category, enter, looked, transfer

TODAY = date(2026, 3, 15)
MARCH = date(2026, 3, 1)


@pytest.fixture
def ledger(alice):
    """Half of March with 100.00 earned and 30.00 spent; tomorrow brings 9.00, takes 9.00 and moves 50.00."""
    main, savings = account(alice, "Main"), account(alice, "Savings account")
    enter(alice, "2025-12-01", "80.00", "salary", account=main)
    enter(alice, "2025-12-05", "-20.00", "groceries", account=main)
    enter(alice, "2026-03-10", "100.00", "salary", account=main)
    enter(alice, "2026-03-15", "-30.00", "groceries", account=main)
    enter(alice, "2026-03-16", "9.00", "salary", account=main)
    enter(alice, "2026-03-16", "-4.00", "groceries", account=main)
    enter(alice, "2026-03-16", "-2.00", account=main, parts={"groceries": "-1.50", "dining_out": "-0.50"})
    enter(alice, "2026-03-16", "-3.00", account=main)
    transfer(alice, "2026-03-16", "50.00", main, savings)
    return alice


def test_tomorrow_is_in_no_figure_of_today(ledger):
    async def look(services):
        overview = await services.overview.get(MARCH)
        page = await services.accounts.overview(TODAY)
        palette = await services.command_palette.find("main")
        return {
            "income": [overview.month.income],
            "spending": [overview.month.expenses, sum(each.minor for each in overview.spent)],
            "balances": [
                overview.balance.now,
                overview.net_worth[-1],
                sum(each.in_base for each in overview.accounts),
                page.total.money.minor,
                next(
                    line.balance.minor for group in page.groups for line in group.lines if line.account.name == "Main"
                ),
                palette.accounts[0].balance_minor,
                await services.forecasts.balance_now(SPENDABLE),
                next(
                    each.figures["at_hand"].minor
                    for each in await services.budget_suggestions.health()
                    if "at_hand" in each.figures
                ),
            ],
            "count": [overview.month.count],
        }

    assert looked(ledger, look, TODAY) == {
        "income": [10_000],
        "spending": [3_000, 3_000],
        "balances": [13_000] * 8,
        "count": [2],
    }


def test_tomorrow_counts_once_it_is_today(ledger):
    month = looked(ledger, lambda services: services.overview.get(MARCH), date(2026, 3, 16)).month

    assert (month.income, month.expenses, month.count) == (10_900, 3_900, 7)


def test_the_forecast_agrees_with_the_overview(ledger):
    """What is booked so far is the same; what is dated tomorrow is part of the month's end instead."""
    groceries = category(ledger, "groceries")

    async def look(services):
        return (
            await services.overview.get(MARCH),
            [await services.forecasts.monthly(each) for each in (INCOME, SPENDING, category_target(groceries))],
            await services.forecasts.balance(),
        )

    overview, (income, spending, food), balance = looked(ledger, look, TODAY)

    assert (income.booked, spending.booked) == (overview.month.income, overview.month.expenses)
    assert food.booked == next(each.minor for each in overview.spent if each.label.id == groceries)
    assert income.points[0].mean >= 10_900
    assert spending.points[0].mean >= 3_900
    assert food.points[0].mean >= 3_550
    assert balance.points[0].mean == overview.balance.now
