"""Files that are being imported, kept until their import is done."""

from __future__ import annotations

import time
from pathlib import Path
from typing import BinaryIO

from app.domain.statement.lines import MAX_BYTES
from app.errors import NotFound, TooLarge
from app.i18n import _
from app.storage import IMPORTS, StoredFileTooLarge

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
        raise NotFound(_("The file of this import has been deleted. Upload it again.")) from None


def delete(name: str | None) -> None:
    if name:
        IMPORTS.delete(name)


def delete_abandoned(in_use: set[str]) -> int:
    """Delete abandoned files. Return how many there were."""
    old = IMPORTS.find_older_than(time.time() - ABANDONED_SECONDS)
    abandoned = {name for name in old if name not in in_use}
    IMPORTS.delete(*abandoned)
    return len(abandoned)
