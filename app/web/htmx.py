"""What htmx 4 says in its request headers, and what we say back."""

from __future__ import annotations

from typing import Any

from litestar import Request

VARY = "HX-Request, HX-Request-Type"


def is_htmx(request: Request[Any, Any, Any]) -> bool:
    return request.headers.get("hx-request") == "true"


def is_partial(request: Request[Any, Any, Any]) -> bool:
    """Whether a fragment is wanted; history restores and boosted links want the whole page."""
    return is_htmx(request) and request.headers.get("hx-request-type") == "partial"
