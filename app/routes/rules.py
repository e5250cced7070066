"""Page of rules: order, form with preview, and applying them to existing transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from litestar import Controller, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Template
from pydantic import ValidationError

from app.domain.money import Money
from app.errors import Invalid, SaldoError
from app.i18n import _
from app.models import Payee, Rule
from app.schemas.rules import Conditions, Effects, RuleIn, RulePatch
from app.services import Services
from app.web.crud_pages import check_unchanged, parse_amount, with_etag
from app.web.filters import amount_text
from app.web.forms import rerender_on_error, sentences
from app.web.guards import MEMBER
from app.web.render import page, page_or_partial, partial
from app.web.types import AnyRequest, Form, FormBody, Reply, ServicesDep
from app.web.undo import get_flashes, redirect_with_undo, respond_with_undo

LIST = "/rules"
FORM = "rules/form"
WHEN = ("payee_contains", "text_contains", "account", "kind", "min_amount", "max_amount")


@dataclass(frozen=True, slots=True)
class Shown:
    """A rule in words."""

    id: int
    enabled: bool
    when: str
    then: list[str]
    broken: str


async def listing(services: Services) -> dict[str, Any]:
    accounts = {each.id: each.name for each in await services.accounts.all()}
    open_accounts = {each.id for each in await services.accounts.options()}
    categories = await services.categories.by_id()
    currency = services.member.book.base_currency
    rules = []
    for rule in await services.rules.all():
        category = categories.get(rule.then.get("category", 0))
        then = [category.name] if category else []
        then += [_("Payee: {name}", name=rule.then["payee"])] if rule.then.get("payee") else []
        then += [_("Tag: {name}", name=name) for name in rule.then.get("tags", [])]
        if "transfer" in rule.then:
            then.insert(0, _("Transfer: {name}", name=accounts.get(rule.then["transfer"], "?")))
        broken = ""
        if "category" in rule.then and (category is None or category.is_archived):
            broken = _("Category archived")
        elif "transfer" in rule.then and rule.then["transfer"] not in open_accounts:
            broken = _("Account archived")
        rules.append(Shown(rule.id, rule.enabled, in_words(rule.when, accounts, currency), then, broken))
    return {"rules": rules}


def in_words(when: dict[str, Any], accounts: dict[int, str], currency: str) -> str:
    """Return the conditions of a rule as one sentence."""

    def amount(wire: str) -> str:
        return amount_text(Money.parse(str(wire), currency).minor, currency)

    words = {
        "payee_contains": lambda value: _("payee contains “{text}”", text=value),
        "text_contains": lambda value: _("text contains “{text}”", text=value),
        "account": lambda value: _("on {account}", account=accounts.get(value, "?")),
        "kind": lambda value: _("money in") if value == "income" else _("money out"),
        "min_amount": lambda value: _("at least {amount}", amount=amount(value)),
        "max_amount": lambda value: _("at most {amount}", amount=amount(value)),
    }
    sentence = ", ".join(words[name](when[name]) for name in words if name in when)
    return sentence[:1].upper() + sentence[1:]


def values_of(row: Rule) -> dict[str, Any]:
    """Return a rule as form values."""
    then = {"payee": row.then.get("payee", ""), "category": row.then.get("category", "")}
    then["transfer"] = row.then.get("transfer", "")
    return {**{name: row.when.get(name, "") for name in WHEN}, **then, "tags": ", ".join(row.then.get("tags", []))}


async def names_of(services: Services) -> dict[str, dict[Any, str]]:
    """Return the labels of the form's choices."""
    accounts = {each.id: each.name for each in await services.accounts.all()}
    return {
        "account": accounts,
        "transfer": accounts,
        "category": {id_: each.name for id_, each in (await services.categories.by_id()).items()},
        "kind": {"income": _("Money in"), "expense": _("Money out")},
    }


def entry_of(data: Form, services: Services) -> dict[str, Any]:
    """The form as the schema takes it: empty fields are conditions that are not there."""
    when: dict[str, Any] = {name: data[name].strip() for name in WHEN if data.get(name, "").strip()}
    for name in ("min_amount", "max_amount"):
        if name in when:
            money = parse_amount(when[name], services.member.book.base_currency, name)
            when[name] = money.wire if money else None
    tags = [each.strip() for each in data.get("tags", "").split(",") if each.strip()]
    then: dict[str, Any] = {"payee": data.get("payee", ""), "tags": tags}
    then |= {name: data[name].strip() for name in ("category", "transfer") if data.get(name, "").strip()}
    return {"when": when, "then": then}


@contextmanager
def at_fields() -> Iterator[None]:
    """Map errors of schema paths to form fields: ``when.account`` is ``account``."""
    try:
        yield
    except ValidationError as error:
        raise Invalid(_("Some fields are invalid."), errors=_flat(sentences(error))) from error
    except Invalid as error:
        raise Invalid(error.message, errors=_flat(error.errors)) from error


def _flat(errors: dict[str, str]) -> dict[str, str]:
    found = {}
    for path, text in errors.items():
        name = path.removeprefix("when.").removeprefix("then.")
        found["tags" if name.startswith("tags") else name] = text
    return found


class RulesController(Controller):
    path = LIST
    opt = MEMBER
    include_in_schema = False

    @get("/", name="rules", opt={"cached": True})
    async def show_rules(self, request: AnyRequest, services: ServicesDep) -> Template:
        """Show all rules in the order in which they are applied."""
        return page_or_partial(
            request,
            "rules/index",
            "rules/list",
            **await listing(services),
            flashes=await get_flashes(request, services),
        )

    @get("/new", name="rules:new")
    async def new_rule(
        self, services: ServicesDep, of: Annotated[int | None, QueryParameter(name="from")] = None
    ) -> Template:
        """Show an empty form, or one filled from a corrected transaction."""
        values: dict[str, Any] = {}
        if of is not None:
            row = await services.transactions.get(of)
            payee = await services.session.get(Payee, row.payee_id) if row.payee_id else None
            values = {
                "payee_contains": payee.name if payee else "",
                "text_contains": "" if payee else row.statement_text or row.memo,
                "category": row.category_id or "",
                "kind": "income" if row.amount_minor > 0 else "expense",
            }
        return page("rules/edit", values=values, errors={}, **await self._context(services))

    @get("/preview", name="rules:preview")
    async def preview_rule(self, request: AnyRequest, services: ServicesDep) -> Template:
        """Show which existing transactions the form's rule matches."""
        data = {name: value for name, value in request.query_params.items() if isinstance(value, str)}
        preview, hint = None, ""
        try:
            entry = entry_of(data, services)
            when = Conditions.model_validate(entry["when"])
            wants = any(entry["then"].values())
            preview = await services.rules.preview(when, Effects.model_validate(entry["then"]) if wants else None)
        except ValidationError as error:
            hint = next(iter(sentences(error).values()))
        except SaldoError as error:
            hint = error.message
        return partial("rules/preview", preview=preview, hint=hint, **await self._names(services))

    @post("/", name="rules:add", status_code=200)
    async def add_rule(self, request: AnyRequest, services: ServicesDep, data: FormBody) -> Reply:
        context = await self._context(services)
        with rerender_on_error(FORM, data, page="rules/edit", **context), at_fields():
            row = await services.rules.add(RuleIn.model_validate(entry_of(data, services)))
            await self._run(services, row, data)
        return await redirect_with_undo(request, services, LIST)

    @get("/{rule_id:int}/edit", name="rules:edit")
    async def edit_rule(self, services: ServicesDep, rule_id: FromPath[int]) -> Template:
        row = await services.rules.get(rule_id)
        return page("rules/edit", values=with_etag(values_of(row)), errors={}, **await self._context(services, row))

    @post("/{rule_id:int}", name="rules:change", status_code=200)
    async def change_rule(
        self, request: AnyRequest, services: ServicesDep, rule_id: FromPath[int], data: FormBody
    ) -> Reply:
        row = await services.rules.get(rule_id)
        context = await self._context(services, row)
        with rerender_on_error(FORM, data, page="rules/edit", **context):
            check_unchanged(data, values_of(row), await names_of(services))
            with at_fields():
                await services.rules.change(rule_id, RulePatch.model_validate(entry_of(data, services)))
                await self._run(services, row, data)
        return await redirect_with_undo(request, services, LIST)

    @post("/{rule_id:int}/run", name="rules:run", status_code=200)
    async def run_rule(self, request: AnyRequest, services: ServicesDep, rule_id: FromPath[int]) -> Reply:
        """Apply a rule to existing transactions."""
        await services.rules.run(rule_id)
        return await self._listed(request, services)

    @post("/{rule_id:int}/up", name="rules:move-up", status_code=200)
    async def move_rule_up(self, request: AnyRequest, services: ServicesDep, rule_id: FromPath[int]) -> Reply:
        await services.rules.move(rule_id, -1)
        return await self._listed(request, services)

    @post("/{rule_id:int}/down", name="rules:move-down", status_code=200)
    async def move_rule_down(self, request: AnyRequest, services: ServicesDep, rule_id: FromPath[int]) -> Reply:
        await services.rules.move(rule_id, 1)
        return await self._listed(request, services)

    @post("/{rule_id:int}/on", name="rules:enable", status_code=200)
    async def enable_rule(self, request: AnyRequest, services: ServicesDep, rule_id: FromPath[int]) -> Reply:
        await services.rules.change(rule_id, RulePatch(enabled=True))
        return await self._listed(request, services)

    @post("/{rule_id:int}/off", name="rules:disable", status_code=200)
    async def disable_rule(self, request: AnyRequest, services: ServicesDep, rule_id: FromPath[int]) -> Reply:
        await services.rules.change(rule_id, RulePatch(enabled=False))
        return await self._listed(request, services)

    @post("/{rule_id:int}/delete", name="rules:delete", status_code=200)
    async def delete_rule(self, request: AnyRequest, services: ServicesDep, rule_id: FromPath[int]) -> Reply:
        await services.rules.delete(rule_id)
        return await self._listed(request, services)

    @staticmethod
    async def _listed(request: AnyRequest, services: Services) -> Reply:
        return await respond_with_undo(request, services, LIST, "rules/list", **await listing(services))

    @staticmethod
    async def _run(services: Services, row: Rule, data: Form) -> None:
        """Apply the rule to existing transactions if the form asks for it and any would change."""
        if data.get("run"):
            entry = RuleIn.model_validate({"when": row.when, "then": row.then})
            if (await services.rules.preview(entry.when, entry.then)).changing:
                await services.rules.run(row.id)

    @staticmethod
    async def _names(services: Services) -> dict[str, Any]:
        """What the preview calls categories and accounts."""
        return {
            "categories": await services.categories.by_id(),
            "accounts": {each.id: each.name for each in await services.accounts.all()},
        }

    @staticmethod
    async def _context(services: Services, row: Rule | None = None) -> dict[str, Any]:
        groups = await services.categories.groups()
        return {
            "title": _("Edit rule") if row else _("New rule"),
            "action": f"{LIST}/{row.id}" if row else LIST,
            "accounts": [(each.id, each.name) for each in await services.accounts.options()],
            "groups": [
                (group.name, [(e.id, e.name) for e in group.categories]) for group in groups if group.categories
            ],
            "payees": await services.payees.names(200),
        }
