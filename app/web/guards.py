"""Who may use a route. Every route declares a policy; one that does not is closed."""

from __future__ import annotations

from typing import Any, Literal

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from app.errors import Forbidden, NotFound, Unauthenticated
from app.i18n import _
from app.services import Member

#: ``public`` anyone, ``member`` who is signed in (a viewer may only read), ``admin`` the operator.
Policy = Literal["public", "member", "admin"]

LARGEST_ID = 2**63  # no database could even be asked for more

PUBLIC: dict[str, Any] = {"policy": "public"}
MEMBER: dict[str, Any] = {"policy": "member"}
ADMIN: dict[str, Any] = {"policy": "admin"}


def policy_guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    policy = handler.opt.get("policy")
    if policy == "public":
        return
    if any(isinstance(each, int) and not 0 < each < LARGEST_ID for each in connection.path_params.values()):
        raise NotFound(_("Page not found."))
    member: Member | None = connection.scope["auth"]
    if member is None:
        raise Unauthenticated(_("Sign in first."))
    if policy == "member" or (policy == "admin" and member.user.is_admin):
        return
    raise Forbidden(_("You don’t have access to this page."))
