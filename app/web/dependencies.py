"""What a handler may ask for by name: ``member``, ``services``, ``db``."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

from litestar import Request
from litestar.di import NamedDependency, Provide
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import write_session
from app.errors import Unauthenticated
from app.i18n import _
from app.services import Member, Services
from app.services.unit_of_work import commit_scope, lock_book


async def provide_member(request: Request[Any, Any, Any]) -> Member:
    """The signed-in member; the policy guard has let nobody else through."""
    if request.scope["auth"] is None:
        raise Unauthenticated(_("Sign in first."))
    member: Member = request.scope["auth"]
    return member


async def provide_db(request: Request[Any, Any, Any]) -> AsyncGenerator[AsyncSession, None]:
    """The request's session. A reading request may only read; any other is saved when the handler returns."""
    reading: AsyncSession | None = request.scope["state"].get("session")
    if reading is not None:
        yield reading
        await reading.close()
        return
    async with write_session() as session, commit_scope(session):
        yield session


async def provide_services(
    request: Request[Any, Any, Any], db: NamedDependency[AsyncSession], member: NamedDependency[Member]
) -> Services:
    writes = "session" not in request.scope["state"]
    if writes:
        await lock_book(db, member.book.id)
    return Services(db, member.require_write() if writes and not request.route_handler.opt.get("own_only") else member)


DEPENDENCIES = {
    "member": Provide(provide_member),
    "db": Provide(provide_db),
    "services": Provide(provide_services),
}
