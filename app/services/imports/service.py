"""Read statements and import each in one batch, at once or in the worker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import read_session
from app.domain.categories import KIND_OF
from app.domain.statement import csv
from app.domain.statement.bank_categories import BANK_CATEGORIES
from app.domain.statement.lines import BadLine, Line
from app.errors import Conflict, Invalid, NotFound
from app.i18n import _, mark
from app.models import Account, AccountKind, ImportBatch, ImportMapping, ImportRow, ImportStatus, RowOutcome
from app.models.repository import BookRepository
from app.services.base import Service
from app.services.imports import files
from app.services.imports.matching import Row, load_existing, load_window, match
from app.services.imports.reading import Statement, StatementReader, stored_lines
from app.services.imports.run import ImportRun
from app.services.jobs import IMPORT_KIND, JobService

if TYPE_CHECKING:
    from app.services import Services

LARGE_ROWS = 12_000  # larger files are imported by the worker
Unsure = Literal["ask", "keep", "skip"]
Decision = Literal["book", "skip"]


class BatchRepository(BookRepository[ImportBatch]):
    model_type = ImportBatch
    not_found_message = mark("That import does not exist.")


class Questions(Invalid):
    """The file can be read in several ways. Nothing is imported until the questions are answered."""

    def __init__(self, questions: Sequence[csv.Question], warnings: Sequence[str] = ()) -> None:
        super().__init__(_("This file can be read in more than one way. Answer the questions first."), field="mapping")
        self.questions, self.warnings = tuple(questions), tuple(warnings)
        self.errors = {question.field: csv.open_question(question) for question in questions}


@dataclass(slots=True)
class Inspected:
    """A file, how it is read, and the account it goes into.

    ``is_remembered``: read as earlier files of this bank were. ``mismatch``: why the account may be wrong.
    """

    inspection: csv.Inspection
    account: Account
    is_remembered: bool
    mismatch: str = ""

    @property
    def questions(self) -> tuple[csv.Question, ...]:
        return self.inspection.questions

    @property
    def foreign_currencies(self) -> list[str]:
        return sorted(self.inspection.currencies - {self.account.currency})


@dataclass(slots=True)
class Report:
    """The outcome of a statement's lines. ``ids`` are those of the new rows, in the order of ``rows``."""

    statement: Statement
    batch: ImportBatch | None = None
    ids: Sequence[int] = ()

    def of(self, outcome: str) -> list[Row]:
        return [row for row in self.statement.rows if row.outcome == outcome]

    def count(self, outcome: str) -> int:
        return sum(row.outcome == outcome for row in self.statement.rows)


@lru_cache(maxsize=4096)
def expected_sign(text: str) -> int:
    """Return -1 if a text's payees and words are known as spending, +1 for income, 0 if unknown or both."""
    from app.ml.seed_table import hints

    kinds = {KIND_OF[hint.key] for hint in hints(text) if hint.key in KIND_OF}
    return 0 if len(kinds) != 1 else 1 if "income" in kinds else -1


class ImportService(Service):
    """Imports into one book. Files are read before the database is locked for writing; long ones during it."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self.batches = BatchRepository(services.session, services.member.book.id)

    # -- reading

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Open a read session. A write session that has not begun stays so, because beginning it takes the lock."""
        if self.session.in_transaction():
            yield self.session
            return
        async with read_session() as session:
            yield session

    async def find_account(self, session: AsyncSession, account_id: int, *, locking: bool = False) -> Account:
        own = select(Account).where(Account.id == account_id, Account.book_id == self.member.book.id)
        found: Account | None = await session.scalar(own.with_for_update() if locking else own)
        if found is None:
            raise NotFound(_("That account does not exist."), field="account")
        return found

    async def account(self, account_id: int | None) -> Account:
        """Return the account with this id, by default the default account."""
        async with self.reading() as session:
            return await (self.find_account(session, account_id) if account_id else self._default_account(session))

    async def inspect_as(self, file: BinaryIO, mapping: Mapping[str, Any] | None, account: Account) -> csv.Inspection:
        """Detect how a file is read for an account, in a thread so that other requests are served."""
        traits = csv.Traits(account.kind is AccountKind.CREDIT_CARD, self.today, expected_sign)
        return await asyncio.to_thread(
            csv.inspect, file, mapping=mapping or None, currency=account.currency, traits=traits
        )

    async def inspect(
        self, file: BinaryIO, account_id: int | None = None, mapping: Mapping[str, Any] | None = None
    ) -> Inspected:
        """Detect how a file is read.

        Without an account it is the one that earlier files of this bank went to, or the likeliest. Without a mapping it
        is the one used for earlier files with this header.
        """
        async with self.reading() as session:
            account = await (self.find_account(session, account_id) if account_id else self._default_account(session))
            inspection = await self.inspect_as(file, mapping, account)
            before = await self.remembered(session, inspection.fingerprint)
            if account_id is None:
                chosen = (
                    await self.find_account(session, before.account_id)
                    if before is not None and before.account_id
                    else await self._likeliest_account(session, inspection.currencies, account)
                )
                if (chosen.currency, chosen.kind) != (account.currency, account.kind):
                    inspection = await self.inspect_as(file, mapping, chosen)
                account = chosen
            is_remembered = False
            if before is not None and not mapping:
                try:
                    inspection = await self.inspect_as(file, before.mapping, account)
                    is_remembered = True
                except Invalid:  # the bank has changed its format
                    pass
            mismatch = await self.find_mismatch(session, inspection, account)
            return Inspected(inspection, account, is_remembered, mismatch)

    async def find_mismatch(self, session: AsyncSession, inspection: csv.Inspection, account: Account) -> str:
        """Return why the file may belong to another account: its currency or account number."""
        foreign = sorted(inspection.currencies - {account.currency})
        if foreign and account.currency not in inspection.currencies:
            return _(
                "This file is in {currencies}, but {account} is in {currency}.",
                currencies=", ".join(foreign), account=account.name, currency=account.currency,
            )  # fmt: skip
        own = inspection.own_account
        if own:
            numbers = select(ImportMapping.own_account).where(
                ImportMapping.book_id == self.member.book.id,
                ImportMapping.account_id == account.id,
                ImportMapping.own_account != "",
            )
            known = set(await session.scalars(numbers))
            if known and own not in known:
                return _(
                    "This file is for account {number}, but {account} has had files for {other}.",
                    number=own, account=account.name, other=", ".join(sorted(known)),
                )  # fmt: skip
        return ""

    async def _default_account(self, session: AsyncSession) -> Account:
        own = select(Account).where(Account.book_id == self.member.book.id)
        found: Account | None = await session.scalar(own.order_by(Account.is_default.desc(), Account.id).limit(1))
        if found is None:
            raise Invalid(_("Add an account first."), field="account")
        return found

    async def _likeliest_account(self, session: AsyncSession, currencies: frozenset[str], default: Account) -> Account:
        """Return the likeliest account for a bank's file: one in its currency, a cash account last."""
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

    async def remembered(self, session: AsyncSession, fingerprint: str) -> ImportMapping | None:
        own = select(ImportMapping).where(ImportMapping.book_id == self.member.book.id)
        found: ImportMapping | None = await session.scalar(own.where(ImportMapping.fingerprint == fingerprint))
        return found

    async def _reader(self, session: AsyncSession, account: Account, fingerprint: str = "") -> StatementReader:
        services = self.services if session is self.session else type(self.services)(session, self.member)
        bank_categories: dict[str, str] = {}
        if fingerprint:
            by_id = await services.categories.by_id()
            by_key = {each.key: each.name for each in by_id.values() if each.key and not each.is_archived}
            own = {each.name.casefold() for each in by_id.values()}
            bank_categories = {
                name: by_key[key] for name, key in BANK_CATEGORIES.items() if key in by_key and name not in own
            }
            before = await self.remembered(session, fingerprint)
            for name, category_id in (before.categories if before else {}).items():
                if category_id in by_id:
                    bank_categories[name] = by_id[category_id].name
        return StatementReader(services.currencies, account, await services.categorisation.load(), bank_categories)

    async def read_file(self, file: BinaryIO, inspected: Inspected) -> Statement:
        """Return the lines of an inspected file. Raises ``Questions`` if one is open."""
        return await self.read_lines(lines_of(file, inspected), inspected.account.id, inspected.inspection.fingerprint)

    async def read_lines(self, lines: Iterable[Line | BadLine], account_id: int, fingerprint: str = "") -> Statement:
        """Return lines in the account's currency where they have none."""
        async with self.reading() as session:
            account = await self.find_account(session, account_id)
            return await (await self._reader(session, account, fingerprint)).read(lines)

    async def preview(self, statement: Statement, account_id: int) -> Report:
        """Return what would become of these lines; write nothing."""
        async with self.reading() as session:
            account = await self.find_account(session, account_id)
            found = await load_existing(session, account)
            await load_window(session, account, found, statement.rows)
            await match(session, found, statement.rows)
            return Report(statement)

    async def open_parts(self, batch: ImportBatch, file: BinaryIO) -> tuple[StatementReader, AsyncGenerator[Statement]]:
        """Read a batch's file in chunks. Slow preparation is done before the first chunk is requested."""
        inspected = None if batch.source == "api" else await self.services.import_drafts.inspect(batch, file)
        async with self.reading() as session:
            account = await self.find_account(session, batch.account_id)
            reader = await self._reader(session, account, inspected.inspection.fingerprint if inspected else "")
        return reader, reader.chunks(lines_of(file, inspected) if inspected else stored_lines(file))

    # -- importing

    def new_batch(self, account_id: int, source: str, filename: str, **values: Any) -> ImportBatch:
        batch = ImportBatch(
            book_id=self.member.book.id,
            account_id=account_id,
            source=source,
            filename=filename[-200:],
            created_by_id=self.member.user.id,
            **values,
        )
        self.session.add(batch)
        return batch

    async def import_later(
        self, file: BinaryIO, account_id: int, rows: int, *, source: str, filename: str = "",
        mapping: Mapping[str, Any] | None = None, unsure: Unsure = "ask",
    ) -> ImportBatch:  # fmt: skip
        """Store what takes too long for one request, and queue it for the worker."""
        file.seek(0)
        name, digest = await asyncio.to_thread(files.store, file)
        batch = self.new_batch(
            account_id, source, filename, path=name, sha256=digest, mapping=dict(mapping or {}), rows=rows,
            status=ImportStatus.RUNNING,
        )  # fmt: skip
        await self.session.flush()
        await self.queue(batch, unsure)
        return batch

    async def queue(
        self,
        batch: ImportBatch,
        unsure: Unsure,
        *,
        only_whole: bool = False,
        decisions: Mapping[int, Decision] | None = None,
        choices: Mapping[int, int | None] | None = None,
    ) -> None:
        """Queue a batch for the worker."""
        arguments = {
            "batch": batch.id,
            "unsure": unsure,
            "only_whole": only_whole,
            "decisions": {str(line): word for line, word in (decisions or {}).items()},
            "choices": {str(line): category_id for line, category_id in (choices or {}).items()},
        }
        await JobService(self.session).queue(
            IMPORT_KIND, arguments, user_id=self.member.user.id, book_id=self.member.book.id, key=f"import-{batch.id}"
        )

    async def import_statement(
        self, statement: Statement, account_id: int, *, source: str, filename: str = "", sha256: str | None = None,
        mapping: Mapping[str, Any] | None = None, unsure: Unsure = "ask",
    ) -> Report:  # fmt: skip
        """Import a statement in one batch."""
        batch = self.new_batch(
            account_id, source, filename, sha256=sha256, mapping=dict(mapping or {}), status=ImportStatus.RUNNING
        )
        await self.session.flush()
        return await self.run(statement, batch, unsure)

    async def run(
        self,
        statement: Statement,
        batch: ImportBatch,
        unsure: Unsure = "ask",
        choices: Mapping[int, int | None] | None = None,
    ) -> Report:
        """Match lines and write the new ones, in the current unit of work."""
        run = await self.start(batch, unsure, choices)
        ids = await run.take_all(statement)
        await run.finish()
        return Report(statement, batch, ids)

    async def start(
        self, batch: ImportBatch, unsure: Unsure, choices: Mapping[int, int | None] | None = None
    ) -> ImportRun:
        """Start the run of a batch in the current unit of work."""
        account = await self.find_account(self.session, batch.account_id, locking=True)
        run = await ImportRun.of(self.services, batch, account, unsure)
        run.choices = choices or {}
        return run

    async def resume(self, run: ImportRun) -> None:
        """Continue a run in another unit of work."""
        batch = await self.get(run.batch.id)
        run.attach(self.services, batch, await self.find_account(self.session, batch.account_id, locking=True))

    async def claim(self, batch_id: int, status: ImportStatus) -> ImportBatch:
        """Return the batch for this unit of work alone. A second click raises ``Conflict``."""
        taken = await self.session.execute(
            update(ImportBatch)
            .where(ImportBatch.id == batch_id, ImportBatch.book_id == self.member.book.id, ImportBatch.status == status)
            .values(status=ImportStatus.RUNNING)
            .returning(ImportBatch.id)
            .execution_options(synchronize_session=False)
        )
        if taken.scalar_one_or_none() is None:
            raise Conflict(_("This file has already been imported."))
        found: ImportBatch = await self.session.get_one(ImportBatch, batch_id, populate_existing=True)
        return found

    async def remember(self, inspected: Inspected, categories: Mapping[str, int] | None = None) -> None:
        """Remember mapping, account and categories for the next file of this bank."""
        inspection = inspected.inspection
        found = await self.remembered(self.session, inspection.fingerprint)
        if found is None:
            found = ImportMapping(book_id=self.member.book.id, fingerprint=inspection.fingerprint, categories={})
            self.session.add(found)
        found.account_id, found.own_account = inspected.account.id, inspection.own_account
        found.mapping = inspection.mapping.to_dict()
        if categories:
            found.categories = found.categories | dict(categories)
        await self.session.flush()

    # -- batches

    async def get(self, batch_id: int) -> ImportBatch:
        found: ImportBatch = await self.batches.get_owned(batch_id)
        return found

    async def rows(self, batch_id: int, *outcomes: RowOutcome) -> Sequence[ImportRow]:
        """Return the stored lines of a batch, in file order."""
        query = select(ImportRow).where(ImportRow.batch_id == batch_id, ImportRow.book_id == self.member.book.id)
        if outcomes:
            query = query.where(ImportRow.outcome.in_(outcomes))
        return (await self.session.scalars(query.order_by(ImportRow.line))).all()

    async def page(self, number: int = 1, limit: int = 30) -> tuple[int, Sequence[tuple[ImportBatch, str]]]:
        """Return the number of imports and a page of them with account names, newest first."""
        own = ImportBatch.book_id == self.member.book.id
        query = select(ImportBatch, Account.name).join(Account, Account.id == ImportBatch.account_id).where(own)
        async with self.reading() as session:
            total = await session.scalar(select(func.count()).select_from(ImportBatch).where(own)) or 0
            rows = await session.execute(
                query.order_by(ImportBatch.id.desc()).limit(limit).offset((number - 1) * limit)
            )
            return total, [(batch, name) for batch, name in rows]

    async def undo(self, batch_id: int, *, even_edited: bool = False) -> ImportBatch:
        """Undo a whole import. Raises ``EditedSince`` if its transactions were edited, until confirmed."""
        batch = await self.get(batch_id)
        await self.services.journal.undo_import(batch, even_edited=even_edited)
        return batch


def lines_of(file: BinaryIO, inspected: Inspected) -> Iterator[Line | BadLine]:
    """Stream the lines of an inspected file. Raises ``Questions`` while something is open."""
    if inspected.questions:
        raise Questions(inspected.questions, inspected.inspection.warnings)
    return csv.read_lines(file, inspected.inspection.layout)
