"""The overview's figures, in a small book that can be added up by hand."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import event

from app import db
from app.models import AccountKind
from app.services import member_of, reading
from tests.support.entries import account, cash, enter, looked, transfer

TODAY = date(2026, 3, 20)
MARCH = date(2026, 3, 1)


def overview(person, month=MARCH, today=TODAY):
    return looked(person, lambda services: services.overview.get(month), today)


def test_the_balance_runs_over_the_days_and_ends_with_what_is_there(alice):
    account(alice, "Checking", opening="100.00")
    enter(alice, "2026-02-10", "50.00", "salary")
    enter(alice, "2026-03-05", "-30.00", "groceries")
    enter(alice, "2026-03-15", "5.00", "interest")

    balance = overview(alice).balance
    on = dict(zip(balance.days, balance.values, strict=True))

    assert on[date(2026, 2, 1)] == 10_000
    assert on[date(2026, 3, 4)] == 15_000
    assert balance.now == on[TODAY] == 12_500
    assert balance.low == (date(2026, 3, 5), 12_000)


def test_savings_are_net_worth_but_not_ready_to_spend(alice):
    savings = account(alice, "Savings", kind=AccountKind.SAVINGS, opening="1000.00")
    transfer(alice, "2026-03-03", "200.00", cash(alice), savings)

    found = overview(alice)

    assert found.balance.now == -20_000
    assert found.net_worth[-1] == 100_000


def test_what_is_booked_ahead_is_not_in_todays_balance(alice):
    enter(alice, "2026-03-10", "70.00", "salary")
    enter(alice, "2026-04-02", "-50.00", "housing")

    found = overview(alice)

    assert found.balance.now == 7_000
    assert found.net_worth[-1] == 7_000


def test_a_month_that_is_over_ends_on_its_last_day(alice):
    enter(alice, "2026-02-27", "40.00", "salary")
    enter(alice, "2026-03-05", "-30.00", "groceries")

    found = overview(alice, date(2026, 2, 1))

    assert found.balance.days[-1] == date(2026, 2, 28)
    assert (found.balance.now, found.net_worth[-1]) == (4_000, 4_000)
    assert not found.is_running


def test_the_running_month_is_compared_with_the_same_days_of_the_last(alice):
    enter(alice, "2026-02-20", "-40.00", "groceries")
    enter(alice, "2026-02-21", "-500.00", "groceries")
    enter(alice, "2026-03-02", "-60.00", "groceries")

    (share,) = overview(alice).spent

    assert (share.minor, share.previous) == (6_000, 4_000)


def test_the_savings_rate_is_of_months_that_are_over(alice):
    enter(alice, "2026-02-01", "1000.00", "salary")
    enter(alice, "2026-02-02", "-600.00", "groceries")
    enter(alice, "2026-03-02", "-600.00", "groceries")

    assert overview(alice).savings_rate == pytest.approx(0.4)


def test_two_currencies_meet_at_the_rate_of_the_shown_day(alice):
    dollars = account(alice, "Travel", "USD", opening="100.00")

    async def rate(services):
        return (await services.currencies.find("USD", "EUR", TODAY)).rate

    found = overview(alice)
    line = next(each for each in found.accounts if each.account.id == dollars)

    assert line.in_base == found.balance.now == round(10_000 * alice.work(rate))
    assert found.rates_of is not None
    assert found.rates_of <= TODAY


def test_a_new_book_is_new_and_a_month_before_the_first_entry_is_not(alice):
    assert overview(alice).is_new
    enter(alice, "2026-03-05", "-30.00", "groceries")

    assert not overview(alice).is_new
    assert not overview(alice, date(2020, 1, 1)).is_new


def test_the_inbox_asks_about_what_is_not_filed(alice):
    enter(alice, "2026-03-05", "-12.00", payee="Kiosk")

    inbox = overview(alice).inbox

    assert [each.line.payee for each in inbox.uncategorized] == ["Kiosk"]
    assert all(guess.kind.value == "expense" for guess in inbox.uncategorized[0].suggestions)
    assert inbox.count == 1


def test_opposite_lines_of_two_accounts_look_like_a_transfer(alice):
    savings = account(alice, "Savings", kind=AccountKind.SAVINGS)
    out = enter(alice, "2026-03-05", "-120.00")
    into = enter(alice, "2026-03-06", "120.00", account=savings)
    enter(alice, "2026-03-16", "120.00", account=savings)

    inbox = overview(alice).inbox

    assert [(each.source.id, each.target.id) for each in inbox.transfers] == [(out, into)]
    assert len(inbox.uncategorized) == 1


@pytest.mark.parametrize("entries", [1, 60])
def test_the_number_of_statements_does_not_grow_with_the_book(alice, run, entries):
    for at in range(entries):
        enter(alice, f"2026-03-{at % 20 + 1:02}", "-1.00", "coffee" if at % 2 else None)
    seen = []

    async def look():
        async with db.read_session() as session:
            member = await member_of(session, alice.user_id)
        engine = db.database().reader.sync_engine

        @event.listens_for(engine, "before_cursor_execute")
        def count(_connection, _cursor, statement, *_rest):
            if statement.lstrip().upper().startswith("SELECT"):
                seen.append(statement)

        async with reading(member, TODAY) as services:
            await services.overview.get(MARCH)
        event.remove(engine, "before_cursor_execute", count)

    run(look)

    assert len(seen) <= 8


def test_balances_as_of_today_leave_out_tomorrow(alice):
    """Net worth, the balance of each account and of the spendable ones agree."""
    enter(alice, "2026-03-10", "100.00", "salary")
    enter(alice, "2026-03-16", "-30.00", "groceries")  # the day after

    found = looked(alice, lambda services: services.overview.get(date(2026, 3, 1)), date(2026, 3, 15))

    assert found.net_worth[-1] == 10_000
    assert found.balance.now == 10_000
    assert sum(each.in_base for each in found.accounts) == 10_000
