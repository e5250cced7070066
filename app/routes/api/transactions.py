"""API routes for transactions."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from litestar import Controller, Response, delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.response import Stream
from pydantic import model_validator

from app.domain.money import Money, check_currency
from app.errors import Invalid
from app.i18n import _
from app.models import Job, JobState
from app.schemas.paging import PageNumber, PageSize
from app.schemas.text import Line
from app.schemas.transactions import Strict, TransactionIn, TransactionPatch
from app.services import Services
from app.services.exports import record
from app.services.transaction_list import read_cursor, strict_filter
from app.web.exports import export_transactions
from app.web.guards import MEMBER
from app.web.idempotency import respond_once
from app.web.types import AnyRequest, MemberDep, ServicesDep

STATES = {
    JobState.QUEUED: "queued",
    JobState.RUNNING: "processing",
    JobState.DONE: "completed",
    JobState.FAILED: "failed",
}


class EntryIn(TransactionIn):
    """A new transaction. ``description`` is accepted instead of ``payee``."""

    mode: Literal["manual"] = "manual"

    @model_validator(mode="before")
    @classmethod
    def _described(cls, data: Any) -> Any:
        if isinstance(data, dict) and "payee" not in data and "description" in data:
            return {"payee" if key == "description" else key: value for key, value in data.items()}
        return data


class SentenceIn(Strict):
    """A sentence to add transactions from."""

    mode: Literal["ai"]
    text: Annotated[str, Line(1000, least=1)]


class TransactionsApi(Controller):
    path = "/v1/transactions"
    tags = ["Transactions"]
    opt = MEMBER

    @get("/", operation_id="ListTransactions")
    async def list_transactions(
        self,
        request: AnyRequest,
        services: ServicesDep,
        page: PageNumber = 1,
        limit: PageSize = 50,
        cursor: FromQuery[str | None] = None,
    ) -> Response[Any]:
        """List transactions, newest first.

        Filters: search, account, category (an id or `unfiled`), tag, payee, since, until, min_amount, max_amount
        (magnitudes), status, transfer, batch; sort_by and sort_order.
        """
        wanted = strict_filter(request.query_params.dict())
        if cursor is not None and read_cursor(wanted, cursor) is None:
            raise Invalid(_("Invalid cursor for this list."), field="cursor")
        offset = 0 if cursor else (page - 1) * limit
        found = await services.transaction_list.page(wanted, cursor, limit=limit, offset=offset)
        total = None if cursor else found.count
        return Response(
            {
                "transactions": [record(line) for line in found.lines],
                "pagination": {
                    "page": page,
                    "limit": limit,
                    "total": total,
                    "pages": None if total is None else -(-total // limit),
                    "capped": found.is_more,
                    "next": found.next,
                },
            }
        )

    @post("/", operation_id="AddTransaction", status_code=201)
    async def add_transaction(
        self, request: AnyRequest, services: ServicesDep, data: JSONBody[dict[str, Any]]
    ) -> Response[Any]:
        """Add a transaction.

        With `{"mode": "ai", "text": …}` it adds those of a sentence and answers 202 with an id to ask for the result.
        """
        if data.get("mode") == "ai":
            sentence = SentenceIn.model_validate(data)

            async def read() -> dict[str, Any]:
                return await self._request(services, await services.transaction_requests.add(sentence.text))

            return await respond_once(request, services, read, status=202)
        entry = EntryIn.model_validate(data)

        async def add() -> dict[str, Any]:
            row = await services.transactions.add(entry)
            return record(await services.transaction_list.line(row.id))

        return await respond_once(request, services, add)

    async def _request(self, services: Services, job: Job) -> dict[str, Any]:
        lines = await services.transaction_list.lines(job.arguments.get("transactions", []))
        return {
            "id": job.id,
            "state": STATES[job.state],
            "transactions": [record(line) for line in lines],
            "proposals": [],
            "detail": job.problem or _("Added."),
        }

    @get(
        ["/requests/{request_id:int}", "/requests/{request_id:int}/status", "/{request_id:int}/status"],
    )
    async def get_request(self, services: ServicesDep, request_id: FromPath[int]) -> dict[str, Any]:
        """Return the result of a sentence that was sent."""
        return await self._request(services, await services.transaction_requests.get(request_id))

    @get("/totals", operation_id="TotalTransactions")
    async def totals(
        self, request: AnyRequest, services: ServicesDep, currency: FromQuery[str | None] = None
    ) -> dict[str, Any]:
        """Return income, expenses and net of all matching transactions without transfers, at today's exchange rates."""
        wanted = strict_filter(request.query_params.dict())
        target = check_currency(currency) if currency else services.member.book.base_currency
        income, expense, rates = Money(0, target), Money(0, target), list[dict[str, Any]]()
        for each in await services.transaction_list.totals(wanted):
            into, out = Money(each.into, each.currency), Money(-each.out, each.currency)
            if each.currency != target:
                quote = await services.currencies.rate(each.currency, target, services.today, field="currency")
                rates.append(
                    {
                        "currency": each.currency,
                        "rate": quote.text,
                        "as_of": quote.as_of.isoformat(),
                        "is_approximate": quote.is_approximate,
                    }
                )
                into, out = into.to(target, quote.rate), out.to(target, quote.rate)
            income, expense = income + into, expense + out
        net = income - expense
        return {
            "currency": target, "income": income.wire, "expense": expense.wire, "net": net.wire, "rates": rates,
        }  # fmt: skip

    @get("/export.csv", operation_id="ExportTransactions", media_type="text/csv")
    async def export(self, request: AnyRequest, member: MemberDep) -> Stream:
        """Export all matching transactions as CSV, safe to open in a spreadsheet."""
        return await export_transactions(request, member, strict_filter(request.query_params.dict()), "csv")

    @get("/{transaction_id:int}", operation_id="GetTransaction")
    async def get_transaction(self, services: ServicesDep, transaction_id: FromPath[int]) -> Response[Any]:
        """Return one transaction; 404 if it belongs to another household."""
        return Response(record(await services.transaction_list.line(transaction_id)))

    @patch("/{transaction_id:int}", operation_id="ChangeTransaction")
    async def change_transaction(
        self, services: ServicesDep, transaction_id: FromPath[int], data: JSONBody[TransactionPatch]
    ) -> Response[Any]:
        """Change the fields that are sent. With `version`, answers 409 if someone else has saved another version."""
        await services.transactions.edit(transaction_id, data)
        return Response(record(await services.transaction_list.line(transaction_id)))

    @delete("/{transaction_id:int}", operation_id="DeleteTransaction")
    async def delete_transaction(self, services: ServicesDep, transaction_id: FromPath[int]) -> None:
        """Delete a transaction, and the other side if it is a transfer."""
        await services.transactions.delete(transaction_id)
