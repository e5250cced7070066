"""Pages that show a list and edit it in a sheet: the same forms work as pages of their own without JavaScript."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response
from litestar.response import Template

from app.services import Services
from app.web.htmx import is_partial
from app.web.render import go, page, partial

AnyRequest = Request[Any, Any, Any]
PAGE = "edit"


def editor(request: AnyRequest, form: str, title: str, **context: Any) -> Template:
    """A form for the sheet, or as a page. The partial finds its title in ``title``."""
    context = {"title": title, "values": {}, "errors": {}, **context}
    return partial(form, **context) if is_partial(request) else page(PAGE, form=form, **context)


async def changed(
    request: AnyRequest, services: Services, path: str, body: str, **context: Any
) -> Template | Response[Any]:
    """What changed, redrawn, with a toast that can undo it; without JavaScript the page it is on.

    The toast says the label that the service gave the change set.
    """
    if not is_partial(request):
        return go(request, path)
    await services.session.flush()
    journal = services.journal
    undo = f"/activity/{journal.change_set_id}/undo" if journal.change_set_id else ""
    return partial("changed", event="saldo:close", body=body, message=journal.recorder.label, undo_url=undo, **context)
