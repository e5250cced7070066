"""Reading a statement before it is held against the ledger: lines numbered, converted and filed, chunk by chunk."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import BinaryIO

from app.domain.money import Money
from app.domain.statement.lines import BadLine, Line
from app.errors import Invalid
from app.models import Account
from app.services.filing import Filing
from app.services.imports.matching import Original, Row, numbered
from app.services.rates import RateService

CHUNK = 4000
Progress = Callable[[int], Awaitable[None]]


@dataclass(slots=True)
class Statement:
    """What came in for one account; ``bad`` are lines that cannot be booked."""

    rows: list[Row] = field(default_factory=list)
    bad: list[BadLine] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows) + len(self.bad)

    @property
    def complete(self) -> bool:
        return not self.bad


class Reader:
    """Reads for one account. Parsing and filing run in a thread, so that the web process answers meanwhile."""

    def __init__(self, rates: RateService, account: Account, filing: Filing) -> None:
        self.rates, self.filing = rates, filing
        self.account_id, self.currency = account.id, account.currency

    async def read(self, lines: Iterable[Line | BadLine], progress: Progress | None = None) -> Statement:
        found = Statement()
        async for chunk in self._chunks(numbered(self.account_id, lines)):
            for each in chunk:
                if isinstance(each, BadLine):
                    found.bad.append(each)
                elif each.line.currency == self.currency:
                    found.rows.append(each)
                else:
                    await self._convert(each, found)
            if progress is not None:
                await progress(len(found))
        return found

    async def _chunks(self, lines: Iterator[Row | BadLine]) -> AsyncIterator[list[Row | BadLine]]:
        def next_chunk() -> list[Row | BadLine]:
            chunk = list(islice(lines, CHUNK))
            rows = [each for each in chunk if isinstance(each, Row)]
            for row, filed in zip(rows, self.filing.file([row.line for row in rows], self.account_id), strict=True):
                row.filed = filed
            return chunk

        while chunk := await asyncio.to_thread(next_chunk):
            yield chunk

    async def _convert(self, row: Row, found: Statement) -> None:
        line = row.line
        try:
            conversion = await self.rates.convert(Money(line.minor, line.currency), self.currency, line.booked_on)
        except Invalid as error:
            found.bad.append(BadLine(line.line, error.message, f"{line.booked_on} {line.payee_text}"[:200]))
            return
        row.original = Original(line.minor, line.currency, conversion.text, conversion.source)
        row.line = line._replace(minor=conversion.amount.minor, currency=self.currency)
        found.rows.append(row)


def store_lines(lines: Iterable[Line]) -> bytes:
    """Lines that came as JSON, to be kept for the worker."""
    return json.dumps([[line.line, line.booked_on.isoformat(), *line[2:]] for line in lines]).encode()


def stored_lines(file: BinaryIO) -> Iterator[Line]:
    """What ``store_lines`` kept."""
    return (Line(number, date.fromisoformat(day), *rest) for number, day, *rest in json.load(file))
