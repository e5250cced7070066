"""Files kept with transactions: looked at, pictures written anew, stored under names that nobody can guess."""

from __future__ import annotations

import hashlib
import io
import os
import re
import secrets
import warnings
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.to_thread
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import Conflict, NotFound, TooLarge, UnsupportedFile
from app.i18n import _
from app.models import Attachment, Change, ChangeAction, ChangeSet
from app.models.repository import BookRepository
from app.services.base import Service
from app.settings import settings

if TYPE_CHECKING:
    pass

LARGEST = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
MOST = 20  # of one transaction
KEPT = timedelta(days=30)  # how long the bytes of a file stay after it was taken off, so that this can be undone
NAME = re.compile(r"[A-Za-z0-9_-]{20,60}\.(?:jpg|png|webp|pdf)")
#: First bytes, Pillow's name, ending, media type.
KINDS = (
    (b"\xff\xd8\xff", "JPEG", "jpg", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "PNG", "png", "image/png"),
    (b"RIFF", "WEBP", "webp", "image/webp"),
    (b"%PDF-", "", "pdf", "application/pdf"),
)


class AttachmentRepository(BookRepository[Attachment]):
    model_type = Attachment

    @property
    def missing(self) -> str:  # type: ignore[override]
        return _("That file does not exist.")


class AttachmentService(Service):
    """The files of one book."""

    @cached_property
    def repository(self) -> AttachmentRepository:
        return AttachmentRepository(self.session, self.member.book.id)

    async def of(self, transaction_id: int) -> list[Attachment]:
        own = select(Attachment).where(
            Attachment.transaction_id == transaction_id, Attachment.book_id == self.member.book.id
        )
        return list(await self.session.scalars(own.order_by(Attachment.id)))

    async def add(self, transaction_id: int, filename: str, content: bytes) -> Attachment:
        """Keep a file with a transaction. What it is, its first bytes say; its name is only shown."""
        row = await self.services.transactions.get(transaction_id)
        if len(await self.of(row.id)) >= MOST:
            raise Conflict(_("An entry keeps at most {n} files.", n=MOST), field="file")
        kept, ending, media_type = await anyio.to_thread.run_sync(_cleaned, content)
        name = f"{secrets.token_urlsafe(24)}.{ending}"
        await anyio.to_thread.run_sync(_write, name, kept)
        found = Attachment(
            book_id=self.member.book.id,
            transaction_id=row.id,
            filename=_shown(filename, ending),
            media_type=media_type,
            size=len(kept),
            sha256=hashlib.sha256(kept).hexdigest(),
            path=name,
            created_by_id=self.member.user.id,
        )
        self.session.add(found)
        await self.session.flush()
        self.services.journal.note(_("Attached {name}", name=found.filename))
        return found

    async def read(self, attachment_id: int) -> tuple[Attachment, bytes]:
        """A file of this book with its bytes."""
        row = await self.repository.own(attachment_id)
        if not NAME.fullmatch(row.path):
            raise NotFound(_("That file does not exist."))
        try:
            return row, await anyio.to_thread.run_sync((folder() / row.path).read_bytes)
        except FileNotFoundError:
            raise NotFound(_("That file is not on this server any more.")) from None

    async def delete(self, attachment_id: int) -> int:
        """Take a file off its transaction, whose id is given back. Its bytes stay for as long as this can be undone."""
        row = await self.repository.own(attachment_id)
        await self.session.delete(row)
        await self.session.flush()
        self.services.journal.note(_("Removed {name}", name=row.filename))
        return row.transaction_id


async def sweep(session: AsyncSession, moment: datetime) -> int:
    """Delete the bytes that no entry names any more and no undo may bring back; how many files there were.

    Files younger than ``KEPT`` are left alone, so one that is just being attached is safe.
    """
    old = await anyio.to_thread.run_sync(_older_than, (moment - KEPT).timestamp())
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
    useless = old - named
    await anyio.to_thread.run_sync(_remove, useless)
    return len(useless)


def _older_than(moment: float) -> set[str]:
    if not folder().is_dir():
        return set()
    with os.scandir(folder()) as found:
        return {each.name for each in found if NAME.fullmatch(each.name) and each.stat().st_mtime < moment}


def _remove(names: set[str]) -> None:
    for name in names:
        (folder() / name).unlink(missing_ok=True)


def folder() -> Path:
    return settings().uploads / "attachments"


def _cleaned(content: bytes) -> tuple[bytes, str, str]:
    """The file as it is kept, its ending and its media type: pictures lose everything but their pixels."""
    if len(content) > LARGEST:
        raise TooLarge(_("A file may have 10 MB at most."), field="file")
    for magic, format_, ending, media_type in KINDS:
        if content.startswith(magic) and (format_ != "WEBP" or content[8:12] == b"WEBP"):
            return (_repainted(content, format_) if format_ else content), ending, media_type
    raise UnsupportedFile(_("Choose a JPEG, PNG or WebP picture, or a PDF."), field="file")


def _repainted(content: bytes, format_: str) -> bytes:
    from PIL import Image, ImageOps

    painted = io.BytesIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=(format_,)) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise TooLarge(_("This picture has too many pixels."), field="file")
                upright = ImageOps.exif_transpose(picture)
                upright = upright.convert(
                    "RGB" if format_ == "JPEG" or upright.mode in ("RGB", "L", "CMYK") else "RGBA"
                )
                clean = Image.new(upright.mode, upright.size)
                clean.paste(upright)
                clean.save(painted, format_, quality=88)
    except TooLarge:
        raise
    except Exception:  # Pillow raises many kinds for broken files
        raise UnsupportedFile(_("This picture cannot be read. Choose another one."), field="file") from None
    return painted.getvalue()


def _write(name: str, content: bytes) -> None:
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(folder() / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
    except OSError:  # the disk is full
        (folder() / name).unlink()
        raise


def _shown(filename: str, ending: str) -> str:
    """The name as it is shown and given back: no folders, no marks that a header or a shell could trip over."""
    stem = re.split(r"[/\\]", filename)[-1].rpartition(".")[0] or "file"
    plain = "".join(each if each.isalnum() or each in " -_.()" else "_" for each in stem).strip(" .")
    return f"{plain[:120] or 'file'}.{ending}"
