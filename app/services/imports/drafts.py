"""Drafts: uploaded files that are previewed before they are imported."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from os import SEEK_END
from typing import Any, BinaryIO

from app.domain.money import Money
from app.domain.statement import csv
from app.domain.statement.csv.layout import Question
from app.domain.statement.lines import Line
from app.domain.statement.vocabulary import fold
from app.errors import Conflict
from app.i18n import _
from app.models import Account, AccountKind, ImportBatch, ImportStatus
from app.schemas.accounts import AccountIn
from app.services.accounts import AccountOption
from app.services.base import Service
from app.services.disk_quota import require_space
from app.services.imports import files
from app.services.imports.matching import NEW, SAME, UNSURE, Row
from app.services.imports.reading import Statement
from app.services.imports.run import ClosingBalance
from app.services.imports.service import (
    LARGE_ROWS,
    BatchRepository,
    Decision,
    Inspected,
    Questions,
    Report,
    Unsure,
    lines_of,
)
from app.services.imports.transfer_hints import TransferFinder

PREVIEW_LINES = 2_000  # read of a large file for its preview
CONFIRMED = "account_confirmed"  # in a draft's summary
#: Words of file names and titles that are no bank's name.
NOT_A_BANK = frozenset(
    fold(
        """
        account activity statement statements export transactions transaction umsaetze umsatze umsatz kontoauszug
        download history csv report data bank file konto card kreditkarte credit debit movements movimientos mouvements
        releve operations extrato estratto conto list liste all from to the my of den vom bis new copy final eur usd gbp
        chf checking savings umsatzanzeige
        """
    ).split()
)


@dataclass(frozen=True, slots=True)
class ProposedAccount:
    """The account that would be added for a file."""

    name: str
    kind: AccountKind
    currency: str
    opening_minor: int | None


@dataclass(frozen=True, slots=True)
class BalanceCheck:
    """The balance at the end of the file and ours after the import, in minor units of the account."""

    day: date
    bank_minor: int
    ours_minor: int
    culprits: list[Row] = field(default_factory=list)  # lines left out that are exactly the difference

    @property
    def difference_minor(self) -> int:
        return self.bank_minor - self.ours_minor


@dataclass(slots=True)
class Preview:
    """A draft: how its file is read, what becomes of each line, and open decisions."""

    batch: ImportBatch
    inspected: Inspected
    report: Report = field(default_factory=lambda: Report(Statement()))
    is_whole: bool = True
    is_confirmed: bool = True  # chosen by the user, or without a mismatch
    balance: BalanceCheck | None = None
    transfers: dict[int, str] = field(default_factory=dict)  # name of the other account by line
    proposed: ProposedAccount | None = None

    @property
    def counts(self) -> dict[str, int]:
        kinds = {kind: self.report.count(kind) for kind in (NEW, SAME, UNSURE)}
        bad = self.report.statement.bad
        return kinds | {
            "bad": sum(line.kind == "failed" for line in bad),
            "pending": sum(line.kind == "pending" for line in bad)
            + sum(row.line.is_pending for row in self.report.statement.rows),
            "left_out": sum(line.kind != "failed" for line in bad),
        }


class ImportDrafts(Service):
    """The drafts of one book."""

    async def add(self, file: BinaryIO, filename: str, account_id: int | None = None) -> ImportBatch:
        """Store an uploaded file and detect its format."""
        inspected = await self.services.imports.inspect(file, account_id)
        await require_space(self.member, file.seek(0, SEEK_END))
        file.seek(0)
        name, digest = await asyncio.to_thread(files.store, file)
        try:
            batch = self.services.imports.new_batch(
                inspected.account.id, "csv", filename, path=name, sha256=digest,
                mapping=inspected.inspection.mapping.to_dict() if inspected.is_remembered else {},
                rows=inspected.inspection.row_count_estimate,
            )  # fmt: skip
            await self.session.flush()
        except BaseException:
            files.delete(name)
            raise
        return batch

    async def inspect(self, batch: ImportBatch, file: BinaryIO) -> Inspected:
        """Detect the format of a draft's file, with the answers given so far."""
        imports = self.services.imports
        async with imports.reading() as session:
            account = await imports.find_account(session, batch.account_id)
            inspection = await imports.inspect_as(file, batch.mapping, account)
            before = await imports.remembered(session, inspection.fingerprint)
            is_remembered = bool(before and batch.mapping and before.mapping == batch.mapping)
            return Inspected(
                inspection, account, is_remembered, await imports.find_mismatch(session, inspection, account)
            )

    async def preview(self, batch: ImportBatch) -> Preview:
        """Read as much of a draft's file as its page shows."""
        imports = self.services.imports
        with files.open_stored(batch.path) as file:
            inspected = await self.inspect(batch, file)
            preview = Preview(batch, inspected)
            accounts = await self.services.accounts.options()
            preview.is_confirmed = not inspected.mismatch or batch.summary.get(CONFIRMED) == inspected.account.id
            if not inspected.questions:
                lines = lines_of(file, inspected)
                if batch.rows > LARGE_ROWS:
                    lines, preview.is_whole = islice(lines, PREVIEW_LINES), False
                statement = await imports.read_lines(lines, batch.account_id, inspected.inspection.fingerprint)
                preview.report = await imports.preview(statement, batch.account_id)
                preview.balance = await self._check_balance(preview)
        rows = preview.report.statement.rows
        preview.transfers = find_transfers(inspected.account, accounts, rows)
        preview.proposed = propose_account(batch.filename, inspected, [row.line for row in rows])
        return preview

    async def _check_balance(self, preview: Preview) -> BalanceCheck | None:
        closing = ClosingBalance()
        rows = preview.report.statement.rows
        closing.add(rows)
        if closing.value is None or not preview.is_whole:
            return None
        day, bank = closing.day, closing.minor
        assert day is not None
        account = preview.inspected.account
        ours = (await self.services.accounts.balance(account, day)).minor
        ours += sum(row.line.minor for row in rows if row.outcome == NEW and row.line.booked_on <= day)
        left_out = [row for row in rows if row.outcome == UNSURE and row.line.minor == bank - ours]
        return BalanceCheck(day, bank, ours, left_out)

    async def answer(
        self, batch_id: int, account_id: int, mapping: Mapping[str, Any], *, is_confirmed: bool = False
    ) -> ImportBatch:
        """Change how a draft's file is read, or the account that it goes into."""
        batch = await self._draft(batch_id)
        account = await self.services.imports.find_account(self.session, account_id)
        with files.open_stored(batch.path) as file:
            await self.services.imports.inspect_as(file, mapping, account)
        if is_confirmed:
            batch.summary = batch.summary | {CONFIRMED: account.id}
        batch.account_id, batch.mapping = account.id, dict(mapping)
        await self.session.flush()
        return batch

    async def open_account(self, batch_id: int) -> Account:
        """Add the account that is proposed for a draft's file."""
        preview = await self.preview(await self._draft(batch_id))
        proposed = preview.proposed
        if proposed is None:
            raise Conflict(_("This file does not name an account."))
        taken = {each.name.casefold() for each in await self.services.accounts.all()}
        names = [proposed.name, *(f"{proposed.name} {n}" for n in range(2, len(taken) + 3))]
        opening = Money(proposed.opening_minor or 0, proposed.currency)
        return await self.services.accounts.add(
            AccountIn(
                name=next(name for name in names if name.casefold() not in taken),
                kind=proposed.kind,
                currency=proposed.currency,
                opening_balance=opening.wire,
            )
        )

    async def discard(self, batch_id: int) -> None:
        """Delete a draft and its file."""
        batch = await self._draft(batch_id)
        await self.session.delete(batch)
        await self.session.flush()
        files.delete(batch.path)

    async def _draft(self, batch_id: int) -> ImportBatch:
        batch = await self.services.imports.get(batch_id)
        if batch.status is not ImportStatus.DRAFT:
            raise Conflict(_("This file has already been imported."))
        return batch

    async def commit(
        self,
        batch_id: int,
        *,
        unsure: Unsure = "ask",
        only_whole: bool = False,
        decisions: Mapping[int, Decision] | None = None,
        choices: Mapping[int, int | None] | None = None,
    ) -> ImportBatch:
        """Import a draft: at once, or in the worker if it is large.

        With ``only_whole``, nothing is imported if a line cannot be read. ``decisions`` (on unsure lines) and
        ``choices`` (categories) are by line number.
        """
        imports = self.services.imports
        async with imports.reading() as session:
            draft: ImportBatch = await BatchRepository(session, self.member.book.id).get_owned(batch_id)
        if draft.status is not ImportStatus.DRAFT:
            raise Conflict(_("This file has already been imported."))
        name = draft.path  # read now: importing clears it, and the batch may be this object
        with files.open_stored(name) as file:
            inspected = await self.inspect(draft, file)
            if inspected.questions:
                raise Questions(inspected.questions)
            if inspected.mismatch and draft.summary.get(CONFIRMED) != inspected.account.id:
                raise Questions([Question("account", (), inspected.mismatch)])
            if draft.rows > LARGE_ROWS:
                batch = await imports.claim(batch_id, ImportStatus.DRAFT)
                await imports.remember(inspected)
                await imports.queue(batch, unsure, only_whole=only_whole, decisions=decisions, choices=choices)
                return batch
            said = bank_categories(csv.read_lines(file, inspected.inspection.layout), choices or {})
            statement = await imports.read_file(file, inspected)
        if only_whole and statement.unreadable:
            raise Conflict(_("Nothing was imported because some lines cannot be read."))
        batch = await imports.claim(batch_id, ImportStatus.DRAFT)
        await imports.remember(inspected, said)
        await imports.run(statement, batch, unsure, choices)
        if decisions:
            await self.services.import_decisions.decide(batch.id, decisions, strict=False)
        files.delete(name)
        return batch


def bank_categories(lines: Iterable[Any], choices: Mapping[int, int | None]) -> dict[str, int]:
    """Return our category for each category name of the bank whose lines were all given the same one."""
    if not any(choices.values()):
        return {}
    found: dict[str, set[int]] = {}
    for line in lines:
        if isinstance(line, Line) and line.category and (category_id := choices.get(line.line)):
            found.setdefault(fold(line.category), set()).add(category_id)
    return {name: ids.pop() for name, ids in found.items() if len(ids) == 1}


def find_transfers(account: Account, accounts: list[AccountOption], rows: Iterable[Row]) -> dict[int, str]:
    """Return the account on the other side of each line that is probably a transfer, by line number."""
    finder = TransferFinder(account, accounts)
    return {row.line.line: found.name for row in rows if (found := finder.find(row.line))}


def propose_account(filename: str, inspected: Inspected, lines: list[Line]) -> ProposedAccount | None:
    """Propose an account named after the bank, with the file's currency, likely kind and opening balance."""
    inspection = inspected.inspection
    bank = bank_name(filename, inspection.title)
    digits = re.sub(r"\D", "", inspection.own_account)[-4:]
    in_name = re.search(r"(?<![0-9])[0-9]{4}(?![0-9])", filename)
    if not digits and in_name and not in_name[0].startswith(("19", "20")):
        digits = in_name[0]
    if not bank and not digits:
        return None
    currency = sorted(inspection.currencies)[0] if inspection.currencies else inspected.account.currency
    words = set(fold(f"{filename} {inspection.title} {' '.join(inspection.header)}").split())
    is_card = inspection.layout.flipped or bool(words & {"card", "visa", "mastercard", "amex", "kreditkarte", "credit"})
    return ProposedAccount(
        f"{bank} ··{digits}".strip() if digits else bank,
        AccountKind.CREDIT_CARD if is_card else AccountKind.CHECKING,
        currency,
        opening_balance(lines) if currency == inspected.account.currency else None,
    )


def bank_name(filename: str, title: str) -> str:
    """Return the bank named by a file's name or the title above its table, or an empty string."""
    for text in (filename.rpartition(".")[0] or filename, title):
        words = re.findall(r"[^\W\d_]{3,}", text)
        named = [word for word in words if fold(word) not in NOT_A_BANK]
        if named:
            word: str = named[0]
            return str(word if word.isupper() and len(word) <= 4 else word.capitalize())[:40]
    return ""


def opening_balance(lines: list[Line]) -> int | None:
    """Return the balance before the first line in minor units, or None if the file has no balance."""
    known = [line for line in lines if line.balance_minor is not None]
    if not known:
        return None
    is_forward = known[0].booked_on <= known[-1].booked_on
    first = known[0] if is_forward else known[-1]
    return (first.balance_minor or 0) - first.minor
