"""The book's own settings can be taken back, and its totals follow them; a currency with entries in it stays."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app import db
from app.models import MonthTotal
from app.services.ledger.invariants import check_invariants
from tests.support.journal import book, latest, save


async def months(services):
    found = await services.session.scalars(
        select(MonthTotal.month).where(MonthTotal.book_id == services.member.book.id)
    )
    return set(found)


async def findings():
    async with db.read_session() as session:
        return await check_invariants(session)


def test_the_totals_follow_the_first_day_of_the_month_there_and_back(alice, run):
    alice.work(book)  # on the 14th of March
    save(alice, first_day_of_month="25")
    assert alice.work(months) == {date(2026, 2, 25)}
    assert run(findings) == []

    moved = alice.work(lambda services: latest(services, "book"))
    assert alice.post(f"/activity/{moved}/undo").status_code == 303
    assert alice.work(months) == {date(2026, 3, 1)}
    assert run(findings) == []

    undone = alice.work(lambda services: latest(services, "book"))
    assert alice.post(f"/activity/{undone}/undo").status_code == 303
    assert alice.work(months) == {date(2026, 2, 25)}
    assert run(findings) == []


def test_a_currency_is_not_taken_from_under_entries(alice, run):
    save(alice, base_currency="CHF")
    changed = alice.work(lambda services: latest(services, "book"))

    where = alice.api("GET", "/api/v1/accounts").json()["accounts"][0]["id"]
    spent = {"account": where, "amount": "-5.00", "booked_on": "2026-03-14", "payee": "Baker"}
    assert alice.api("POST", "/api/v1/transactions", json=spent).status_code == 201
    assert alice.post(f"/activity/{changed}/undo").status_code == 409
    assert run(findings) == []
