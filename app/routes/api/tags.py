"""Tags as JSON."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Response, delete, get, patch, post
from litestar.params import FromPath, JSONBody

from app.models import Tag
from app.schemas.categories import MergeIn
from app.schemas.paging import PageNumber, PageSize, paged
from app.schemas.tags import TagIn
from app.web.guards import MEMBER
from app.web.idempotency import respond_once
from app.web.types import AnyRequest, ServicesDep


def out(row: Tag) -> dict[str, Any]:
    return {"id": row.id, "name": row.name}


class TagsApi(Controller):
    path = "/v1/tags"
    tags = ["Tags"]
    opt = MEMBER

    @get("/", operation_id="ListTags")
    async def list_tags(self, services: ServicesDep, page: PageNumber = 1, limit: PageSize = 50) -> dict[str, Any]:
        """Every tag with how many transactions have it."""
        rows = [
            {"id": each.id, "name": each.name, "transactions": each.count} for each in await services.tags.counted()
        ]
        return paged("tags", rows, page, limit)

    @post("/", operation_id="AddTag", status_code=201)
    async def add_tag(self, request: AnyRequest, services: ServicesDep, data: JSONBody[TagIn]) -> Response[Any]:
        """A new tag; 409 when there is one of this name."""

        async def add() -> dict[str, Any]:
            return out(await services.tags.add(data.name))

        return await respond_once(request, services, add)

    @get("/{tag_id:int}", operation_id="GetTag")
    async def get_tag(self, services: ServicesDep, tag_id: FromPath[int]) -> dict[str, Any]:
        """One tag."""
        return out(await services.tags.get(tag_id))

    @patch("/{tag_id:int}", operation_id="RenameTag")
    async def rename_tag(self, services: ServicesDep, tag_id: FromPath[int], data: JSONBody[TagIn]) -> dict[str, Any]:
        """A new name, in the rules too."""
        return out(await services.tags.rename(tag_id, data.name))

    @delete("/{tag_id:int}", operation_id="DeleteTag")
    async def delete_tag(self, services: ServicesDep, tag_id: FromPath[int]) -> None:
        """Take a tag off everything; the transactions stay."""
        await services.tags.delete(tag_id)

    @post("/{tag_id:int}/merge", operation_id="MergeTag", status_code=200)
    async def merge_tag(self, services: ServicesDep, tag_id: FromPath[int], data: JSONBody[MergeIn]) -> dict[str, Any]:
        """Put another tag in its place; answers with that one."""
        return out(await services.tags.merge(tag_id, data.into))
