"""API routes for categories."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Response, delete, get, patch, post
from litestar.params import FromPath, JSONBody

from app.schemas.categories import CategoryIn, CategoryOut, CategoryPatch, GroupRef, MergeIn
from app.schemas.paging import PageNumber, PageSize, paged
from app.services import Services
from app.services.categories import CategoryOption
from app.web.guards import MEMBER
from app.web.idempotency import respond_once
from app.web.types import AnyRequest, ServicesDep


def out(row: CategoryOption, group: str, count: int) -> CategoryOut:
    return CategoryOut(
        id=row.id,
        key=row.key,
        name=row.name,
        group=GroupRef(id=row.group_id, name=group),
        kind=row.kind,
        icon=row.icon,
        colour=row.colour,
        archived=row.is_archived,
        transactions=count,
    )


async def shown(services: Services, category_id: int) -> CategoryOut:
    row = await services.categories.option(category_id)
    groups = {each.id: each.name for each in await services.categories.all_groups()}
    return out(row, groups[row.group_id], (await services.categories.counts()).get(row.id, 0))


class CategoriesApi(Controller):
    path = "/v1/categories"
    tags = ["Categories"]
    opt = MEMBER

    @get("/", operation_id="ListCategories")
    async def list_categories(
        self, services: ServicesDep, page: PageNumber = 1, limit: PageSize = 50
    ) -> dict[str, Any]:
        """List all categories in display order, archived ones included."""
        counts = await services.categories.counts()
        rows = [
            out(row, group.name, counts.get(row.id, 0))
            for group in await services.categories.all_groups()
            for row in group.categories
        ]
        return paged("categories", rows, page, limit)

    @post("/", operation_id="AddCategory", status_code=201)
    async def add_category(
        self, request: AnyRequest, services: ServicesDep, data: JSONBody[CategoryIn]
    ) -> Response[CategoryOut]:
        """Add a category. A group name that does not exist yet creates the group."""

        async def add() -> CategoryOut:
            return await shown(services, (await services.categories.add(data)).id)

        return await respond_once(request, services, add)

    @get("/{category_id:int}", operation_id="GetCategory")
    async def get_category(self, services: ServicesDep, category_id: FromPath[int]) -> CategoryOut:
        """Return one category."""
        return await shown(services, category_id)

    @patch("/{category_id:int}", operation_id="ChangeCategory")
    async def change_category(
        self, services: ServicesDep, category_id: FromPath[int], data: JSONBody[CategoryPatch]
    ) -> CategoryOut:
        """Change the fields that are sent."""
        return await shown(services, (await services.categories.change(category_id, data)).id)

    @delete("/{category_id:int}", operation_id="DeleteCategory")
    async def delete_category(self, services: ServicesDep, category_id: FromPath[int]) -> None:
        """Delete an unused category. Answers 409 for others, which can be merged or archived."""
        await services.categories.delete(category_id)

    @post("/{category_id:int}/merge", operation_id="MergeCategory", status_code=200)
    async def merge_category(
        self, services: ServicesDep, category_id: FromPath[int], data: JSONBody[MergeIn]
    ) -> CategoryOut:
        """Move everything in this category to another one, and return that one."""
        return await shown(services, (await services.categories.merge(category_id, data.into)).id)
