"""Lists as CSV files to download."""

from __future__ import annotations

from litestar import Controller, get
from litestar.response import Stream

from app.services.list_exports import LISTS
from app.web.exports import export_list
from app.web.guards import MEMBER
from app.web.types import AnyRequest, MemberDep


class ListExportController(Controller):
    opt = MEMBER
    include_in_schema = False

    @get([f"/{name}/export.csv" for name in LISTS], name="lists:export")
    async def export(self, request: AnyRequest, member: MemberDep) -> Stream:
        """Send one list of the book as a CSV file."""
        return await export_list(request, member, request.url.path.strip("/").partition("/")[0])
