"""Changes of a household, and their change sets."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.models import (
    Account,
    Category,
    Change,
    ChangeSet,
    Split,
    Transaction,
)


async def account(services):
    return await services.session.scalar(select(Account).where(Account.book_id == services.member.book.id))


async def category(services, key):
    return await services.session.scalar(
        select(Category.id).where(Category.book_id == services.member.book.id, Category.key == key)
    )


async def book(services, minor=-1250, **more):
    where = await account(services)
    row = Transaction(
        book_id=services.member.book.id,
        account_id=where.id,
        booked_on=date(2026, 3, 14),
        amount_minor=minor,
        currency="EUR",
        **more,
    )
    await services.ledger.insert(row)
    return row.id, services.journal.change_set_id


async def book_split(services, parts=(("groceries", -1000), ("household", -250))):
    row_id, _ = await book(services)
    row = await services.session.scalar(
        select(Transaction).where(Transaction.id == row_id).options(selectinload(Transaction.splits))
    )
    splits = [
        Split(book_id=row.book_id, category_id=await category(services, key), amount_minor=minor, memo="")
        for key, minor in parts
    ]
    await services.ledger.update(row, splits=splits)
    return row_id, services.journal.change_set_id


async def latest(services, table):
    """The newest change set with a row of this table in it."""
    query = select(ChangeSet.id).join(Change, Change.change_set_id == ChangeSet.id).where(Change.table_name == table)
    return await services.session.scalar(query.order_by(ChangeSet.id.desc()).limit(1))


def save(alice, **changed):
    form = {"name": "Home", "base_currency": "EUR", "first_day_of_month": "1", "first_day_of_week": "0"}
    assert alice.post("/settings/book", form | changed).status_code == 303
