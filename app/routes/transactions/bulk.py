"""Edit many transactions at once."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs

from litestar import Controller, post

from app.domain.ids import read_id
from app.errors import NotFound
from app.i18n import _
from app.models import Status
from app.services import Services
from app.services.bulk_edit import Selection
from app.services.transaction_list import read_filter
from app.web.forms import parse_optional_id
from app.web.guards import MEMBER
from app.web.render import local_path
from app.web.transaction_context import bulk_choices, list_context
from app.web.transaction_forms import parse_tags
from app.web.types import AnyRequest, Reply, ServicesDep
from app.web.undo import respond_with_undo

LIST = "/transactions"
MAX_QUERY = 2000
MAX_TAG = 40


class BulkEditController(Controller):
    path = LIST
    opt = MEMBER
    include_in_schema = False

    @post("/bulk", name="transactions:bulk", status_code=200)
    async def edit_transactions(self, request: AnyRequest, services: ServicesDep) -> Reply:
        """Edit the selected transactions, or everything that the filter finds."""
        form = await request.form()
        query = str(form.get("query", ""))[:MAX_QUERY]
        wanted, _problems = read_filter(parse_qs(query))
        ids = (read_id(each) for each in form.getall("id", []))
        selected = tuple(each for each in ids if each is not None)
        selection = Selection(everything=wanted) if form.get("everything") == "yes" else Selection(selected)
        await self._edit(services, selection, {key: str(value) for key, value in form.items()})
        await services.session.flush()
        return await respond_with_undo(
            request,
            services,
            local_path(f"{LIST}?{query}" if query else LIST, LIST),
            "transactions/results",
            event=None,
            **await list_context(services, wanted, {}, None, LIST),
            **await bulk_choices(services),
        )

    @staticmethod
    async def _edit(services: Services, selection: Selection, data: Mapping[str, str]) -> None:
        bulk, action = services.bulk_edit, data.get("do")
        tags = [each[:MAX_TAG] for each in parse_tags(data.get("tags", ""))]
        match action:
            case "file":
                await bulk.set_category(selection, parse_optional_id(data, "category"))
            case "tag" | "untag":
                await bulk.tag(selection, tags, remove=action == "untag")
            case "clear":
                await bulk.set_status(selection, Status.CLEARED)
            case "move":
                await bulk.move_to_account(selection, parse_optional_id(data, "account"))
            case "delete":
                await bulk.delete(selection)
            case _:
                raise NotFound(_("Page not found."))
