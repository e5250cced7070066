"""Request and response headers of htmx 4."""

from __future__ import annotations

from typing import Any

from litestar import Request

VARY = "HX-Request, HX-Request-Type"


def is_htmx(request: Request[Any, Any, Any]) -> bool:
    return request.headers.get("hx-request") == "true"


def is_partial(request: Request[Any, Any, Any]) -> bool:
    """Return whether a fragment is wanted. History restores and boosted links want the whole page."""
    return is_htmx(request) and request.headers.get("hx-request-type") == "partial"
