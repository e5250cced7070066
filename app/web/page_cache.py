"""Pages that are drawn once and kept until their book changes.

A page marked ``opt={"cached": True}`` must be a function of the member, the book at its revision, the day and the
address. Every unit of work raises the book's revision, in the same database transaction, so a kept page is never
older than the books. Form tokens are put in as the page goes out.
"""

from __future__ import annotations

import gzip
import time
from collections import OrderedDict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from litestar import Request
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Send

from app.services import Member
from app.web import csrf

LARGEST = 32 * 1024 * 1024  # bytes of all kept pages of this process
SECONDS = 300.0  # and no longer than this, for what depends on the clock

AnyRequest = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class CachedPage:
    headers: list[tuple[bytes, bytes]]
    body: bytes
    until: float


class PageCache:
    """The least recently used page goes first."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Hashable, CachedPage] = OrderedDict()
        self._size = 0

    def take(self, key: Hashable) -> CachedPage | None:
        page = self._pages.get(key)
        if page is None:
            return None
        if page.until < time.monotonic():
            self._drop(key)
            return None
        self._pages.move_to_end(key)
        return page

    def put(self, key: Hashable, page: CachedPage) -> None:
        if key in self._pages:
            self._drop(key)
        self._pages[key] = page
        self._size += len(page.body)
        while self._size > LARGEST:
            self._drop(next(iter(self._pages)))

    def clear(self) -> None:
        """Forget every page: another database stands behind them now."""
        self._pages.clear()
        self._size = 0

    def _drop(self, key: Hashable) -> None:
        self._size -= len(self._pages.pop(key).body)


PAGE_CACHE = PageCache()


def is_cacheable(request: AnyRequest) -> bool:
    """Whether this page is one to keep; an answer to something just done (``?done=``) is not."""
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
    """Send the kept page, or draw it, keep it and send it."""
    key = _key(request, member)
    page = PAGE_CACHE.take(key)
    if page is not None:
        headers, body = _gzip(page.headers, _inject_csrf(page.body, request), request)
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})
        return
    request.scope["state"]["kept"] = True
    start: HTTPResponseStartEvent | None = None
    parts: list[bytes] = []

    async def gather(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start":
            start = message
            return
        if message["type"] != "http.response.body":
            return
        parts.append(message["body"])
        if message["more_body"] or start is None:
            return
        body = b"".join(parts)
        if start["status"] == 200:
            PAGE_CACHE.put(key, CachedPage(list(start["headers"]), body, time.monotonic() + SECONDS))
        filled = _inject_csrf(body, request)  # before the headers: a new token wants its cookie
        headers, filled = _gzip(start["headers"], filled, request)
        await send({**start, "headers": headers})
        await send({"type": "http.response.body", "body": filled, "more_body": False})

    await app(request.scope, request.receive, gather)


def _inject_csrf(body: bytes, request: AnyRequest) -> bytes:
    """The body with this browser's form token where one stands; its length stays the same."""
    return body.replace(csrf.TOKEN_PLACEHOLDER.encode(), csrf.token(request).encode())


def _gzip(
    headers: Iterable[tuple[bytes, bytes]], body: bytes, request: AnyRequest
) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """The answer compressed, if its reader takes that and the address says nothing that the page might repeat."""
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
