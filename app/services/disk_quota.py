"""Limit the disk space that one user and one book can fill with attachments and files waiting to be imported."""

from __future__ import annotations

from datetime import timedelta

import anyio.to_thread
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import read_session
from app.errors import TooLarge
from app.i18n import _
from app.models import Attachment, Change, ChangeAction, ChangeSet, ImportBatch, ImportStatus
from app.models.base import now
from app.services.member import Member
from app.storage import IMPORTS

MAX_BYTES_PER_USER = 500 * 1024 * 1024
MAX_BYTES_PER_BOOK = 1000 * 1024 * 1024
RESTORABLE = timedelta(days=30)  # the content of removed attachments stays this long and counts


async def require_space(member: Member, size: int) -> None:
    """Raise ``TooLarge`` if another ``size`` bytes exceed the quota of the member or of their book."""
    async with read_session() as session:
        used_by_user, used_by_book = await measure_usage(session, member)
    if used_by_user + size > MAX_BYTES_PER_USER or used_by_book + size > MAX_BYTES_PER_BOOK:
        raise TooLarge(_("File storage is full. Removed files free their space after 30 days."), field="file")


async def measure_usage(session: AsyncSession, member: Member) -> tuple[int, int]:
    """Return the bytes stored by the member, in any book, and by anyone in the member's current book."""
    user_id, book_id = member.user.id, member.book.id
    files: dict[str, tuple[int, int | None, int]] = {}  # name: book, user, size; a restored file is counted once
    present = select(Attachment.path, Attachment.book_id, Attachment.created_by_id, Attachment.size).where(
        or_(Attachment.book_id == book_id, Attachment.created_by_id == user_id)
    )
    for path, book, user, size in await session.execute(present):
        files[path] = (book, user, size)
    removed = (
        select(Change.before)
        .join(ChangeSet, ChangeSet.id == Change.change_set_id)
        .where(
            Change.table_name == Attachment.__tablename__,
            Change.action == ChangeAction.DELETE,
            ChangeSet.created_at > now() - RESTORABLE,
            or_(ChangeSet.book_id == book_id, ChangeSet.user_id == user_id),
        )
    )
    for before in await session.scalars(removed):
        if before:
            files.setdefault(before["path"], (before["book_id"], before["created_by_id"], before["size"]))
    waiting = select(ImportBatch.path, ImportBatch.book_id, ImportBatch.created_by_id).where(
        ImportBatch.path.is_not(None),
        ImportBatch.status.in_([ImportStatus.DRAFT, ImportStatus.RUNNING]),
        or_(ImportBatch.book_id == book_id, ImportBatch.created_by_id == user_id),
    )
    for name, book, user in await session.execute(waiting):
        files[f"imports/{name}"] = (book, user, await anyio.to_thread.run_sync(IMPORTS.size, name))
    return (
        sum(size for _book, user, size in files.values() if user == user_id),
        sum(size for book, _user, size in files.values() if book == book_id),
    )
