"""The page of payees, with renaming and merging."""

from __future__ import annotations

from typing import Any

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from app.i18n import _
from app.schemas.categories import MergeIn
from app.schemas.paging import PageNumber
from app.schemas.payees import PayeeIn
from app.services import Services
from app.services.payees import PAGE as PER_PAGE
from app.web.crud_pages import EDIT_PAGE, check_unchanged, editor, with_etag
from app.web.forms import rerender_on_error
from app.web.guards import MEMBER
from app.web.render import page_or_partial
from app.web.types import AnyRequest, FormBody, Reply, ServicesDep
from app.web.undo import get_flashes, respond_with_undo

LIST = "/payees"
FORM = "name_form"
MAX_CHOICES = 500  # payees offered to merge into


async def listing(services: Services, search: str = "", number: int = 1) -> dict[str, Any]:
    lines, total = await services.payees.page(search[:120], number)
    return {
        "lines": lines,
        "total": total,
        "number": number,
        "pages": -(-total // PER_PAGE),
        "search": search,
        "alike": [] if search or number > 1 else await services.payees.alike(),
        "categories": await services.categories.by_id(),
    }


class PayeesController(Controller):
    path = LIST
    opt = MEMBER
    include_in_schema = False

    @get("/", name="payees", opt={"cached": True})
    async def show_payees(
        self, request: AnyRequest, services: ServicesDep, search: FromQuery[str] = "", page: PageNumber = 1
    ) -> Template:
        """Show payees, most frequent first, and pairs that may be the same."""
        return page_or_partial(
            request,
            "payees/index",
            "payees/list",
            **await listing(services, search, page),
            flashes=await get_flashes(request, services),
        )

    @get("/{payee_id:int}/edit", name="payees:edit")
    async def edit_payee(self, request: AnyRequest, services: ServicesDep, payee_id: FromPath[int]) -> Template:
        row = await services.payees.get(payee_id)
        return editor(request, FORM, values=with_etag({"name": row.name}), **self._naming(row.id, row.name))

    @post("/{payee_id:int}", name="payees:rename", status_code=200)
    async def rename_payee(
        self, request: AnyRequest, services: ServicesDep, payee_id: FromPath[int], data: FormBody
    ) -> Reply:
        row = await services.payees.get(payee_id)
        with rerender_on_error(FORM, data, page=EDIT_PAGE, form=FORM, **self._naming(row.id, row.name)):
            check_unchanged(data, {"name": row.name})
            await services.payees.rename(payee_id, PayeeIn.model_validate({"name": data.get("name", "")}).name)
        return await respond_with_undo(request, services, LIST, "payees/list", **await listing(services))

    @get("/{payee_id:int}/merge", name="payees:merging")
    async def show_merge(self, request: AnyRequest, services: ServicesDep, payee_id: FromPath[int]) -> Template:
        return editor(request, "merge", **await self._merging(services, payee_id))

    @post("/{payee_id:int}/merge", name="payees:merge", status_code=200)
    async def merge_payee(
        self, request: AnyRequest, services: ServicesDep, payee_id: FromPath[int], data: FormBody
    ) -> Reply:
        """Move everything of a payee into another one."""
        with rerender_on_error("merge", data, page=EDIT_PAGE, form="merge", **await self._merging(services, payee_id)):
            await services.payees.merge(payee_id, MergeIn.model_validate({"into": data.get("into")}).into)
        return await respond_with_undo(request, services, LIST, "payees/list", **await listing(services))

    @post("/{payee_id:int}/delete", name="payees:delete", status_code=200)
    async def delete_payee(self, request: AnyRequest, services: ServicesDep, payee_id: FromPath[int]) -> Reply:
        await services.payees.delete(payee_id)
        return await respond_with_undo(request, services, LIST, "payees/list", **await listing(services))

    @staticmethod
    def _naming(row_id: int, name: str) -> dict[str, Any]:
        return {
            "title": _("Rename {name}", name=name),
            "action": f"{LIST}/{row_id}",
            "target": "#payees",
            "back": LIST,
            "longest": 120,
        }

    @staticmethod
    async def _merging(services: Services, payee_id: int) -> dict[str, Any]:
        row = await services.payees.get(payee_id)
        lines, _total = await services.payees.page(limit=MAX_CHOICES)
        return {
            "title": _("Merge {name} into another payee", name=row.name),
            "text": _("Its transactions and rules move to the payee you choose. You can undo this."),
            "action": f"{LIST}/{payee_id}/merge",
            "targets": sorted(((e.id, e.name) for e in lines if e.id != row.id), key=lambda each: each[1].casefold()),
            "target": "#payees",
            "back": LIST,
        }
