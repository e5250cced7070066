"""Page of tags, with adding, renaming, merging and deleting."""

from __future__ import annotations

from typing import Any

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Template

from app.i18n import _
from app.schemas.categories import MergeIn
from app.schemas.tags import TagIn
from app.services import Services
from app.web.crud_pages import EDIT_PAGE, check_unchanged, editor, with_etag
from app.web.forms import rerender_on_error
from app.web.guards import MEMBER
from app.web.render import page_or_partial
from app.web.types import AnyRequest, FormBody, Reply, ServicesDep
from app.web.undo import get_flashes, respond_with_undo

LIST = "/tags"
FORM = "name_form"


async def listing(services: Services) -> dict[str, Any]:
    return {"tags": await services.tags.counted()}


class TagsController(Controller):
    path = LIST
    opt = MEMBER
    include_in_schema = False

    @get("/", name="tags", opt={"cached": True})
    async def show_tags(self, request: AnyRequest, services: ServicesDep) -> Template:
        """Show all tags with their number of transactions."""
        return page_or_partial(
            request, "tags/index", "tags/list", **await listing(services), flashes=await get_flashes(request, services)
        )

    @get("/new", name="tags:new")
    async def new_tag(self, request: AnyRequest) -> Template:
        return editor(request, FORM, **self._naming(_("New tag"), LIST))

    @post("/", name="tags:add", status_code=200)
    async def add_tag(self, request: AnyRequest, services: ServicesDep, data: FormBody) -> Reply:
        with rerender_on_error(FORM, data, page=EDIT_PAGE, form=FORM, **self._naming(_("New tag"), LIST)):
            await services.tags.add(TagIn.model_validate({"name": data.get("name", "")}).name)
        return await respond_with_undo(request, services, LIST, "tags/list", **await listing(services))

    @get("/{tag_id:int}/edit", name="tags:edit")
    async def edit_tag(self, request: AnyRequest, services: ServicesDep, tag_id: FromPath[int]) -> Template:
        row = await services.tags.get(tag_id)
        naming = self._naming(_("Rename {name}", name=row.name), f"{LIST}/{tag_id}")
        return editor(request, FORM, values=with_etag({"name": row.name}), **naming)

    @post("/{tag_id:int}", name="tags:rename", status_code=200)
    async def rename_tag(
        self, request: AnyRequest, services: ServicesDep, tag_id: FromPath[int], data: FormBody
    ) -> Reply:
        row = await services.tags.get(tag_id)
        naming = self._naming(_("Rename {name}", name=row.name), f"{LIST}/{tag_id}")
        with rerender_on_error(FORM, data, page=EDIT_PAGE, form=FORM, **naming):
            check_unchanged(data, {"name": row.name})
            await services.tags.rename(tag_id, TagIn.model_validate({"name": data.get("name", "")}).name)
        return await respond_with_undo(request, services, LIST, "tags/list", **await listing(services))

    @get("/{tag_id:int}/merge", name="tags:merging")
    async def show_merge(self, request: AnyRequest, services: ServicesDep, tag_id: FromPath[int]) -> Template:
        return editor(request, "merge", **await self._merging(services, tag_id))

    @post("/{tag_id:int}/merge", name="tags:merge", status_code=200)
    async def merge_tag(
        self, request: AnyRequest, services: ServicesDep, tag_id: FromPath[int], data: FormBody
    ) -> Reply:
        """Replace a tag with another one."""
        with rerender_on_error("merge", data, page=EDIT_PAGE, form="merge", **await self._merging(services, tag_id)):
            await services.tags.merge(tag_id, MergeIn.model_validate({"into": data.get("into")}).into)
        return await respond_with_undo(request, services, LIST, "tags/list", **await listing(services))

    @post("/{tag_id:int}/delete", name="tags:delete", status_code=200)
    async def delete_tag(self, request: AnyRequest, services: ServicesDep, tag_id: FromPath[int]) -> Reply:
        await services.tags.delete(tag_id)
        return await respond_with_undo(request, services, LIST, "tags/list", **await listing(services))

    @staticmethod
    def _naming(title: str, action: str) -> dict[str, Any]:
        return {"title": title, "action": action, "target": "#tags", "back": LIST, "longest": 40}

    @staticmethod
    async def _merging(services: Services, tag_id: int) -> dict[str, Any]:
        row = await services.tags.get(tag_id)
        return {
            "title": _("Merge {name} into another tag", name=row.name),
            "text": _("Its transactions get the tag you choose. You can undo this."),
            "action": f"{LIST}/{tag_id}/merge",
            "targets": [(each_id, name) for each_id, name in await services.tags.all() if each_id != row.id],
            "target": "#tags",
            "back": LIST,
        }
