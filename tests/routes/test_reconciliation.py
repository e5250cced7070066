"""Holding an account against its statement."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.models import AccountTotal, Transaction
from app.schemas.transactions import TransactionIn

DAY = date(2026, 3, 14)


def cash(person):
    async def work(services):
        return (await services.accounts.default()).id

    return person.work(work)


def book(person, amount, **more):
    async def work(services):
        entry = TransactionIn(payee="Shop", amount=amount, booked_on=more.pop("booked_on", DAY), **more)
        return (await services.transactions.add(entry)).id

    return person.work(work)


def statuses(person):
    async def work(services):
        query = select(Transaction.amount_minor, Transaction.status).where(
            Transaction.book_id == services.member.book.id
        )
        return sorted((row.amount_minor, row.status.value) for row in await services.session.execute(query))

    return person.work(work)


def locked(person):
    async def work(services):
        return await services.session.scalar(
            select(AccountTotal.reconciled_minor).where(AccountTotal.book_id == services.member.book.id)
        )

    return person.work(work)


def form(balance, *rows, **more):
    return {"until": "2026-03-31", "balance": balance, "row": [str(row) for row in rows], **more}


def test_cleared_rows_are_ticked_and_the_difference_shown(alice):
    book(alice, "-10")
    book(alice, "-5", status="pending")
    book(alice, "-7", booked_on=date(2026, 4, 1))
    text = alice.get(f"/accounts/{cash(alice)}/reconcile?until=2026-03-31&balance=-10").text

    assert text.count('name="row"') == 2
    assert text.count(" checked>") == 1
    assert "matches" in text


def test_the_difference_follows_the_ticks(alice):
    one, other = book(alice, "-10"), book(alice, "-5")
    url = f"/accounts/{cash(alice)}/reconcile/difference"

    assert "matches" in alice.htmx("post", url, data=form("-15", one, other)).text
    assert "−€5.00" in alice.htmx("post", url, data=form("-15", one)).text


def test_what_agrees_is_locked_and_undone_as_one(alice):
    one, other = book(alice, "-10"), book(alice, "-5")
    url = f"/accounts/{cash(alice)}"
    answer = alice.htmx("post", f"{url}/reconcile", data=form("-10", one))

    landed = alice.get(answer.headers["hx-redirect"]).text
    assert ": 1 transaction" in landed
    assert "data-undo" in landed
    assert statuses(alice) == [(-1000, "reconciled"), (-500, "cleared")]
    assert locked(alice) == -1000

    async def undo(services):
        await services.journal.undo((await services.journal.page())[0].id)

    alice.work(undo)
    assert statuses(alice) == [(-1000, "cleared"), (-500, "cleared")]
    assert locked(alice) == 0
    assert other


def test_a_difference_is_refused_or_booked(alice):
    one = book(alice, "-10")
    url = f"/accounts/{cash(alice)}/reconcile"

    assert "is still open" in alice.htmx("post", url, data=form("-12.50", one)).text
    assert alice.post(url, data=form("-12.50", one)).status_code == 409
    assert statuses(alice) == [(-1000, "cleared")]
    assert alice.post(url, data=form("-12.50", one, adjust="1")).status_code == 303
    assert statuses(alice) == [(-1000, "reconciled"), (-250, "reconciled")]


def test_a_bad_statement_is_said_at_its_field(alice):
    url = f"/accounts/{cash(alice)}/reconcile"

    assert "This is not a date" in alice.get(f"{url}?until=x&balance=1").text
    assert "is not an amount" in alice.get(f"{url}?until=2026-03-31&balance=x").text
    assert "has more" in alice.get(f"{url}?until=2026-03-31&balance=1.2345").text
    assert alice.post(url, data=form("x")).status_code == 422


def test_it_is_private(alice, bob):
    url = f"/accounts/{cash(alice)}/reconcile"
    row = book(alice, "-10")

    assert bob.get(url).status_code == 404
    assert bob.post(url, data=form("-10", row)).status_code == 404
    assert bob.htmx("post", f"{url}/difference", data=form("-10", row)).status_code == 404
    own = f"/accounts/{cash(bob)}/reconcile"
    assert bob.post(own, data=form("0", row)).status_code == 409
    assert statuses(alice) == [(-1000, "cleared")]
