"""The page of one transaction, with its actions and attachments."""

from __future__ import annotations

from urllib.parse import quote

from litestar import Controller, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Template

from app.errors import Invalid, NotFound
from app.i18n import _
from app.models import Status
from app.schemas.transactions import TransactionPatch
from app.services import Services, attachments, reading, unit_of_work
from app.services.transaction_list import Line
from app.web.forms import parse_id, parse_optional_id, rerender_on_error
from app.web.guards import MEMBER
from app.web.rate_limit import count_request
from app.web.render import local_path, page
from app.web.transaction_context import detail_context
from app.web.transaction_forms import show
from app.web.types import AnyRequest, Form, FormBody, MemberDep, Reply, ServicesDep
from app.web.undo import CHANGED, get_flashes, redirect_with_undo, respond_with_undo

LIST = "/transactions"
MAX_BODY_BYTES = attachments.MAX_BYTES + (1 << 20)


class TransactionController(Controller):
    path = LIST
    opt = MEMBER
    include_in_schema = False

    @get("/{transaction_id:int}", name="transactions:show")
    async def show_transaction(
        self, request: AnyRequest, services: ServicesDep, transaction_id: FromPath[int]
    ) -> Template:
        line = await services.transaction_list.line(transaction_id)
        context = await detail_context(services, line)
        flashes = await get_flashes(request, services)
        values = show(line) | {"back": local_path(request.query_params.get("back"), LIST)}
        return page("transactions/show", values=values, errors={}, flashes=flashes, **context)

    @post("/{transaction_id:int}/delete", name="transactions:delete", status_code=200)
    async def delete_transaction(
        self, request: AnyRequest, services: ServicesDep, transaction_id: FromPath[int], data: FormBody
    ) -> Reply:
        """Delete the transaction and show the list that its page was opened from."""
        await services.transactions.delete(transaction_id)
        return await redirect_with_undo(request, services, local_path(data.get("back"), LIST))

    @post("/{transaction_id:int}/duplicate", name="transactions:duplicate", status_code=200)
    async def duplicate_transaction(
        self, request: AnyRequest, services: ServicesDep, transaction_id: FromPath[int]
    ) -> Reply:
        copy = await services.transactions.duplicate(transaction_id)
        return await redirect_with_undo(request, services, f"{LIST}/{copy.id}")

    @post("/{transaction_id:int}/unlock", name="transactions:unlock", status_code=200)
    async def unlock_transaction(
        self, request: AnyRequest, services: ServicesDep, transaction_id: FromPath[int], data: FormBody
    ) -> Reply:
        """Return a reconciled transaction to "cleared", so that it can be edited."""
        await services.transactions.edit(transaction_id, TransactionPatch(status=Status.CLEARED))
        return await self._stay(request, services, transaction_id, data)

    @post("/{transaction_id:int}/recategorise-similar", name="transactions:recategorise-similar", status_code=200)
    async def recategorise_similar(
        self, request: AnyRequest, services: ServicesDep, transaction_id: FromPath[int]
    ) -> Reply:
        """Give similar transactions the category of this one."""
        await services.categorisation.recategorise_similar(await services.transactions.get(transaction_id))
        return await respond_with_undo(request, services, f"{LIST}/{transaction_id}", event=CHANGED)

    @post("/{transaction_id:int}/link", name="transactions:link", status_code=200)
    async def link_transfer(
        self, request: AnyRequest, services: ServicesDep, transaction_id: FromPath[int], data: FormBody
    ) -> Reply:
        """Link two transactions as a transfer."""
        if not data.get("other", "").strip():
            raise Invalid(_("Choose the other transaction."), field="other")
        await services.transfers.link(transaction_id, parse_id(data, "other"))
        return await self._stay(request, services, transaction_id, data)

    @post("/{transaction_id:int}/transfer", name="transactions:make-transfer", status_code=200)
    async def make_transfer(
        self, request: AnyRequest, services: ServicesDep, transaction_id: FromPath[int], data: FormBody
    ) -> Reply:
        """Add the other side in another account."""
        await services.transfers.add_other_side(transaction_id, parse_optional_id(data, "account"))
        return await self._stay(request, services, transaction_id, data)

    @post("/{transaction_id:int}/unlink", name="transactions:unlink", status_code=200)
    async def unlink_transfer(
        self, request: AnyRequest, services: ServicesDep, transaction_id: FromPath[int], data: FormBody
    ) -> Reply:
        row = await services.transactions.get(transaction_id)
        if row.transfer_id is None:
            raise NotFound(_("Transfer not found."))
        await services.transfers.unlink(row.transfer_id)
        return await self._stay(request, services, transaction_id, data)

    @post(
        "/{transaction_id:int}/files", name="transactions:attach", status_code=200, request_max_body_size=MAX_BODY_BYTES
    )
    async def attach_file(self, request: AnyRequest, member: MemberDep, transaction_id: FromPath[int]) -> Reply:
        """Attach a file. It is decoded before the transaction begins."""
        await count_request(request, "upload", member)
        async with reading(member) as services:
            line = await services.transaction_list.line(transaction_id)
            context = await detail_context(services, line)
        with rerender_on_error("transactions/files", show(line), page="transactions/show", **context):
            file = (await request.form()).get("file")
            if not isinstance(file, UploadFile):
                raise Invalid(_("Choose a file."), field="file")
            prepared = await attachments.prepare(file.filename or "", await file.read(attachments.MAX_BYTES + 1))
            async with unit_of_work(member) as services:
                await services.attachments.add(transaction_id, prepared)
                return await self._respond_with_files(request, services, line)

    @get("/files/{attachment_id:int}", name="transactions:file")
    async def get_file(self, services: ServicesDep, attachment_id: FromPath[int]) -> Response[bytes]:
        """Send an attachment, to be saved and not opened by the browser."""
        row, content = await services.attachments.read(attachment_id)
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(row.filename)}",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        }
        return Response(content, media_type=row.media_type, headers=headers)

    @post("/files/{attachment_id:int}/delete", name="transactions:detach", status_code=200)
    async def delete_file(self, request: AnyRequest, services: ServicesDep, attachment_id: FromPath[int]) -> Reply:
        line = await services.transaction_list.line(await services.attachments.delete(attachment_id))
        return await self._respond_with_files(request, services, line)

    @staticmethod
    async def _stay(request: AnyRequest, services: Services, transaction_id: int, data: Form) -> Reply:
        """Show the transaction again, which still knows the list that it was opened from."""
        back = local_path(data.get("back"), LIST)
        path = f"{LIST}/{transaction_id}"
        return await redirect_with_undo(request, services, path, back=back if back != LIST else "")

    @staticmethod
    async def _respond_with_files(request: AnyRequest, services: Services, line: Line) -> Reply:
        files = await services.attachments.of(line.id)
        return await respond_with_undo(
            request,
            services,
            f"{LIST}/{line.id}",
            "transactions/files",
            event=None,
            line=line,
            files=files,
            errors={},
        )
