"""API routes for tags."""

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
        """List tags with their number of transactions."""
        rows = [
            {"id": each.id, "name": each.name, "transactions": each.count} for each in await services.tags.counted()
        ]
        return paged("tags", rows, page, limit)

    @post("/", operation_id="AddTag", status_code=201)
    async def add_tag(self, request: AnyRequest, services: ServicesDep, data: JSONBody[TagIn]) -> Response[Any]:
        """Add a tag. Answers 409 if the name exists."""

        async def add() -> dict[str, Any]:
            return out(await services.tags.add(data.name))

        return await respond_once(request, services, add)

    @get("/{tag_id:int}", operation_id="GetTag")
    async def get_tag(self, services: ServicesDep, tag_id: FromPath[int]) -> dict[str, Any]:
        """Return one tag."""
        return out(await services.tags.get(tag_id))

    @patch("/{tag_id:int}", operation_id="RenameTag")
    async def rename_tag(self, services: ServicesDep, tag_id: FromPath[int], data: JSONBody[TagIn]) -> dict[str, Any]:
        """Rename a tag, in rules too."""
        return out(await services.tags.rename(tag_id, data.name))

    @delete("/{tag_id:int}", operation_id="DeleteTag")
    async def delete_tag(self, services: ServicesDep, tag_id: FromPath[int]) -> None:
        """Delete a tag. Its transactions remain."""
        await services.tags.delete(tag_id)

    @post("/{tag_id:int}/merge", operation_id="MergeTag", status_code=200)
    async def merge_tag(self, services: ServicesDep, tag_id: FromPath[int], data: JSONBody[MergeIn]) -> dict[str, Any]:
        """Replace this tag with another one, and return that one."""
        return out(await services.tags.merge(tag_id, data.into))
