"""Export transactions as a file."""

from __future__ import annotations

from litestar.response import Stream

from app.services import Member, security_events
from app.services.exports import csv_stream, json_stream
from app.services.transaction_list import Filter
from app.web.downloads import respond_with_file
from app.web.rate_limit import count_request
from app.web.types import AnyRequest

FORMATS = {"csv": (csv_stream, "text/csv"), "json": (json_stream, "application/json")}


async def export_transactions(request: AnyRequest, member: Member, wanted: Filter, form: str) -> Stream:
    """Return matching transactions as a ``csv`` or ``json`` file. Rate-limited and recorded as a security event."""
    await count_request(request, "export", member)
    address = request.client.host if request.client else ""
    await security_events.record_now("exported", member.user.id, address, name=form.upper())
    make, media_type = FORMATS[form]
    name = f"transactions-{member.today.isoformat()}.{form}"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return await respond_with_file(make(member, wanted), member, media_type, disposition)
