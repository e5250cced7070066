"""API routes for rules and their previews."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Response, delete, get, patch, post
from litestar.params import FromPath, JSONBody
from pydantic import BaseModel, ConfigDict

from app.models import Rule
from app.schemas.paging import PageNumber, PageSize, paged
from app.schemas.rules import Conditions, Effects, RuleIn, RuleOut, RulePatch
from app.services.rules import Match
from app.web.guards import MEMBER
from app.web.idempotency import respond_once
from app.web.types import AnyRequest, ServicesDep


class PreviewIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    when: Conditions
    then: Effects | None = None


def out(row: Rule) -> RuleOut:
    return RuleOut(id=row.id, position=row.position, enabled=row.enabled, when=row.when, then=row.then)


def sample(match: Match) -> dict[str, Any]:
    return {
        "id": match.id,
        "booked_on": match.booked_on,
        "payee": match.payee,
        "amount": match.amount.wire,
        "currency": match.amount.currency,
        "category": match.category_id,
        "new": {"payee": match.new_payee, "category": match.new_category_id, "tags": list(match.new_tags)},
    }


class RulesApi(Controller):
    path = "/v1/rules"
    tags = ["Rules"]
    opt = MEMBER

    @get("/", operation_id="ListRules")
    async def list_rules(self, services: ServicesDep, page: PageNumber = 1, limit: PageSize = 50) -> dict[str, Any]:
        """List rules in the order in which they are applied."""
        return paged("rules", [out(row) for row in await services.rules.all()], page, limit)

    @post("/", operation_id="AddRule", status_code=201)
    async def add_rule(self, request: AnyRequest, services: ServicesDep, data: JSONBody[RuleIn]) -> Response[RuleOut]:
        """Add a rule for new transactions."""

        async def add() -> RuleOut:
            return out(await services.rules.add(data))

        return await respond_once(request, services, add)

    @post("/preview", operation_id="PreviewRule", status_code=200, opt={"reads": True})
    async def preview_rule(self, services: ServicesDep, data: JSONBody[PreviewIn]) -> dict[str, Any]:
        """Count the existing transactions that a rule matches and would change, with the latest of them."""
        found = await services.rules.preview(data.when, data.then)
        return {"matches": found.matches, "changing": found.changing, "sample": [sample(each) for each in found.sample]}

    @get("/{rule_id:int}", operation_id="GetRule")
    async def get_rule(self, services: ServicesDep, rule_id: FromPath[int]) -> RuleOut:
        """Return one rule."""
        return out(await services.rules.get(rule_id))

    @patch("/{rule_id:int}", operation_id="ChangeRule")
    async def change_rule(self, services: ServicesDep, rule_id: FromPath[int], data: JSONBody[RulePatch]) -> RuleOut:
        """Change the fields that are sent. ``position`` 0 is applied first."""
        return out(await services.rules.change(rule_id, data))

    @delete("/{rule_id:int}", operation_id="DeleteRule")
    async def delete_rule(self, services: ServicesDep, rule_id: FromPath[int]) -> None:
        """Delete a rule. Transactions that it changed stay as they are."""
        await services.rules.delete(rule_id)

    @post("/{rule_id:int}/run", operation_id="RunRule", status_code=200)
    async def run_rule(self, services: ServicesDep, rule_id: FromPath[int]) -> dict[str, int | None]:
        """Apply a rule to existing transactions, as one change that can be undone."""
        changed = await services.rules.run(rule_id)
        return {"changed": changed, "change": services.journal.change_set_id}
