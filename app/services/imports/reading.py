"""Read a statement before it is matched: number, convert and categorize its lines in chunks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import BinaryIO

from app.domain.money import Money
from app.domain.statement.lines import BadLine, Line
from app.domain.statement.vocabulary import fold
from app.errors import Invalid
from app.models import Account
from app.services.categorisation import BookCategoriser
from app.services.currencies import CurrencyService
from app.services.imports.matching import OriginalAmount, Row, assign_identities

CHUNK_LINES = 4000


@dataclass(slots=True)
class Statement:
    """The lines for one account; ``bad`` are those that cannot be imported."""

    rows: list[Row] = field(default_factory=list)
    bad: list[BadLine] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows) + len(self.bad)

    @property
    def unreadable(self) -> int:
        """Return the number of lines that cannot be read. Pending lines can."""
        return sum(each.kind == "failed" for each in self.bad)


class StatementReader:
    """Reads lines for one account. Parsing and categorizing run in a thread, so that other requests are served."""

    def __init__(
        self,
        rates: CurrencyService,
        account: Account,
        categoriser: BookCategoriser,
        bank_categories: Mapping[str, str] | None = None,
    ) -> None:
        self.rates, self.categoriser = rates, categoriser
        self.bank_categories = bank_categories or {}
        self.account_id, self.currency = account.id, account.currency

    async def read(self, lines: Iterable[Line | BadLine]) -> Statement:
        """Return all lines at once."""
        found = Statement()
        async with aclosing(self.chunks(lines)) as chunks:
            async for part in chunks:
                found.rows += part.rows
                found.bad += part.bad
        return found

    async def chunks(self, lines: Iterable[Line | BadLine]) -> AsyncGenerator[Statement]:
        """Yield the lines in chunks. The next chunk is read while the caller works on the current one."""
        ahead, numbers = None, assign_identities(self.account_id, lines)
        try:
            ahead = asyncio.ensure_future(asyncio.to_thread(self._next, numbers))
            while chunk := await ahead:
                ahead = asyncio.ensure_future(asyncio.to_thread(self._next, numbers))
                yield await self._read_chunk(chunk)
        finally:
            if ahead is not None:  # the thread cannot be stopped, and the caller closes the file next
                await asyncio.wait((ahead,))

    def _next(self, lines: Iterator[Row | BadLine]) -> list[Row | BadLine]:
        chunk = list(islice(lines, CHUNK_LINES))
        rows = [each for each in chunk if isinstance(each, Row)]
        if self.bank_categories:
            for row in rows:
                if row.line.category and (own := self.bank_categories.get(fold(row.line.category))):
                    row.line = row.line._replace(category=own)
        for row, filed in zip(
            rows, self.categoriser.categorise([row.line for row in rows], self.account_id), strict=True
        ):
            row.filed = filed
        return chunk

    async def _read_chunk(self, chunk: Sequence[Row | BadLine]) -> Statement:
        part = Statement()
        for each in chunk:
            if isinstance(each, BadLine):
                part.bad.append(each)
            elif each.line.currency == self.currency:
                part.rows.append(each)
            else:
                await self._convert(each, part)
        return part

    async def _convert(self, row: Row, found: Statement) -> None:
        line = row.line
        try:
            conversion = await self.rates.convert(Money(line.minor, line.currency), self.currency, line.booked_on)
        except Invalid as error:
            found.bad.append(BadLine(line.line, error.message, f"{line.booked_on} {line.payee_text}"[:200]))
            return
        row.original = OriginalAmount(line.minor, line.currency, conversion.text, conversion.source)
        row.line = line._replace(minor=conversion.amount.minor, currency=self.currency)
        found.rows.append(row)


def store_lines(lines: Iterable[Line]) -> bytes:
    """Encode lines that came as JSON, to be stored for the worker."""
    return json.dumps([[line.line, line.booked_on.isoformat(), *line[2:]] for line in lines]).encode()


def stored_lines(file: BinaryIO) -> Iterator[Line]:
    """Return the lines that ``store_lines`` encoded."""
    return (Line(number, date.fromisoformat(day), *rest) for number, day, *rest in json.load(file))
