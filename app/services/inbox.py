"""Open questions of a book: uncategorized transactions, duplicates, possible transfers and unusual activity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, select

from app.db import rows
from app.domain.payees import name_key
from app.errors import NotFound
from app.i18n import _
from app.models import (
    CategorisedBy,
    CategoryKind,
    DismissedTransferPair,
    Finding,
    ImportBatch,
    ImportRow,
    Payee,
    RowOutcome,
    Transaction,
)
from app.services.anomalies import open_findings
from app.services.base import Service
from app.services.bulk_edit import Selection
from app.services.categorisation import BookCategoriser, RowText
from app.services.insights import Label, Month
from app.services.transaction_list import UNFILED_ROWS

MAX_ROWS = 60  # questions of a kind; more are counted as “60+”
MAX_LINES = 300  # uncategorized transactions that are read, the newest; those of one payee are one question
SHOWN = 3
SUGGESTIONS = 2
MAX_GAP = timedelta(days=4)  # between the two halves of a transfer


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A transaction in a question."""

    id: int
    booked_on: date
    minor: int
    currency: str
    account_id: int
    payee: str


@dataclass(frozen=True, slots=True)
class Uncategorized:
    """Uncategorized transactions of one payee and direction, newest first, with their most likely categories."""

    lines: Sequence[InboxRow]
    suggestions: Sequence[Label]

    @property
    def line(self) -> InboxRow:
        return self.lines[0]

    @property
    def minor(self) -> int | None:
        """The total; None if the currencies differ."""
        currencies = {each.currency for each in self.lines}
        return sum(each.minor for each in self.lines) if len(currencies) == 1 else None


@dataclass(frozen=True, slots=True)
class TransferPair:
    """Two transactions that may be one transfer: out of one account, into another."""

    source: InboxRow
    target: InboxRow


@dataclass(frozen=True, slots=True)
class PossibleDuplicate:
    """An imported line that may be a duplicate of ``match``."""

    id: int
    batch_id: int
    line: int
    account_id: int
    parsed: Mapping[str, Any]
    match: InboxRow | None


@dataclass(frozen=True, slots=True)
class Inbox:
    """The open questions. ``count`` is capped; ``more`` is true if there are others."""

    uncategorized: Sequence[Uncategorized] = ()
    transfers: Sequence[TransferPair] = ()
    duplicates: Sequence[PossibleDuplicate] = ()
    findings: Sequence[Finding] = ()
    count: int = 0
    more: bool = False


class InboxService(Service):
    """Finds the open questions of a book."""

    async def get_preview(self, labels: Mapping[int, Label], lately: Iterable[Month]) -> Inbox:
        """Return a few of the newest questions, with the categories used most in ``lately`` as suggestions."""
        whole = await self.get_all(labels, lately)
        plain = whole.uncategorized
        told = whole.findings[: 2 if plain or whole.transfers or whole.duplicates else SHOWN]
        asked, linked = whole.duplicates[: 2 - len(told)], whole.transfers[: 1 if len(told) < 2 or not plain else 0]
        room = max(SHOWN - len(told) - len(asked) - len(linked), 1)
        return replace(whole, uncategorized=plain[:room], transfers=linked, duplicates=asked, findings=told)

    async def get_all(self, labels: Mapping[int, Label], lately: Iterable[Month]) -> Inbox:
        """Return all questions, newest first, at most ``MAX_ROWS`` of a kind."""
        lines = await self._uncategorized()
        if twins := find_transfer_pairs(lines):
            twins = find_transfer_pairs(lines, await self._dismissed_pairs(lines))
        taken = {each.id for twin in twins for each in (twin.source, twin.target)}
        habits = rank_categories(labels, lately)
        groups = group_by_payee(each for each in lines if each.id not in taken)
        is_more = len(lines) >= MAX_LINES or len(groups) > MAX_ROWS
        unfiled = [Uncategorized(each, habits[each[0].minor > 0][:SUGGESTIONS]) for each in groups[:MAX_ROWS]]
        unsure = await self._duplicates()
        findings = await open_findings(self.session, self.member.book.id, self.member.today)
        count = len(unfiled) + len(twins) + len(unsure) + len(findings)
        return Inbox(unfiled, twins, unsure, findings, count, is_more)

    async def add_suggestions(self, inbox: Inbox, labels: Mapping[int, Label], categoriser: BookCategoriser) -> Inbox:
        """Add suggestions by the text of each transaction, before the categories used most."""
        better = []
        for each in inbox.uncategorized:
            entry = RowText(each.line.payee, each.line.minor, each.line.currency, each.line.booked_on)
            top = categoriser.categorise([entry], each.line.account_id)[0].top
            known = [labels[guess.category_id] for guess in top if guess.category_id in labels]
            better.append(replace(each, suggestions=list(dict.fromkeys([*known, *each.suggestions]))[:SUGGESTIONS]))
        return replace(inbox, uncategorized=better)

    async def categorise(self, ids: Sequence[int], category_id: int) -> int:
        """Categorize the transactions of a question as one change and return how many changed.

        They are those that were shown, also if a job has categorized some since. What the user has categorized
        since, and new splits and transfers, stay. Raises ``NotFound`` if there is none of them.
        """
        rows = await self.services.ledger.read_rows(ids)
        if not rows:
            raise NotFound(_("That transaction does not exist."))
        asked = tuple(each.id for each in rows if each.categorised_by != CategorisedBy.PERSON)
        if not asked:
            await self.services.transactions.category(category_id)
            return 0
        return await self.services.bulk_edit.set_category(Selection(asked), category_id)

    async def _uncategorized(self) -> list[InboxRow]:
        return [read_row(row) for row in await rows(self.session, UNFILED, {"book_id": self.member.book.id})]

    async def _dismissed_pairs(self, lines: Iterable[InboxRow]) -> set[tuple[int, int]]:
        """Return the pairs of transactions that the user keeps separate."""
        ids = [each.id for each in lines if each.minor < 0]
        said = select(DismissedTransferPair.source_id, DismissedTransferPair.target_id).where(
            DismissedTransferPair.book_id == self.member.book.id, DismissedTransferPair.source_id.in_(ids)
        )
        return {(source, target) for source, target in await self.session.execute(said)} if ids else set()

    async def _duplicates(self) -> list[PossibleDuplicate]:
        found = []
        asked = await rows(self.session, UNSURE, {"book_id": self.member.book.id})
        for id_, batch_id, number, account_id, parsed, *match in asked:
            found.append(
                PossibleDuplicate(id_, batch_id, number, account_id, parsed, read_row(match) if match[0] else None)
            )
        return found


LINE = (
    Transaction.id,
    Transaction.booked_on,
    Transaction.amount_minor,
    Transaction.currency,
    Transaction.account_id,
    Payee.name,
    Transaction.statement_text,
    Transaction.memo,
)
UNFILED = (
    select(*LINE)
    .outerjoin(Payee, Payee.id == Transaction.payee_id)
    .where(Transaction.book_id == bindparam("book_id"), UNFILED_ROWS)
    .order_by(Transaction.booked_on.desc(), Transaction.id.desc())
    .limit(MAX_LINES)
)
UNSURE = (
    select(ImportRow.id, ImportRow.batch_id, ImportRow.line, ImportBatch.account_id, ImportRow.parsed, *LINE)
    .join(ImportBatch, ImportBatch.id == ImportRow.batch_id)
    .outerjoin(Transaction, Transaction.id == ImportRow.match_id)
    .outerjoin(Payee, Payee.id == Transaction.payee_id)
    .where(ImportRow.book_id == bindparam("book_id"), ImportRow.outcome == RowOutcome.UNSURE)
    .order_by(ImportRow.id)
    .limit(MAX_ROWS)
)


def read_row(row: Sequence[Any]) -> InboxRow:
    id_, day, minor, currency, account_id, payee, text, memo = row
    return InboxRow(id_, day, minor, currency, account_id, payee or text or memo)


def group_by_payee(lines: Iterable[InboxRow]) -> list[list[InboxRow]]:
    """Group transactions by payee and direction, in the order of their first ones; those without a payee stay alone."""
    groups: dict[object, list[InboxRow]] = {}
    for each in lines:
        groups.setdefault((name_key(each.payee), each.minor > 0) if each.payee else each.id, []).append(each)
    return list(groups.values())


def find_transfer_pairs(lines: Sequence[InboxRow], apart: Container[tuple[int, int]] = ()) -> list[TransferPair]:
    """Pair opposite amounts on two accounts within a few days. Each is used once; pairs in ``apart`` are excluded."""
    found, used = [], set[int]()
    incoming: dict[tuple[int, str], list[InboxRow]] = {}
    for each in lines:
        if each.minor > 0:
            incoming.setdefault((each.minor, each.currency), []).append(each)
    for out in (each for each in lines if each.minor < 0):
        for other in incoming.get((-out.minor, out.currency), ()):
            fits = (
                other.account_id != out.account_id
                and abs(other.booked_on - out.booked_on) <= MAX_GAP
                and other.id not in used
                and (out.id, other.id) not in apart
            )
            if fits:
                used.add(other.id)
                found.append(TransferPair(out, other))
                break
    return found


def rank_categories(labels: Mapping[int, Label], months: Iterable[Month]) -> dict[bool, list[Label]]:
    """Return the categories used most, for money out (False) and in (True)."""
    counts: Counter[int] = Counter()
    for month in months:
        for category_id, flow in month.flows.items():
            counts[category_id] += flow.count
    order = sorted((each for each in labels.values() if each.id), key=lambda each: -counts[each.id])
    return {
        inward: [each for each in order if (each.kind is CategoryKind.INCOME) == inward] for inward in (False, True)
    }
