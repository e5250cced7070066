"""Run a POST that is repeated with the same ``Idempotency-Key`` only once, and repeat its answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from litestar import Response
from pydantic_core import to_jsonable_python
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import read_session
from app.errors import Conflict, Invalid
from app.i18n import _
from app.models import User
from app.services import Services, auth, idempotency_keys
from app.services.auth import Visitor, WrongPassword
from app.services.users import Taken
from app.web.types import AnyRequest

MAX_KEY_CHARACTERS = 200
REPLAYED = {"Idempotent-Replayed": "true"}
HEADER = "idempotency-key"
Then = Callable[[AsyncSession, User], Awaitable[None]]


async def respond_once(
    request: AnyRequest,
    services: Services,
    make: Callable[[], Awaitable[Any]],
    *,
    status: int = 201,
    secret: frozenset[str] = frozenset(),
) -> Response[Any]:
    """Return the answer of ``make()``, or the stored one if key and body were sent within a day.

    Another body with the same key is a 409. The key is stored in the handler's transaction, so that key and effect are
    both stored or neither. A simultaneous second request waits for the first. ``secret`` fields of request and answer
    are not stored.
    """
    key = key_of(request)
    if not key:
        return Response(to_jsonable_python(await make()), status_code=status)
    session, user_id = services.session, services.member.user.id
    mark = await fingerprint(request, services.member.book.id, secret)
    if not await idempotency_keys.claim(session, user_id, key, mark):
        return await _first_answer(session, user_id, key, mark)
    answer = to_jsonable_python(await make())
    row = await idempotency_keys.get(session, user_id, key)
    kept = {name: value for name, value in answer.items() if name not in secret} if secret else answer
    row.status, row.answer = status, {"body": kept}
    return Response(answer, status_code=status)


def key_of(request: AnyRequest) -> str | None:
    key = request.headers.get(HEADER)
    if key and (len(key) > MAX_KEY_CHARACTERS or not key.isprintable()):
        raise Invalid(_("Use at most {n} printable characters.", n=MAX_KEY_CHARACTERS), field="Idempotency-Key")
    return key or None


async def respond_once_for_newcomer(
    request: AnyRequest,
    content: Mapping[str, Any],
    password: str,
    make: Callable[[Then | None], Awaitable[User]],
    visitor: Visitor,
) -> tuple[User, bool]:
    """Return the account that ``make`` creates in one transaction, and whether it existed before.

    Nobody is signed in yet, so keys are shared by all sign-ups. Whoever repeats one proves ownership with the password.
    ``content`` is the rest of the request; only the slow hash of a password is stored.
    """
    key = key_of(request)
    if key is None:
        return await make(None), False
    path = request.url.path.rstrip("/")
    mark = hashlib.sha256(f"{path}\n{json.dumps(content, sort_keys=True)}".encode("utf-8", "surrogatepass")).hexdigest()
    # not printable, so no user can send it
    row_key = "\x01" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()

    async def keep(session: AsyncSession, user: User) -> None:
        if not await idempotency_keys.add_for_new_user(session, user.id, row_key, mark):
            raise _other_request()

    try:
        return await make(keep), False
    except Taken:
        async with read_session() as session:
            first = await idempotency_keys.find(session, row_key)
        if first is None:
            raise
    if first.request_hash != mark:
        raise _other_request()
    try:
        user = await auth.verify(str(content.get("username") or content.get("email")), password, visitor)
    except WrongPassword:
        raise _other_request() from None
    if user.id != first.user_id:
        raise _other_request()
    return user, True


def _other_request() -> Conflict:
    return Conflict(_("This Idempotency-Key was used for a different request."), field="Idempotency-Key")


async def fingerprint(request: AnyRequest, book_id: int, secret: frozenset[str] = frozenset()) -> str:
    """Return a hash of the request and its book, without ``secret`` fields: a fast hash of them could be guessed."""
    digest = hashlib.sha256(f"{book_id} {request.method} {request.url.path.rstrip('/')}?{request.url.query}\n".encode())
    digest.update(request.content_type[0].encode())
    if request.content_type[0] == "multipart/form-data":  # the boundary differs at each attempt
        for name, value in sorted((await request.form()).multi_items(), key=lambda each: each[0]):
            digest.update(name.encode("utf-8", "surrogatepass"))
            if isinstance(value, str):
                digest.update(value.encode("utf-8", "surrogatepass"))
            else:
                digest.update(await value.read())
                await value.seek(0)
    elif secret:
        fields = {name: value for name, value in (await request.json()).items() if name not in secret}
        digest.update(json.dumps(fields, sort_keys=True).encode())
    else:
        digest.update(await request.body())
    return digest.hexdigest()


async def _first_answer(session: AsyncSession, user_id: int, key: str, mark: str) -> Response[Any]:
    row = await idempotency_keys.get(session, user_id, key)
    if row.request_hash != mark:
        raise _other_request()
    return Response(row.answer.get("body"), status_code=row.status, headers=REPLAYED)
