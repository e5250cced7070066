"""Changes of many transactions in one statement each, with the journal and the totals kept in step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import CategorisedBy, Change, ChangeAction, Split, Status, Transaction
from app.services.ledger import rollups
from app.services.ledger.recorder import bulk_update, plain, revive
from app.services.ledger.rollups import Deltas, Posting
from app.services.member import Member

PART = 500
TOTALLED = ("account_id", "category_id", "status")
FIELDS = (
    Transaction.id,
    Transaction.account_id,
    Transaction.booked_on,
    Transaction.amount_minor,
    Transaction.currency,
    Transaction.status,
    Transaction.category_id,
    Transaction.categorised_by,
    Transaction.confidence,
    Transaction.reason,
    Transaction.transfer_id,
    Transaction.is_split,
)


def parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), PART):
        yield ids[start : start + PART]


async def rows_of(session: AsyncSession, member: Member, ids: Sequence[int]) -> list[Any]:
    """These rows of the book, as the totals need them."""
    found: list[Any] = []
    for some in parts(ids):
        query = select(*FIELDS).where(Transaction.book_id == member.book.id, Transaction.id.in_(some))
        found += (await session.execute(query)).all()
    return found


async def recategorise(
    session: AsyncSession,
    member: Member,
    ids: Sequence[int],
    category_id: int | None,
    *,
    categorised_by: CategorisedBy,
    reason: str | None = None,
) -> int:
    """File plain transactions, neither split nor transfers, under one category; how many there were."""
    await session.flush()
    rows = [row for row in await rows_of(session, member, ids) if not row.is_split and row.transfer_id is None]
    values = {
        "category_id": category_id,
        "categorised_by": categorised_by if category_id else None,
        "confidence": None,
        "reason": reason[:200] if reason and category_id else None,
    }
    await _write(session, member, rows, values, category_id=category_id)
    return len(rows)


async def give_category(session: AsyncSession, member: Member, ids: Sequence[int], category_id: int) -> None:
    """Move filed transactions to another category; who filed them stays."""
    await session.flush()
    rows = await rows_of(session, member, ids)
    await _write(session, member, rows, {"category_id": category_id}, category_id=category_id)


async def set_status(session: AsyncSession, member: Member, ids: Sequence[int], status: Status) -> int:
    """Give transactions one status; how many there were."""
    await session.flush()
    rows = await rows_of(session, member, ids)
    await _write(session, member, rows, {"status": status}, status=status)
    return len(rows)


async def _write(
    session: AsyncSession, member: Member, rows: Sequence[Any], values: dict[str, Any], **changed: Any
) -> None:
    if not rows:
        return
    splits = await parts_of(session, [row.id for row in rows if row.is_split])
    deltas = Deltas(member.book.months)
    for row in rows:
        before = posting_of(member, row, splits)
        deltas.add(before, -1)
        deltas.add(before._replace(**changed))
    ids = [row.id for row in rows]
    await bulk_update(session, member, Transaction, ids, values, [row._mapping for row in rows])
    await rollups.apply(session, deltas)
    await seen_again(session, set(ids), values)


#: Columns that hang together with nothing but the totals: a bulk change of them is taken back in bulk too.
PLAIN = frozenset({"account_id", "category_id", "status", "categorised_by", "confidence", "reason"})


def is_plain(change: Change) -> bool:
    """Whether this is a bulk change of transactions that ``take_back`` can take back."""
    is_bulk = change.action is ChangeAction.BULK and change.table_name == Transaction.__tablename__
    return is_bulk and PLAIN.issuperset(change.after or {})


async def take_back(session: AsyncSession, member: Member, change: Change) -> bool:
    """Put back what a bulk change changed, as bulk changes; False when a row is gone or was changed since."""
    await session.flush()
    before: dict[int, dict[str, Any]] = {int(id_): values for id_, values in (change.before or {}).items()}
    after = change.after or {}
    rows = await rows_of(session, member, list(before))
    if len(rows) != len(before) or any(
        plain(getattr(row, name)) != said for row in rows for name, said in after.items()
    ):
        return False
    splits = await parts_of(session, [row.id for row in rows if row.is_split])
    deltas = Deltas(member.book.months)
    alike: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for row in rows:
        values = before[row.id]
        alike[tuple(values[name] for name in after)].append(row)
        posting = posting_of(member, row, splits)
        deltas.add(posting, -1)
        back = revive(Transaction, {name: values[name] for name in TOTALLED if name in after})
        deltas.add(posting._replace(**back))
    for key, some in alike.items():
        values = revive(Transaction, dict(zip(after, key, strict=True)))
        old = [row._mapping for row in some]
        await bulk_update(session, member, Transaction, [row.id for row in some], values, old)
    await rollups.apply(session, deltas)
    await seen_again(session, set(before), after)
    return True


def posting_of(member: Member, row: Any, splits: Mapping[int, tuple[tuple[int | None, int], ...]]) -> Posting:
    """What the totals know of a row of ``FIELDS``."""
    return Posting(
        member.book.id,
        row.account_id,
        row.booked_on,
        row.amount_minor,
        row.currency,
        row.status,
        row.category_id,
        row.transfer_id is not None,
        splits.get(row.id, ()),
    )


async def parts_of(session: AsyncSession, ids: Sequence[int]) -> dict[int, tuple[tuple[int | None, int], ...]]:
    """The parts of these transactions: category and amount of each."""
    found: dict[int, tuple[tuple[int | None, int], ...]] = {}
    for some in parts(ids):
        query = select(Split.transaction_id, Split.category_id, Split.amount_minor)
        for owner, category_id, minor in await session.execute(query.where(Split.transaction_id.in_(some))):
            found[owner] = (*found.get(owner, ()), (category_id, minor))
    return found


async def seen_again(session: AsyncSession, ids: set[int], names: Iterable[str]) -> None:
    """Read what was written around the ORM into the objects that are loaded already."""
    for row in list(session.sync_session.identity_map.values()):
        if isinstance(row, Transaction) and row.id in ids:
            await session.refresh(row, [*names, "version"])
