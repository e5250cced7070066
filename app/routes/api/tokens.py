"""API routes for personal tokens."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Response, delete, get, post
from litestar.params import FromPath, JSONBody

from app.errors import Forbidden
from app.i18n import _
from app.models import ApiToken
from app.schemas.profile import TokenIn
from app.services import auth
from app.services.tokens import TokenRow
from app.web.guards import MEMBER
from app.web.idempotency import respond_once
from app.web.types import AnyRequest, ServicesDep
from app.web.visitors import visitor


class TokensController(Controller):
    path = "/v1/tokens"
    tags = ["Me"]
    opt = {**MEMBER, "own_only": True}

    @get("/", name="api:v1:tokens")
    async def list_(self, services: ServicesDep) -> dict[str, Any]:
        """List the tokens that are not revoked, newest first."""
        return {"tokens": [_shown(each) for each in await services.tokens.list_active(services.member.user.id)]}

    @post("/", name="api:v1:tokens:create", status_code=201, opt={"no_personal_token": True})
    async def create(self, request: AnyRequest, services: ServicesDep, data: JSONBody[TokenIn]) -> Response[Any]:
        """Create a token. Requires the password; ``token`` is only in this answer.

        It works through ``expires_on``, by default for 90 days. A token with the scope ``read`` cannot change anything.
        A personal token cannot create others.
        """
        await auth.verify_own_password(services.member, data.password, visitor(request), field="password")

        async def make() -> dict[str, Any]:
            token, secret = await services.tokens.create(
                services.member,
                data.name,
                may_write=data.scope == "write",
                may_confirm=data.may_confirm,
                expires_on=data.expires_on,
            )
            return {**_shown(token), "token": secret}

        return await respond_once(request, services, make, secret=frozenset({"token", "password"}))

    @delete("/{token_id:int}", name="api:v1:tokens:delete", status_code=204)
    async def revoke(self, services: ServicesDep, token_id: FromPath[int]) -> None:
        """Revoke a token. A personal token can only revoke itself."""
        if services.member.token_id not in (None, token_id):
            raise Forbidden(_("Personal tokens can’t do this. Sign in with your password."))
        await services.tokens.revoke(services.member.user.id, token_id)


def _shown(token: ApiToken | TokenRow) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "hint": token.hint,
        "scope": "write" if token.may_write else "read",
        "may_confirm": token.may_confirm,
        "expires_on": token.expires_on,
        "created_at": token.created_at,
        "last_used_at": token.last_used_at,
    }
