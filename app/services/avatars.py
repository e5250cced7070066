"""Pictures of users: cropped to a square and stored as WebP."""

from __future__ import annotations

import anyio.to_thread

from app.db import write_session
from app.errors import NotFound, TooLarge, UnsupportedFile
from app.i18n import _
from app.models import User
from app.services import pictures
from app.storage import AVATARS

MAX_BYTES = 5 * 1024 * 1024
SIDE = 256  # pixels


async def replace(user_id: int, content: bytes | None) -> str | None:
    """Make a picture the user's avatar, or remove it. Return the new picture's random name.

    Runs in a transaction of its own, which begins after the picture is decoded. Raises ``TooLarge`` or
    ``UnsupportedFile``.
    """
    name = None if content is None else await _store(content)
    try:
        async with write_session() as session, session.begin():
            user = await session.get_one(User, user_id, with_for_update=True)
            former, user.avatar = user.avatar, name
    except BaseException:
        AVATARS.delete(name)
        raise
    AVATARS.delete(former)
    return name


async def _store(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise TooLarge(_("Use a picture of at most 5 MB."), field="file")
    if pictures.find_format(content) is None:
        raise UnsupportedFile(_("Choose a JPEG, PNG or WebP picture."), field="file")
    square = await pictures.reencode_square(content, SIDE)
    return (await anyio.to_thread.run_sync(AVATARS.write, square, ".webp")).name


async def read(name: str) -> bytes:
    """Return the WebP file. Raises ``NotFound``."""
    try:
        return await anyio.to_thread.run_sync(AVATARS.read, name)
    except FileNotFoundError:
        raise NotFound(_("That picture does not exist.")) from None
