"""Pictures are painted anew: where they were taken, and what hides in them, is gone."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image, PngImagePlugin

from app.errors import SaldoError
from app.services import avatars
from app.services.attachments import _cleaned

SECRET = b"52.5200 N 13.4050 E"


def photo(format_, size=(40, 30)):
    """A picture that tells where it was taken, in every way its format knows."""
    picture = Image.new("RGB", size, (200, 30, 30))
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()  # description
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)}  # GPS
    more = {"exif": exif}
    if format_ == "PNG":
        more["pnginfo"] = PngImagePlugin.PngInfo()
        more["pnginfo"].add_text("Comment", SECRET.decode())
    elif format_ == "JPEG":
        more["comment"] = SECRET
    elif format_ == "WEBP":
        more["xmp"] = b"<x>" + SECRET + b"</x>"
    stored = io.BytesIO()
    picture.save(stored, format_, **more)
    return stored.getvalue()


def told(content):
    with Image.open(io.BytesIO(content)) as picture:
        return dict(picture.getexif()), {key for key in picture.info if key in ("exif", "comment", "Comment", "xmp")}


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_an_attachment_loses_what_it_tells_besides_its_pixels(format_):
    content = photo(format_)
    assert SECRET in content
    kept, _ending, _type = _cleaned(content)
    assert SECRET not in kept
    assert told(kept) == ({}, set())


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_a_portrait_loses_what_it_tells_besides_its_pixels(format_, run):
    name = run(avatars.keep, photo(format_))
    kept = run(avatars.read, name)
    assert SECRET not in kept
    assert told(kept) == ({}, set())


def bomb():
    """A PNG that says it is 60,000 × 60,000 in a few bytes."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 9999)) + chunk(b"IEND", b"")
    )


HOSTILE = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "html": b"<html><script>alert(1)</script>",
    "html after the mark of a PNG": b"\x89PNG\r\n\x1a\n<script>alert(1)</script>",
    "html after the mark of a JPEG": b"\xff\xd8\xff<script>alert(1)</script>",
    "sound in a RIFF": b"RIFF\x24\0\0\0WAVEfmt ",
    "bomb": bomb(),
    "gif": b"GIF89a\x01\0\x01\0\0\0\0;",
    "nothing": b"",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_picture_is_refused(content, run):
    with pytest.raises(SaldoError):
        _cleaned(content)
    with pytest.raises(SaldoError):
        run(avatars.keep, content)


def test_a_script_behind_a_picture_does_not_survive():
    kept, _ending, _type = _cleaned(photo("PNG") + b"<script>alert(1)</script>")
    assert b"<script" not in kept
