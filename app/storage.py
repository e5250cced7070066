"""Files of users: attachments, avatars and import files, each kind in a folder of its own.

Names are random, so that nobody guesses one. Files have mode 0600 in folders of mode 0700 from the moment they are
created, and lie outside the served static folder.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.settings import make_private_folder, settings

NAME = re.compile(r"[A-Za-z0-9_-]{20,60}(?:\.[a-z]{1,8})?")
BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that was written: its name in the store, its size in bytes and its SHA-256 in hexadecimal."""

    name: str
    size: int
    sha256: str


class StoredFileTooLarge(ValueError):
    """The content is longer than its caller allows. Nothing is kept."""


class FileStore:
    """One folder of uploaded files."""

    def __init__(self, folder_name: str) -> None:
        self._folder_name = folder_name

    @property
    def folder(self) -> Path:
        return settings().uploads / self._folder_name

    def write(self, content: bytes, suffix: str = "") -> StoredFile:
        """Store the bytes under a new random name that ends in ``suffix``, such as ``.pdf``."""
        return self._write((content,), suffix, len(content))

    def copy(self, source: BinaryIO, max_bytes: int, suffix: str = "") -> StoredFile:
        """Store a stream, block by block. Raises ``StoredFileTooLarge`` as soon as it exceeds ``max_bytes``."""
        return self._write(iter(lambda: source.read(BLOCK_BYTES), b""), suffix, max_bytes)

    def _write(self, blocks: Iterable[bytes], suffix: str, max_bytes: int) -> StoredFile:
        make_private_folder(self.folder)
        name, digest, size = f"{secrets.token_urlsafe(24)}{suffix}", hashlib.sha256(), 0
        path = self.folder / name
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                for block in blocks:
                    size += len(block)
                    if size > max_bytes:
                        raise StoredFileTooLarge
                    digest.update(block)
                    file.write(block)
        except BaseException:  # too large, or the disk is full
            path.unlink(missing_ok=True)
            raise
        return StoredFile(name, size, digest.hexdigest())

    def path(self, name: str | None) -> Path:
        """Return the path of a stored file. Raises ``FileNotFoundError`` for a name that this store never makes."""
        if not name or not NAME.fullmatch(name):
            raise FileNotFoundError(name)
        return self.folder / name

    def open(self, name: str | None) -> BinaryIO:
        """Open a stored file for reading. Raises ``FileNotFoundError``."""
        return self.path(name).open("rb")

    def read(self, name: str | None) -> bytes:
        """Return a stored file's content. Raises ``FileNotFoundError``."""
        return self.path(name).read_bytes()

    def size(self, name: str | None) -> int:
        """Return a stored file's size in bytes, 0 if it does not exist."""
        try:
            return self.path(name).stat().st_size
        except FileNotFoundError:
            return 0

    def delete(self, *names: str | None) -> None:
        """Delete stored files; names that do not exist are ignored."""
        for name in names:
            if name and NAME.fullmatch(name):
                (self.folder / name).unlink(missing_ok=True)

    def find_older_than(self, timestamp: float) -> set[str]:
        """Return the names of files that were last written before a moment, in seconds since the epoch."""
        return {each.name for each in self._entries() if each.stat().st_mtime < timestamp}

    def _entries(self) -> Iterator[os.DirEntry[str]]:
        if self.folder.is_dir():
            with os.scandir(self.folder) as entries:
                yield from (each for each in entries if NAME.fullmatch(each.name))


ATTACHMENTS = FileStore("attachments")
AVATARS = FileStore("avatars")
IMPORTS = FileStore("imports")
