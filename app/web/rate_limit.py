"""Limit how often a handler is used: ``await count_request(request, "import", member)``."""

from __future__ import annotations

from typing import Any

from litestar import Request

from app.services import Member, rate_limit


async def count_request(request: Request[Any, Any, Any], kind: str, member: Member | None = None) -> None:
    """Count one use by the member or, without one, by the address. Raises ``TooMany`` (429 with Retry-After).

    It counts in a transaction of its own, so call it before the handler's first statement writes.
    """
    address = request.client.host if request.client else ""
    await rate_limit.count(kind, rate_limit.user(member.user.id) if member else rate_limit.address(address))
