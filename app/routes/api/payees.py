"""API routes for payees."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Response, delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody

from app.models import Payee
from app.schemas.categories import MergeIn
from app.schemas.paging import PageNumber, PageSize
from app.schemas.payees import PayeeIn
from app.web.guards import MEMBER
from app.web.idempotency import respond_once
from app.web.types import AnyRequest, ServicesDep


def out(row: Payee) -> dict[str, Any]:
    return {"id": row.id, "name": row.name}


class PayeesApi(Controller):
    path = "/v1/payees"
    tags = ["Payees"]
    opt = MEMBER

    @get("/", operation_id="ListPayees")
    async def list_payees(
        self, services: ServicesDep, page: PageNumber = 1, limit: PageSize = 50, search: FromQuery[str] = ""
    ) -> dict[str, Any]:
        """List payees with their number of transactions, most frequent first."""
        lines, total = await services.payees.page(search[:120], page, limit)
        rows = [
            {"id": each.id, "name": each.name, "transactions": each.count, "category": each.category_id}
            for each in lines
        ]
        paging = {"page": page, "limit": limit, "total": total, "pages": -(-total // limit)}
        return {"payees": rows, "pagination": paging}

    @post("/", operation_id="AddPayee", status_code=201)
    async def add_payee(self, request: AnyRequest, services: ServicesDep, data: JSONBody[PayeeIn]) -> Response[Any]:
        """Add a payee. Answers 409 if the name exists."""

        async def add() -> dict[str, Any]:
            return out(await services.payees.add(data.name))

        return await respond_once(request, services, add)

    @get("/{payee_id:int}", operation_id="GetPayee")
    async def get_payee(self, services: ServicesDep, payee_id: FromPath[int]) -> dict[str, Any]:
        """Return one payee."""
        return out(await services.payees.get(payee_id))

    @patch("/{payee_id:int}", operation_id="RenamePayee")
    async def rename_payee(
        self, services: ServicesDep, payee_id: FromPath[int], data: JSONBody[PayeeIn]
    ) -> dict[str, Any]:
        """Rename a payee. Its transactions follow."""
        return out(await services.payees.rename(payee_id, data.name))

    @delete("/{payee_id:int}", operation_id="DeletePayee")
    async def delete_payee(self, services: ServicesDep, payee_id: FromPath[int]) -> None:
        """Delete a payee without transactions. Answers 409 for others, which can be merged."""
        await services.payees.delete(payee_id)

    @post("/{payee_id:int}/merge", operation_id="MergePayee", status_code=200)
    async def merge_payee(
        self, services: ServicesDep, payee_id: FromPath[int], data: JSONBody[MergeIn]
    ) -> dict[str, Any]:
        """Move everything of this payee to another one, and return that one."""
        return out(await services.payees.merge(payee_id, data.into))
