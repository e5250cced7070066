"""Export transactions and other lists as files."""

from __future__ import annotations

from collections.abc import AsyncIterator

from litestar.response import Stream

from app.services import Member, security_events
from app.services.exports import csv_stream, json_stream
from app.services.list_exports import list_csv_stream
from app.services.transaction_list import Filter
from app.web.downloads import respond_with_file
from app.web.rate_limit import count_request
from app.web.types import AnyRequest

FORMATS = {"csv": (csv_stream, "text/csv"), "json": (json_stream, "application/json")}


async def export_transactions(request: AnyRequest, member: Member, wanted: Filter, form: str) -> Stream:
    """Return matching transactions as a ``csv`` or ``json`` file. Rate-limited and recorded as a security event."""
    make, media_type = FORMATS[form]
    return await _send(request, member, make(member, wanted), "transactions", form, media_type)


async def export_list(request: AnyRequest, member: Member, name: str) -> Stream:
    """One of ``LISTS`` as a CSV file; counted and listed like the transactions."""
    return await _send(request, member, list_csv_stream(member, name), name, "csv", "text/csv")


async def _send(
    request: AnyRequest, member: Member, chunks: AsyncIterator[bytes], name: str, form: str, media_type: str
) -> Stream:
    await count_request(request, "export", member)
    address = request.client.host if request.client else ""
    await security_events.record_now("exported", member.user.id, address, name=form.upper())
    disposition = {"Content-Disposition": f'attachment; filename="{name}-{member.today.isoformat()}.{form}"'}
    return await respond_with_file(chunks, member, media_type, disposition)
