"""Checks every invariant of the ledger, over all of the database.

Run by ``saldo check``, by the nightly job and after each fault test. The numbers are those of the invariants in
``docs/architecture.md``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.period import Months
from app.models import (
    TRANSFER,
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
    Status,
    Transaction,
    Transfer,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken invariant: which one, and where."""

    invariant: str
    text: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.text}"


async def check_invariants(session: AsyncSession, *, book_id: int | None = None) -> list[Finding]:
    """Return all violations, or those of one book."""
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
    """I2: a transfer has two legs on different accounts; in one currency they net to zero, else a rate is kept.

    The transfer of a valuation has one leg.
    """
    rows = await session.execute(
        select(
            Transfer.id,
            Transfer.rate,
            func.count(Transaction.id),
            func.count(Transaction.account_id.distinct()),
            func.count(Transaction.currency.distinct()),
            func.sum(Transaction.amount_minor),
            func.count(case((Transaction.is_valuation, 1))),
        )
        .outerjoin(Transaction, Transaction.transfer_id == Transfer.id)
        .where(_of(Transfer, book_id))
        .group_by(Transfer.id, Transfer.rate)
    )
    return [
        Finding("I2", f"transfer {id_} has {legs} legs on {accounts} accounts, net {net}")
        for id_, rate, legs, accounts, currencies, net, valuations in rows
        if (legs, valuations) != (1, 1)
        and (valuations or legs != 2 or accounts != 2 or (net != 0 if currencies == 1 else rate is None))
    ]


async def totals_are_true(session: AsyncSession, book_id: int | None) -> Iterable[Finding]:
    """I4: every total equals the sum of its rows.

    The sums are computed in SQL, independently of the code that maintains the totals.
    """
    found: list[Finding] = []
    for id_, first_day in (await session.execute(select(Book.id, Book.first_day_of_month))).all():
        if book_id in (None, id_):
            found += await _compare_accounts(session, id_)
            found += await _compare_days(session, id_)
            found += await _compare_months(session, id_, Months(first_day))
    return found


def _sum_if(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, Transaction.amount_minor), else_=0)), 0)


async def _compare_accounts(session: AsyncSession, book_id: int) -> list[Finding]:
    sums = await session.execute(
        select(
            Transaction.account_id,
            func.sum(Transaction.amount_minor),
            _sum_if(Transaction.status == Status.PENDING),
            _sum_if(Transaction.status == Status.RECONCILED),
            func.count(),
        )
        .where(Transaction.book_id == book_id)
        .group_by(Transaction.account_id)
    )
    kept = await session.execute(
        select(
            AccountTotal.account_id,
            AccountTotal.posted_minor,
            AccountTotal.pending_minor,
            AccountTotal.reconciled_minor,
            AccountTotal.count,
        ).where(AccountTotal.book_id == book_id)
    )
    return _differences("balance of account", _by_key(kept, 1), _by_key(sums, 1))


async def _compare_days(session: AsyncSession, book_id: int) -> list[Finding]:
    sums = await session.execute(
        select(Transaction.account_id, Transaction.booked_on, func.sum(Transaction.amount_minor), func.count())
        .where(Transaction.book_id == book_id)
        .group_by(Transaction.account_id, Transaction.booked_on)
    )
    kept = await session.execute(
        select(DayTotal.account_id, DayTotal.day, DayTotal.net_minor, DayTotal.count).where(DayTotal.book_id == book_id)
    )
    return _differences("day", _by_key(kept, 2), _by_key(sums, 2))


async def _compare_months(session: AsyncSession, book_id: int, calendar: Months) -> list[Finding]:
    """Unsplit rows and transfers count as a whole, split rows by their splits."""
    sums: dict[tuple[Any, ...], tuple[int, ...]] = defaultdict(lambda: (0, 0, 0))
    category = case((Transaction.transfer_id.is_not(None), TRANSFER), else_=func.coalesce(Transaction.category_id, 0))
    is_whole = ~Transaction.is_split | Transaction.transfer_id.is_not(None)
    whole = select(*_flows(category, Transaction.amount_minor)).where(is_whole)
    parts = (
        select(*_flows(func.coalesce(Split.category_id, 0), Split.amount_minor))
        .join(Split, Split.transaction_id == Transaction.id)
        .where(~is_whole)
    )
    for query in (whole, parts):
        of_book = query.where(Transaction.book_id == book_id)
        grouped = of_book.group_by(Transaction.account_id, Transaction.booked_on, *list(query.selected_columns)[2:3])
        for row in await session.execute(grouped):
            account_id, day, category_id, *flow = row
            key = account_id, calendar.of(day), category_id
            sums[key] = tuple(one + int(other) for one, other in zip(sums[key], flow, strict=True))
    kept = await session.execute(
        select(
            MonthTotal.account_id,
            MonthTotal.month,
            MonthTotal.category_id,
            MonthTotal.in_minor,
            MonthTotal.out_minor,
            MonthTotal.count,
        ).where(MonthTotal.book_id == book_id)
    )
    return _differences("month", _by_key(kept, 3), sums)


def _flows(category: Any, minor: Any) -> tuple[Any, ...]:
    return (
        Transaction.account_id,
        Transaction.booked_on,
        category.label("category"),
        func.sum(case((minor > 0, minor), else_=0)),
        func.sum(case((minor > 0, 0), else_=-minor)),
        func.count(),
    )


def _by_key(rows: Iterable[Any], width: int) -> dict[tuple[Any, ...], tuple[int, ...]]:
    """Return sums by the first ``width`` columns."""
    return {tuple(row[:width]): tuple(int(each) for each in row[width:]) for row in rows}


def _differences(
    name: str, kept: Mapping[tuple[Any, ...], tuple[int, ...]], true: Mapping[tuple[Any, ...], tuple[int, ...]]
) -> list[Finding]:
    found = []
    for key in kept.keys() | true.keys():
        one, other = kept.get(key, ()), true.get(key, ())
        if one != other and (any(one) or any(other)):
            shown = ", ".join(str(each) for each in key)
            found.append(Finding("I4", f"{name} {shown} is stored as {one}, its rows add up to {other}"))
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
