"""Proof of the books: every invariant that the ledger promises, over all of the database.

Run by ``saldo check``, by the nightly job and after each fault test. The numbers are those of the invariants in
``docs/architecture.md``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.period import Months
from app.models import (
    Account,
    AccountTotal,
    Base,
    Book,
    ChangeSet,
    DayTotal,
    ImportBatch,
    ImportStatus,
    MonthTotal,
    Split,
    Transaction,
    Transfer,
)
from app.services.ledger.rollups import Deltas, Posting

CHUNK = 5000


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that should not be: which promise is broken, and where."""

    invariant: str
    text: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.text}"


async def check_invariants(session: AsyncSession, *, book_id: int | None = None) -> list[Finding]:
    """All findings, or those of one book; empty when the books are sound."""
    found: list[Finding] = []
    for part in PARTS:
        found += await part(session, book_id)
    return found


def _of(model: Any, book_id: int | None) -> Any:
    return literal(True) if book_id is None else model.book_id == book_id


async def splits_add_up(session: AsyncSession, book_id: int | None) -> Iterable[Finding]:
    """I1: the splits of a transaction sum to its amount, and only split transactions have splits."""
    total = func.coalesce(func.sum(Split.amount_minor), 0)
    rows = await session.execute(
        select(Transaction.id, Transaction.amount_minor, total)
        .outerjoin(Split, Split.transaction_id == Transaction.id)
        .where(Transaction.is_split, _of(Transaction, book_id))
        .group_by(Transaction.id, Transaction.amount_minor)
        .having(total != Transaction.amount_minor)
    )
    found = [Finding("I1", f"transaction {id_} is {minor}, its splits {parts}") for id_, minor, parts in rows]
    stray = await session.scalars(
        select(Split.id)
        .join(Transaction, Transaction.id == Split.transaction_id)
        .where(~Transaction.is_split, _of(Split, book_id))
    )
    return found + [Finding("I1", f"split {id_} belongs to a transaction that is not split") for id_ in stray]


async def transfers_net(session: AsyncSession, book_id: int | None) -> Iterable[Finding]:
    """I2: a transfer has two legs on different accounts; in one currency they net to zero, else a rate is kept."""
    rows = await session.execute(
        select(
            Transfer.id,
            Transfer.rate,
            func.count(Transaction.id),
            func.count(Transaction.account_id.distinct()),
            func.count(Transaction.currency.distinct()),
            func.sum(Transaction.amount_minor),
        )
        .outerjoin(Transaction, Transaction.transfer_id == Transfer.id)
        .where(_of(Transfer, book_id))
        .group_by(Transfer.id, Transfer.rate)
    )
    return [
        Finding("I2", f"transfer {id_} has {legs} legs on {accounts} accounts, net {net}")
        for id_, rate, legs, accounts, currencies, net in rows
        if legs != 2 or accounts != 2 or (net != 0 if currencies == 1 else rate is None)
    ]


async def totals_are_true(session: AsyncSession, book_id: int | None) -> Iterable[Finding]:
    """I4: every roll-up equals what its rows add up to."""
    months = {id_: Months(day) for id_, day in await session.execute(select(Book.id, Book.first_day_of_month))}
    found: list[Finding] = []
    for each, calendar in months.items():
        if book_id in (None, each):
            found += await _compare_totals(session, each, await recomputed(session, each, calendar))
    return found


async def recomputed(session: AsyncSession, book_id: int, months: Months) -> Deltas:
    """The roll-ups of a book, summed anew from its transactions and splits."""
    parts: dict[int, list[tuple[int | None, int]]] = defaultdict(list)
    for owner, category_id, minor in await session.execute(
        select(Split.transaction_id, Split.category_id, Split.amount_minor).where(Split.book_id == book_id)
    ):
        parts[owner].append((category_id, minor))
    sums = Deltas(months)
    rows = await session.stream(
        select(
            Transaction.id,
            Transaction.account_id,
            Transaction.booked_on,
            Transaction.amount_minor,
            Transaction.currency,
            Transaction.status,
            Transaction.category_id,
            Transaction.transfer_id,
        )
        .where(Transaction.book_id == book_id)
        .execution_options(yield_per=CHUNK)
    )
    async for id_, account_id, day, minor, currency, status, category_id, transfer_id in rows:
        of_splits = tuple(parts.get(id_, ()))
        sums.add(
            Posting(book_id, account_id, day, minor, currency, status, category_id, transfer_id is not None, of_splits)
        )
    return sums


async def _compare_totals(session: AsyncSession, book_id: int, sums: Deltas) -> list[Finding]:
    kept_accounts = await session.execute(
        select(
            AccountTotal.account_id,
            AccountTotal.posted_minor,
            AccountTotal.pending_minor,
            AccountTotal.reconciled_minor,
            AccountTotal.count,
        ).where(AccountTotal.book_id == book_id)
    )
    kept_days = await session.execute(
        select(DayTotal.account_id, DayTotal.day, DayTotal.net_minor, DayTotal.count).where(DayTotal.book_id == book_id)
    )
    kept_months = await session.execute(
        select(
            MonthTotal.account_id,
            MonthTotal.month,
            MonthTotal.category_id,
            MonthTotal.in_minor,
            MonthTotal.out_minor,
            MonthTotal.count,
        ).where(MonthTotal.book_id == book_id)
    )
    return [
        *_differences("balance of account", {row[0]: tuple(row[1:]) for row in kept_accounts},
                      {key[1]: tuple(value) for key, value in sums.accounts.items()}),
        *_differences("day", {tuple(row[:2]): tuple(row[2:]) for row in kept_days},
                      {key[1:]: tuple(value) for key, value in sums.days.items()}),
        *_differences("month", {tuple(row[:3]): tuple(row[3:]) for row in kept_months},
                      {key[1:4]: tuple(value) for key, value in sums.flows.items()}),
    ]  # fmt: skip


def _differences(what: str, kept: dict[Any, tuple[int, ...]], true: dict[Any, tuple[int, ...]]) -> list[Finding]:
    found = []
    for key in kept.keys() | true.keys():
        one, other = kept.get(key, ()), true.get(key, ())
        if one != other and (any(one) or any(other)):
            found.append(Finding("I4", f"{what} {key} is kept as {one}, its rows add up to {other}"))
    return found


async def books_are_apart(session: AsyncSession, book_id: int | None) -> Iterable[Finding]:
    """I9: no row of one book points into another."""
    found = []
    for mapper in Base.registry.mappers:
        table: Any = mapper.local_table
        if "book_id" not in table.c:
            continue
        for column in table.c:
            for key in column.foreign_keys:
                target = key.column.table
                if target.name == "book" or "book_id" not in target.c:
                    continue
                other = target.alias()
                wrong = await session.scalar(
                    select(func.count())
                    .select_from(table.join(other, column == other.c[key.column.name]))
                    .where(table.c.book_id != other.c.book_id)
                    .where(literal(True) if book_id is None else table.c.book_id == book_id)
                )
                if wrong:
                    found.append(Finding("I9", f"{wrong} rows of {table.name} point by {column.name} into other books"))
    return found


async def currencies_hold(session: AsyncSession, book_id: int | None) -> Iterable[Finding]:
    """I12: a transaction is in the currency of its account."""
    rows = await session.scalars(
        select(Transaction.id)
        .join(Account, Account.id == Transaction.account_id)
        .where(Transaction.currency != Account.currency, _of(Transaction, book_id))
    )
    return [Finding("I12", f"transaction {id_} is not in its account's currency") for id_ in rows]


async def imports_add_up(session: AsyncSession, book_id: int | None) -> Iterable[Finding]:
    """I6: a finished import's rows are its created, duplicate, unsure and failed ones."""
    parts = ImportBatch.created + ImportBatch.duplicates + ImportBatch.unsure + ImportBatch.failed
    rows = await session.execute(
        select(ImportBatch.id, ImportBatch.rows, parts).where(
            ImportBatch.status == ImportStatus.DONE, parts != ImportBatch.rows, _of(ImportBatch, book_id)
        )
    )
    return [Finding("I6", f"import {id_} had {rows_} rows, {sum_} are accounted for") for id_, rows_, sum_ in rows]


async def undone_once(session: AsyncSession, book_id: int | None) -> Iterable[Finding]:
    """I11: a change set is taken back by at most one other, of the same book."""
    rows = await session.scalars(select(ChangeSet.undoes_id).where(ChangeSet.undoes_id.is_not(None)))
    return [Finding("I11", f"change set {id_} was undone {n} times") for id_, n in Counter(rows).items() if n > 1]


Part = Callable[[AsyncSession, int | None], Awaitable[Iterable[Finding]]]
PARTS: tuple[Part, ...] = (
    splits_add_up,
    transfers_net,
    totals_are_true,
    imports_add_up,
    books_are_apart,
    undone_once,
    currencies_hold,
)
