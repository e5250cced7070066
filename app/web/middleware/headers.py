"""Outermost middleware: checks host and scheme, adds security headers and a request id, logs and counts requests."""

from __future__ import annotations

import asyncio
import re
import time
from typing import Any
from uuid import uuid4

from litestar import Request
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send
from prometheus_client import Counter, Histogram

from app.log import begin_context, logger
from app.settings import settings
from app.web import csrf
from app.web.cookies import has_loopback_addresses, is_plain_loopback, is_secure

log = logger("saldo.request")

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=()",
    "X-Frame-Options": "DENY",
}
MAX_SEND_SECONDS = 60  # that a client may take to read one part of an answer
HSTS = "max-age=31536000; includeSubDomains"
HOST = re.compile(r"([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")
HEALTH_PATHS = frozenset({"/health", "/health/ready"})  # asked for by probes on this machine, past the proxy
PLAIN_HTTP_REFUSED = (
    b"Saldo accepts plain http only from this machine. Put it behind https, and let the proxy send "
    b"X-Forwarded-For and X-Forwarded-Proto. On a private network, set SALDO_INSECURE_HTTP=1."
)

REQUESTS = Counter("saldo_requests_total", "Requests answered", ("method", "route", "status"))
SECONDS = Histogram(
    "saldo_request_seconds",
    "Time to the first byte",
    ("route",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5),
)


class HeadersMiddleware:
    """Wraps the whole application, so that responses such as 404 and 500 carry the headers too."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = uuid4().hex[:16]
        begin_context(request_id=request_id)
        scope["state"] = {**scope.get("state", {}), "request_id": request_id}
        connection: Request[Any, Any, Any] = Request(scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", [])
                _add_headers(MutableScopeHeaders.from_message(message), connection, request_id)
                _record(scope, message["status"], time.perf_counter() - started)
            async with asyncio.timeout(MAX_SEND_SECONDS):
                await send(message)

        if (refusal := find_refusal(connection)) is not None:
            await _send_text(send_with_headers, *refusal)
        else:
            await self.app(scope, receive, send_with_headers)


def find_refusal(connection: Request[Any, Any, Any]) -> tuple[int, bytes] | None:
    """Return status and text for a request with an unknown host name, or over plain http from another machine."""
    host = connection.headers.get("host", "").lower()
    allowed = settings().allowed_hosts
    if "\0" in connection.scope["path"]:
        return 404, b"Page not found."
    if host and not HOST.fullmatch(host):
        return 400, b"Invalid host name."
    is_probe = connection.scope["path"] in HEALTH_PATHS and has_loopback_addresses(connection)
    if is_probe or is_plain_loopback(connection):
        return None
    if allowed and host not in allowed and host.partition(":")[0] not in allowed:
        return 400, b"Unknown host name. See SALDO_HOSTS."
    if not is_secure(connection) and not settings().insecure_http:
        return 400, PLAIN_HTTP_REFUSED
    return None


async def _send_text(send: Any, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _add_headers(headers: MutableScopeHeaders, connection: Request[Any, Any, Any], request_id: str) -> None:
    for name, value in HEADERS.items():
        if name not in headers:
            headers.add(name, value)
    headers.add("X-Request-Id", request_id)
    if is_secure(connection):
        headers.add("Strict-Transport-Security", HSTS)
    if "cache-control" not in headers:
        headers.add("Cache-Control", "no-store")
    if (cookie := csrf.cookie_header(connection)) is not None:
        headers.add("Set-Cookie", cookie)


def _record(scope: HTTPScope, status: int, seconds: float) -> None:
    handler = scope.get("route_handler")
    route = scope.get("path_template") or "(none)"
    if handler is not None and handler.opt.get("quiet"):
        return
    REQUESTS.labels(scope["method"], route, status).inc()
    SECONDS.labels(route).observe(seconds)
    log.info("request", method=scope["method"], route=route, status=status, ms=round(seconds * 1000, 1))
