"""Account, day and month totals, kept equal to the transactions that they sum.

``LedgerWriter`` describes each change by the postings before and after it; ``Deltas`` adds up the differences and
writes them in the same database transaction. What was touched is also what ``LedgerChanged`` reports after commit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Table, case, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from app.db import insert_into
from app.domain.period import Months
from app.models import TRANSFER, UNFILED, AccountTotal, DayTotal, MonthTotal, Split, Status, Transaction


class Posting(NamedTuple):
    """What the totals need to know of a transaction. ``splits`` are pairs of category id and minor units.

    It may stand for several transactions that differ only in their amounts; ``minor`` is then their sum.
    """

    account_id: int
    booked_on: date
    minor: int
    currency: str
    status: Status
    category_id: int | None
    is_transfer: bool
    payee_id: int | None = None
    splits: tuple[tuple[int | None, int], ...] = ()

    @classmethod
    def of(cls, row: Transaction) -> Posting:
        """Describe a transaction. Its splits are loaded if it is split."""
        return cls(
            row.account_id,
            row.booked_on,
            row.amount_minor,
            row.currency,
            row.status,
            row.category_id,
            row.transfer_id is not None,
            row.payee_id,
            tuple((each.category_id, each.amount_minor) for each in row.splits) if row.is_split else (),
        )

    def by_category(self) -> Iterator[tuple[int, int]]:
        """Yield the category id and minor units of each part of the amount."""
        if self.is_transfer:
            yield TRANSFER, self.minor
        elif self.splits:
            for category_id, minor in self.splits:
                yield category_id or UNFILED, minor
        else:
            yield self.category_id or UNFILED, self.minor


class Deltas:
    """Differences to be added to the three total tables of one book."""

    def __init__(self, book_id: int, months: Months) -> None:
        self.book_id, self.months = book_id, months
        self.accounts: dict[tuple[int], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        self.days: dict[tuple[int, date], list[int]] = defaultdict(lambda: [0, 0])
        self.flows: dict[tuple[int, date, int, str], list[int]] = defaultdict(lambda: [0, 0, 0])
        self.payees: set[int] = set()

    def add(self, posting: Posting, count: int = 1) -> None:
        """Count a posting, which stands for ``count`` transactions."""
        self._add(posting, 1, count)

    def subtract(self, posting: Posting, count: int = 1) -> None:
        """Remove a posting that was counted before."""
        self._add(posting, -1, count)

    def _add(self, posting: Posting, sign: int, count: int) -> None:
        minor = sign * posting.minor
        account = self.accounts[posting.account_id,]
        account[0] += minor
        account[1] += minor if posting.status is Status.PENDING else 0
        account[2] += minor if posting.status is Status.RECONCILED else 0
        account[3] += sign * count
        day = self.days[posting.account_id, posting.booked_on]
        day[0] += minor
        day[1] += sign * count
        month = self.months.of(posting.booked_on)
        for category_id, part in posting.by_category():
            flow = self.flows[posting.account_id, month, category_id, posting.currency]
            flow[0 if part > 0 else 1] += sign * abs(part)
            flow[2] += sign * count
        if posting.payee_id is not None:
            self.payees.add(posting.payee_id)

    def write(self, session: Session) -> None:
        """Add the differences to the tables."""
        _upsert(session, ACCOUNTS, self.book_id, self.accounts)
        _upsert(session, DAYS, self.book_id, self.days)
        _upsert(session, FLOWS, self.book_id, self.flows)


class _Totals(NamedTuple):
    """A total table with the names of its keys and of its sums, both in the order in which ``Deltas`` has them."""

    table: Any
    keys: tuple[str, ...]
    unique: tuple[str, ...]
    sums: tuple[str, ...]


ACCOUNTS = _Totals(
    AccountTotal.__table__,
    ("account_id",),
    ("account_id",),
    ("posted_minor", "pending_minor", "reconciled_minor", "count"),
)
DAYS = _Totals(DayTotal.__table__, ("account_id", "day"), ("account_id", "day"), ("net_minor", "count"))
FLOWS = _Totals(
    MonthTotal.__table__,
    ("account_id", "month", "category_id", "currency"),
    ("account_id", "month", "category_id"),
    ("in_minor", "out_minor", "count"),
)


def _upsert(session: Session, totals: _Totals, book_id: int, deltas: dict[Any, list[int]]) -> None:
    rows = [
        {"book_id": book_id, **dict(zip(totals.keys, key, strict=True)), **dict(zip(totals.sums, sums, strict=True))}
        for key, sums in deltas.items()
        if any(sums)
    ]
    if rows:
        connection = session.connection()
        connection.execute(_adding(connection.dialect.name, totals.table, totals.unique, totals.sums), rows)


@cache
def _adding(dialect_name: str, table: Table, unique: tuple[str, ...], sums: tuple[str, ...]) -> Any:
    """Return the INSERT that adds to the sums of an existing row; built once, because it runs for every change."""
    statement = insert_into(table, dialect_name)
    added = {name: table.c[name] + statement.excluded[name] for name in sums}
    return statement.on_conflict_do_update(index_elements=list(unique), set_=added)


def read_postings(session: Session, conditions: Iterable[Any]) -> Iterator[tuple[Posting, int]]:
    """Yield the postings of the transactions that match, alike ones summed, with how many each stands for."""
    wanted = tuple(conditions)
    columns = (
        Transaction.account_id,
        Transaction.booked_on,
        Transaction.currency,
        Transaction.status,
        Transaction.category_id,
        Transaction.transfer_id.is_not(None).label("is_transfer"),
        Transaction.payee_id,
    )
    groups = (
        select(*columns, func.sum(Transaction.amount_minor).label("minor"), func.count().label("rows"))
        .where(*wanted, ~Transaction.is_split)
        .group_by(*columns, case((Transaction.amount_minor > 0, 1), else_=0))
    )
    for row in session.execute(groups):
        yield (
            Posting(
                row.account_id, row.booked_on, int(row.minor), row.currency, row.status, row.category_id,
                bool(row.is_transfer), row.payee_id,
            ),
            row.rows,
        )  # fmt: skip
    own = select(Transaction.id).where(*wanted, Transaction.is_split)
    parts = read_splits(session, Split.transaction_id.in_(own))
    split_rows = select(Transaction.id, Transaction.amount_minor, *columns).where(*wanted, Transaction.is_split)
    for each in session.execute(split_rows):
        yield (
            Posting(
                each.account_id, each.booked_on, each.amount_minor, each.currency, each.status, each.category_id,
                bool(each.is_transfer), each.payee_id, parts.get(each.id, ()),
            ),
            1,
        )  # fmt: skip


def read_splits(session: Session, condition: Any) -> dict[int, tuple[tuple[int | None, int], ...]]:
    """Return the splits that match, as pairs of category id and minor units by transaction id."""
    found: dict[int, tuple[tuple[int | None, int], ...]] = {}
    query = select(Split.transaction_id, Split.category_id, Split.amount_minor).where(condition)
    for row in session.execute(query):
        found[row.transaction_id] = (*found.get(row.transaction_id, ()), (row.category_id, row.amount_minor))
    return found


async def rebuild(session: AsyncSession, book_id: int, months: Months) -> None:
    """Write the totals of a book anew from its transactions, after the first day of its months has changed."""
    await session.flush()
    for model in (AccountTotal, DayTotal, MonthTotal):
        await session.execute(delete(model).where(model.book_id == book_id))
    deltas = Deltas(book_id, months)

    def write(here: Session) -> None:
        for posting, count in read_postings(here, (Transaction.book_id == book_id,)):
            deltas.add(posting, count)
        deltas.write(here)

    await session.run_sync(write)
