"""Exports transactions as CSV and JSON, in chunks, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

from app.domain.money import wire
from app.domain.statement.csv.reading import FORMULA_STARTS
from app.services.member import Member
from app.services.transaction_list import ExportBatch, Filter, Line, Part

COLUMNS = (
    "date", "payee", "amount", "currency", "category", "account", "tags", "memo", "status", "splits", "transfer",
    "statement_text", "original_amount", "original_currency", "rate", "id", "external_id",
)  # fmt: skip


def escape_formula(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run. Importing the file removes it again."""
    first = text[:1]
    is_formula = first in FORMULA_STARTS or (first == "'" and text[1:2] in FORMULA_STARTS)
    return f"'{text}" if is_formula else text


async def csv_stream(member: Member, wanted: Filter) -> AsyncIterator[bytes]:
    """Yield a filter's rows as CSV, in a read session of its own, a few thousand rows at a time."""
    from app.services import reading

    yield write_csv([COLUMNS])
    async with reading(member) as services:
        categories = {id_: escape_formula(each.name) for id_, each in (await services.categories.by_id()).items()}
        accounts = {each.id: escape_formula(each.name) for each in await services.accounts.all()}
        async for batch in services.transaction_list.stream_export(wanted):
            yield write_csv(_cells(batch, categories, accounts))


async def json_stream(member: Member, wanted: Filter) -> AsyncIterator[bytes]:
    """Yield a filter's rows as one JSON list of objects."""
    lead = "["
    async for lines in _batches(member, wanted):
        yield (lead + ",".join(f"\n{json.dumps(record(line), ensure_ascii=False)}" for line in lines)).encode()
        lead = ","
    yield b"[]\n" if lead == "[" else b"\n]\n"


async def _batches(member: Member, wanted: Filter) -> AsyncIterator[list[Line]]:
    from app.services import reading

    async with reading(member) as services:
        async for lines in services.transaction_list.stream(wanted):
            yield lines


def write_csv(rows: Iterable[Iterable[Any]]) -> bytes:
    """Return rows as CSV. Texts are escaped by the caller."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def _cells(batch: ExportBatch, categories: dict[int, str], accounts: dict[int, str]) -> Iterator[tuple[Any, ...]]:
    """Return a batch's rows in the order of ``COLUMNS``."""
    tags, parts = batch.tags, batch.parts
    for (
        id_, day, minor, currency, payee, category_id, account_id, transfer_id, _is_split, memo, text, status,
        original_minor, original, rate, external_id,
    ) in batch.rows:  # fmt: skip
        yield (
            day,
            escape_formula(payee) if payee else "",
            wire(minor, currency),
            currency,
            categories.get(category_id, ""),
            accounts.get(account_id, ""),
            escape_formula(", ".join(tags[id_])) if id_ in tags else "",
            escape_formula(memo) if memo else "",
            status,
            escape_formula("; ".join(_part(each, currency) for each in parts[id_])) if id_ in parts else "",
            transfer_id or "",
            escape_formula(text) if text else "",
            wire(original_minor, original) if original_minor is not None and original else "",
            original or "",
            rate or "",
            id_,
            escape_formula(external_id) if external_id else "",
        )


def _part(part: Part, currency: str) -> str:
    name = part.category.name if part.category else ""
    return f"{name} {wire(part.minor, currency)}".strip()


def record(line: Line) -> dict[str, Any]:
    """Return a row in the shape of the API."""
    original = None
    if line.original_minor is not None and line.original_currency:
        amount = wire(line.original_minor, line.original_currency)
        original = {"amount": amount, "currency": line.original_currency, "rate": line.rate, "source": line.rate_source}
    return {
        "id": line.id,
        "account": {"id": line.account_id, "name": line.account},
        "booked_on": line.booked_on.isoformat(),
        "payee": {"id": line.payee_id, "name": line.payee} if line.payee_id else None,
        "amount": wire(line.minor, line.currency),
        "currency": line.currency,
        "category": {"id": line.category.id, "name": line.category.name} if line.category else None,
        "memo": line.memo,
        "splits": [
            {
                "id": part.id,
                "category": {"id": part.category.id, "name": part.category.name} if part.category else None,
                "amount": wire(part.minor, line.currency),
                "memo": part.memo,
            }
            for part in line.parts
        ],
        "tags": line.tags,
        "status": line.status.value,
        "transfer": line.transfer_id,
        "import_batch": line.import_batch_id,
        "external_id": line.external_id,
        "version": line.version,
        "statement_text": line.statement_text,
        "original": original,
        "categorised_by": line.categorised_by,
        "reason": line.reason,
    }
