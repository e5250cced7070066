"""Pages of API lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from litestar.params import QueryParameter

PageNumber = Annotated[int, QueryParameter(name="page", ge=1, le=1000)]
PageSize = Annotated[int, QueryParameter(name="limit", ge=1, le=100)]


def paged(name: str, rows: Sequence[Any], page: int, limit: int) -> dict[str, Any]:
    """Return one page of a list that is short enough to read as a whole."""
    start = (page - 1) * limit
    pages = -(-len(rows) // limit)
    return {
        name: list(rows[start : start + limit]),
        "pagination": {"page": page, "limit": limit, "total": len(rows), "pages": pages},
    }
