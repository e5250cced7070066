"""Page of recurring bills, subscriptions and income, with forms."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Template

from app.domain.ids import read_id
from app.domain.money import check_currency
from app.i18n import _
from app.models import RecurringKind
from app.schemas.recurring import RecurringIn, RecurringPatch
from app.services import Services
from app.services.recurring import Bill, rule_values
from app.web.crud_pages import EDIT_PAGE, check_unchanged, editor, parse_amount, with_etag
from app.web.forms import rerender_on_error
from app.web.guards import MEMBER
from app.web.presenters.labels import cadence, cadences, due_words
from app.web.presenters.recurring import amount_of, timeline
from app.web.render import page
from app.web.types import AnyRequest, Form, FormBody, Reply, ServicesDep
from app.web.undo import get_flashes, respond_with_undo

LIST = "/recurring"
DAYS = 30
PLAIN = ("payee", "kind", "cadence", "starts_on")


async def listing(services: Services) -> dict[str, Any]:
    """Return the context of the page."""
    recurring, today = services.recurring, services.today
    recurring.forget()
    rules = await recurring.all()
    bills = await recurring.upcoming(DAYS, kind=None)
    window = await recurring.bills(today - timedelta(days=31), today + timedelta(days=400), kind=None)
    following: dict[int, Bill] = {}
    for each in window:
        if each.status != "paid" and (each.due_on >= today or each.status == "overdue"):
            following.setdefault(each.rule.id, each)
    suggested = await services.recurring_candidates.open()
    ended = await services.recurring_candidates.ended()
    states = {each.id: each.state(today) for each in rules}
    active = [each for each in rules if states[each.id] == "active" or each.id in following]
    far = today + timedelta(days=9999)
    active.sort(key=lambda each: (following[each.id].due_on if each.id in following else far, each.name.casefold()))
    totals = {
        kind: await services.currencies.totals_in_base(
            (each.monthly for each in active if each.kind is kind and not each.is_paused), today
        )
        for kind in RecurringKind
    }
    due = [each for each in bills if each.rule.kind is RecurringKind.BILL and each.status != "paid"]
    return {
        "rules": active,
        "resting": [each for each in rules if each not in active],
        "states": states,
        "following": following,
        "bills": bills,
        "due": await services.currencies.totals_in_base((each.rule.high for each in due), today),
        "due_count": len(due),
        "totals": {kind.value: total.money for kind, total in totals.items()},
        "suggested": suggested,
        "ended": ended,
        "prices": await recurring.price_changes(),
        "categories": await services.categories.by_id(),
        "filed": await services.recurring_candidates.categories([*suggested, *ended]),
        "accounts": {each.id: each.name for each in await services.accounts.all()},
        "timeline": timeline(bills, today, DAYS),
        "cadence": cadence,
        "due_words": lambda day: due_words(day, today),
        "amount_of": amount_of,
        "days": DAYS,
        "until": today + timedelta(days=DAYS),
    }


async def choices(services: Services) -> dict[str, Any]:
    """Return the choices of the form."""
    return {
        "payees": await services.payees.names(),
        "cadences": [(each.value, name) for each, name in cadences().items()],
        "kinds": [("bill", _("Bill or subscription")), ("income", _("Income"))],
        "accounts": [(each.id, each.name) for each in await services.accounts.options()],
        "groups": [
            (group.name, [(each.id, each.name) for each in group.categories])
            for group in await services.categories.groups()
        ],
    }


def number(text: str) -> int | str:
    """Return an id or count for the schema, which refuses invalid ones."""
    found = read_id(text)
    return text if found is None else found


def sent(data: Form, currency: str) -> dict[str, Any]:
    """Return the form's fields for the schema; amounts as typed, in ``currency``."""
    found: dict[str, Any] = {name: data.get(name, "") for name in PLAIN}
    found |= {"account": number(data["account"]) if data.get("account") else None}
    found |= {"category": number(data["category"]) if data.get("category") else None}
    found |= {"ends_on": data.get("ends_on") or None, "interval": number(data.get("interval") or "1")}
    for name in ("amount", "amount_max"):
        money = parse_amount(data[name], currency, name) if data.get(name, "").strip() else None
        found[name] = abs(money).wire if money is not None else None
    found["amount"] = found["amount"] or ""
    return found | {"currency": currency}


async def currency_of(services: Services, data: Form, default: str) -> str:
    """Return the currency of the chosen account, else the given one."""
    for each in await services.accounts.options():
        if str(each.id) == data.get("account"):
            return each.currency
    return check_currency(default)


class RecurringController(Controller):
    path = LIST
    opt = MEMBER
    include_in_schema = False

    @get("/", name="recurring")
    async def show_recurring(self, request: AnyRequest, services: ServicesDep) -> Template:
        """Show due and recurring payments, and suggestions."""
        return page("recurring/index", flashes=await get_flashes(request, services), **await listing(services))

    @get("/new", name="recurring:new")
    async def new_rule(self, request: AnyRequest, services: ServicesDep) -> Template:
        values = {"kind": "bill", "cadence": "monthly", "interval": "1", "starts_on": services.today.isoformat()}
        title = _("New bill or income")
        return editor(request, "recurring/form", title, values=values, action=LIST, **await choices(services))

    @post("/", name="recurring:add", status_code=200)
    async def add_rule(self, request: AnyRequest, services: ServicesDep, data: FormBody) -> Reply:
        with await self._form(services, data, LIST, _("New bill or income")):
            currency = await currency_of(services, data, services.member.book.base_currency)
            await services.recurring.add(RecurringIn.model_validate(sent(data, currency)))
        return await self._listed(request, services)

    @get("/{recurring_id:int}/edit", name="recurring:edit")
    async def edit_rule(self, request: AnyRequest, services: ServicesDep, recurring_id: FromPath[int]) -> Template:
        rule = await services.recurring.get(recurring_id)
        title = _("Edit {name}", name=rule.name)
        return editor(
            request,
            "recurring/form",
            title,
            values=with_etag(rule_values(rule)),
            action=f"{LIST}/{recurring_id}",
            **await choices(services),
        )

    @post("/{recurring_id:int}", name="recurring:change", status_code=200)
    async def change_rule(
        self, request: AnyRequest, services: ServicesDep, recurring_id: FromPath[int], data: FormBody
    ) -> Reply:
        rule = await services.recurring.get(recurring_id)
        with await self._form(services, data, f"{LIST}/{recurring_id}", _("Edit {name}", name=rule.name)):
            check_unchanged(data, rule_values(rule))
            currency = await currency_of(services, data, rule.currency)
            patch = RecurringPatch.model_validate(sent(data, currency))
            await services.recurring.change(recurring_id, patch)
        return await self._listed(request, services)

    @post("/{recurring_id:int}/pause", name="recurring:pause", status_code=200)
    async def pause_rule(self, request: AnyRequest, services: ServicesDep, recurring_id: FromPath[int]) -> Reply:
        await services.recurring.pause(recurring_id)
        return await self._listed(request, services)

    @post("/{recurring_id:int}/resume", name="recurring:resume", status_code=200)
    async def resume_rule(self, request: AnyRequest, services: ServicesDep, recurring_id: FromPath[int]) -> Reply:
        await services.recurring.pause(recurring_id, paused=False)
        return await self._listed(request, services)

    @post("/{recurring_id:int}/end", name="recurring:end", status_code=200)
    async def end_rule(self, request: AnyRequest, services: ServicesDep, recurring_id: FromPath[int]) -> Reply:
        await services.recurring.end(recurring_id)
        return await self._listed(request, services)

    @post("/{recurring_id:int}/delete", name="recurring:delete", status_code=200)
    async def delete_rule(self, request: AnyRequest, services: ServicesDep, recurring_id: FromPath[int]) -> Reply:
        await services.recurring.delete(recurring_id)
        return await self._listed(request, services)

    @post("/{recurring_id:int}/price", name="recurring:update-price", status_code=200)
    async def update_price(self, request: AnyRequest, services: ServicesDep, recurring_id: FromPath[int]) -> Reply:
        """Set the expected amount to the one last paid."""
        await services.recurring.take_price(recurring_id)
        return await self._listed(request, services)

    @post("/bills/{bill_id:int}/paid", name="recurring:paid", status_code=200)
    async def mark_paid(self, request: AnyRequest, services: ServicesDep, bill_id: FromPath[int]) -> Reply:
        """Mark a bill as paid without a transaction."""
        await services.recurring.pay(bill_id)
        return await self._listed(request, services)

    @post("/candidates/accept", name="recurring-candidates:accept-all", status_code=200)
    async def accept_all(self, request: AnyRequest, services: ServicesDep) -> Reply:
        await services.recurring_candidates.accept_all()
        return await self._listed(request, services)

    @post("/candidates/{candidate_id:int}/accept", name="recurring-candidates:accept", status_code=200)
    async def accept_candidate(self, request: AnyRequest, services: ServicesDep, candidate_id: FromPath[int]) -> Reply:
        await services.recurring_candidates.accept(candidate_id)
        return await self._listed(request, services)

    @post("/candidates/{candidate_id:int}/dismiss", name="recurring-candidates:dismiss", status_code=200)
    async def dismiss_candidate(self, request: AnyRequest, services: ServicesDep, candidate_id: FromPath[int]) -> Reply:
        await services.recurring_candidates.dismiss(candidate_id)
        return await self._listed(request, services)

    @staticmethod
    async def _listed(request: AnyRequest, services: Services) -> Reply:
        await services.session.flush()
        return await respond_with_undo(request, services, LIST, "recurring/body", **await listing(services))

    @staticmethod
    async def _form(services: Services, data: Form, action: str, title: str) -> Any:
        return rerender_on_error(
            "recurring/form",
            data,
            page=EDIT_PAGE,
            form="recurring/form",
            title=title,
            action=action,
            **await choices(services),
        )
