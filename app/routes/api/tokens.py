"""Personal tokens of the person who asks."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Response, delete, get, post
from litestar.params import FromPath, JSONBody

from app.errors import Forbidden
from app.i18n import _
from app.models import ApiToken
from app.schemas.profile import TokenIn
from app.web.guards import MEMBER
from app.web.idempotency import respond_once
from app.web.types import AnyRequest, ServicesDep


class TokensController(Controller):
    path = "/v1/tokens"
    tags = ["Me"]
    opt = {**MEMBER, "own_only": True}

    @get("/", name="api:v1:tokens")
    async def list_(self, services: ServicesDep) -> dict[str, Any]:
        return {"tokens": [_shown(each) for each in await services.tokens.of(services.member.user.id)]}

    @post("/", name="api:v1:tokens:create", status_code=201)
    async def create(self, request: AnyRequest, services: ServicesDep, data: JSONBody[TokenIn]) -> Response[Any]:
        """Make a token; ``token`` is told this once. A personal token cannot make others."""
        if services.member.token_id is not None:
            raise Forbidden(_("Personal tokens can’t do this. Sign in with your password."))

        async def make() -> dict[str, Any]:
            token = await services.tokens.create(services.member, data.name, may_confirm=data.may_confirm)
            made = (await services.tokens.of(services.member.user.id))[0]
            return {**_shown(made), "token": token}

        return await respond_once(request, services, make, secret=frozenset({"token"}))

    @delete("/{token_id:int}", name="api:v1:tokens:delete", status_code=204)
    async def revoke(self, services: ServicesDep, token_id: FromPath[int]) -> None:
        """Take a token back. A personal token can take back itself only."""
        if services.member.token_id not in (None, token_id):
            raise Forbidden(_("Personal tokens can’t do this. Sign in with your password."))
        await services.tokens.revoke(services.member.user.id, token_id)


def _shown(token: ApiToken) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "hint": token.hint,
        "may_confirm": token.may_confirm,
        "created_at": token.created_at,
        "last_used_at": token.last_used_at,
    }
