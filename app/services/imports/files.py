"""Files that are being imported, kept until their import is done, with the progress of large ones."""

from __future__ import annotations

import time
from pathlib import Path
from typing import BinaryIO

from app.domain.statement.lines import MAX_BYTES
from app.errors import NotFound, TooLarge
from app.i18n import _
from app.storage import IMPORTS, StoredFileTooLarge

PROGRESS_SUFFIX = ".lines"
ABANDONED_SECONDS = 24 * 3600  # age at which a file that no draft or running import names is deleted


def folder() -> Path:
    return IMPORTS.folder


def store(source: BinaryIO) -> tuple[str, str]:
    """Store a file. Return its random name and SHA-256."""
    try:
        stored = IMPORTS.copy(source, MAX_BYTES)
    except StoredFileTooLarge:
        raise file_too_large() from None
    return stored.name, stored.sha256


def file_too_large() -> TooLarge:
    return TooLarge(_("This file is larger than {n} MB. Export a shorter period.", n=MAX_BYTES >> 20), field="file")


def open_stored(name: str | None) -> BinaryIO:
    """Open a stored file for reading."""
    try:
        return IMPORTS.open(name)
    except FileNotFoundError:
        raise NotFound(_("The file of this import is not kept any more. Upload it again.")) from None


def write_progress(name: str | None, lines: int) -> None:
    """Record beside the file how many lines are imported: the import's transaction is not visible yet."""
    if name:
        IMPORTS.path(f"{name}{PROGRESS_SUFFIX}").write_text(str(lines))


def read_progress(name: str | None) -> int:
    """Return the number of lines recorded last."""
    try:
        return int(IMPORTS.path(f"{name}{PROGRESS_SUFFIX}").read_text() or 0)
    except (FileNotFoundError, ValueError):
        return 0


def delete(name: str | None) -> None:
    if name:
        IMPORTS.delete(name, f"{name}{PROGRESS_SUFFIX}")


def delete_abandoned(in_use: set[str]) -> int:
    """Delete abandoned files. Return how many there were."""
    old = IMPORTS.find_older_than(time.time() - ABANDONED_SECONDS)
    abandoned = {name for name in old if name.removesuffix(PROGRESS_SUFFIX) not in in_use}
    IMPORTS.delete(*abandoned)
    return len(abandoned)
