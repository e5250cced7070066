"""Files attached to transactions. Pictures are re-encoded; files have random names in the store."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import anyio.to_thread
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import Conflict, NotFound, TooLarge, UnsupportedFile
from app.i18n import _, mark
from app.models import Attachment, Change, ChangeAction, ChangeSet
from app.models.repository import BookRepository
from app.services import pictures
from app.services.base import Service
from app.services.disk_quota import require_space
from app.storage import ATTACHMENTS

MAX_BYTES = 10 * 1024 * 1024
MAX_FILES = 20  # of one transaction
KEPT = timedelta(days=30)  # how long the content of a removed file stays, so that the removal can be undone
SUFFIXES = {"JPEG": (".jpg", "image/jpeg"), "PNG": (".png", "image/png"), "WEBP": (".webp", "image/webp")}


@dataclass(frozen=True, slots=True)
class PreparedFile:
    """An uploaded file, checked and re-encoded, ready to be attached."""

    filename: str
    content: bytes
    suffix: str
    media_type: str


async def prepare(filename: str, content: bytes) -> PreparedFile:
    """Check and re-encode an uploaded file. Call it outside any transaction: decoding a picture takes seconds.

    The first bytes decide what it is; its name is only shown. Raises ``TooLarge`` or ``UnsupportedFile``.
    """
    if len(content) > MAX_BYTES:
        raise TooLarge(_("Use a file of at most 10 MB."), field="file")
    if format_ := pictures.find_format(content):
        suffix, media_type = SUFFIXES[format_]
        content = await pictures.reencode(content, format_)
    elif content.startswith(b"%PDF-"):
        suffix, media_type = ".pdf", "application/pdf"
    else:
        raise UnsupportedFile(_("Choose a JPEG, PNG or WebP picture, or a PDF."), field="file")
    return PreparedFile(_display_name(filename, suffix), content, suffix, media_type)


class AttachmentRepository(BookRepository[Attachment]):
    model_type = Attachment
    not_found_message = mark("File not found.")


class AttachmentService(Service):
    """The files of one book."""

    @cached_property
    def repository(self) -> AttachmentRepository:
        return AttachmentRepository(self.session, self.member.book.id)

    async def of(self, transaction_id: int) -> list[Attachment]:
        """Return the files of a transaction, oldest first."""
        own = select(Attachment).where(
            Attachment.transaction_id == transaction_id, Attachment.book_id == self.member.book.id
        )
        return list(await self.session.scalars(own.order_by(Attachment.id)))

    async def add(self, transaction_id: int, file: PreparedFile) -> Attachment:
        """Attach a file to a transaction. Raises ``Conflict`` if the transaction or the disk quota is full."""
        row = await self.services.transactions.get(transaction_id)
        if len(await self.of(row.id)) >= MAX_FILES:
            raise Conflict(_("A transaction can have at most {n} files.", n=MAX_FILES), field="file")
        await require_space(self.member, len(file.content))
        stored = await anyio.to_thread.run_sync(ATTACHMENTS.write, file.content, file.suffix)
        found = Attachment(
            book_id=self.member.book.id,
            transaction_id=row.id,
            filename=file.filename,
            media_type=file.media_type,
            size=stored.size,
            sha256=stored.sha256,
            path=stored.name,
            created_by_id=self.member.user.id,
        )
        self.session.add(found)
        await self.session.flush()
        self.services.journal.note(_("Attached {name}", name=found.filename))
        return found

    async def read(self, attachment_id: int) -> tuple[Attachment, bytes]:
        """Return a file of this book with its content."""
        row = await self.repository.get_owned(attachment_id)
        try:
            return row, await anyio.to_thread.run_sync(ATTACHMENTS.read, row.path)
        except FileNotFoundError:
            raise NotFound(_("The file is no longer on this server.")) from None

    async def delete(self, attachment_id: int) -> int:
        """Remove a file from its transaction. Return the transaction's id. The content stays while undo is possible."""
        row = await self.repository.get_owned(attachment_id)
        await self.session.delete(row)
        await self.session.flush()
        self.services.journal.note(_("Removed {name}", name=row.filename))
        return row.transaction_id


async def delete_unused_files(session: AsyncSession, moment: datetime) -> int:
    """Delete the content that no transaction names any more and no undo can restore. Return the number of files.

    Files younger than ``KEPT`` are left alone, so one that is just being attached is safe.
    """
    old = await anyio.to_thread.run_sync(ATTACHMENTS.find_older_than, (moment - KEPT).timestamp())
    if not old:
        return 0
    named = set(await session.scalars(select(Attachment.path)))
    removed = (
        select(Change.before)
        .join(ChangeSet, ChangeSet.id == Change.change_set_id)
        .where(
            Change.table_name == Attachment.__tablename__,
            Change.action == ChangeAction.DELETE,
            ChangeSet.created_at > moment - KEPT,
        )
    )
    named |= {before["path"] for before in await session.scalars(removed) if before}
    await anyio.to_thread.run_sync(ATTACHMENTS.delete, *(old - named))
    return len(old - named)


def _display_name(filename: str, suffix: str) -> str:
    """Return the name as shown and sent back: without folders and without characters that break a header or a shell."""
    stem = re.split(r"[/\\]", filename)[-1].rpartition(".")[0] or "file"
    plain = "".join(each if each.isalnum() or each in " -_.()" else "_" for each in stem).strip(" .")
    return f"{plain[:120] or 'file'}{suffix}"
