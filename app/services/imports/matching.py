"""Decide whether each line of a statement is new, a duplicate, or unsure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.statement.identity import (
    PENDING_WINDOW_DAYS,
    TYPED_WINDOW_DAYS,
    Candidate,
    Existing,
    compare,
    identity,
    is_near,
    normalise,
)
from app.domain.statement.lines import BadLine, Line
from app.i18n import _
from app.models import Account, Payee, Status, Tombstone, Transaction
from app.services.categorisation import Categorised

MAX_EQUAL_LINES = 10_000  # with one identity in a file; more than any real statement has
NEW, SAME, UNSURE = "new", "same", "unsure"
CHUNK_IDS = 500


class OriginalAmount(NamedTuple):
    """A line's amount in its own currency, and how it was converted."""

    minor: int
    currency: str
    rate: str
    source: str


@dataclass(slots=True)
class Row:
    """A line to import; ``line`` is in the account's currency."""

    line: Line
    identity: int
    ordinal: int
    original: OriginalAmount | None = None
    outcome: str = NEW
    reason: str = ""
    match_id: int | None = None
    claims: bool = False  # the match was typed and takes over this line's identity
    filed: Categorised | None = None


def assign_identities(account_id: int, lines: Iterable[Line | BadLine]) -> Iterator[Row | BadLine]:
    """Yield lines with their identity, and their ordinal among equal lines of the file."""
    seen: dict[int, int] = {}
    for line in lines:
        if isinstance(line, BadLine):
            yield line
            continue
        one = identity(account_id, line.booked_on, line.minor, line.currency, normalise(line.payee_text))
        ordinal = seen.get(one, 0)
        seen[one] = ordinal + 1
        if ordinal >= MAX_EQUAL_LINES:
            yield BadLine(
                line.line, _("This line is in the file more than {n} times.", n=MAX_EQUAL_LINES), line.payee_text
            )
        else:
            yield Row(line, one, ordinal)


class ExistingRow(NamedTuple):
    """The fields of a stored transaction that matching needs."""

    id: int
    booked_on: date
    minor: int
    payee_id: int | None
    identity: int | None
    external_id: str | None
    is_pending: bool
    is_transfer: bool


@dataclass(slots=True)
class ExistingRows:
    """Stored transactions around the dates of a statement, and deleted lines.

    ``until`` is the id of the last transaction before the import, so that lines are not matched with what the same
    import wrote.
    """

    currency: str = ""
    until: int = 0
    first: date | None = None
    last: date | None = None
    rows: list[ExistingRow] = field(default_factory=list)
    amounts: set[int] = field(default_factory=set)
    by_identity: dict[tuple[int, int], ExistingRow] = field(default_factory=dict)
    by_reference: dict[str, ExistingRow] | None = None
    deleted: set[tuple[int, int]] = field(default_factory=set)
    deleted_references: set[str] = field(default_factory=set)
    payees: dict[int, str] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)  # transactions that a line of the file was matched with
    seen: dict[str, int] = field(default_factory=dict)  # references of the file so far, with the identity of their line

    def existing(self, row: ExistingRow) -> Existing:
        return Existing(
            row.id,
            row.booked_on,
            row.minor,
            self.currency,
            self.payees.get(row.payee_id or 0, ""),
            row.identity is None,
            row.external_id or "",
            row.is_pending,
            row.is_transfer,
        )


FIELDS = (
    Transaction.id,
    Transaction.booked_on,
    Transaction.amount_minor,
    Transaction.payee_id,
    Transaction.identity,
    Transaction.external_id,
    (Transaction.status == Status.PENDING).label("is_pending"),
    Transaction.transfer_id.is_not(None).label("is_transfer"),
    Transaction.ordinal,
)


async def load_existing(session: AsyncSession, account: Account) -> ExistingRows:
    """Load what every import needs; ``load_window`` loads the rest as lines arrive."""
    last = select(func.max(Transaction.id)).where(Transaction.account_id == account.id)
    found = ExistingRows(account.currency, until=await session.scalar(last) or 0)
    tombstones = select(Tombstone.identity, Tombstone.ordinal, Tombstone.external_id)
    for one, ordinal, reference in await session.execute(tombstones.where(Tombstone.account_id == account.id)):
        if one is not None:
            found.deleted.add((one, ordinal or 0))
        if reference:
            found.deleted_references.add(reference)
    return found


async def load_window(session: AsyncSession, account: Account, found: ExistingRows, rows: Sequence[Row]) -> None:
    """Load stored transactions around these rows that are not loaded yet, with few queries."""
    if not rows or not found.until:
        return
    days = [row.line.booked_on for row in rows]
    own = select(*FIELDS).where(Transaction.account_id == account.id, Transaction.id <= found.until)
    for first, last in _unread(
        found, min(days) - timedelta(days=PENDING_WINDOW_DAYS), max(days) + timedelta(days=PENDING_WINDOW_DAYS)
    ):
        for row in await session.execute(own.where(Transaction.booked_on.between(first, last))):
            booked = ExistingRow(*row[:8])
            found.rows.append(booked)
            found.amounts.add(booked.minor)
            if booked.identity is not None:
                found.by_identity[booked.identity, row.ordinal or 0] = booked
    if found.by_reference is None and any(row.line.external_id for row in rows):
        referenced = await session.execute(own.where(Transaction.external_id.is_not(None)))
        found.by_reference = {row.external_id: ExistingRow(*row[:8]) for row in referenced}


def _unread(found: ExistingRows, first: date, last: date) -> Iterator[tuple[date, date]]:
    """Return the parts of a period that are not loaded yet. What is loaded is one period."""
    if found.first is None or found.last is None:
        yield first, last
        found.first, found.last = first, last
        return
    if first < found.first:
        yield first, found.first - timedelta(days=1)
        found.first = first
    if last > found.last:
        yield found.last + timedelta(days=1), last
        found.last = last


async def match(session: AsyncSession, found: ExistingRows, rows: Sequence[Row]) -> None:
    """Set outcome, reason and match of each row."""
    await match_by_amount(session, found, match_by_identity(found, rows))


def match_by_identity(found: ExistingRows, rows: Iterable[Row]) -> list[Row]:
    """Decide rows by the bank's reference and identity. Return the rows that neither decides."""
    return [row for row in rows if not _is_known(row, found)]


async def match_by_amount(session: AsyncSession, found: ExistingRows, rows: Sequence[Row]) -> None:
    """Compare the remaining rows with stored transactions of the same amount."""
    wanted = {row.line.minor for row in rows} & found.amounts
    by_amount: dict[int, list[ExistingRow]] = defaultdict(list)
    for booked in found.rows if wanted else ():
        if booked.minor in wanted and booked.id not in found.used:
            by_amount[booked.minor].append(booked)
    if by_amount:
        await _name_payees(session, found, by_amount.values())
        _compare(found, [row for row in rows if row.line.minor in by_amount], by_amount)


def _same(row: Row, reason: str, match_id: int | None = None) -> bool:
    row.outcome, row.reason, row.match_id = SAME, reason, match_id
    return True


def _is_known(row: Row, found: ExistingRows) -> bool:
    """Decide by the bank's reference and identity; return False if neither applies."""
    row.outcome, row.reason, row.match_id = NEW, "", None
    reference = row.line.external_id
    if reference and _by_reference(row, found):
        return True
    spot = row.identity, row.ordinal
    if spot in found.deleted:
        return _same(row, _("You deleted this transaction."))
    booked = found.by_identity.get(spot)
    if booked is None:
        return False
    if reference and booked.external_id:  # different references of one bank are different transactions
        while (row.identity, row.ordinal) in found.by_identity:
            row.ordinal += MAX_EQUAL_LINES
        return False
    found.used.add(booked.id)
    row.claims = booked.is_pending and not row.line.is_pending
    return _same(row, _("Already imported."), booked.id)


def _by_reference(row: Row, found: ExistingRows) -> bool:
    reference = row.line.external_id
    earlier = found.seen.get(reference)
    if earlier is not None:
        if earlier == row.identity:
            return _same(row, _("The bank's reference {id} is in this file twice.", id=reference[:40]))
        row.outcome = UNSURE
        row.reason = _("Another line of this file has the same reference, {id}.", id=reference[:40])
        return True
    found.seen[reference] = row.identity
    if reference in found.deleted_references:
        return _same(row, _("You deleted this transaction."))
    booked = found.by_reference.get(reference) if found.by_reference else None
    if booked is None:
        return False
    found.used.add(booked.id)
    row.outcome, row.reason, row.match_id = compare(_candidate(row), [found.existing(booked)])
    return True


def _candidate(row: Row) -> Candidate:
    line = row.line
    return Candidate(line.booked_on, line.minor, line.currency, line.payee_text, line.external_id)


async def _name_payees(session: AsyncSession, found: ExistingRows, groups: Iterable[list[ExistingRow]]) -> None:
    ids = sorted({booked.payee_id for group in groups for booked in group if booked.payee_id})
    for start in range(0, len(ids), CHUNK_IDS):
        names = select(Payee.id, Payee.name).where(Payee.id.in_(ids[start : start + CHUNK_IDS]))
        found.payees.update((id_, name) for id_, name in await session.execute(names))


def _compare(found: ExistingRows, rows: list[Row], by_amount: dict[int, list[ExistingRow]]) -> None:
    """Match rows with transactions of the same amount. Lines nearest in time to a typed transaction come first."""

    def distance(row: Row) -> int:
        by_hand = (each for each in by_amount[row.line.minor] if each.identity is None or each.is_pending)
        return min((abs((each.booked_on - row.line.booked_on).days) for each in by_hand), default=TYPED_WINDOW_DAYS)

    taken: set[int] = set()
    for row in sorted(rows, key=distance):
        near = [
            found.existing(each)
            for each in by_amount[row.line.minor]
            if each.id not in taken and is_near(row.line.booked_on, each.booked_on, is_pending=each.is_pending)
        ]
        if not near:
            continue
        row.outcome, row.reason, row.match_id = compare(_candidate(row), near)
        if row.outcome == SAME and row.match_id is not None:
            taken.add(row.match_id)
            row.claims = True
