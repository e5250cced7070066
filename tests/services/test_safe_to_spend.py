"""Safe to spend: what is there, less what is due, until payday."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine

from app.models import AccountKind
from app.schemas.transfers import TransferIn
from tests.support.forecasts import account, book, computed, half_a_year


@pytest.fixture
def tenth_of_june():
    with time_machine.travel("2026-06-10T12:00:00Z", tick=True):
        yield


def safe(person):
    return person.work(lambda services: services.safe_to_spend.get())


def test_it_is_what_is_there_less_bills_savings_and_the_cushion(alice, tenth_of_june):
    """Before the salary of the 28th a bill of 45 and 200 for savings are due."""

    async def more(services):
        await half_a_year(services)
        savings, cash = await account(services, "Savings"), (await services.accounts.all())[0].id
        for n, month in enumerate((12, 1, 2, 3, 4, 5)):
            day = date(2025 if month == 12 else 2026, month, 25)
            entry = {"from": cash, "to": savings, "amount": "200", "booked_on": day}
            await services.transfers.add(TransferIn.model_validate(entry))
            await book(services, day.replace(day=15), "-45", "Fibrenet")
            assert n < 6

    alice.work(more)
    computed(alice)
    found = safe(alice)

    assert found.now == (6 * 900 - 900 - 6 * 200 - 6 * 45) * 100
    assert found.payday == found.until == date(2026, 6, 28)
    assert (found.bills, found.savings) == (4500, 20000)
    assert found.amount == found.now - found.bills - found.savings - found.cushion - found.kept
    assert found.cushion > 0
    assert found.a_day == found.amount // 18
    assert (found.days, found.short) == (18, 0)


def test_savings_and_investments_are_not_spendable(alice, tenth_of_june):
    async def rich(services):
        await half_a_year(services)
        depot = await account(services, "Depot", AccountKind.INVESTMENT)
        await book(services, date(2026, 6, 1), "100000", "Inheritance", account=depot)

    alice.work(rich)
    computed(alice)

    assert safe(alice).now == 450000


def test_too_little_says_by_how_much(alice, tenth_of_june):
    async def poor(services):
        await half_a_year(services)
        await book(services, date(2026, 6, 9), "-4600", "New roof")

    alice.work(poor)
    computed(alice)
    found = safe(alice)

    assert found.amount == 0
    assert found.short >= 10000


def test_without_a_computed_forecast_nothing_is_said(alice, bob, tenth_of_june):
    alice.work(half_a_year)
    computed(bob)

    assert safe(alice) is None
    assert safe(bob) is None
