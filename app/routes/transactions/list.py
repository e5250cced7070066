"""The list of transactions, its rows edited in place, saved filters and exports."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.response import Stream, Template

from app.domain.ids import read_id
from app.errors import NotFound
from app.services.transaction_list import Line, read_filter
from app.web.edit_conflicts import show_conflict
from app.web.exports import export_transactions
from app.web.forms import parse_optional_id, rerender_on_error
from app.web.guards import MEMBER
from app.web.htmx import is_partial
from app.web.render import page, partial, redirect
from app.web.transaction_context import (
    bulk_choices,
    category_choices,
    correction_offers,
    filter_choices,
    is_correction,
    list_context,
)
from app.web.transaction_forms import parse_row_changes, show_row
from app.web.types import AnyRequest, FormBody, MemberDep, Reply, ServicesDep
from app.web.undo import CHANGED, get_flashes, redirect_with_undo, respond_with_undo

LIST = "/transactions"
MAX_FILTER_NAME = 60


class TransactionListController(Controller):
    path = LIST
    opt = MEMBER
    include_in_schema = False

    @get("/", name="transactions", opt={"cached": True})
    async def list_transactions(self, request: AnyRequest, services: ServicesDep) -> Template:
        """Show the list with the filters of the URL. htmx gets the results, or further rows."""
        params = request.query_params.dict()
        wanted, problems = read_filter(params)
        after = next(iter(params.get("after", [])), None)
        context = await list_context(services, wanted, problems, after, LIST)
        if not is_partial(request):
            offers = []
            if (corrected := read_id(request.query_params.get("corrected"))) is not None:
                with suppress(NotFound):
                    line = await services.transaction_list.line(corrected)
                    offers = await correction_offers(request, services, line)
            flashes = await get_flashes(request, services, offers)
            return page("transactions/index", flashes=flashes, **context, **await filter_choices(services))
        if after is not None:
            return partial("transactions/rows", **context)
        url = LIST + (f"?{wanted.query}" if wanted.query else "")
        return partial("transactions/results", headers={"HX-Push-Url": url}, **context, **await bulk_choices(services))

    @get(["/export.csv", "/export.json"], name="transactions:export")
    async def export(self, request: AnyRequest, member: MemberDep) -> Stream:
        """Send everything that the filter finds as a file."""
        wanted, _problems = read_filter(request.query_params.dict())
        return await export_transactions(request, member, wanted, request.url.path.rstrip("/").rpartition(".")[2])

    @get("/{transaction_id:int}/row", name="transactions:row")
    async def get_row(self, services: ServicesDep, transaction_id: FromPath[int]) -> Template:
        return partial("transactions/row", line=await services.transaction_list.line(transaction_id))

    @get("/{transaction_id:int}/edit", name="transactions:edit-row")
    async def edit_row(self, request: AnyRequest, services: ServicesDep, transaction_id: FromPath[int]) -> Reply:
        """Show the row as a small form."""
        line = await services.transaction_list.line(transaction_id)
        if not is_partial(request):
            return redirect(request, f"{LIST}/{transaction_id}")
        choices = await category_choices(services)
        return partial("transactions/edit", line=line, values=show_row(line), errors={}, **choices)

    @post("/{transaction_id:int}/row", name="transactions:save-row", status_code=200)
    async def save_row(
        self, request: AnyRequest, services: ServicesDep, transaction_id: FromPath[int], data: FormBody
    ) -> Reply:
        """Save the small form and show the row again."""
        line = await services.transaction_list.line(transaction_id)
        choices = await category_choices(services)
        stored = show_row(line)
        with (
            show_conflict(data, stored, line, choices),
            rerender_on_error("transactions/edit", {**stored, **data}, line=line, keep_target=True, **choices),
        ):
            row = await services.transactions.edit(transaction_id, parse_row_changes(data, line))
        moved = row.booked_on != line.booked_on or row.amount_minor != line.minor
        return await self._respond_with_row(request, services, line, event=CHANGED if moved else None)

    @get("/{transaction_id:int}/category", name="transactions:choose-category")
    async def choose_category(self, request: AnyRequest, services: ServicesDep, transaction_id: FromPath[int]) -> Reply:
        line = await services.transaction_list.line(transaction_id)
        if not is_partial(request):
            return redirect(request, f"{LIST}/{transaction_id}")
        return partial("transactions/category", line=line, **await category_choices(services))

    @post("/{transaction_id:int}/category", name="transactions:recategorise", status_code=200)
    async def recategorise(
        self, request: AnyRequest, services: ServicesDep, transaction_id: FromPath[int], data: FormBody
    ) -> Reply:
        before = await services.transaction_list.line(transaction_id)
        category_id = parse_optional_id(data, "category")
        await services.transactions.recategorise(transaction_id, category_id)
        return await self._respond_with_row(request, services, before)

    @post("/filters", name="transactions:save-filter", status_code=200)
    async def save_filter(self, request: AnyRequest, services: ServicesDep, data: FormBody) -> Response[Any]:
        name = data.get("name", "").strip()[:MAX_FILTER_NAME]
        saved = await services.saved_filters.add(name, data.get("query", ""))
        return redirect(request, f"{LIST}?{saved.query}")

    @post("/filters/{filter_id:int}/delete", name="transactions:delete-filter", status_code=200)
    async def delete_filter(self, request: AnyRequest, services: ServicesDep, filter_id: FromPath[int]) -> Reply:
        await services.saved_filters.delete(filter_id)
        return await redirect_with_undo(request, services, LIST)

    @staticmethod
    async def _respond_with_row(
        request: AnyRequest, services: ServicesDep, before: Line, event: str | None = None
    ) -> Reply:
        await services.session.flush()
        line = await services.transaction_list.line(before.id)
        offers = await correction_offers(request, services, line) if is_correction(before, line) else []
        return await respond_with_undo(
            request, services, LIST, "transactions/row", event=event, offers=offers, line=line
        )
