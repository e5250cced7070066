"""Dependencies of handlers: ``member``, ``services``, ``db``."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

from litestar import Request
from litestar.di import NamedDependency, Provide
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import read_session, write_session
from app.errors import Unauthenticated
from app.i18n import _
from app.services import Member, Services
from app.services.unit_of_work import commit_scope, lock_book

AnyRequest = Request[Any, Any, Any]


async def provide_member(request: AnyRequest) -> Member:
    """Return the signed-in member. The policy guard has rejected everyone else."""
    if request.scope["auth"] is None:
        raise Unauthenticated(_("Sign in first."))
    member: Member = request.scope["auth"]
    return member


READ_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def is_read_only(request: AnyRequest) -> bool:
    """Return whether the handler only reads: a GET, unless it is marked ``writes``, or a POST marked ``reads``."""
    options = request.route_handler.opt
    return bool(options.get("reads")) or (request.method in READ_METHODS and not options.get("writes"))


async def provide_db(request: AnyRequest) -> AsyncGenerator[AsyncSession, None]:
    """The request's session, closed before the answer is sent.

    A reading request may only read; any other is saved when the handler returns.
    """
    if is_read_only(request):
        async with read_session() as session:
            yield session
        return
    await receive_body(request)
    async with write_session() as session, commit_scope(session):
        yield session


async def receive_body(request: AnyRequest) -> None:
    """Read the body before a session is opened, so that a slow sender holds neither a connection nor a lock."""
    if request.content_type[0] in ("application/x-www-form-urlencoded", "multipart/form-data"):
        await request.form()
    else:
        await request.body()


async def provide_services(
    request: AnyRequest, db: NamedDependency[AsyncSession], member: NamedDependency[Member]
) -> Services:
    if is_read_only(request):
        return Services(db, member)
    await lock_book(db, member.book.id)
    return Services(db, member if request.route_handler.opt.get("own_only") else member.require_write())


DEPENDENCIES = {
    "member": Provide(provide_member),
    "db": Provide(provide_db),
    "services": Provide(provide_services),
}
