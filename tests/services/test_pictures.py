"""Uploaded pictures keep nothing but their pixels, and decoding them needs a bounded amount of memory."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from app.errors import SaldoError, TooLarge
from app.services import avatars
from app.services.attachments import prepare
from tests.support.cases import each_case

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
def test_an_attachment_loses_what_it_tells_besides_its_pixels(format_, run):
    content = photo(format_)
    assert SECRET in content
    kept = run(prepare, "me", content).content
    assert SECRET not in kept
    assert told(kept) == ({}, set())


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_a_portrait_loses_what_it_tells_besides_its_pixels(format_, run, alice):
    name = run(avatars.replace, alice.user_id, photo(format_))
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


@each_case("content", HOSTILE.values())
def test_what_is_no_picture_is_refused(content, run, alice):
    with pytest.raises(SaldoError):
        run(prepare, "me", content)
    with pytest.raises(SaldoError):
        run(avatars.replace, alice.user_id, content)


def test_a_script_behind_a_picture_does_not_survive(run):
    assert b"<script" not in run(prepare, "me", photo("PNG") + b"<script>alert(1)</script>").content


def test_more_than_25_megapixels_are_refused_before_they_are_decoded(run):
    with pytest.raises(TooLarge):
        run(prepare, "me", photo("PNG", (5001, 5000)))


PEAK = """
import asyncio, io, resource, sys, threading
from PIL import Image
from app.services.attachments import prepare
from app.services.pictures import reencode_square

picture = Image.new("RGB", (int(sys.argv[2]), 4000), (200, 30, 30))
exif = Image.Exif()
exif[0x0112] = 6  # turned by 90°, which needs a second copy
stored = io.BytesIO()
picture.save(stored, sys.argv[1], exif=exif, lossless=True)
content = stored.getvalue()
del picture, stored

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() >> 20

peak, done, before = 0, threading.Event(), resident()
def watch():
    global peak
    while not done.wait(0.005):
        peak = max(peak, resident())
threading.Thread(target=watch, daemon=True).start()

async def work():
    await asyncio.gather(prepare("a", content), prepare("b", content), reencode_square(content, 256))
asyncio.run(work())
done.set()
print(peak - before)
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize(("format_", "width"), [("PNG", 6250)])
def test_three_large_pictures_at_once_need_the_memory_of_one(format_, width):
    command = [sys.executable, "-c", PEAK, format_, str(width)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 280  # MiB, above what the picture in the test needs
