"""Quick add: a sentence becomes chips while it is typed, and entries when it is sent."""

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
LONGEST = 300


class QuickAddController(Controller):
    path = "/quick-add"
    opt = MEMBER
    include_in_schema = False

    @get("/", name="quick-add")
    async def show(self, services: ServicesDep, text: FromQuery[str] = "") -> Template:
        """The box on a page of its own, for browsers without scripts and for links."""
        return page("quick_add", **await chips(services, text[:LONGEST], {}))

    @get("/parse", name="quick-add:parse")
    async def parse(self, request: AnyRequest, services: ServicesDep) -> Template:
        """The chips of what was typed so far."""
        text = str(request.query_params.get("text", ""))[:LONGEST]
        return partial("quick_add/chips", **await chips(services, text, {}))

    @post("/", name="quick-add:save", status_code=200)
    async def save(self, request: AnyRequest, services: ServicesDep, data: FormBody) -> Reply:
        """Book all entries of the sentence, or ask about what is unsure."""
        text = data.get("text", "")[:LONGEST]
        context = await chips(services, text, data)
        with rerender_on_error("quick_add/ask", data, page="quick_add", keep_target=True, **context):
            await services.quick_add.book(await services.quick_add.read(text, data))
        return await respond_with_undo(request, services, "/transactions", event=ADDED)


async def chips(services: Services, text: str, answers: dict[str, str]) -> dict[str, Any]:
    """What the chips show; a text without an entry gets a sentence instead."""
    problem = ""
    try:
        drafts = await services.quick_add.read(text, answers) if text.strip() else []
    except Invalid as error:
        drafts, problem = await services.quick_add.read(text) if "text" not in error.errors else [], error.message
    question = ""
    if not drafts and not problem and len(text.split()) > 2:
        question = _("No amount found.")
    return {
        "drafts": drafts,
        "text": text,
        "choices": [await _choices(services, draft) for draft in drafts],
        "accounts": [(each.id, each.name) for each in await services.accounts.options()],
        "question": question,
        "message": problem,
    }


async def _choices(services: Services, draft: Draft) -> dict[str, Any]:
    return {
        "amounts": [(each.wire, amount_text(each.minor, each.currency)) for each in draft.amounts],
        "days": [(each.isoformat(), short_day(each)) for each in draft.days],
        "categories": await services.quick_add.fitting(draft),
    }
