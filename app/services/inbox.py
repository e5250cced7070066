"""Open questions of a book: uncategorized transactions, duplicates, possible transfers and unusual activity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, select

from app.db import rows
from app.models import (
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
from app.services.categorisation import BookCategoriser, Entry
from app.services.insights import Label, Month
from app.services.transaction_list import UNFILED_ROWS

MAX_UNFILED = 60  # more are counted as “60+”
SHOWN = 3
SUGGESTIONS = 2
MAX_GAP = timedelta(days=4)  # between the two halves of a transfer


@dataclass(frozen=True, slots=True)
class Line:
    """A transaction in a question."""

    id: int
    booked_on: date
    minor: int
    currency: str
    account_id: int
    payee: str


@dataclass(frozen=True, slots=True)
class Unfiled:
    """An uncategorized transaction with its most likely categories."""

    line: Line
    guesses: Sequence[Label]


@dataclass(frozen=True, slots=True)
class TransferPair:
    """Two transactions that may be one transfer: out of one account, into another."""

    source: Line
    target: Line


@dataclass(frozen=True, slots=True)
class Unsure:
    """An imported line that may be a duplicate of ``match``."""

    id: int
    batch_id: int
    line: int
    account_id: int
    parsed: Mapping[str, Any]
    match: Line | None


@dataclass(frozen=True, slots=True)
class Inbox:
    """The open questions. ``count`` is capped; ``more`` is true if there are others."""

    unfiled: Sequence[Unfiled] = ()
    twins: Sequence[TransferPair] = ()
    unsure: Sequence[Unsure] = ()
    findings: Sequence[Finding] = ()
    count: int = 0
    more: bool = False


class InboxService(Service):
    """Finds the open questions of a book."""

    async def look(self, labels: Mapping[int, Label], lately: Iterable[Month]) -> Inbox:
        """Return a few of the newest questions. The categories used most in the months ``lately`` are the suggestions."""
        whole = await self.all(labels, lately)
        plain = whole.unfiled
        told = whole.findings[: 2 if plain or whole.twins or whole.unsure else SHOWN]
        asked, linked = whole.unsure[: 2 - len(told)], whole.twins[: 1 if len(told) < 2 or not plain else 0]
        room = max(SHOWN - len(told) - len(asked) - len(linked), 1)
        return replace(whole, unfiled=plain[:room], twins=linked, unsure=asked, findings=told)

    async def all(self, labels: Mapping[int, Label], lately: Iterable[Month]) -> Inbox:
        """Return all questions, newest first, at most ``MAX_UNFILED`` of a kind."""
        lines = await self._unfiled()
        if twins := pairs(lines):
            twins = pairs(lines, await self._apart(lines))
        taken = {each.id for twin in twins for each in (twin.source, twin.target)}
        habits = usual(labels, lately)
        unfiled = [Unfiled(each, habits[each.minor > 0][:SUGGESTIONS]) for each in lines if each.id not in taken]
        unsure = await self._unsure()
        findings = await open_findings(self.session, self.member.book.id, self.member.today)
        count = len(unfiled) + len(twins) + len(unsure) + len(findings)
        return Inbox(unfiled, twins, unsure, findings, count, more=len(lines) >= MAX_UNFILED)

    async def guessed(self, inbox: Inbox, labels: Mapping[int, Label], filing: BookCategoriser) -> Inbox:
        """Return the inbox with suggestions by the text of each transaction, filled up with the most used categories."""
        better = []
        for each in inbox.unfiled:
            entry = Entry(each.line.payee, each.line.minor, each.line.currency, each.line.booked_on)
            top = filing.file([entry], each.line.account_id)[0].top
            known = [labels[guess.category_id] for guess in top if guess.category_id in labels]
            better.append(Unfiled(each.line, list(dict.fromkeys([*known, *each.guesses]))[:SUGGESTIONS]))
        return replace(inbox, unfiled=better)

    async def _unfiled(self) -> list[Line]:
        return [line(row) for row in await rows(self.session, UNFILED, {"book_id": self.member.book.id})]

    async def _apart(self, lines: Iterable[Line]) -> set[tuple[int, int]]:
        """Return the pairs of transactions that the user keeps separate."""
        ids = [each.id for each in lines if each.minor < 0]
        said = select(DismissedTransferPair.source_id, DismissedTransferPair.target_id).where(
            DismissedTransferPair.book_id == self.member.book.id, DismissedTransferPair.source_id.in_(ids)
        )
        return {(source, target) for source, target in await self.session.execute(said)} if ids else set()

    async def _unsure(self) -> list[Unsure]:
        found = []
        asked = await rows(self.session, UNSURE, {"book_id": self.member.book.id})
        for id_, batch_id, number, account_id, parsed, *match in asked:
            found.append(Unsure(id_, batch_id, number, account_id, parsed, line(match) if match[0] else None))
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
    .limit(MAX_UNFILED)
)
UNSURE = (
    select(ImportRow.id, ImportRow.batch_id, ImportRow.line, ImportBatch.account_id, ImportRow.parsed, *LINE)
    .join(ImportBatch, ImportBatch.id == ImportRow.batch_id)
    .outerjoin(Transaction, Transaction.id == ImportRow.match_id)
    .outerjoin(Payee, Payee.id == Transaction.payee_id)
    .where(ImportRow.book_id == bindparam("book_id"), ImportRow.outcome == RowOutcome.UNSURE)
    .order_by(ImportRow.id)
    .limit(MAX_UNFILED)
)


def line(row: Sequence[Any]) -> Line:
    id_, day, minor, currency, account_id, payee, text, memo = row
    return Line(id_, day, minor, currency, account_id, payee or text or memo)


def pairs(lines: Sequence[Line], apart: Container[tuple[int, int]] = ()) -> list[TransferPair]:
    """Pair opposite amounts on two accounts within a few days. Each is used once; pairs in ``apart`` are excluded."""
    found, used = [], set[int]()
    for out in (each for each in lines if each.minor < 0):
        for other in lines:
            fits = (
                other.minor == -out.minor
                and other.currency == out.currency
                and other.account_id != out.account_id
                and abs(other.booked_on - out.booked_on) <= MAX_GAP
                and not {out.id, other.id} & used
                and (out.id, other.id) not in apart
            )
            if fits:
                used |= {out.id, other.id}
                found.append(TransferPair(out, other))
                break
    return found


def usual(labels: Mapping[int, Label], months: Iterable[Month]) -> dict[bool, list[Label]]:
    """Return the categories used most, for money out (False) and in (True)."""
    counts: Counter[int] = Counter()
    for month in months:
        for category_id, flow in month.flows.items():
            counts[category_id] += flow.count
    order = sorted((each for each in labels.values() if each.id), key=lambda each: -counts[each.id])
    return {
        inward: [each for each in order if (each.kind is CategoryKind.INCOME) == inward] for inward in (False, True)
    }
