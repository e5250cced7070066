"""Bringing in what a bank knows: draft, look, commit, decide, undo; a batch is one change set."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

from babel.numbers import is_currency
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.db import read_session
from app.domain.money import Money
from app.domain.statement import csv
from app.domain.statement.lines import BadLine, Line
from app.errors import Conflict, Invalid, NotFound
from app.i18n import _, ngettext
from app.models import (
    Account,
    AccountKind,
    Actor,
    ImportBatch,
    ImportMapping,
    ImportRow,
    ImportStatus,
    RowOutcome,
    Transaction,
)
from app.models.repository import BookRepository
from app.services.base import Service
from app.services.imports import files
from app.services.imports.booking import Booking, summed_up
from app.services.imports.intake import Intake, added, keep, parsed, taken_over
from app.services.imports.matching import UNSURE, Original, Row, around, known, match
from app.services.imports.reading import Reader, Statement, stored_lines
from app.services.imports.undo import EditedSince, Undoing
from app.services.jobs import JobService

if TYPE_CHECKING:
    from app.services import Services

__all__ = ("LARGE", "EditedSince", "ImportService", "Looked", "Questions", "Report", "Unsure", "parsed")

LARGE = 12_000  # rows; more are brought in by the worker
Unsure = Literal["ask", "keep", "skip"]
Decision = Literal["book", "skip"]


class BatchRepository(BookRepository[ImportBatch]):
    model_type = ImportBatch

    @property
    def missing(self) -> str:  # type: ignore[override]
        return _("That import does not exist.")


class AccountRepository(BookRepository[Account]):
    model_type = Account

    @property
    def missing(self) -> str:  # type: ignore[override]
        return _("That account does not exist.")


class Questions(Invalid):
    """The file leaves something open; nothing is booked until it is answered."""

    def __init__(self, questions: Sequence[csv.Question]) -> None:
        super().__init__(_("This file can be read in more than one way. Answer the questions first."), field="mapping")
        self.questions = tuple(questions)
        self.errors = {question.field: csv.open_question(question) for question in questions}


@dataclass(slots=True)
class Looked:
    """A file and how it is read; ``remembered`` = as this bank's files were read before."""

    inspection: csv.Inspection
    account: Account
    remembered: bool


@dataclass(slots=True)
class Report:
    """What became of a statement's lines. ``ids`` are those of the new rows, in the order of ``rows`` that are new."""

    statement: Statement
    batch: ImportBatch | None = None
    ids: Sequence[int] = ()

    def of(self, outcome: str) -> list[Row]:
        return [row for row in self.statement.rows if row.outcome == outcome]

    def count(self, outcome: str) -> int:
        return sum(row.outcome == outcome for row in self.statement.rows)


@dataclass(frozen=True, slots=True)
class Gap:
    """A balance as the bank says it, and as the books do, at the end of a day."""

    day: date
    bank: Money
    ours: Money
    opened: Money

    @property
    def is_open(self) -> bool:
        return self.bank != self.ours

    @property
    def opening(self) -> Money:
        """The opening balance with which both would be the same."""
        return self.opened + self.bank - self.ours


def currencies_of(inspection: csv.Inspection) -> frozenset[str]:
    """What currencies the first lines of a file name, if it has a column for them."""
    at = inspection.layout.columns.get("currency")
    named = {cells[at].strip().upper() for cells in inspection.sample if at is not None and at < len(cells)}
    return frozenset(each for each in named if is_currency(each))


class ImportService(Service):
    """One book's imports. A file is read before the database is locked for writing, a long one while it is written."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self.batches = BatchRepository(services.session, services.member.book.id)

    # -- looking

    @asynccontextmanager
    async def _looking(self) -> AsyncIterator[AsyncSession]:
        """A session to read with: a writing one that has not begun stays so, as it would lock the database."""
        if self.session.in_transaction():
            yield self.session
            return
        async with read_session() as session:
            yield session

    async def _account(self, session: AsyncSession, account_id: int, *, locking: bool = False) -> Account:
        own = select(Account).where(Account.id == account_id, Account.book_id == self.member.book.id)
        found: Account | None = await session.scalar(own.with_for_update() if locking else own)
        if found is None:
            raise NotFound(_("That account does not exist."), field="account")
        return found

    async def inspect(
        self, file: BinaryIO, account_id: int | None = None, mapping: Mapping[str, Any] | None = None
    ) -> Looked:
        """Find out how a file is written. Without an account it is the one this bank's files went to, or the likeliest.

        A mapping that is not given is the one that was used for files with this header before.
        """
        async with self._looking() as session:
            account = await self._account(session, account_id) if account_id else await self._default(session)
            looked = await asyncio.to_thread(csv.inspect, file, mapping=mapping, currency=account.currency)
            if account_id is None:
                default, account = account, await self._likeliest(session, currencies_of(looked), account)
                if account.currency != default.currency:  # which amounts are read by
                    looked = await asyncio.to_thread(csv.inspect, file, mapping=mapping, currency=account.currency)
            before = await self._remembered(session, looked.fingerprint)
            if before is not None and account_id is None and before.account_id:
                account = await self._account(session, before.account_id)
            if before is None or mapping:
                return Looked(looked, account, remembered=False)
            try:
                again = await asyncio.to_thread(csv.inspect, file, mapping=before.mapping, currency=account.currency)
            except Invalid:  # the bank writes its files in another way now
                return Looked(looked, account, remembered=False)
            return Looked(again, account, remembered=True)

    async def _default(self, session: AsyncSession) -> Account:
        own = select(Account).where(Account.book_id == self.member.book.id)
        found: Account | None = await session.scalar(own.order_by(Account.is_default.desc(), Account.id).limit(1))
        if found is None:
            raise Invalid(_("Add an account first."), field="account")
        return found

    async def _likeliest(self, session: AsyncSession, currencies: frozenset[str], default: Account) -> Account:
        """Where a bank's file belongs: an account in its currency, and hardly ever the wallet."""
        own = select(Account).where(Account.book_id == self.member.book.id, Account.archived_at.is_(None))
        found = (await session.scalars(own.order_by(Account.position, Account.id))).all()

        def order(each: Account) -> tuple[bool, bool, bool, bool]:
            return (
                each.currency not in (currencies or {default.currency}),
                each.currency != default.currency,
                each.kind is AccountKind.CASH,
                not each.is_default,
            )

        return min(found, key=order, default=default)

    async def _remembered(self, session: AsyncSession, fingerprint: str) -> ImportMapping | None:
        own = select(ImportMapping).where(ImportMapping.book_id == self.member.book.id)
        found: ImportMapping | None = await session.scalar(own.where(ImportMapping.fingerprint == fingerprint))
        return found

    async def preview(self, statement: Statement, account_id: int) -> Report:
        """What would become of these lines, without writing anything."""
        async with self._looking() as session:
            account = await self._account(session, account_id)
            found = await known(session, account)
            await around(session, account, found, statement.rows)
            await match(session, found, statement.rows)
            return Report(statement)

    async def _reader(self, session: AsyncSession, account: Account) -> Reader:
        services = self.services if session is self.session else type(self.services)(session, self.member)
        return Reader(services.currencies, account, await services.categorisation.ready())

    async def read_file(self, file: BinaryIO, looked: Looked) -> Statement:
        """The lines of an inspected file; raises ``Questions`` while something is open."""
        async with self._looking() as session:
            reader = await self._reader(session, looked.account)
            return await reader.read(_lines(file, looked))

    async def read_lines(self, lines: Iterable[Line | BadLine], account_id: int) -> Statement:
        """Lines that did not come as a file; their currency is the account's where they have none."""
        async with self._looking() as session:
            return await (await self._reader(session, await self._account(session, account_id))).read(lines)

    async def parts(self, batch: ImportBatch, file: BinaryIO) -> AsyncGenerator[Statement]:
        """The lines of a batch's file, part by part. All that takes long is done before the first is asked for."""
        looked = None if batch.source == "api" else await self.look(batch, file)
        async with self._looking() as session:
            account = await self._account(session, batch.account_id)
            reader = await self._reader(session, account)
        reader.rates = self.services.currencies
        return reader.parts(_lines(file, looked) if looked else stored_lines(file))

    async def account(self, account_id: int | None) -> Account:
        """The account, or the default one."""
        async with self._looking() as session:
            return await self._account(session, account_id) if account_id else await self._default(session)

    # -- drafts

    async def draft(self, file: BinaryIO, filename: str, account_id: int | None = None) -> ImportBatch:
        """Keep an uploaded file and find out how it is written, for a person to look at before it goes in."""
        looked = await self.inspect(file, account_id)
        file.seek(0)
        name, digest = await asyncio.to_thread(files.keep, file)
        try:
            batch = ImportBatch(
                book_id=self.member.book.id,
                account_id=looked.account.id,
                source="csv",
                filename=filename[-200:],
                path=name,
                sha256=digest,
                mapping=looked.inspection.mapping.to_dict() if looked.remembered else {},
                rows=looked.inspection.row_count_estimate,
                created_by_id=self.member.user.id,
            )
            self.session.add(batch)
            await self.session.flush()
        except BaseException:
            files.drop(name)
            raise
        return batch

    async def look(self, batch: ImportBatch, file: BinaryIO) -> Looked:
        """How a draft's file is read with the answers given so far."""
        async with self._looking() as session:
            account = await self._account(session, batch.account_id)
            inspection = await asyncio.to_thread(
                csv.inspect, file, mapping=batch.mapping or None, currency=account.currency
            )
            before = await self._remembered(session, inspection.fingerprint)
            return Looked(inspection, account, bool(before and batch.mapping and before.mapping == batch.mapping))

    async def answer(self, batch_id: int, account_id: int, mapping: Mapping[str, Any]) -> ImportBatch:
        """Read a draft's file in another way, or into another account."""
        batch = await self._draft(batch_id)
        account = await self._account(self.session, account_id)
        with files.opened(batch.path) as file:
            await asyncio.to_thread(csv.inspect, file, mapping=mapping, currency=account.currency)
        batch.account_id, batch.mapping = account.id, dict(mapping)
        await self.session.flush()
        return batch

    async def discard(self, batch_id: int) -> None:
        """Throw a draft and its file away."""
        batch = await self._draft(batch_id)
        await self.session.delete(batch)
        await self.session.flush()
        files.drop(batch.path)

    async def _draft(self, batch_id: int) -> ImportBatch:
        batch: ImportBatch = await self.batches.own(batch_id)
        if batch.status is not ImportStatus.DRAFT:
            raise Conflict(_("This file was imported already."))
        return batch

    # -- going in

    async def commit(
        self, batch_id: int, *, unsure: Unsure = "ask", only_whole: bool = False,
        decisions: Mapping[int, Decision] | None = None,
    ) -> ImportBatch:  # fmt: skip
        """Bring a draft in, at once or, when it is large, by the worker.

        ``only_whole`` = nothing goes in when a line cannot be read; ``decisions`` are on unsure lines, by line.
        """
        async with self._looking() as session:
            draft: ImportBatch = await BatchRepository(session, self.member.book.id).own(batch_id)
        if draft.status is not ImportStatus.DRAFT:
            raise Conflict(_("This file was imported already."))
        name = draft.path  # the batch forgets it when it is in, and may be this very object
        with files.opened(name) as file:
            looked = await self.look(draft, file)
            if looked.inspection.questions:
                raise Questions(looked.inspection.questions)
            if draft.rows > LARGE:
                batch = await self._claim(batch_id, ImportStatus.DRAFT)
                await self.remember(looked)
                await self._hand_over(batch, unsure, only_whole, decisions or {})
                return batch
            statement = await self.read_file(file, looked)
        if only_whole and statement.bad:
            raise Conflict(_("Nothing was imported, as some lines cannot be read."))
        batch = await self._claim(batch_id, ImportStatus.DRAFT)
        await self.remember(looked)
        await self.book(statement, batch, unsure)
        if decisions:
            await self.decide(batch.id, decisions, strict=False)
        files.drop(name)
        return batch

    async def _claim(self, batch_id: int, status: ImportStatus) -> ImportBatch:
        """The batch, for this unit of work alone: a second click finds it taken."""
        taken = await self.session.execute(
            update(ImportBatch)
            .where(ImportBatch.id == batch_id, ImportBatch.book_id == self.member.book.id, ImportBatch.status == status)
            .values(status=ImportStatus.RUNNING)
            .returning(ImportBatch.id)
            .execution_options(synchronize_session=False)
        )
        if taken.scalar_one_or_none() is None:
            raise Conflict(_("This file was imported already."))
        found: ImportBatch = await self.session.get_one(ImportBatch, batch_id, populate_existing=True)
        return found

    async def _hand_over(
        self, batch: ImportBatch, unsure: Unsure, only_whole: bool, decisions: Mapping[int, Decision]
    ) -> None:
        await JobService(self.session).queue(
            "import",
            {
                "batch": batch.id,
                "unsure": unsure,
                "only_whole": only_whole,
                "decisions": {str(line): word for line, word in decisions.items()},
            },
            user_id=self.member.user.id,
            book_id=self.member.book.id,
            key=f"import-{batch.id}",
        )

    async def bring_in_later(
        self, file: BinaryIO, account_id: int, rows: int, *, source: str, filename: str = "",
        mapping: Mapping[str, Any] | None = None, unsure: Unsure = "ask",
    ) -> ImportBatch:  # fmt: skip
        """Keep what is too much for one request, and let the worker bring it in."""
        file.seek(0)
        name, digest = await asyncio.to_thread(files.keep, file)
        batch = ImportBatch(
            book_id=self.member.book.id,
            account_id=account_id,
            source=source,
            filename=filename[-200:],
            path=name,
            sha256=digest,
            mapping=dict(mapping or {}),
            status=ImportStatus.RUNNING,
            rows=rows,
            created_by_id=self.member.user.id,
        )
        self.session.add(batch)
        await self.session.flush()
        await self._hand_over(batch, unsure, only_whole=False, decisions={})
        return batch

    async def bring_in(
        self, statement: Statement, account_id: int, *, source: str, filename: str = "", sha256: str | None = None,
        mapping: Mapping[str, Any] | None = None, unsure: Unsure = "ask",
    ) -> Report:  # fmt: skip
        """Book a statement that was read, in one batch."""
        batch = ImportBatch(
            book_id=self.member.book.id,
            account_id=account_id,
            source=source,
            filename=filename[-200:],
            sha256=sha256,
            mapping=dict(mapping or {}),
            status=ImportStatus.RUNNING,
            created_by_id=self.member.user.id,
        )
        self.session.add(batch)
        await self.session.flush()
        return await self.book(statement, batch, unsure)

    async def book(self, statement: Statement, batch: ImportBatch, unsure: Unsure = "ask") -> Report:
        """Hold the lines against the ledger and write those that are new, all in the running unit of work."""
        intake = await self._intake(batch, unsure)
        ids = await intake.take_all(statement)
        await intake.finish()
        return Report(statement, batch, ids)

    async def stream(
        self, parts: AsyncGenerator[Statement], batch: ImportBatch, unsure: Unsure, progress: Callable[[int], None]
    ) -> None:
        """``book`` for a long file, which is never in memory as a whole: a part is read while another is written."""
        intake = await self._intake(batch, unsure)
        async with aclosing(parts):
            async for part in parts:
                await intake.take(part)
                await asyncio.to_thread(progress, intake.count)
        await intake.finish()

    async def _intake(self, batch: ImportBatch, unsure: Unsure) -> Intake:
        account = await self._account(self.session, batch.account_id, locking=True)
        return await Intake.of(self.services, batch, account, unsure)

    async def remember(self, looked: Looked) -> None:
        """Read this bank's next file in the same way, into the same account."""
        found = await self._remembered(self.session, looked.inspection.fingerprint)
        mapping = looked.inspection.mapping.to_dict()
        if found is None:
            self.session.add(
                ImportMapping(
                    book_id=self.member.book.id,
                    fingerprint=looked.inspection.fingerprint,
                    account_id=looked.account.id,
                    mapping=mapping,
                )
            )
        elif (found.account_id, found.mapping) != (looked.account.id, mapping):
            found.account_id, found.mapping = looked.account.id, mapping
        await self.session.flush()

    # -- afterwards

    async def get(self, batch_id: int) -> ImportBatch:
        found: ImportBatch = await self.batches.own(batch_id)
        return found

    @staticmethod
    def done(batch: ImportBatch) -> int:
        """How many lines of a running import are in so far."""
        return files.told(batch.path) if batch.status is ImportStatus.RUNNING else batch.done

    async def rows(self, batch_id: int, *outcomes: RowOutcome) -> Sequence[ImportRow]:
        """The kept lines of a batch, in the order of the file."""
        query = select(ImportRow).where(ImportRow.batch_id == batch_id, ImportRow.book_id == self.member.book.id)
        if outcomes:
            query = query.where(ImportRow.outcome.in_(outcomes))
        return (await self.session.scalars(query.order_by(ImportRow.line))).all()

    async def page(self, number: int = 1, limit: int = 30) -> tuple[int, Sequence[tuple[ImportBatch, str]]]:
        """How many imports there are, and a page of them with their accounts' names, newest first."""
        own = ImportBatch.book_id == self.member.book.id
        query = select(ImportBatch, Account.name).join(Account, Account.id == ImportBatch.account_id).where(own)
        async with self._looking() as session:
            total = await session.scalar(select(func.count()).select_from(ImportBatch).where(own)) or 0
            rows = await session.execute(
                query.order_by(ImportBatch.id.desc()).limit(limit).offset((number - 1) * limit)
            )
            return total, [(batch, name) for batch, name in rows]

    async def decide(
        self, batch_id: int, decisions: Mapping[int, Decision], *, strict: bool = True
    ) -> tuple[ImportBatch, list[ImportRow]]:
        """Book or skip unsure lines. ``strict`` = a line that is not unsure is an error.

        A skipped line is the one it was held against: a hand-typed row takes its identity, else it stays away.
        """
        batch = await self.get(batch_id)
        if batch.status is not ImportStatus.DONE:
            raise Conflict(_("This import is not finished, or was undone."))
        waiting = {row.line: row for row in await self.rows(batch_id, RowOutcome.UNSURE, RowOutcome.SKIPPED)}
        if strict and (strange := decisions.keys() - waiting.keys()):
            line = min(strange)
            raise Invalid(_("Line {line} does not wait for a decision.", line=line), field=f"rows.{line}")
        decided = [(waiting[line], word) for line, word in sorted(decisions.items()) if line in waiting]
        account = await self._account(self.session, batch.account_id, locking=True)
        journal = self.services.journal
        journal.recorder.import_batch_id = batch.id
        journal.note(
            ngettext("Decided on {n} imported line", "Decided on {n} imported lines", len(decided)), actor=Actor.USER
        )
        chosen = [(row, _revived(row, account.currency), word) for row, word in decided]
        await self._book_decided(
            batch, account, [(row, waiting_line) for row, waiting_line, word in chosen if word == "book"]
        )
        for row, waiting_line, word in chosen:
            if word == "skip":
                await self._skip(batch, row, waiting_line)
        left = await self.rows(batch_id, RowOutcome.UNSURE, RowOutcome.SKIPPED)
        batch.unsure = len(left)
        batch.duplicates = batch.rows - batch.created - batch.unsure - batch.failed
        await self.session.flush()
        return batch, [row for row, _word in decided]

    async def _book_decided(self, batch: ImportBatch, account: Account, pairs: Sequence[tuple[ImportRow, Row]]) -> None:
        if not pairs:
            return
        lines = [line for _row, line in pairs]
        found = await known(self.session, account)
        await around(self.session, account, found, lines)
        going: list[tuple[ImportRow, Row]] = []
        for row, line in pairs:
            if (line.identity, line.ordinal) in found.by_identity:  # the same line came in by another file meanwhile
                row.outcome, row.reason = RowOutcome.DUPLICATE, _("This line is booked already.")
                row.match_id = found.by_identity[line.identity, line.ordinal].id
            else:
                going.append((row, line))
        filing = await self.services.categorisation.ready()
        for filed, (_row, line) in zip(
            filing.file([line.line for _row, line in going], account.id), going, strict=True
        ):
            line.filed = filed
        booked = [line for _row, line in going]
        keep(booked, found)
        journal = self.services.journal
        await self.session.run_sync(journal.recorder.change_set)
        ids = await self._book_now(batch, account, booked)
        for (row, _line), id_ in zip(going, ids, strict=True):
            row.outcome, row.transaction_id = RowOutcome.BOOKED, id_
        batch.created += len(ids)
        batch.summary = added(batch.summary, summed_up(booked))

    async def _book_now(self, batch: ImportBatch, account: Account, rows: Sequence[Row]) -> list[int]:
        booking = Booking(self.services, batch, account.currency)
        ids = await booking.book(rows)
        await booking.finish()
        return ids

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
            before = await taken_over(self.services.ledger, typed, line)
            row.parsed = row.parsed | {"before": before}
        else:
            grave = await self.services.ledger.add_tombstone(batch.account_id, line.identity, line.ordinal)
            row.parsed = row.parsed | {"tombstone": grave.id}
        row.outcome = RowOutcome.DUPLICATE
        await self.session.flush()

    async def _is_taken(self, account_id: int, line: Row) -> bool:
        spot = select(Transaction.id).where(
            Transaction.account_id == account_id,
            Transaction.identity == line.identity,
            Transaction.ordinal == line.ordinal,
        )
        return await self.session.scalar(spot) is not None

    async def gap(self, batch: ImportBatch) -> Gap | None:
        """What the bank's file says was there in the end, beside what the books say; None where it does not tell."""
        closing = batch.summary.get("closing")
        if not closing or batch.status is not ImportStatus.DONE:
            return None
        account = await self.account(batch.account_id)
        day = date.fromisoformat(closing[0])
        ours = await self.services.accounts.balance(account, day)
        return Gap(
            day, Money(closing[1], account.currency), ours, Money(account.opening_balance_minor, account.currency)
        )

    async def agree(self, batch_id: int) -> None:
        """Move the account's opening balance so that the books say what the bank's file says."""
        batch = await self.get(batch_id)
        gap = await self.gap(batch)
        if gap is None:
            raise Conflict(_("This file does not say what was in the account."))
        account = await self._account(self.session, batch.account_id, locking=True)
        account.opening_balance_minor = gap.opening.minor
        self.services.journal.note(
            _("Set the opening balance of {account} to {amount}", account=account.name, amount=gap.opening.shown)
        )

    async def undo(self, batch_id: int, *, even_edited: bool = False) -> ImportBatch:
        """Take a whole import back; raises ``EditedSince`` once when rows of it were changed meanwhile."""
        batch = await self.get(batch_id)
        await Undoing(self.services, batch).undo(even_edited=even_edited)
        return batch


# -- small steps


def _lines(file: BinaryIO, looked: Looked) -> Iterator[Line | BadLine]:
    if looked.inspection.questions:
        raise Questions(looked.inspection.questions)
    return csv.read_lines(file, looked.inspection.layout)


def _revived(row: ImportRow, currency: str) -> Row:
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
    )
    original = Original(*values["original"]) if "original" in values else None
    return Row(line, values["identity"], values["ordinal"], original, UNSURE, row.reason, row.match_id)
