"""Access policies. A route without one is closed."""

from __future__ import annotations

from typing import Any, Literal

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from app.errors import Forbidden, NotFound, Unauthenticated
from app.i18n import _
from app.services import Member

#: ``public`` anyone, ``member`` who is signed in (a viewer may only read), ``admin`` the operator.
Policy = Literal["public", "member", "admin"]

READ_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
MAX_ID = 2**63  # SQLite cannot take larger numbers

PUBLIC: dict[str, Any] = {"policy": "public"}
MEMBER: dict[str, Any] = {"policy": "member"}
ADMIN: dict[str, Any] = {"policy": "admin"}


def policy_guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    policy = handler.opt.get("policy")
    if policy == "public":
        return
    if any(isinstance(each, int) and not 0 < each < MAX_ID for each in connection.path_params.values()):
        raise NotFound(_("Page not found."))
    member: Member | None = connection.scope["auth"]
    if member is None:
        raise Unauthenticated(_("Sign in first."))
    _check_token(connection, member, handler.opt)
    if policy == "member" or (policy == "admin" and member.user.is_admin):
        return
    raise Forbidden(_("You don’t have access to this page."))


def _check_token(connection: ASGIConnection[Any, Any, Any, Any], member: Member, options: dict[str, Any]) -> None:
    """Refuse what a personal token must not do: write with read-only scope, or change credentials.

    ``opt={"reads": True}`` marks a POST that changes nothing, ``opt={"no_personal_token": True}`` a route that needs
    the password.
    """
    if member.is_read_only and connection.scope.get("method") not in READ_METHODS and not options.get("reads"):
        raise Forbidden(_("This token can only read. Use one that may also write."))
    if member.token_id is not None and options.get("no_personal_token"):
        raise Forbidden(_("Personal tokens can’t do this. Sign in with your password."))
