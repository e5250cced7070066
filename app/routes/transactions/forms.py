"""The form of a transaction: a new one, further splits, and saving."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from app.schemas.transactions import TransactionIn
from app.web.edit_conflicts import show_conflict
from app.web.forms import rerender_on_error
from app.web.guards import MEMBER
from app.web.htmx import is_partial
from app.web.render import local_path, page, partial
from app.web.transaction_context import detail_context, form_context, is_correction
from app.web.transaction_forms import parse_changes, parse_new, read_values, show
from app.web.types import AnyRequest, Reply, ServicesDep
from app.web.undo import redirect_with_undo, respond_with_undo

LIST = "/transactions"
FORM = "transactions/form"
NEW = "transactions/new"
#: The sheet closes, and the page shows the new figures.
ADDED = '{"saldo:close": true, "saldo:changed": true}'


class TransactionFormController(Controller):
    path = LIST
    opt = MEMBER
    include_in_schema = False

    @get("/new", name="transactions:new")
    async def new_transaction(self, request: AnyRequest, services: ServicesDep) -> Template:
        """Show an empty form as a page, or in the sheet of any other page."""
        values = {
            "flow": "out",
            "booked_on": services.today.isoformat(),
            "account": str((await services.accounts.default()).id),
            "status": "cleared",
            "splits": [],
        }
        context = {"values": values, "errors": {}, **await form_context(services, None)}
        return partial(FORM, in_sheet=True, **context) if is_partial(request) else page(NEW, **context)

    @post("/", name="transactions:add", status_code=200)
    async def add_transaction(self, request: AnyRequest, services: ServicesDep) -> Reply:
        values = await read_values(request)
        in_sheet = "in_sheet" in values
        with rerender_on_error(FORM, values, page=NEW, in_sheet=in_sheet, **await form_context(services, None)):
            await services.transactions.add(TransactionIn.model_validate(await parse_new(services, values)))
        if in_sheet and is_partial(request):
            return await respond_with_undo(request, services, LIST, event=ADDED)
        return await redirect_with_undo(request, services, LIST)

    @post("/draft", name="transactions:draft", status_code=200)
    async def add_split(self, request: AnyRequest, services: ServicesDep, of: FromQuery[int] = 0) -> Template:
        """Show the form again with another split. Nothing is saved."""
        values = await read_values(request)
        values["splits"] = [*values["splits"], {}] if values["splits"] else [_first_split(values), {}]
        line = await services.transaction_list.line(of) if of else None
        if is_partial(request):
            return partial(
                FORM, values=values, errors={}, in_sheet="in_sheet" in values, **await form_context(services, line)
            )
        if line is None:
            return page(NEW, values=values, errors={}, **await form_context(services, None))
        return page("transactions/show", values=values, errors={}, **await detail_context(services, line))

    @post("/{transaction_id:int}", name="transactions:save", status_code=200)
    async def save_transaction(
        self, request: AnyRequest, services: ServicesDep, transaction_id: FromPath[int]
    ) -> Reply:
        line = await services.transaction_list.line(transaction_id)
        values = await read_values(request)
        context = await detail_context(services, line)
        with (
            show_conflict(values, show(line), line, context),
            rerender_on_error(FORM, values, page="transactions/show", **context),
        ):
            await services.transactions.edit(transaction_id, await parse_changes(services, values, line))
        await services.session.flush()
        after = await services.transaction_list.line(transaction_id)
        corrected = after.id if is_correction(line, after) else None
        back = local_path(values.get("back"), LIST)
        return await redirect_with_undo(request, services, back, corrected=corrected)


def _first_split(values: Mapping[str, Any]) -> dict[str, str]:
    return {"amount": values.get("amount", ""), "category": values.get("category", ""), "memo": ""}
