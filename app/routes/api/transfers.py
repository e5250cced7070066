"""API routes for transfers."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Response, delete, post
from litestar.params import FromPath, JSONBody

from app.schemas.transfers import TransferIn, TransferOut
from app.web.guards import MEMBER
from app.web.idempotency import respond_once
from app.web.types import AnyRequest, ServicesDep


class TransfersApi(Controller):
    path = "/v1/transfers"
    tags = ["Transfers"]
    opt = MEMBER

    @post("/", operation_id="AddTransfer", status_code=201)
    async def add_transfer(
        self, request: AnyRequest, services: ServicesDep, data: JSONBody[TransferIn]
    ) -> Response[Any]:
        """Add a transfer between two accounts.

        Where their currencies differ, `to_amount` arrives; without it the amount is converted at the day's rate.
        """

        async def add() -> TransferOut:
            transfer, out, into = await services.transfers.add(data)
            return TransferOut(id=transfer.id, from_transaction=out.id, to_transaction=into.id)

        return await respond_once(request, services, add)

    @delete("/{transfer_id:int}", operation_id="DeleteTransfer")
    async def delete_transfer(self, services: ServicesDep, transfer_id: FromPath[int]) -> None:
        """Delete a transfer with both of its transactions."""
        await services.transfers.delete(transfer_id)
