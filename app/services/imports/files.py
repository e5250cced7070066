"""Files that are being brought in: kept under a random name until their import is done."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import time
from pathlib import Path
from typing import BinaryIO

from app.domain.statement.lines import MAX_BYTES
from app.errors import NotFound, TooLarge
from app.i18n import _
from app.settings import settings

BLOCK = 1 << 20
TOLD = ".lines"
KEPT = 24 * 3600  # seconds; older files without an import of theirs are abandoned drafts


def folder() -> Path:
    return settings().uploads / "imports"


def keep(source: BinaryIO) -> tuple[str, str]:
    """Copy a file to the uploads, readable by us alone: its random name and SHA-256."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    name, digest, size = secrets.token_urlsafe(18), hashlib.sha256(), 0
    handle = os.open(folder() / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            while block := source.read(BLOCK):
                size += len(block)
                if size > MAX_BYTES:
                    raise too_large()
                digest.update(block)
                file.write(block)
    except BaseException:
        drop(name)
        raise
    return name, digest.hexdigest()


def too_large() -> TooLarge:
    return TooLarge(_("This file is larger than {n} MB. Export a shorter period.", n=MAX_BYTES >> 20), field="file")


def opened(name: str | None) -> BinaryIO:
    """The kept file for reading."""
    try:
        return (folder() / (name or "-")).open("rb")
    except FileNotFoundError:
        raise NotFound(_("The file of this import is not kept any more. Upload it again.")) from None


def tell(name: str | None, lines: int) -> None:
    """Note beside a file how many of its lines are in. The import's own transaction shows nothing before its end."""
    if name:
        (folder() / f"{name}{TOLD}").write_text(str(lines))


def told(name: str | None) -> int:
    """What was noted last."""
    try:
        return int((folder() / f"{name}{TOLD}").read_text() or 0)
    except (FileNotFoundError, ValueError):
        return 0


def drop(name: str | None) -> None:
    if name:
        for each in (name, f"{name}{TOLD}"):
            with contextlib.suppress(FileNotFoundError):
                (folder() / each).unlink()


def sweep(in_use: set[str]) -> int:
    """Remove files that no draft or running import names and that are a day old; how many they were."""
    gone = 0
    for file in folder().glob("*") if folder().is_dir() else ():
        with contextlib.suppress(FileNotFoundError):
            if file.name.removesuffix(TOLD) not in in_use and file.stat().st_mtime < time.time() - KEPT:
                file.unlink()
                gone += 1
    return gone
