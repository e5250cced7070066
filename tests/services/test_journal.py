"""The journal records what was written; undo puts it back; the totals follow."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import selectinload

from app.errors import Conflict, Invalid
from app.models import Account, AccountTotal, DayTotal, MonthTotal, Payee, Transaction
from tests.support.journal import account, book, book_split

DAY = date(2026, 3, 14)


async def totals(services):
    posted = await services.session.scalar(
        select(AccountTotal.posted_minor).where(AccountTotal.book_id == services.member.book.id)
    )
    days = (
        await services.session.execute(select(DayTotal.day, DayTotal.net_minor).where(DayTotal.net_minor != 0))
    ).all()
    flows = (
        await services.session.execute(
            select(MonthTotal.category_id, MonthTotal.in_minor, MonthTotal.out_minor).where(MonthTotal.count != 0)
        )
    ).all()
    return posted, [tuple(row) for row in days], sorted(tuple(row) for row in flows)


def test_the_totals_follow_an_insert_and_its_undo(alice):
    _id, change_set = alice.work(book)

    assert alice.work(totals) == (-1250, [(DAY, -1250)], [(0, 0, 1250)])

    alice.work(lambda services: services.journal.undo(change_set))

    assert alice.work(totals) == (0, [], [])


def test_an_update_is_recorded_with_before_and_after_and_undone(alice):
    async def change(services):
        row_id, _ = await book(services)
        return row_id

    row_id = alice.work(change)

    async def update(services):
        row = await services.session.get(Transaction, row_id)
        await services.ledger.update(row, amount_minor=-900, booked_on=date(2026, 4, 1))
        return services.journal.change_set_id

    change_set = alice.work(update)
    assert alice.work(totals) == (-900, [(date(2026, 4, 1), -900)], [(0, 0, 900)])

    alice.work(lambda services: services.journal.undo(change_set))
    assert alice.work(totals) == (-1250, [(DAY, -1250)], [(0, 0, 1250)])

    with pytest.raises(Conflict):
        alice.work(lambda services: services.journal.undo(change_set))


def test_splits_count_in_their_categories_and_come_back_after_a_deletion(alice):
    row_id, _ = alice.work(book_split)
    posted, _days, flows = alice.work(totals)
    assert posted == -1250
    assert sorted(flow[2] for flow in flows) == [250, 1000]

    async def delete(services):
        row = await services.session.scalar(
            select(Transaction).where(Transaction.id == row_id).options(selectinload(Transaction.splits))
        )
        await services.ledger.delete([row])
        return services.journal.change_set_id

    change_set = alice.work(delete)
    assert alice.work(totals) == (0, [], [])

    alice.work(lambda services: services.journal.undo(change_set))
    assert alice.work(totals)[2] == flows


def test_splits_that_do_not_add_up_are_not_saved(alice):
    with pytest.raises(Invalid):
        alice.work(lambda services: book_split(services, (("groceries", -1000),)))

    assert alice.work(totals)[0] is None


def test_what_changed_since_cannot_be_undone(alice):
    row_id, change_set = alice.work(book)

    async def update(services):
        row = await services.session.get(Transaction, row_id)
        await services.ledger.update(row, memo="changed")

    alice.work(update)

    with pytest.raises(Conflict, match="changed since"):
        alice.work(lambda services: services.journal.undo(change_set))


def test_undo_is_private(alice, bob):
    _id, change_set = alice.work(book)

    from app.errors import NotFound

    with pytest.raises(NotFound):
        bob.work(lambda services: services.journal.undo(change_set))


def test_the_creation_of_an_account_that_has_entries_is_not_undone(alice):
    async def opened(services):
        made = Account(
            book_id=services.member.book.id, name="New", kind="cash", currency="EUR", opening_balance_minor=0
        )
        services.session.add(made)
        await services.session.flush()
        return made.id, services.journal.change_set_id

    account_id, change_set = alice.work(opened)

    async def enter(services):
        await services.ledger.insert(
            Transaction(
                book_id=services.member.book.id, account_id=account_id, booked_on=DAY, amount_minor=-1, currency="EUR"
            )
        )

    alice.work(enter)

    with pytest.raises(Conflict, match="has transactions"):
        alice.work(lambda services: services.journal.undo(change_set))


def test_a_change_of_many_rows_is_taken_back_in_few_statements(alice):
    async def fill(services):
        where = await account(services)
        rows = [
            Transaction(book_id=where.book_id, account_id=where.id, booked_on=DAY, amount_minor=-1, currency="EUR")
            for _ in range(200)
        ]
        await services.ledger.insert(*rows)

    alice.work(fill)

    async def delete(services):
        own = select(Transaction).where(Transaction.book_id == services.member.book.id)
        rows = await services.session.scalars(own.options(selectinload(Transaction.splits)))
        await services.ledger.delete(rows.all())
        return services.journal.change_set_id

    change_set = alice.work(delete)
    assert alice.work(totals)[0] == 0
    said = []

    def note(_connection, _cursor, statement, *_):
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        alice.work(lambda services: services.journal.undo(change_set))
    finally:
        event.remove(Engine, "before_cursor_execute", note)

    assert alice.work(totals)[0] == -200
    assert len(said) < 40


def test_a_payee_that_others_use_stays_when_the_entry_that_named_it_is_undone(alice):
    async def name(services):
        payee = Payee(book_id=services.member.book.id, name="Shop", key="shop")
        services.session.add(payee)
        await services.session.flush()
        return payee.id, (await book(services, payee_id=payee.id))[1]

    payee_id, change_set = alice.work(name)
    again, _ = alice.work(lambda services: book(services, payee_id=payee_id))

    alice.work(lambda services: services.journal.undo(change_set))

    async def entries(services):
        return [tuple(row) for row in await services.session.execute(select(Transaction.id, Transaction.payee_id))]

    assert alice.work(entries) == [(again, payee_id)]
