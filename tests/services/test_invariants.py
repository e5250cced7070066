"""The proof of the books finds what is wrong, and nothing when all is well."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text

from app import db
from app.services.ledger.invariants import check_invariants
from tests.support.journal import book, book_split


async def findings():
    async with db.read_session() as session:
        return {each.invariant for each in await check_invariants(session)}


async def spoil(statement, **values):
    async with db.write_session() as session, session.begin():
        await session.execute(text(statement), values)


def test_sound_books_have_no_findings(alice, run):
    alice.work(book)
    alice.work(book_split)

    assert run(findings) == set()


def test_a_wrong_balance_is_found(alice, run):
    alice.work(book)
    run(spoil, "UPDATE account_total SET posted_minor = posted_minor + 1")

    assert run(findings) == {"I4"}


def test_a_forgotten_day_is_found(alice, run):
    alice.work(book)
    run(spoil, "DELETE FROM day_total")

    assert run(findings) == {"I4"}


def test_splits_that_do_not_add_up_are_found(alice, run):
    alice.work(book_split)
    run(spoil, "UPDATE split SET amount_minor = amount_minor - 5")

    assert {"I1"} <= run(findings)


def test_a_transfer_with_one_leg_is_found(alice, run):
    alice.work(book)
    run(spoil, "INSERT INTO transfer (book_id, created_at, updated_at) SELECT id, created_at, updated_at FROM book")

    assert run(findings) == {"I2"}


def test_a_row_that_points_into_another_book_is_found(alice, bob, run):
    alice.work(book)
    run(
        spoil,
        'UPDATE "transaction" SET payee_id = NULL, category_id ='
        ' (SELECT max(category.id) FROM category WHERE category.book_id <> "transaction".book_id)',
    )

    assert {"I9"} <= run(findings)


def test_a_foreign_currency_in_an_account_is_found(alice, run):
    alice.work(book)
    run(spoil, "UPDATE \"transaction\" SET currency = 'USD' WHERE booked_on = :day", day=date(2026, 3, 14))

    assert {"I12"} <= run(findings)
