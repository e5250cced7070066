"""Quick add: preview the transactions of a sentence while it is typed, and add them when it is sent."""

from __future__ import annotations

from typing import Any

from litestar import Controller, get, post
from litestar.params import FromQuery
from litestar.response import Template

from app.errors import Invalid
from app.i18n import _
from app.services import Services
from app.services.quick_add import Draft
from app.web.filters import amount_text, short_day
from app.web.forms import rerender_on_error
from app.web.guards import MEMBER
from app.web.render import page, partial
from app.web.types import AnyRequest, FormBody, Reply, ServicesDep
from app.web.undo import respond_with_undo

ADDED = '{"saldo:added": true, "saldo:changed": true}'
MAX_TEXT_CHARACTERS = 300


class QuickAddController(Controller):
    path = "/quick-add"
    opt = MEMBER
    include_in_schema = False

    @get("/", name="quick-add")
    async def show(self, services: ServicesDep, text: FromQuery[str] = "") -> Template:
        """Show quick add as a page, for links and browsers without JavaScript."""
        return page("quick_add", **await _preview(services, text[:MAX_TEXT_CHARACTERS]))

    @get("/parse", name="quick-add:parse")
    async def parse(self, services: ServicesDep, text: FromQuery[str] = "") -> Template:
        """Preview the transactions of what was typed so far."""
        return partial("quick_add/chips", **await _preview(services, text[:MAX_TEXT_CHARACTERS]))

    @post("/", name="quick-add:save", status_code=200)
    async def save(self, request: AnyRequest, services: ServicesDep, data: FormBody) -> Reply:
        """Add all transactions of the sentence, or ask about what is unsure."""
        text = data.get("text", "")[:MAX_TEXT_CHARACTERS]
        drafts, problem = await _read(services, text)
        try:
            drafts = await services.quick_add.settle(drafts, data)
        except Invalid as error:
            problem = error.message
        context = await _present(services, text, drafts, problem)
        with rerender_on_error("quick_add/ask", data, page="quick_add", keep_target=True, **context):
            if problem:
                raise Invalid(problem, field="text")
            await services.quick_add.add(drafts)
        return await respond_with_undo(request, services, "/transactions", event=ADDED)


async def _preview(services: Services, text: str) -> dict[str, Any]:
    drafts, problem = await _read(services, text)
    return await _present(services, text, drafts, problem)


async def _read(services: Services, text: str) -> tuple[list[Draft], str]:
    """Read a sentence once; what is wrong with it comes as a message."""
    try:
        return (await services.quick_add.read(text) if text.strip() else []), ""
    except Invalid as error:
        return [], error.message


async def _present(services: Services, text: str, drafts: list[Draft], problem: str) -> dict[str, Any]:
    """Build the context of the chips; a text without a transaction is offered as a search."""
    has_nothing = not drafts and not problem and len(text.split()) > 2
    return {
        "drafts": drafts,
        "text": text,
        "choices": [await _choices(services, draft) for draft in drafts],
        "accounts": [(each.id, each.name) for each in await services.accounts.options()] if drafts else [],
        "question": _("No amount found.") if has_nothing else "",
        "message": problem,
    }


async def _choices(services: Services, draft: Draft) -> dict[str, Any]:
    return {
        "amounts": [(each.wire, amount_text(each.minor, each.currency)) for each in draft.amounts],
        "days": [(each.isoformat(), short_day(each)) for each in draft.days],
        "categories": await services.quick_add.fitting(draft),
    }
