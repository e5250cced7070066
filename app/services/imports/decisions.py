"""Decisions after an import: unsure lines, the opening balance, and transfers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.domain.money import Money
from app.domain.statement.lines import Line
from app.errors import Conflict, Invalid, NotFound
from app.i18n import _, ngettext
from app.models import Account, Actor, ImportBatch, ImportRow, ImportStatus, RowOutcome, Transaction
from app.schemas.transactions import TransactionIn
from app.services.base import Service
from app.services.imports.matching import UNSURE, OriginalAmount, Row, load_existing, load_window
from app.services.imports.run import add_summaries, claim, keep
from app.services.imports.service import Decision
from app.services.imports.writing import RowWriter, summarise


@dataclass(frozen=True, slots=True)
class BalanceGap:
    """The bank's balance and ours at the end of a day."""

    day: date
    bank: Money
    ours: Money
    opened: Money

    @property
    def is_open(self) -> bool:
        return self.bank != self.ours

    @property
    def opening(self) -> Money:
        """Return the opening balance with which both are equal."""
        return self.opened + self.bank - self.ours


class ImportDecisions(Service):
    """What a user decides about a finished import."""

    async def decide(
        self, batch_id: int, decisions: Mapping[int, Decision], *, strict: bool = True
    ) -> tuple[ImportBatch, list[ImportRow]]:
        """Import or skip unsure lines.

        With ``strict``, a line that is not unsure raises ``Conflict``. A skipped line counts as the transaction it was
        matched with: a typed one takes over the line's identity, so that the line is not imported again.
        """
        imports = self.services.imports
        batch = await imports.get(batch_id)
        if batch.status is not ImportStatus.DONE:
            raise Conflict(_("This import is not finished, or was undone."))
        waiting = {row.line: row for row in await imports.rows(batch_id, RowOutcome.UNSURE, RowOutcome.SKIPPED)}
        if strict and (strange := decisions.keys() - waiting.keys()):
            first = min(strange)
            raise Invalid(_("Line {line} doesn’t need a decision.", line=first), field=f"rows.{first}")
        account = await imports.find_account(self.session, batch.account_id, locking=True)
        decided = [
            (waiting[number], revive(waiting[number], account.currency), word)
            for number, word in sorted(decisions.items())
            if number in waiting
        ]
        journal = self.services.journal
        journal.recorder.import_batch_id = batch.id
        journal.note(
            ngettext("Reviewed {n} imported line", "Reviewed {n} imported lines", len(decided)), actor=Actor.USER
        )
        await self._book(batch, account, [(row, line) for row, line, word in decided if word == "book"])
        for row, revived, word in decided:
            if word == "skip":
                await self._skip(batch, row, revived)
        batch.unsure = len(await imports.rows(batch_id, RowOutcome.UNSURE, RowOutcome.SKIPPED))
        batch.duplicates = batch.rows - batch.created - batch.unsure - batch.failed
        await self.session.flush()
        return batch, [row for row, _line, _word in decided]

    async def _book(self, batch: ImportBatch, account: Account, pairs: Sequence[tuple[ImportRow, Row]]) -> None:
        if not pairs:
            return
        found = await load_existing(self.session, account)
        await load_window(self.session, account, found, [line for _row, line in pairs])
        new: list[tuple[ImportRow, Row]] = []
        for row, line in pairs:
            spot = line.identity, line.ordinal
            if spot in found.by_identity:  # meanwhile imported with another file
                row.outcome, row.reason = RowOutcome.DUPLICATE, _("Already imported.")
                row.match_id = found.by_identity[spot].id
            else:
                new.append((row, line))
        lines = [line for _row, line in new]
        categoriser = await self.services.categorisation.load()
        for line, filed in zip(lines, categoriser.categorise([each.line for each in lines], account.id), strict=True):
            line.filed = filed
        keep(lines, found)
        await self.session.run_sync(self.services.journal.recorder.change_set)
        writer = RowWriter(self.services, batch, account.currency)
        ids = await writer.book(lines)
        await writer.finish()
        for (row, _line), id_ in zip(new, ids, strict=True):
            row.outcome, row.transaction_id = RowOutcome.BOOKED, id_
        batch.created += len(ids)
        linked = [*batch.summary.get("linked", []), *writer.linked]
        batch.summary = add_summaries(batch.summary, summarise(lines)) | {"linked": linked}

    async def _skip(self, batch: ImportBatch, row: ImportRow, line: Row) -> None:
        typed = None
        if row.match_id is not None:
            query = select(Transaction).where(
                Transaction.id == row.match_id,
                Transaction.book_id == self.member.book.id,
                Transaction.identity.is_(None),
                Transaction.amount_minor == line.line.minor,
            )
            typed = await self.session.scalar(query.options(selectinload(Transaction.splits)))
        if typed is not None and not await self._is_taken(batch.account_id, line):
            row.parsed = row.parsed | {"before": await claim(self.services.ledger, typed, line)}
        else:
            tombstone = await self.services.ledger.add_tombstone(batch.account_id, line.identity, line.ordinal)
            row.parsed = row.parsed | {"tombstone": tombstone.id}
        row.outcome = RowOutcome.DUPLICATE
        await self.session.flush()

    async def _is_taken(self, account_id: int, line: Row) -> bool:
        spot = select(Transaction.id).where(
            Transaction.account_id == account_id,
            Transaction.identity == line.identity,
            Transaction.ordinal == line.ordinal,
        )
        return await self.session.scalar(spot) is not None

    async def find_gap(self, batch: ImportBatch) -> BalanceGap | None:
        """Return the balance at the end of the bank's file beside ours, or None if the file has no balance."""
        closing = batch.summary.get("closing")
        if not closing or batch.status is not ImportStatus.DONE:
            return None
        account = await self.services.imports.account(batch.account_id)
        day = date.fromisoformat(closing[0])
        ours = await self.services.accounts.balance(account, day)
        opened = Money(account.opening_balance_minor, account.currency)
        return BalanceGap(day, Money(closing[1], account.currency), ours, opened)

    async def fix_opening_balance(self, batch_id: int) -> None:
        """Set the account's opening balance so that its balance equals the bank's."""
        batch = await self.services.imports.get(batch_id)
        gap = await self.find_gap(batch)
        if gap is None:
            raise Conflict(_("This file has no balance."))
        account = await self.services.imports.find_account(self.session, batch.account_id, locking=True)
        account.opening_balance_minor = gap.opening.minor
        self.services.journal.note(
            _("Set the opening balance of {account} to {amount}", account=account.name, amount=gap.opening.shown)
        )

    async def make_transfer(self, batch_id: int, transaction_id: int, account_id: int) -> None:
        """Turn an imported transaction into a transfer by adding its other side in another account."""
        row = await self.services.transactions.get(transaction_id)
        if row.import_batch_id != batch_id:
            raise NotFound(_("That transaction does not exist."))
        if row.transfer_id is not None:
            raise Conflict(_("This is part of a transfer already."))
        other = await self.services.transactions.add(
            TransactionIn(account=account_id, booked_on=row.booked_on, amount=(-row.amount).wire, currency=row.currency)
        )
        await self.services.transfers.link(row.id, other.id)


def revive(row: ImportRow, currency: str) -> Row:
    """Return a stored line as it was when it was matched."""
    values = row.parsed
    line = Line(
        row.line,
        date.fromisoformat(values["booked_on"]),
        values["minor"],
        currency,
        values["payee"],
        values["memo"],
        values["category"],
        values["external_id"],
        is_pending=values.get("pending", False),
    )
    original = OriginalAmount(*values["original"]) if "original" in values else None
    return Row(line, values["identity"], values["ordinal"], original, UNSURE, row.reason, row.match_id)
