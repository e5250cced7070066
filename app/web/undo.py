"""Responses that say what was done and offer Undo.

htmx gets the changed part of the page with a toast. A plain form is redirected to a page that shows the same toast,
because its address names the change set: ``?done=12``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from app.domain.ids import read_id
from app.errors import NotFound
from app.services import Services
from app.web.htmx import is_partial
from app.web.render import partial, redirect
from app.web.types import AnyRequest, Reply

CHANGED = "saldo:changed"
CLOSE = "saldo:close"


class Offer(NamedTuple):
    """A next step in a toast. ``method`` is "post" to do it in place, "get" to go to ``url``."""

    label: str
    url: str
    method: str


def undo_url(request: AnyRequest, change_set_id: int | None) -> str:
    return request.app.route_reverse("activity:undo", change_set_id=change_set_id) if change_set_id else ""


async def respond_with_undo(
    request: AnyRequest,
    services: Services,
    path: str,
    body: str = "",
    *,
    event: str | None = CLOSE,
    message: str = "",
    undo_label: str = "",
    can_undo: bool = True,
    offers: Sequence[Offer] = (),
    **context: Any,
) -> Reply:
    """Render the partial ``body``, if there is one, with a toast; redirect plain forms to ``path``.

    The toast shows ``message``, or the label that the service gave the change set. ``event`` is a DOM event;
    ``undo_label`` is the text of the button if it is not "Undo".
    """
    if not is_partial(request):
        return await redirect_with_undo(request, services, path)
    await services.session.flush()
    journal = services.journal
    return partial(
        "changed",
        event=event,
        body=body,
        message=message or journal.recorder.label,
        undo_url=undo_url(request, journal.change_set_id) if can_undo else "",
        undo_label=undo_label,
        offers=offers,
        **context,
    )


async def redirect_with_undo(request: AnyRequest, services: Services, path: str, **query: object) -> Reply:
    """Redirect to ``path``, which shows the toast of this unit of work. Falsy parts of ``query`` are left out."""
    await services.session.flush()
    parts = {"done": services.journal.change_set_id, **query}
    return redirect(request, with_query(path, **(parts if parts["done"] else {})))


def with_query(path: str, **query: object) -> str:
    """Add parameters to a path that may have some, and a fragment."""
    path, hash_sign, fragment = path.partition("#")
    added = urlencode({key: value for key, value in query.items() if value})
    return path + (("&" if "?" in path else "?") + added if added else "") + hash_sign + fragment


async def get_flashes(request: AnyRequest, services: Services, offers: Sequence[Offer] = ()) -> list[dict[str, Any]]:
    """Return the toast of the change set that ``?done=`` names, for a page that a form was redirected to."""
    change_set_id = read_id(request.query_params.get("done"))
    if change_set_id is None:
        return []
    try:
        change_set = await services.journal.own(change_set_id)
    except NotFound:
        return []
    return [{"message": change_set.label, "undo_url": undo_url(request, change_set_id), "offers": offers}]
