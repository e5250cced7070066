"""API routes for the activity of a book."""

from __future__ import annotations

from typing import Any

from litestar import Controller, get, post
from litestar.params import FromPath

from app.schemas.insights import ChangeSetOut, Undone
from app.schemas.paging import PageNumber, PageSize
from app.web.guards import MEMBER
from app.web.types import ServicesDep


class ChangesApi(Controller):
    path = "/v1/changes"
    tags = ["Journal"]
    opt = MEMBER

    @get("/", operation_id="ListChanges")
    async def list_changes(self, services: ServicesDep, page: PageNumber = 1, limit: PageSize = 50) -> dict[str, Any]:
        """List changes, newest first."""
        rows = await services.journal.page(limit=limit, offset=(page - 1) * limit)
        total = await services.journal.count()
        return {
            "changes": [
                ChangeSetOut(
                    id=each.id,
                    actor=each.actor,
                    user=each.who,
                    label=each.label,
                    created_at=each.at,
                    undone=each.undone,
                    undoes=each.undoes_id,
                )
                for each in rows
            ],
            "pagination": {"page": page, "limit": limit, "total": total, "pages": -(-total // limit)},
        }

    @post("/{change_set_id:int}/undo", operation_id="UndoChange", status_code=200)
    async def undo_change(self, services: ServicesDep, change_set_id: FromPath[int]) -> Undone:
        """Undo a change. Answers 409 if what it changed has been changed again."""
        await services.journal.undo(change_set_id)
        return Undone(id=services.journal.change_set_id, undone=change_set_id)
