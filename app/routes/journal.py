"""The activity page, with Undo."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Template

from app.domain.ids import read_id
from app.i18n import _
from app.models import Actor
from app.services import Member, Services
from app.services.journal import PAGE_ROWS, JournalEntry
from app.web.guards import MEMBER
from app.web.render import page_or_partial
from app.web.types import AnyRequest, MemberDep, Reply, ServicesDep
from app.web.undo import CHANGED, get_flashes, respond_with_undo


def actors() -> dict[Actor, str]:
    """Return the labels of actors."""
    return {
        Actor.USER: _("People"),
        Actor.AGENT: _("Assistant"),
        Actor.RULE: _("Rules"),
        Actor.IMPORT: _("Imports"),
        Actor.JOB: _("Background jobs"),
        Actor.SAMPLE: _("Sample data"),
    }


ICONS = {
    Actor.USER: ("user", 1),
    Actor.AGENT: ("sparkles", 6),
    Actor.RULE: ("wand-sparkles", 4),
    Actor.IMPORT: ("upload", 3),
    Actor.JOB: ("clock-3", 8),
    Actor.SAMPLE: ("sparkles", 7),
}


def asked(request: AnyRequest) -> tuple[Actor | None, int | None]:
    """Return actor and cursor of the URL; invalid values are ignored."""
    actor, before = request.query_params.get("actor", ""), request.query_params.get("before", "")
    return (
        Actor(actor) if actor in set(Actor) else None,
        read_id(before),
    )


def by_day(entries: list[JournalEntry], time_zone: str) -> list[tuple[Any, list[JournalEntry]]]:
    zone = ZoneInfo(time_zone)
    return [(day, list(rows)) for day, rows in groupby(entries, key=lambda each: each.at.astimezone(zone).date())]


async def context(request: AnyRequest, services: Services, member: Member) -> dict[str, Any]:
    actor, before = asked(request)
    entries = await services.journal.page(before, limit=PAGE_ROWS + 1, actor=actor)
    shown = entries[:PAGE_ROWS]
    more = {"before": shown[-1].id, **({"actor": actor.value} if actor else {})} if len(entries) > PAGE_ROWS else {}
    return {
        "days": by_day(shown, member.user.time_zone),
        "continues": before is not None,
        "actor": actor,
        "actors": actors(),
        "icons": ICONS,
        "more": f"/activity?{urlencode(more)}" if more else "",
    }


class JournalController(Controller):
    path = "/activity"
    opt = MEMBER

    @get("/", name="activity")
    async def activity(self, request: AnyRequest, services: ServicesDep, member: MemberDep) -> Template:
        """Change sets, newest first."""
        found = await context(request, services, member)
        part = "activity/rows" if found["continues"] else "activity/list"
        return page_or_partial(request, "activity", part, flashes=await get_flashes(request, services), **found)

    @get("/{change_set_id:int}", name="activity:details")
    async def details(self, request: AnyRequest, services: ServicesDep, change_set_id: FromPath[int]) -> Template:
        """Show what one change changed, before and after."""
        label = (await services.journal.own(change_set_id)).label
        return page_or_partial(
            request, "change", "activity/story", story=await services.activity.summarise(change_set_id), label=label
        )

    @post("/{change_set_id:int}/undo", name="activity:undo", status_code=200)
    async def undo(self, request: AnyRequest, services: ServicesDep, change_set_id: FromPath[int]) -> Reply:
        """Undo a change set. The toast offers to redo it."""
        undone = await services.journal.undo(change_set_id)
        return await respond_with_undo(
            request,
            services,
            "/activity",
            event=CHANGED,
            message=_("Undone: {label}", label=undone.label) if undone.label else _("Undone"),
            undo_label=_("Redo"),
            can_undo=undone.actor is not Actor.SAMPLE,
        )
