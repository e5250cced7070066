"""Pictures of people: looked at, cut square and written anew as WebP, so that nothing else in the file survives."""

from __future__ import annotations

import io
import os
import re
import secrets
import warnings
from pathlib import Path

import anyio.to_thread

from app.errors import Invalid, NotFound, TooLarge, UnsupportedFile
from app.i18n import _
from app.settings import settings

LARGEST = 5 * 1024 * 1024
SIDE = 256  # pixels
FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 25_000_000
MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
NAME = re.compile(r"[A-Za-z0-9_-]{20,60}\.webp")


def folder() -> Path:
    return settings().uploads / "avatars"


async def keep(content: bytes) -> str:
    """Store the picture; its new, unguessable name."""
    if len(content) > LARGEST:
        raise TooLarge(_("A picture may have 5 MB at most."), field="file")
    if not content.startswith(MAGIC):
        raise UnsupportedFile(_("Choose a JPEG, PNG or WebP picture."), field="file")
    return await anyio.to_thread.run_sync(_write, content)


def _write(content: bytes) -> str:
    from PIL import Image, ImageOps

    square = io.BytesIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise Invalid(_("This picture has too many pixels."), field="file")
                picture.draft("RGB", (SIDE * 2, SIDE * 2))
                upright = ImageOps.exif_transpose(picture).convert("RGBA")
                ImageOps.fit(upright, (SIDE, SIDE)).save(square, "WEBP", quality=85)
    except Invalid:
        raise
    except Exception:  # Pillow raises many kinds for broken files
        raise UnsupportedFile(_("This picture cannot be read. Choose another one."), field="file") from None
    name = f"{secrets.token_urlsafe(24)}.webp"
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(folder() / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(square.getvalue())
    return name


async def read(name: str) -> bytes:
    """The WebP file of this name."""
    if not NAME.fullmatch(name):
        raise NotFound(_("There is nothing at this address."))
    try:
        return await anyio.to_thread.run_sync((folder() / name).read_bytes)
    except FileNotFoundError:
        raise NotFound(_("There is nothing at this address.")) from None


def drop(name: str | None) -> None:
    """Delete a picture that nobody wears any more."""
    if name and NAME.fullmatch(name):
        (folder() / name).unlink(missing_ok=True)
