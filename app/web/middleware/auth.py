"""The door of the house: each request is told who it is from before any handler sees it."""

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
from app.services.tokens import TokenService
from app.web import csrf, page_cache
from app.web.cookies import cookie_name
from app.web.locale import preferred_locale

READING = frozenset({"GET", "HEAD", "OPTIONS"})


class AuthMiddleware:
    """Middleware: CSRF gate, then the member by session cookie (pages) or Bearer token (``/api``).

    A reading request keeps the session it was looked up with: its services use the same one.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        request: Request[Any, Any, Any] = Request(scope, receive, send)
        is_api = request.url.path.startswith("/api/")
        use_locale(preferred_locale(request.headers.get("accept-language", "")))
        scope["user"] = scope["auth"] = None
        if not is_api and request.method in csrf.UNSAFE and not request.route_handler.opt.get("no_csrf"):
            await csrf.check(request)
        async with read_session() as session:
            member = await (self._by_token(request, session) if is_api else self._by_cookie(request, session))
            if member is not None:
                scope["user"] = member.user
                scope["auth"] = member
                use_locale(member.user.locale)
                add_context(user=member.user.id)
            if member is not None and page_cache.is_cacheable(request):
                scope["state"]["session"] = session
                await page_cache.respond(self.app, request, member, send)
                return
            if request.method in READING and not request.route_handler.opt.get("writes"):
                scope["state"]["session"] = session
                await self.app(scope, receive, send)
                return
        await self.app(scope, receive, send)

    async def _by_cookie(self, request: Request[Any, Any, Any], session: Any) -> Member | None:
        token = request.cookies.get(cookie_name(request, "saldo"))
        if not token or len(token) > 100:
            return None
        found = await SessionService(session).find(token)
        if found is None:
            return None
        if now() - found.last_seen_at > SEEN_EVERY and found.member.session_id is not None:
            async with write_session() as writing, writing.begin():
                await SessionService(writing).seen(found.member.session_id)
        return found.member

    async def _by_token(self, request: Request[Any, Any, Any], session: Any) -> Member | None:
        scheme, _space, token = request.headers.get("authorization", "").partition(" ")
        if not token:
            return None
        member = await TokenService(session).member(token.strip()) if scheme.lower() == "bearer" else None
        if member is None:
            raise Unauthenticated(_("The token is invalid or has expired."))
        return member
