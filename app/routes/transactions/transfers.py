"""The form of a transfer between own accounts."""

from __future__ import annotations

from typing import Any

from litestar import Controller, get, post
from litestar.response import Template

from app.errors import Invalid
from app.i18n import _
from app.schemas.transfers import TransferIn
from app.web.forms import parse_optional_id, rerender_on_error
from app.web.guards import MEMBER
from app.web.render import page
from app.web.transaction_context import form_context
from app.web.transaction_forms import parse_required_amount
from app.web.types import AnyRequest, FormBody, Reply, ServicesDep
from app.web.undo import redirect_with_undo

LIST = "/transactions"
PAGE = "transactions/transfer"
FIELDS = ("from", "to", "amount", "to_amount", "booked_on", "memo")


class TransferController(Controller):
    path = "/transfers"
    opt = MEMBER
    include_in_schema = False

    @get("/new", name="transfers:new")
    async def new_transfer(self, services: ServicesDep) -> Template:
        default = await services.accounts.default()
        values = {"from": str(default.id), "booked_on": services.today.isoformat()}
        return page(PAGE, values=values, errors={}, **await form_context(services, None))

    @post("/", name="transfers:add", status_code=200)
    async def add_transfer(self, request: AnyRequest, services: ServicesDep, data: FormBody) -> Reply:
        values = {name: data.get(name, "") for name in FIELDS}
        context = await form_context(services, None)
        with rerender_on_error("transactions/transfer_form", values, page=PAGE, **context):
            currencies = {str(each.id): each.currency for each in await services.accounts.options()}

            def amount(name: str, account: str) -> str:
                return parse_required_amount(values[name], currencies.get(values[account], "EUR"), name).wire

            entry: dict[str, Any] = {
                "from": parse_optional_id(values, "from"),
                "to": parse_optional_id(values, "to"),
                "memo": values["memo"],
                "amount": amount("amount", "from"),
            }
            if not entry["to"]:
                raise Invalid(_("Choose the destination account."), field="to")
            if values["to_amount"].strip():
                entry["to_amount"] = amount("to_amount", "to")
            if values["booked_on"]:
                entry["booked_on"] = values["booked_on"]
            await services.transfers.add(TransferIn.model_validate(entry))
        return await redirect_with_undo(request, services, LIST)
