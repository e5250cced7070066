"""Answer unusual activity."""

from __future__ import annotations

from litestar import Controller, post
from litestar.params import FromPath

from app.web.guards import MEMBER
from app.web.types import AnyRequest, Reply, ServicesDep
from app.web.undo import CHANGED, respond_with_undo


class AnomaliesController(Controller):
    path = "/anomalies"
    opt = MEMBER
    include_in_schema = False

    @post("/{finding_id:int}/accept", name="anomalies:accept", status_code=200)
    async def accept_finding(self, request: AnyRequest, services: ServicesDep, finding_id: FromPath[int]) -> Reply:
        """Mark the transaction as normal."""
        await services.anomalies.accept(finding_id)
        return await respond_with_undo(request, services, "/", event=CHANGED)

    @post("/{finding_id:int}/dismiss", name="anomalies:dismiss", status_code=200)
    async def dismiss_finding(self, request: AnyRequest, services: ServicesDep, finding_id: FromPath[int]) -> Reply:
        await services.anomalies.dismiss(finding_id)
        return await respond_with_undo(request, services, "/", event=CHANGED)

    @post("/{finding_id:int}/dispute", name="anomalies:dispute", status_code=200)
    async def dispute_finding(self, request: AnyRequest, services: ServicesDep, finding_id: FromPath[int]) -> Reply:
        """Mark the transaction as not the member's own."""
        await services.anomalies.dispute(finding_id)
        return await respond_with_undo(request, services, "/", event=CHANGED)

    @post("/{finding_id:int}/remove", name="anomalies:remove", status_code=200)
    async def remove_duplicate(self, request: AnyRequest, services: ServicesDep, finding_id: FromPath[int]) -> Reply:
        """Delete the duplicate."""
        await services.anomalies.remove(finding_id)
        return await respond_with_undo(request, services, "/", event=CHANGED)

    @post("/{finding_id:int}/end", name="anomalies:end", status_code=200)
    async def end_recurring(self, request: AnyRequest, services: ServicesDep, finding_id: FromPath[int]) -> Reply:
        """End the recurring payment that did not come."""
        await services.anomalies.end(finding_id)
        return await respond_with_undo(request, services, "/", event=CHANGED)
