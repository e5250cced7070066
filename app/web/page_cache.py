"""Renders a page once per book revision and reuses it.

A page marked ``opt={"cached": True}`` must depend only on the member, the book at its revision, the day and the
address. Every unit of work raises the book's revision in its own transaction, so a cached page is never older than the
book. CSRF tokens are filled in as the page is sent.
"""

from __future__ import annotations

import gzip
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from cachetools import TTLCache
from litestar import Request
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Send

from app.services import Member
from app.web import csrf

MAX_BYTES = 32 * 1024 * 1024  # of all cached pages of this process
MAX_PAGE_BYTES = 1024 * 1024
MAX_AGE_SECONDS = 300.0  # limits what depends on the clock

AnyRequest = Request[Any, Any, Any]
Headers = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class CachedPage:
    headers: Headers
    body: bytes


def _size(page: CachedPage) -> int:
    return len(page.body)


#: The least recently used pages are dropped first.
PAGE_CACHE: TTLCache[Hashable, CachedPage] = TTLCache(MAX_BYTES, MAX_AGE_SECONDS, getsizeof=_size)


def is_cacheable(request: AnyRequest) -> bool:
    """Return whether the page may be cached. A page that reports what was just done (``?done=``) may not."""
    if b"done=" in request.scope["query_string"]:
        return False
    return request.method == "GET" and bool(request.route_handler.opt.get("cached"))


def _key(request: AnyRequest, member: Member) -> Hashable:
    return (
        member.user,
        member.book,
        member.role,
        member.today,
        request.scope["path"],
        request.scope["query_string"],
        request.headers.get("hx-request"),
        request.headers.get("hx-request-type"),
    )


async def respond(app: ASGIApp, request: AnyRequest, member: Member, send: Send) -> None:
    """Send the cached page; else let the application render it, cache it and send it."""
    key = _key(request, member)
    if (page := PAGE_CACHE.get(key)) is not None:
        await _send(page, request, send, {"type": "http.response.start", "status": 200, "headers": []})
        return
    request.scope["state"][csrf.USES_PLACEHOLDER] = True
    start: HTTPResponseStartEvent | None = None
    parts: list[bytes] = []

    async def gather(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start":
            start = message
        elif message["type"] == "http.response.body":
            parts.append(message["body"])
            if start is not None and not message["more_body"]:
                page = CachedPage(tuple(start["headers"]), b"".join(parts))
                if start["status"] == 200 and _may_be_shared(page):
                    PAGE_CACHE[key] = page
                await _send(page, request, send, start)

    await app(request.scope, request.receive, gather)


def _may_be_shared(page: CachedPage) -> bool:
    """Return whether the page can be sent again: a cookie is for one browser only."""
    return _size(page) <= MAX_PAGE_BYTES and all(name.lower() != b"set-cookie" for name, _value in page.headers)


async def _send(page: CachedPage, request: AnyRequest, send: Send, start: HTTPResponseStartEvent) -> None:
    headers, body = _gzip(page.headers, _inject_csrf(page.body, request), request)
    await send({**start, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _inject_csrf(body: bytes, request: AnyRequest) -> bytes:
    """Put this browser's CSRF token in place of the placeholder, which is as long."""
    return body.replace(csrf.TOKEN_PLACEHOLDER.encode(), csrf.token(request).encode())


def _gzip(headers: Headers, body: bytes, request: AnyRequest) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Compress the page if the client accepts it and the address holds nothing that the page may repeat."""
    kept = list(headers)
    if request.scope["query_string"] or "gzip" not in request.headers.get("accept-encoding", ""):
        return kept, body
    packed = gzip.compress(body, 5)
    kept = [(name, value) for name, value in kept if name.lower() != b"content-length"]
    kept += [
        (b"content-encoding", b"gzip"),
        (b"content-length", str(len(packed)).encode()),
        (b"vary", b"Accept-Encoding"),
    ]
    return kept, packed
