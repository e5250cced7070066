"""API routes to sign up and sign in: ``users/create`` and ``token`` for earlier clients, and ``/api/v1/auth``."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Response, post
from litestar.background_tasks import BackgroundTask
from litestar.params import JSONBody

from app.errors import Invalid
from app.i18n import _
from app.models import User
from app.schemas.auth import (
    Credentials,
    Forgotten,
    LegacyCredentials,
    LegacyRefresh,
    LegacySignUp,
    Refresh,
    Register,
    Reset,
)
from app.services import auth, one_time_links
from app.services.auth import Visitor
from app.services.tokens import Pair, refresh
from app.services.users import Taken
from app.web.guards import MEMBER, PUBLIC
from app.web.idempotency import REPLAYED, Then, respond_once_for_newcomer
from app.web.types import AnyRequest, ServicesDep
from app.web.visitors import url_builder, visitor


class LegacyAuthController(Controller):
    path = "/"
    tags = ["Sign in"]
    opt = {**PUBLIC}

    @post("/users/create", name="api:users:create", status_code=201, security=[{}])
    async def create(self, request: AnyRequest, data: JSONBody[LegacySignUp]) -> Response[dict[str, Any]]:
        """Create an account and return both tokens."""
        said = data.model_dump(exclude={"password"})
        who = visitor(request)

        async def make(then: Then | None) -> User:
            return await auth.sign_up(**said, password=data.password, visitor=who, then=then)

        try:
            user, again = await respond_once_for_newcomer(request, said, data.password, make, who)
        except Taken as error:
            raise Invalid(error.message, field=error.field) from None
        pair = await auth.sign_in_api(user, who)
        answer = {
            "id": user.id,
            "username": user.username,
            "email": user.email or "",
            "first_name": user.first_name,
            "last_name": user.last_name,
            "access": pair.access,
            "refresh": pair.refresh,
        }
        return Response(answer, status_code=201, headers=REPLAYED if again else {})

    @post("/token", name="api:token", status_code=200, security=[{}])
    async def token(self, request: AnyRequest, data: JSONBody[LegacyCredentials]) -> dict[str, str]:
        """Sign in by username or email address."""
        return _seed(await _log_in(data.username, data.password, visitor(request)))

    @post("/token/refresh", name="api:token:refresh", status_code=200, security=[{}])
    async def refresh(self, data: JSONBody[LegacyRefresh]) -> dict[str, str]:
        """Renew both tokens.

        A refresh token works once. Presented again within 60 seconds, before its successor was used, it returns the
        same successor. Any later use ends the sign-in.
        """
        return _seed(await refresh(data.refresh))


class AuthController(Controller):
    path = "/v1/auth"
    tags = ["Sign in"]
    opt = {**PUBLIC}

    @post("/register", name="api:v1:auth:register", status_code=201, security=[{}])
    async def register(self, request: AnyRequest, data: JSONBody[Register]) -> Response[dict[str, Any]]:
        """Create an account. A repeated ``Idempotency-Key`` signs in to the account that it created."""
        said = data.model_dump(exclude={"password"})
        who = visitor(request)

        async def make(then: Then | None) -> User:
            return await auth.sign_up(**said, password=data.password, visitor=who, then=then)

        user, again = await respond_once_for_newcomer(request, said, data.password, make, who)
        answer = {**_v1(await auth.sign_in_api(user, who)), "user": _user(user)}
        return Response(answer, status_code=201, headers=REPLAYED if again else {})

    @post("/login", name="api:v1:auth:login", status_code=200, security=[{}])
    async def log_in(self, request: AnyRequest, data: JSONBody[Credentials]) -> dict[str, str]:
        """Sign in by email address or username."""
        return _v1(await _log_in(data.email, data.password, visitor(request)))

    @post("/refresh", name="api:v1:auth:refresh", status_code=200, security=[{}])
    async def refresh(self, data: JSONBody[Refresh]) -> dict[str, str]:
        """Renew both tokens, by the rule of ``token/refresh``."""
        return _v1(await refresh(data.refresh_token))

    @post("/forgot-password", name="api:v1:auth:forgot", status_code=202, security=[{}])
    async def forgot(self, request: AnyRequest, data: JSONBody[Forgotten]) -> Response[dict[str, str]]:
        """Send a link to reset the password. The answer does not reveal whether the account exists."""
        send = await one_time_links.request_password_reset(data.email, visitor(request), url_builder(request))
        return Response(
            {"detail": _("If the account exists, we’ve sent a link.")},
            status_code=202,
            background=BackgroundTask(send) if send else None,
        )

    @post("/reset-password", name="api:v1:auth:reset", status_code=204, security=[{}])
    async def reset(self, request: AnyRequest, data: JSONBody[Reset]) -> None:
        """Set a new password with the token of a reset link. Revokes all sessions and tokens."""
        await one_time_links.reset_password(data.token, data.password, visitor(request))

    @post("/logout", name="api:v1:auth:logout", status_code=204, opt={**MEMBER, "own_only": True})
    async def log_out(self, services: ServicesDep, data: JSONBody[Refresh]) -> None:
        """Revoke this refresh token and the access tokens made with it."""
        await services.tokens.end_family(data.refresh_token, services.member.user.id)


async def _log_in(name: str, password: str, who: Visitor) -> Pair:
    user = await auth.verify(name, password, who)
    return await auth.sign_in_api(user, who)


def _seed(pair: Pair) -> dict[str, str]:
    return {"access": pair.access, "refresh": pair.refresh}


def _v1(pair: Pair) -> dict[str, str]:
    return {"access_token": pair.access, "refresh_token": pair.refresh}


def _user(user: User) -> dict[str, Any]:
    return {"id": user.id, "email": user.email, "username": user.username, "name": user.name}
