"""Log-in for programs: seed-shaped ``users/create``, ``token``, and ``/api/v1/auth``."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Response, post
from litestar.background_tasks import BackgroundTask
from litestar.params import JSONBody

from app.errors import Invalid
from app.i18n import _
from app.models import User
from app.routes.auth import visitor, whole_address
from app.schemas.auth import Credentials, Forgotten, Refresh, Register, Reset, SeedCredentials, SeedRefresh, SeedSignUp
from app.services import auth, one_time_links
from app.services.auth import Visitor
from app.services.tokens import Pair, rotate
from app.services.users import Taken
from app.web.guards import MEMBER, PUBLIC
from app.web.idempotency import REPLAYED, Then, respond_once_for_newcomer
from app.web.types import AnyRequest, ServicesDep


class SeedAuthController(Controller):
    path = "/"
    tags = ["Sign in"]
    opt = {**PUBLIC}

    @post("/users/create", name="api:users:create", status_code=201, security=[{}])
    async def create(self, request: AnyRequest, data: JSONBody[SeedSignUp]) -> Response[dict[str, Any]]:
        """Make an account; answers with both tokens."""
        said = data.model_dump(exclude={"password"})
        who = visitor(request)

        async def make(then: Then | None) -> User:
            return await auth.sign_up(**said, password=data.password, visitor=who, then=then)

        try:
            user, again = await respond_once_for_newcomer(request, said, data.password, make, who)
        except Taken as error:
            raise Invalid(error.message, field=error.field) from None
        pair = await auth.open_api(user, who)
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
    async def token(self, request: AnyRequest, data: JSONBody[SeedCredentials]) -> dict[str, str]:
        """Log in by user name or e-mail address."""
        return _seed(await _log_in(data.username, data.password, visitor(request)))

    @post("/token/refresh", name="api:token:refresh", status_code=200, security=[{}])
    async def refresh(self, data: JSONBody[SeedRefresh]) -> dict[str, str]:
        """Both tokens anew; a refresh token is good for one use."""
        return _seed(await rotate(data.refresh))


class AuthController(Controller):
    path = "/v1/auth"
    tags = ["Sign in"]
    opt = {**PUBLIC}

    @post("/register", name="api:v1:auth:register", status_code=201, security=[{}])
    async def register(self, request: AnyRequest, data: JSONBody[Register]) -> Response[dict[str, Any]]:
        """Make an account. Sent again with the same ``Idempotency-Key`` it logs in to the account that was made."""
        said = data.model_dump(exclude={"password"})
        who = visitor(request)

        async def make(then: Then | None) -> User:
            return await auth.sign_up(**said, password=data.password, visitor=who, then=then)

        user, again = await respond_once_for_newcomer(request, said, data.password, make, who)
        answer = {**_v1(await auth.open_api(user, who)), "user": _user(user)}
        return Response(answer, status_code=201, headers=REPLAYED if again else {})

    @post("/login", name="api:v1:auth:login", status_code=200, security=[{}])
    async def log_in(self, request: AnyRequest, data: JSONBody[Credentials]) -> dict[str, str]:
        return _v1(await _log_in(data.email, data.password, visitor(request)))

    @post("/refresh", name="api:v1:auth:refresh", status_code=200, security=[{}])
    async def refresh(self, data: JSONBody[Refresh]) -> dict[str, str]:
        return _v1(await rotate(data.refresh_token))

    @post("/forgot-password", name="api:v1:auth:forgot", status_code=202, security=[{}])
    async def forgot(self, request: AnyRequest, data: JSONBody[Forgotten]) -> Response[dict[str, str]]:
        """Send a link for a new password; the answer never tells whether there is such an account."""
        send = await one_time_links.ask_for_password(data.email, visitor(request), whole_address(request))
        return Response(
            {"detail": _("If the account exists, we’ve sent a link.")},
            status_code=202,
            background=BackgroundTask(send) if send else None,
        )

    @post("/reset-password", name="api:v1:auth:reset", status_code=204, security=[{}])
    async def reset(self, request: AnyRequest, data: JSONBody[Reset]) -> None:
        """Set a new password with the token of a link; ends every log-in."""
        await one_time_links.reset_password(data.token, data.password, visitor(request))

    @post("/logout", name="api:v1:auth:logout", status_code=204, opt={**MEMBER, "own_only": True})
    async def log_out(self, services: ServicesDep, data: JSONBody[Refresh]) -> None:
        """End the log-in that this refresh token belongs to, with its access tokens."""
        await services.tokens.end_family(data.refresh_token, services.member.user.id)


async def _log_in(name: str, password: str, who: Visitor) -> Pair:
    user = await auth.verify(name, password, who)
    return await auth.open_api(user, who)


def _seed(pair: Pair) -> dict[str, str]:
    return {"access": pair.access, "refresh": pair.refresh}


def _v1(pair: Pair) -> dict[str, str]:
    return {"access_token": pair.access, "refresh_token": pair.refresh}


def _user(user: User) -> dict[str, Any]:
    return {"id": user.id, "email": user.email, "username": user.username, "name": user.name}
