"""A POST sent twice with one ``Idempotency-Key`` has its effect once and its answer twice."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request, Response
from pydantic_core import to_jsonable_python
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import Conflict, Invalid
from app.i18n import _
from app.models import IdempotencyKey
from app.models.base import now
from app.services import Services
from app.services.tidying import ANSWERS

LONGEST_KEY = 200
HEADER = "idempotency-key"


async def once(
    request: Request[Any, Any, Any],
    services: Services,
    make: Callable[[], Awaitable[Any]],
    *,
    status: int = 201,
    secret: frozenset[str] = frozenset(),
) -> Response[Any]:
    """The answer of ``make()``, or the first one when key and body were seen within a day; another body is a 409.

    The key is kept in the handler's own transaction: either both it and the effect are stored, or neither. Who comes
    second at the same moment waits for the first. ``secret`` fields are told once and not kept.
    """
    key = request.headers.get(HEADER)
    if not key:
        return Response(to_jsonable_python(await make()), status_code=status)
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise Invalid(_("Use at most {n} printable characters.", n=LONGEST_KEY), field="Idempotency-Key")
    session, user_id = services.session, services.member.user.id
    mark = await fingerprint(request, services.member.book.id)
    if not await _claim(session, user_id, key, mark):
        return await _first_answer(session, user_id, key, mark)
    answer = to_jsonable_python(await make())
    row = await _row(session, user_id, key)
    kept = {name: value for name, value in answer.items() if name not in secret} if secret else answer
    row.status, row.answer = status, {"body": kept}
    return Response(answer, status_code=status)


async def fingerprint(request: Request[Any, Any, Any], book_id: int) -> str:
    """A hash of all that the request asks for, and of the book that it asks it of."""
    said = hashlib.sha256(f"{book_id} {request.method} {request.url.path.rstrip('/')}?{request.url.query}\n".encode())
    said.update(request.content_type[0].encode())
    if request.content_type[0] == "multipart/form-data":  # the boundary is another one at each try
        for name, value in sorted((await request.form()).multi_items(), key=lambda each: each[0]):
            said.update(name.encode("utf-8", "surrogatepass"))
            if isinstance(value, str):
                said.update(value.encode("utf-8", "surrogatepass"))
            else:
                said.update(await value.read())
                await value.seek(0)
    else:
        said.update(await request.body())
    return said.hexdigest()


async def _claim(session: AsyncSession, user_id: int, key: str, mark: str) -> bool:
    mine = (IdempotencyKey.user_id == user_id, IdempotencyKey.key == key)
    await session.execute(delete(IdempotencyKey).where(*mine, IdempotencyKey.created_at < now() - ANSWERS))
    dialect: Any = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    claimed = await session.execute(
        dialect.insert(IdempotencyKey)
        .values(user_id=user_id, key=key, request_hash=mark, status=0, answer={}, created_at=now())
        .on_conflict_do_nothing(index_elements=["user_id", "key"])
        .returning(IdempotencyKey.id)
    )
    return claimed.first() is not None


async def _row(session: AsyncSession, user_id: int, key: str) -> IdempotencyKey:
    found = await session.scalars(
        select(IdempotencyKey).where(IdempotencyKey.user_id == user_id, IdempotencyKey.key == key)
    )
    return found.one()


async def _first_answer(session: AsyncSession, user_id: int, key: str, mark: str) -> Response[Any]:
    row = await _row(session, user_id, key)
    if row.request_hash != mark:
        raise Conflict(_("This Idempotency-Key was used with another request."), field="Idempotency-Key")
    return Response(row.answer.get("body"), status_code=row.status, headers={"Idempotent-Replayed": "true"})
