"""Pages of categories and groups, with forms."""

from __future__ import annotations

from typing import Any

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from app.domain.ids import read_id
from app.domain.period import shift_month
from app.i18n import _
from app.schemas.categories import ICONS, CategoryIn, CategoryPatch, GroupIn, GroupName, MergeIn
from app.services import Services
from app.services.categories import CategoryOption
from app.web import charts
from app.web.crud_pages import EDIT_PAGE, check_unchanged, editor, with_etag
from app.web.forms import rerender_on_error
from app.web.guards import MEMBER
from app.web.presenters import reports
from app.web.query import get_month
from app.web.render import page, page_or_partial
from app.web.types import AnyRequest, Form, FormBody, MemberDep, Reply, ServicesDep
from app.web.undo import get_flashes, respond_with_undo

LIST = "/categories"
GROUPS = "/categories/groups"


async def listing(services: Services) -> dict[str, Any]:
    services.categories.forget()
    return {"groups": await services.categories.all_groups(), "counts": await services.categories.counts()}


async def choices(services: Services, kind: str = "") -> dict[str, Any]:
    """Return the groups of the form: all, or those of one kind."""
    groups = await services.categories.all_groups()
    return {"groups": [(each.id, each.name) for each in groups if not kind or each.kind == kind], "icons": ICONS}


def entry_of(data: Form) -> dict[str, Any]:
    """The form's fields as the schema takes them."""
    sent = {name: data[name] for name in ("name", "icon", "colour") if name in data}
    return sent | {"group": read_id(data.get("group")) or data.get("group", "")}


def values_of(row: CategoryOption) -> dict[str, Any]:
    return {"name": row.name, "group": row.group_id, "icon": row.icon, "colour": row.colour}


class CategoriesController(Controller):
    path = "/categories"
    opt = MEMBER
    include_in_schema = False

    @get("/", name="categories", opt={"cached": True})
    async def show_categories(self, request: AnyRequest, services: ServicesDep) -> Template:
        """Show all groups with their categories and transaction counts."""
        return page_or_partial(
            request,
            "categories/index",
            "categories/list",
            **await listing(services),
            flashes=await get_flashes(request, services),
        )

    @get("/new", name="categories:new")
    async def new_category(self, request: AnyRequest, services: ServicesDep, group: FromQuery[str] = "") -> Template:
        values = {"group": group, "icon": "tag", "colour": "1"}
        title = _("New category")
        return editor(request, "categories/form", title, values=values, action=LIST, **await choices(services))

    @post("/", name="categories:add", status_code=200)
    async def add_category(self, request: AnyRequest, services: ServicesDep, data: FormBody) -> Reply:
        with await self._form(services, data, LIST, _("New category")):
            await services.categories.add(CategoryIn.model_validate(entry_of(data)))
        return await self._listed(request, services)

    @get("/{category_id:int}", name="categories:show", opt={"cached": True})
    async def show_category(
        self, request: AnyRequest, services: ServicesDep, member: MemberDep, category_id: FromPath[int]
    ) -> Template:
        """Show a category: trend, payees and latest transactions."""
        start = get_month(request, member)
        found = await services.category_page.get(category_id, start)
        currency = member.book.base_currency
        return page(
            "categories/show",
            found=found,
            currency=currency,
            running=member.book.months.of(services.today),
            previous_month=shift_month(start, -1),
            next_month=shift_month(start, 1),
            trend=reports.category_figure(found, currency) if found.months else None,
            bar=charts.hbar,
        )

    @get("/{category_id:int}/edit", name="categories:edit")
    async def edit_category(self, request: AnyRequest, services: ServicesDep, category_id: FromPath[int]) -> Template:
        row = await services.categories.option(category_id)
        values = with_etag(values_of(row))
        offered = await choices(services, row.kind)
        title, action = _("Edit {name}", name=row.name), f"{LIST}/{category_id}"
        return editor(request, "categories/form", title, values=values, action=action, **offered)

    @post("/{category_id:int}", name="categories:change", status_code=200)
    async def change_category(
        self, request: AnyRequest, services: ServicesDep, category_id: FromPath[int], data: FormBody
    ) -> Reply:
        row = await services.categories.option(category_id)
        group = await services.categories.group(row.group_id)
        title = _("Edit {name}", name=row.name)
        with await self._form(services, data, f"{LIST}/{category_id}", title, row.kind):
            check_unchanged(data, values_of(row), {"group": {row.group_id: group.name}})
            await services.categories.change(category_id, CategoryPatch.model_validate(entry_of(data)))
        return await self._listed(request, services)

    @get("/{category_id:int}/merge", name="categories:show-merge")
    async def show_merge(self, request: AnyRequest, services: ServicesDep, category_id: FromPath[int]) -> Template:
        context = await self._merge(services, category_id)
        return editor(request, "merge", context.pop("title"), **context)

    @post("/{category_id:int}/merge", name="categories:merge", status_code=200)
    async def merge_category(
        self, request: AnyRequest, services: ServicesDep, category_id: FromPath[int], data: FormBody
    ) -> Reply:
        """Move everything of a category into another one."""
        with rerender_on_error("merge", data, page=EDIT_PAGE, form="merge", **await self._merge(services, category_id)):
            await services.categories.merge(category_id, MergeIn.model_validate({"into": data.get("into")}).into)
        return await self._listed(request, services)

    @post("/{category_id:int}/archive", name="categories:archive", status_code=200)
    async def archive_category(self, request: AnyRequest, services: ServicesDep, category_id: FromPath[int]) -> Reply:
        await services.categories.archive(category_id)
        return await self._listed(request, services)

    @post("/{category_id:int}/restore", name="categories:restore", status_code=200)
    async def restore_category(self, request: AnyRequest, services: ServicesDep, category_id: FromPath[int]) -> Reply:
        await services.categories.archive(category_id, away=False)
        return await self._listed(request, services)

    @post("/{category_id:int}/up", name="categories:move-up", status_code=200)
    async def move_category_up(self, request: AnyRequest, services: ServicesDep, category_id: FromPath[int]) -> Reply:
        await services.categories.move(category_id, -1)
        return await self._listed(request, services)

    @post("/{category_id:int}/down", name="categories:move-down", status_code=200)
    async def move_category_down(self, request: AnyRequest, services: ServicesDep, category_id: FromPath[int]) -> Reply:
        await services.categories.move(category_id, 1)
        return await self._listed(request, services)

    @post("/{category_id:int}/delete", name="categories:delete", status_code=200)
    async def delete_category(self, request: AnyRequest, services: ServicesDep, category_id: FromPath[int]) -> Reply:
        """Delete an unused category."""
        await services.categories.delete(category_id)
        return await self._listed(request, services)

    @get("/groups/new", name="category-groups:new")
    async def new_group(self, request: AnyRequest) -> Template:
        return editor(request, "categories/group_form", _("New group"), action=GROUPS, fresh=True)

    @post("/groups", name="category-groups:add", status_code=200)
    async def add_group(self, request: AnyRequest, services: ServicesDep, data: FormBody) -> Reply:
        sent = {name: data[name] for name in ("name", "kind") if name in data}
        with self._group_form(data, GROUPS, _("New group"), fresh=True):
            await services.categories.add_group(GroupIn.model_validate(sent))
        return await self._listed(request, services)

    @get("/groups/{group_id:int}/edit", name="category-groups:edit")
    async def edit_group(self, request: AnyRequest, services: ServicesDep, group_id: FromPath[int]) -> Template:
        row = await services.categories.group(group_id)
        title, action = _("Rename {name}", name=row.name), f"{GROUPS}/{group_id}"
        values = with_etag({"name": row.name})
        return editor(request, "categories/group_form", title, values=values, action=action, fresh=False)

    @post("/groups/{group_id:int}", name="category-groups:rename", status_code=200)
    async def rename_group(
        self, request: AnyRequest, services: ServicesDep, group_id: FromPath[int], data: FormBody
    ) -> Reply:
        row = await services.categories.group(group_id)
        with self._group_form(data, f"{GROUPS}/{group_id}", _("Rename {name}", name=row.name)):
            check_unchanged(data, {"name": row.name})
            entry = GroupName.model_validate({"name": data.get("name", "")})
            await services.categories.rename_group(group_id, entry.name)
        return await self._listed(request, services)

    @post("/groups/{group_id:int}/up", name="category-groups:move-up", status_code=200)
    async def move_group_up(self, request: AnyRequest, services: ServicesDep, group_id: FromPath[int]) -> Reply:
        await services.categories.move_group(group_id, -1)
        return await self._listed(request, services)

    @post("/groups/{group_id:int}/down", name="category-groups:move-down", status_code=200)
    async def move_group_down(self, request: AnyRequest, services: ServicesDep, group_id: FromPath[int]) -> Reply:
        await services.categories.move_group(group_id, 1)
        return await self._listed(request, services)

    @post("/groups/{group_id:int}/delete", name="category-groups:delete", status_code=200)
    async def delete_group(self, request: AnyRequest, services: ServicesDep, group_id: FromPath[int]) -> Reply:
        """Delete a group without categories."""
        await services.categories.delete_group(group_id)
        return await self._listed(request, services)

    @staticmethod
    async def _listed(request: AnyRequest, services: Services) -> Reply:
        return await respond_with_undo(request, services, LIST, "categories/list", **await listing(services))

    @staticmethod
    async def _form(services: Services, data: Form, action: str, title: str, kind: str = "") -> Any:
        offered = await choices(services, kind)
        form = "categories/form"
        return rerender_on_error(form, data, page=EDIT_PAGE, form=form, title=title, action=action, **offered)

    @staticmethod
    def _group_form(data: Form, action: str, title: str, *, fresh: bool = False) -> Any:
        form = "categories/group_form"
        return rerender_on_error(form, data, page=EDIT_PAGE, form=form, title=title, action=action, fresh=fresh)

    @staticmethod
    async def _merge(services: Services, category_id: int) -> dict[str, Any]:
        row = await services.categories.option(category_id)
        groups = [
            (group.name, [(each.id, each.name) for each in group.categories if each.id != row.id])
            for group in await services.categories.groups()
            if group.kind == row.kind
        ]
        return {
            "title": _("Merge {name} into another category", name=row.name),
            "text": _("Its transactions, splits and rules move to the category you choose. You can undo this."),
            "action": f"{LIST}/{category_id}/merge",
            "targets": [(name, found) for name, found in groups if found],
            "target": "#categories",
            "back": LIST,
        }
