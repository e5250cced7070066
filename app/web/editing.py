"""Pages that show a list and edit it in a sheet: the same forms work as pages of their own without JavaScript."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from litestar import Request, Response
from litestar.response import Template

from app.domain import amounts
from app.domain.money import Money
from app.errors import Invalid, InvalidAmount, NotFound
from app.i18n import _, current_locale
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


def chosen(verbs: Mapping[str, Callable[[], Awaitable[Any]]], verb: str) -> Callable[[], Awaitable[Any]]:
    """The verb that an address names."""
    if verb not in verbs:
        raise NotFound(_("There is nothing at this address."))
    return verbs[verb]


def written(text: str, currency: str, field: str) -> Money | None:
    """An amount as the person wrote it; what is wrong with it is said at the field."""
    try:
        return amounts.read(text, currency, current_locale()).money
    except InvalidAmount as error:
        raise Invalid(error.message, field=field) from None
