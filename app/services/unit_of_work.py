"""A unit of work: all of it is saved and consistent, or nothing is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app import events
from app.errors import Conflict, Invalid
from app.i18n import _
from app.models import Book, Transaction, Transfer
from app.services.ledger.recorder import recorder
from app.services.ledger.writer import enqueue_ledger_changed

BOOKS: Any = Book.__table__
TURN = update(BOOKS).where(BOOKS.c.id == bindparam("book_id")).values(revision=BOOKS.c.revision + 1)


@asynccontextmanager
async def commit_scope(session: AsyncSession) -> AsyncIterator[AsyncSession]:
    """Verify and commit at the end of the block; roll back when it raises. Listeners hear of it after the commit."""
    try:
        yield session
        await session.flush()
        await session.run_sync(verify)
        if (member := session.info.get("member")) is not None:
            await session.run_sync(_bump_revision, member.book.id)
        await session.run_sync(enqueue_ledger_changed)
        if (journal := recorder(session)) is not None:
            await session.run_sync(journal.finish)
        await session.commit()
    except StaleDataError:
        await _rollback(session)
        raise Conflict(_("Someone else changed this. Review the current version, then save again.")) from None
    except IntegrityError as error:
        await _rollback(session)
        raise Conflict(_("This conflicts with existing data. It may already exist or be in use.")) from error
    except BaseException:
        await _rollback(session)
        raise
    events.dispatch(session)


async def lock_book(session: AsyncSession, book_id: int) -> None:
    """Writers of a book go one after the other: what one has looked at, no other changes before it has saved.

    SQLite's lock at BEGIN does as much by itself.
    """
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(select(Book.id).where(Book.id == book_id).with_for_update(key_share=True))


def _bump_revision(session: Session, book_id: int) -> None:
    """Raise the book's revision: pages drawn before are drawn anew."""
    session.connection().execute(TURN, {"book_id": book_id})


async def _rollback(session: AsyncSession) -> None:
    events.discard(session)
    session.info.pop("ledger_changes", None)
    session.expunge_all()  # what was read stays readable: a form that is shown again may need it
    await session.rollback()


def verify(session: Session) -> None:
    """What spans rows, checked once before the commit: splits add up, a transfer's legs match (I1, I2)."""
    touched: set[Transaction] = session.info.pop("touched", set())
    for row in touched:
        if row.is_split and sum(each.amount_minor for each in row.splits) != row.amount_minor:
            raise Invalid(_("The splits don’t add up to the amount."), field="splits")
    transfers = {row.transfer_id for row in touched if row.transfer_id is not None}
    if transfers:
        _verify_transfers(session, transfers)


def _verify_transfers(session: Session, transfers: set[int]) -> None:
    legs: dict[int, list[Transaction]] = {each: [] for each in transfers}
    for leg in session.scalars(select(Transaction).where(Transaction.transfer_id.in_(transfers))):
        legs[leg.transfer_id or 0].append(leg)
    for transfer_id, pair in legs.items():
        if not balanced(pair, session.get_one(Transfer, transfer_id).rate):
            raise Invalid(_("The two sides of the transfer don’t match."), field="amount")


def balanced(legs: list[Transaction], rate: str | None) -> bool:
    """Two legs of opposite sign on different accounts: netting to zero, or with a rate across currencies.

    A valuation has one leg.
    """
    if len(legs) == 1:
        return legs[0].is_valuation
    if len(legs) != 2 or legs[0].account_id == legs[1].account_id:
        return False
    one, other = legs
    if one.currency == other.currency:
        return one.amount_minor + other.amount_minor == 0
    return one.amount_minor * other.amount_minor < 0 and rate is not None
