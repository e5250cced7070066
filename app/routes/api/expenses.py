"""API routes for expenses in the format of earlier clients: a sentence in, a plain list out."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from typing import Any

from litestar import Controller, Response, get, post
from litestar.response import Stream

from app.domain.money import Money
from app.errors import Invalid
from app.i18n import _
from app.services import Member, Services, reading
from app.services.currencies import Quote
from app.services.quick_add import Draft
from app.services.transaction_list import Filter, Line
from app.web.downloads import respond_with_file
from app.web.guards import MEMBER
from app.web.idempotency import respond_once
from app.web.types import AnyRequest, MemberDep, ServicesDep


async def message_of(request: AnyRequest) -> str:
    """Return the sentence of a JSON body or a form."""
    if request.content_type[0] in ("multipart/form-data", "application/x-www-form-urlencoded"):
        form = await request.form()
        if form.get("file") is not None and not form.get("message"):
            raise Invalid(_("Enter the receipt’s text in “message”."), field="message")
        said = form.get("message")
    else:
        body = await request.json()
        said = body.get("message") if isinstance(body, dict) else None
    if not isinstance(said, str) or not said.strip():
        raise Invalid(_("Enter what you spent, for example “lunch 14.50”."), field="message")
    if len(said) > 1000:
        raise Invalid(_("This is too long. Use at most {n} characters.", n=1000), field="message")
    return said


class ExpensesApi(Controller):
    path = "/expenses"
    tags = ["Expenses"]
    opt = MEMBER

    @post("/", operation_id="AddExpenses", status_code=201)
    async def add_expenses(self, request: AnyRequest, services: ServicesDep) -> Response[Any]:
        """Add the transactions of a sentence. Answers 400 if it has none."""
        message = await message_of(request)

        async def add() -> dict[str, Any]:
            try:
                drafts = await services.quick_add.read(message)
                for draft in drafts:
                    _sure_of_amount(draft)
                # the likeliest day is taken, but no amount that may mean another
                drafts = [replace(each, unsure=each.unsure - {"date"}) for each in drafts]
                rows = await services.quick_add.add(drafts)
            except Invalid as error:
                raise Invalid(error.message, field="message") from None
            lines = {line.id: line for line in await services.transaction_list.lines([row.id for row in rows])}
            return {
                "message": f"Processed {len(rows)} expenses.",
                "expenses": [
                    {
                        "id": row.id,
                        "product": lines[row.id].title,
                        "amount": float(abs(lines[row.id].amount).decimal),
                        "category": _category(lines[row.id]),
                    }
                    for row in rows
                ],
                "alerts": [],
            }

        return await respond_once(request, services, add)

    @get("/", operation_id="ListExpenses")
    async def list_expenses(self, member: MemberDep) -> Stream:
        """List all spending without transfers, newest first, in the household's base currency."""
        return await respond_with_file(listed(member), member, "application/json")


async def listed(member: Member) -> AsyncIterator[bytes]:
    """Stream all spending of the book as one JSON list, in a read session of its own."""
    lead = "["
    async with reading(member) as services:
        rates: dict[tuple[str, date], Quote | None] = {}
        async for lines in services.transaction_list.stream(Filter(flow="out", transfer=False)):
            found = [json.dumps(await _expense(services, line, rates), ensure_ascii=False) for line in lines]
            yield (lead + ",\n".join(found)).encode()
            lead = ",\n"
    yield b"[]" if lead == "[" else b"]"


async def _expense(services: Services, line: Line, rates: dict[tuple[str, date], Quote | None]) -> dict[str, Any]:
    base = services.member.book.base_currency
    amount: Money | None = abs(line.amount)
    if line.currency != base:
        key = (line.currency, line.booked_on)
        if key not in rates:
            rates[key] = await services.currencies.find(line.currency, base, line.booked_on)
        quote = rates[key]
        amount = abs(line.amount).to(base, quote.rate) if quote else None
    return {
        "id": line.id,
        "product_name": line.title,
        "amount": float(amount.decimal) if amount else None,
        "category_name": _category(line),
        "description": line.memo,
        "date": line.booked_on.isoformat(),
    }


def _sure_of_amount(draft: Draft) -> None:
    if "amount" not in draft.unsure:
        return
    readings = [f"{each.wire} {each.currency}" for each in draft.amounts or (draft.money,)]
    if len(readings) > 1:
        said = _("This could be {one} or {other}. Enter one of them.", one=readings[0], other=readings[1])
    else:
        said = _("Did you mean {one}? Enter it with decimals.", one=readings[0])
    raise Invalid(said, field="message")


def _category(line: Line) -> str:
    return line.category.name if line.category else _("Uncategorized")
