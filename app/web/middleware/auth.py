"""Authentication middleware: identifies the member by session cookie (pages) or Bearer token (``/api``)."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from app.db import read_session, write_session
from app.errors import Unauthenticated
from app.i18n import _, use_locale
from app.log import add_context
from app.models.base import now
from app.services.member import Member
from app.services.sessions import SEEN_EVERY, SessionService
from app.services.tokens import find_member
from app.web import csrf, page_cache
from app.web.cookies import cookie_name
from app.web.locale import preferred_locale

AnyRequest = Request[Any, Any, Any]
MAX_TOKEN_CHARACTERS = 100


class AuthMiddleware:
    """Puts the member into ``scope["auth"]`` and checks the CSRF token.

    No database session is open while the application runs: an answer to a slow client holds no connection.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        request: AnyRequest = Request(scope, receive, send)
        is_api = request.url.path.startswith("/api/")
        use_locale(preferred_locale(request.headers.get("accept-language", "")))
        scope["user"] = scope["auth"] = None
        member = await (_find_by_token(request) if is_api else _find_by_cookie(request))
        options = request.route_handler.opt
        is_refused = member is None and options.get("policy") != "public"  # by the guard, without reading the body
        if not is_api and not is_refused and request.method in csrf.UNSAFE and not options.get("no_csrf"):
            await csrf.check(request)
        if member is not None:
            scope["user"] = member.user
            scope["auth"] = member
            use_locale(member.user.locale)
            add_context(user=member.user.id)
            if page_cache.is_cacheable(request):
                await page_cache.respond(self.app, request, member, send)
                return
        await self.app(scope, receive, send)


async def _find_by_cookie(request: AnyRequest) -> Member | None:
    token = request.cookies.get(cookie_name(request, "saldo"))
    if not token or len(token) > MAX_TOKEN_CHARACTERS:
        return None
    async with read_session() as session:
        found = await SessionService(session).find(token)
    if found is None:
        return None
    session_id = found.member.session_id
    if session_id is not None and now() - found.last_seen_at > SEEN_EVERY:
        async with write_session() as session, session.begin():
            await SessionService(session).set_last_seen(session_id)
    return found.member


async def _find_by_token(request: AnyRequest) -> Member | None:
    scheme, _space, token = request.headers.get("authorization", "").partition(" ")
    if not token:
        return None
    member = await find_member(token.strip()) if scheme.lower() == "bearer" else None
    if member is None:
        raise Unauthenticated(_("The token is invalid or has expired."))
    return member
