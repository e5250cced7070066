"""The forecast page with scenarios."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from litestar import Controller, get, post
from litestar.response import Template

from app.errors import Invalid
from app.i18n import _
from app.services import Services
from app.services.forecasts.page import HORIZONS, ForecastPage
from app.services.forecasts.scenarios import MAX_SCENARIOS, Scenario
from app.web.filters import day_month
from app.web.forms import typed
from app.web.guards import MEMBER
from app.web.htmx import is_htmx, is_partial
from app.web.presenters import forecasts
from app.web.render import local_path, page, partial, redirect
from app.web.types import AnyRequest, MemberDep, Reply, ServicesDep

PATH = "/forecast"
DAYS_AHEAD = 90
POLL_SECONDS = (3, 3, 5, 8, 13, 21, 34, 60)  # between polls for the worker's result; 2.5 minutes in all


@dataclass(frozen=True, slots=True)
class Poll:
    """When and where to ask for a new forecast, less and less often; at last only a link, ``again``."""

    url: str
    seconds: int
    again: str

    @classmethod
    def after(cls, turn: int, query: str) -> Poll:
        """Return the next poll. ``query`` is the page's, with ``after`` if a newer forecast is awaited."""
        pairs = [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] != "turn"]
        page_query = urlencode([pair for pair in pairs if pair[0] != "after"])
        again = PATH + (f"?{page_query}" if page_query else "")
        if turn >= len(POLL_SECONDS):
            return cls("", 0, again)
        return cls(f"{PATH}/fresh?{urlencode([*pairs, ('turn', turn + 1)])}", POLL_SECONDS[turn], again)


class Asked:
    """What the URL asks for. Invalid scenarios have an error at their field; other invalid values fall back."""

    def __init__(self, days: str | None, account: str, what: list[str], draft: str) -> None:
        self.days = int(days) if days in {str(each) for each in HORIZONS} else DAYS_AHEAD
        self.account, self.what, self.draft = account[:20], what[:MAX_SCENARIOS], draft
        self.too_many = len(what) > MAX_SCENARIOS
        self.typed, self.error = "", ""
        self.scenarios: list[Scenario] = []

    def url(self, **changes: Any) -> str:
        """Return the page's URL with changes."""
        query = {"days": self.days, "account": self.account, "what": self.what} | changes
        shown = {key: value for key, value in query.items() if value and (key, value) != ("days", DAYS_AHEAD)}
        return PATH + (f"?{urlencode(shown, doseq=True)}" if shown else "")

    def without(self, text: str) -> str:
        return self.url(what=[each for each in self.what if each != text])

    def also(self, text: str) -> str:
        return self.url(what=[*self.what, text])


async def asked_for(request: AnyRequest, services: Services, *, typing: bool = False) -> Asked:
    """Read the URL: valid scenarios, and the one being typed (``new``) if it is complete."""
    query = request.query_params
    sent, new = query.getall("what", []), query.get("new", "")
    draft = new if typing else ""
    if not typing:
        sent = [*sent, new]
    what = [each for each in dict.fromkeys(sent) if each.strip()]
    asked = Asked(query.get("days"), query.get("account", ""), what, draft)
    sent, asked.what = asked.what, []
    for text in sent:
        try:
            asked.scenarios.append(await services.scenarios.parse(text))
        except Invalid as problem:
            asked.typed, asked.error = text, problem.message
        else:
            asked.what.append(text)
    if asked.too_many:
        asked.error = _("Use at most {most} scenarios at once.", most=MAX_SCENARIOS)
    return asked


async def drawn(request: AnyRequest, services: Services, asked: Asked, *, waiting: str = "") -> dict[str, Any]:
    """What the page and its body are drawn from."""
    shown = list(asked.scenarios)
    asked.typed = asked.draft or asked.typed
    if asked.draft.strip() and asked.draft not in asked.what:
        with suppress(Invalid):  # still being typed; errors are shown when it is sent
            shown = [*shown, await services.scenarios.parse(asked.draft)][:MAX_SCENARIOS]
    found = await services.forecast_page.get(days=asked.days, account=asked.account, scenarios=shown)
    categories = await services.categories.by_id()
    return {
        "asked": asked,
        "forecast": found,
        "fan": forecasts.fan(found, services.today) if found.has_history and found.ahead else None,
        "titles": [(each.text, forecasts.title(each, services.member.book.base_currency)) for each in found.scenarios],
        "categories": categories,
        "currency": services.member.book.base_currency,
        "ideas": ideas(found, categories, asked),
        "methods": forecasts.methods,
        "quality_sentences": forecasts.quality_sentences,
        "quality_figures": forecasts.figures,
        "waiting": waiting or ("first" if found.outlook.is_quick and found.has_history else ""),
        "poll": Poll.after(0, request.url.query),
    }


def ideas(found: ForecastPage, categories: dict[int, Any], asked: Asked) -> list[str]:
    """Return suggested scenarios with the book's own figures."""
    texts: list[str] = []
    if not found.ahead:
        return texts
    held = {each.category_id for each in found.scenarios}
    bills = [each for each in found.drivers if each.once < 0 and each.item.kind == "bill"]
    bills = [each for each in bills if each.item.category_id not in held]
    if bills:
        category = categories.get(bills[0].item.category_id or 0)
        texts.append(f"{category.name.lower() if category else bills[0].item.payee} +100")
    dining = next((each for each in categories.values() if each.key == "dining_out"), None)
    if dining and any(row.category_id == dining.id for row in found.rows) and dining.id not in held:
        texts.append(f"no {dining.name.lower()}")
    if found.income.points and found.income.points[0].mean:
        texts.append("income -10%")
    texts.append(f"480 on {day_month(found.end.on.replace(day=12))}")
    return [each for each in texts if each not in asked.what]


class ForecastController(Controller):
    path = PATH
    opt = MEMBER

    @get("/", name="forecast")
    async def forecast(self, request: AnyRequest, services: ServicesDep) -> Template:
        """Show projected balances and spending, and scenarios."""
        asked = await asked_for(request, services)
        context = await drawn(request, services, asked)
        if not is_partial(request):
            return page("forecast", **context)
        taken = "what-if" in request.headers.get("hx-source", "") and not asked.error
        return partial("forecast/body", event="saldo:clear" if taken else None, **context)

    @get("/preview", name="forecast:preview")
    async def preview(self, request: AnyRequest, services: ServicesDep) -> Template:
        """Preview the scenario that is being typed, the last of ``what``, without errors for incomplete ones."""
        asked = await asked_for(request, services, typing=True)
        return partial("forecast/body", **await drawn(request, services, asked))

    @get("/fresh", name="forecast:fresh")
    async def fresh(self, request: AnyRequest, services: ServicesDep) -> Template:
        """Return the page's body once there is a forecast newer than ``after``; until then, when to ask again."""
        computed = (await services.forecasts.freshness()).computed_at
        after = request.query_params.get("after")
        if computed is None or computed.isoformat() == after:
            turn = request.query_params.get("turn", "")
            at = int(turn) if turn.isdecimal() and len(turn) < 3 else len(POLL_SECONDS)
            return partial(
                "forecast/first" if after is None else "forecast/waiting", poll=Poll.after(at, request.url.query)
            )
        asked = await asked_for(request, services)
        whole = {"HX-Retarget": "#forecast", "HX-Reswap": "outerMorph"}
        return partial("forecast/body", headers=whole, **await drawn(request, services, asked))

    @post("/refresh", name="forecast:refresh", status_code=200)
    async def refresh(self, request: AnyRequest, services: ServicesDep, member: MemberDep) -> Reply:
        """Queue a new forecast. Repeated within a minute it is the same one."""
        minute = datetime.now(UTC).strftime("%Y%m%dT%H%M")
        from app.tasks import forecasts as job

        await job.queue(services.session, member.book.id, member.user.id, f"asked:{minute}")
        if not is_htmx(request):
            return redirect(request, local_path((await typed(request)).get("next"), PATH))
        computed = (await services.forecasts.freshness()).computed_at
        after = computed.isoformat() if computed else ""
        pairs = parse_qsl((await typed(request)).get("query", ""))
        return partial("forecast/waiting", poll=Poll.after(0, urlencode([*pairs, ("after", after)])))
