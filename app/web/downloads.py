"""Downloads, written to a temporary file first so that a slow client holds no database connection."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from tempfile import SpooledTemporaryFile
from typing import IO

from litestar.response import Stream

from app.errors import TooMany, Unavailable
from app.i18n import _
from app.services import Member

MAX_DOWNLOADS = 32  # at the same time in this process
MAX_DOWNLOADS_PER_USER = 4
MEMORY_BYTES = 1 << 20  # a larger file goes to the disk
CHUNK_BYTES = 1 << 16
RETRY_SECONDS = 10

_open: Counter[int] = Counter()


@contextmanager
def download_slot(user_id: int) -> Iterator[None]:
    """Count a download while it runs. Raises ``TooMany`` or ``Unavailable`` when there are too many."""
    if _open[user_id] >= MAX_DOWNLOADS_PER_USER:
        raise TooMany(_("Your other downloads are still running. Wait until one ends."), retry_after=RETRY_SECONDS)
    if _open.total() >= MAX_DOWNLOADS:
        raise Unavailable(_("Too many downloads are running. Try again in a moment."), retry_after=RETRY_SECONDS)
    _open[user_id] += 1
    try:
        yield
    finally:
        _open[user_id] -= 1
        if not _open[user_id]:
            del _open[user_id]


async def respond_with_file(
    chunks: AsyncIterator[bytes], member: Member, media_type: str, headers: Mapping[str, str] | None = None
) -> Stream:
    """Write all chunks to a file, which ends their database session, and send the file.

    The file is one consistent snapshot, and a failure is an error page instead of half a file.
    """
    with ExitStack() as stack:
        stack.enter_context(download_slot(member.user.id))
        file = stack.enter_context(SpooledTemporaryFile(MEMORY_BYTES))
        async for chunk in chunks:
            file.write(chunk)
        length = {"Content-Length": str(file.tell()), "Cache-Control": "no-store"}
        file.seek(0)
        return Stream(_send(file, stack.pop_all()), media_type=media_type, headers={**length, **(headers or {})})


async def _send(file: IO[bytes], stack: ExitStack) -> AsyncIterator[bytes]:
    with stack:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
