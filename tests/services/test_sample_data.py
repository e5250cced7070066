"""The sample household: believable, sound, the same every time, and gone without a trace."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app import db
from app.errors import Conflict, NotFound
from app.models import Account, Payee, Recurring, Rule, Split, Tag, Transaction, TransactionTag, Transfer
from app.services.sample_data import household
from tests.support.entries import cash, enter, findings

TRACKED_PAYEES = (Account, Payee, Recurring, Rule, Split, Tag, Transaction, TransactionTag, Transfer)


def count(person):
    async def look(services):
        book = services.member.book.id
        return {
            model.__tablename__: await services.session.scalar(
                select(func.count()).select_from(model).where(model.book_id == book)
            )
            for model in TRACKED_PAYEES
        }

    return person.work(look)


def test_the_household_is_the_same_every_time():
    assert household.build_transactions(date(2026, 11, 21)) == household.build_transactions(date(2026, 11, 21))


def test_the_household_shows_payees_as_people_call_them():
    shown = {each.payee for each in household.build_transactions(date(2026, 11, 21))}
    assert {"Kiosk 22", "Hjm Services", "Parkhaus Mitte", "M. Okafor"} <= shown
    assert not [name for name in shown if "*" in name]


@pytest.mark.parametrize("today", [date(2026, 11, 21), date(2024, 2, 29), date(2026, 1, 1)])
def test_the_household_lives_up_to_today_and_within_its_means(today):
    entries = household.build_transactions(today)
    held = dict(household.OPENING_BALANCES)
    for each in entries:
        held[each.account] += each.minor
        if each.to:
            held[each.to] += each.to_minor

    assert max(each.day for each in entries) <= today
    assert 2_200 < len(entries) < 2_800
    assert min(held["joint"], held["savings"], held["cash"]) > 0
    assert all(each.minor == sum(part for _key, part in each.splits) for each in entries if each.splits)


def test_the_sample_data_is_sound(alice):
    alice.work(lambda services: services.sample_data.fill())

    found = count(alice)
    assert findings(alice) == []
    assert found["account"] == 5
    assert found["transaction"] > 2_200
    assert found["split"] > 20
    assert found["rule"] == 3


def test_the_household_keeps_its_bills_and_has_paid_those_that_were_due(alice):
    alice.work(lambda services: services.sample_data.fill())

    async def look(services):
        today = services.today
        kept = await services.recurring.all()
        return (
            today,
            kept,
            await services.recurring.bills(today - timedelta(days=40), today + timedelta(days=40), kind=None),
        )

    today, kept, bills = alice.work(look)
    assert len(kept) == 9
    past = [each for each in bills if each.due_on < today - timedelta(days=3)]
    assert past
    assert {each.status for each in past} == {"paid"}
    assert any(each.due_on > today and each.status in ("due", "upcoming") for each in bills)


def test_the_sample_data_goes_without_a_trace(alice):
    before = count(alice)
    alice.work(lambda services: services.sample_data.fill())
    alice.work(lambda services: services.sample_data.remove())

    assert count(alice) == before
    assert findings(alice) == []


def test_own_entries_stay_with_the_sample_account_that_they_are_on(alice):
    alice.work(lambda services: services.sample_data.fill())

    async def joint(services):
        return next(each.id for each in await services.accounts.all() if each.name == "Joint account")

    mine = enter(alice, "2026-03-05", "-30.00", "groceries", account=alice.work(joint))
    alice.work(lambda services: services.sample_data.remove())

    async def left(services):
        return list(await services.session.scalars(select(Transaction.id)))

    assert alice.work(left) == [mine]
    assert count(alice)["account"] == 2
    assert findings(alice) == []


def test_an_own_side_of_a_transfer_with_the_sample_is_a_plain_entry_again(alice):
    alice.work(lambda services: services.sample_data.fill())
    own = enter(alice, date.today().isoformat(), "6.40", account=cash(alice))

    async def link(services):
        other = select(Transaction.id).where(Transaction.amount_minor == -640, Transaction.category_id.is_(None))
        await services.transfers.link(await services.session.scalar(other), own)

    alice.work(link)
    alice.work(lambda services: services.sample_data.remove())

    assert findings(alice) == []


def test_the_sample_comes_only_once_and_goes_only_once(alice):
    alice.work(lambda services: services.sample_data.fill())
    with pytest.raises(Conflict):
        alice.work(lambda services: services.sample_data.fill())
    alice.work(lambda services: services.sample_data.remove())
    with pytest.raises(NotFound):
        alice.work(lambda services: services.sample_data.remove())


def test_the_sample_of_one_book_leaves_the_other_alone(alice, bob):
    alice.work(lambda services: services.sample_data.fill())

    assert count(bob)["transaction"] == 0
    with pytest.raises(NotFound):
        bob.work(lambda services: services.sample_data.remove())


def test_the_demo_command_makes_its_user_once(empty_database, run):
    from app.services.sample_data.service import open_demo

    first, second = run(open_demo), run(open_demo)

    async def users():
        async with db.read_session() as session:
            return await session.scalar(select(func.count(Transaction.created_by_id.distinct())))

    assert first == second
    assert "demo" in first
    assert run(users) == 1
