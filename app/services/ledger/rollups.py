"""Balances and month totals, kept in step with the transactions in the same database transaction.

A listener of the session works out what each flushed transaction and its splits added to the totals before and after,
and books the difference. Bulk work hands its own differences to ``apply``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Table, event, inspect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from app.db import insert_into
from app.domain.period import Months
from app.models import TRANSFER, UNFILED, AccountTotal, DayTotal, MonthTotal, Split, Status, Transaction
from app.services.member import Member


class Posting(NamedTuple):
    """What the totals need to know of a transaction: ``parts`` are (category id, minor) of its splits."""

    book_id: int
    account_id: int
    booked_on: date
    minor: int
    currency: str
    status: Status
    category_id: int | None
    is_transfer: bool
    parts: tuple[tuple[int | None, int], ...] = ()

    def by_category(self) -> Iterator[tuple[int, int]]:
        if self.is_transfer:
            yield TRANSFER, self.minor
        elif self.parts:
            for category_id, minor in self.parts:
                yield category_id or UNFILED, minor
        else:
            yield self.category_id or UNFILED, self.minor


class Deltas:
    """Sums to be added to the three roll-up tables."""

    def __init__(self, months: Months) -> None:
        self.months = months
        self.accounts: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        self.days: dict[tuple[int, int, date], list[int]] = defaultdict(lambda: [0, 0])
        self.flows: dict[tuple[int, int, date, int, str], list[int]] = defaultdict(lambda: [0, 0, 0])

    def add(self, posting: Posting, sign: int = 1, count: int = 1) -> None:
        """Count a posting in, or with ``sign`` -1 out. It may sum ``count`` rows that differ in nothing but amount."""
        minor = sign * posting.minor
        account = self.accounts[posting.book_id, posting.account_id]
        account[0] += minor
        account[1] += minor if posting.status is Status.PENDING else 0
        account[2] += minor if posting.status is Status.RECONCILED else 0
        account[3] += sign * count
        day = self.days[posting.book_id, posting.account_id, posting.booked_on]
        day[0] += minor
        day[1] += sign * count
        month = self.months.of(posting.booked_on)
        for category_id, part in posting.by_category():
            flow = self.flows[posting.book_id, posting.account_id, month, category_id, posting.currency]
            flow[0 if part > 0 else 1] += sign * abs(part)
            flow[2] += sign * count

    def write(self, session: Session) -> None:
        _upsert(
            session,
            AccountTotal.__table__,
            ("book_id", "account_id"),
            ("account_id",),
            ("posted_minor", "pending_minor", "reconciled_minor", "count"),
            self.accounts,
        )
        _upsert(
            session,
            DayTotal.__table__,
            ("book_id", "account_id", "day"),
            ("account_id", "day"),
            ("net_minor", "count"),
            self.days,
        )
        _upsert(
            session,
            MonthTotal.__table__,
            ("book_id", "account_id", "month", "category_id", "currency"),
            ("account_id", "month", "category_id"),
            ("in_minor", "out_minor", "count"),
            self.flows,
        )


def _upsert(
    session: Session,
    table: Any,
    names: tuple[str, ...],
    unique: tuple[str, ...],
    sums: tuple[str, ...],
    deltas: dict[Any, list[int]],
) -> None:
    rows = [
        dict(zip(names, key, strict=True)) | dict(zip(sums, values, strict=True))
        for key, values in deltas.items()
        if any(values)
    ]
    if not rows:
        return
    connection = session.connection()
    connection.execute(_adding(connection.dialect.name, table, unique, sums), rows)


@cache
def _adding(dialect_name: str, table: Table, unique: tuple[str, ...], sums: tuple[str, ...]) -> Any:
    """INSERT that adds to the sums of the row that is there; made once, as it is run for each entry."""
    statement = insert_into(table, dialect_name)
    added = {name: table.c[name] + statement.excluded[name] for name in sums}
    return statement.on_conflict_do_update(index_elements=list(unique), set_=added)


async def apply(session: AsyncSession, deltas: Deltas) -> None:
    """Book the differences of rows that were written around the ORM."""
    await session.run_sync(deltas.write)


def posting_of(row: Transaction) -> Posting:
    """A stored transaction, with its splits loaded when it is split."""
    return _posting(row, row.splits if row.is_split else (), lambda each, name: getattr(each, name))


@event.listens_for(Session, "after_flush")
def _follow(session: Session, _context: Any) -> None:
    touched = set(_touched(session))
    if not touched:
        return
    member: Member | None = session.info.get("member")
    if member is None:
        raise RuntimeError("transactions are written in a member's unit of work")
    deltas = Deltas(member.book.months)
    for row in touched:
        if row not in session.new:
            deltas.add(_posting(row, _splits_before(session, row), _before), -1)
        if row not in session.deleted:
            deltas.add(_posting(row, _splits_now(session, row), lambda each, name: getattr(each, name)))
    deltas.write(session)
    session.info.setdefault("touched", set()).update(row for row in touched if row not in session.deleted)


def _touched(session: Session) -> Iterator[Transaction]:
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, Transaction):
            yield row
        elif isinstance(row, Split):
            history = inspect(row).attrs.transaction.history
            for owner in (*history.added, *history.unchanged, *history.deleted):
                if owner is not None:
                    yield owner


def _posting(row: Transaction, splits: Iterable[Split], value: Any) -> Posting:
    return Posting(
        book_id=value(row, "book_id"),
        account_id=value(row, "account_id"),
        booked_on=value(row, "booked_on"),
        minor=value(row, "amount_minor"),
        currency=value(row, "currency"),
        status=value(row, "status") or Status.CLEARED,
        category_id=value(row, "category_id"),
        is_transfer=value(row, "transfer_id") is not None,
        parts=tuple((value(each, "category_id"), value(each, "amount_minor")) for each in splits)
        if value(row, "is_split")
        else (),
    )


def _before(row: Any, name: str) -> Any:
    """An attribute's value as the database had it before this flush."""
    history = inspect(row).attrs[name].history
    return history.deleted[0] if history.deleted else getattr(row, name)


def _splits_before(session: Session, row: Transaction) -> list[Split]:
    if not _before(row, "is_split"):
        return []
    history = inspect(row).attrs.splits.history
    return [each for each in (*history.unchanged, *history.deleted) if each not in session.new]


def _splits_now(session: Session, row: Transaction) -> list[Split]:
    if not row.is_split:
        return []
    return [each for each in row.splits if each not in session.deleted]
