"""Re-encode uploaded pictures, so that nothing but their pixels survives: no position, no comment, no hidden file.

Decoding needs up to 100 MB (25 megapixels of 4 bytes), and as much again to turn the picture upright; the decoder of
WebP keeps four copies. So one picture is decoded at a time in each process, and callers must not hold a transaction
while they wait. Measured peaks: 208 MiB for JPEG and PNG, 260 MiB for WebP.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

import anyio.to_thread
from anyio import CapacityLimiter

from app.errors import TooLarge, UnsupportedFile
from app.i18n import _

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_MEGAPIXELS = {"JPEG": 25, "PNG": 25, "WEBP": 12}
QUALITY = 88  # of JPEG and WebP, in percent


@cache
def _limiter() -> CapacityLimiter:
    return CapacityLimiter(1)


def find_format(content: bytes) -> str | None:
    """Return Pillow's name of the picture format that the first bytes show, or None."""
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    return "WEBP" if content.startswith(b"RIFF") and content[8:12] == b"WEBP" else None


async def reencode(content: bytes, format_: str) -> bytes:
    """Return the picture in its own format, upright, without metadata.

    Raises ``TooLarge`` above 25 megapixels (WebP: 12) and ``UnsupportedFile`` if the content is damaged.
    """
    return await anyio.to_thread.run_sync(_convert, content, format_, _upright, format_, limiter=_limiter())


async def reencode_square(content: bytes, side: int) -> bytes:
    """Return the middle of the picture as a WebP square of ``side`` pixels. Raises the same errors as ``reencode``."""

    def square(picture: Image) -> Image:
        from PIL import ImageOps

        picture.draft("RGB", (side * 2, side * 2))  # lets the JPEG decoder skip most of its work
        picture.thumbnail((side * 8, side * 8))
        return ImageOps.fit(_upright(picture).convert("RGBA"), (side, side))

    format_ = find_format(content) or ""
    return await anyio.to_thread.run_sync(_convert, content, format_, square, "WEBP", limiter=_limiter())


def _convert(content: bytes, format_: str, change: Callable[[Image], Image], output_format: str) -> bytes:
    from PIL import Image

    output = io.BytesIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=(format_,)) as picture:
                if picture.width * picture.height > MAX_MEGAPIXELS[format_] * 1_000_000:
                    text = _("Use a picture of at most {n} megapixels.", n=MAX_MEGAPIXELS[format_])
                    raise TooLarge(text, field="file")
                changed = change(picture)
                changed.info.clear()  # comments and colour profiles would be written again
                changed.save(output, output_format, quality=QUALITY)
    except TooLarge:
        raise
    except Exception:  # Pillow raises many kinds for broken files
        raise UnsupportedFile(_("This picture can't be read. Choose another one."), field="file") from None
    return output.getvalue()


def _upright(picture: Image) -> Image:
    """Turn the picture as its camera was held, in a colour mode that every format can store."""
    from PIL import ImageOps

    ImageOps.exif_transpose(picture, in_place=True)
    opaque = picture.format == "JPEG" or picture.mode in ("RGB", "L", "CMYK")
    mode = "RGB" if opaque and "transparency" not in picture.info else "RGBA"
    return picture if picture.mode == mode else picture.convert(mode)
