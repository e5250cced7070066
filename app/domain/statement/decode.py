"""Detect the encoding of a file, and refuse files that are not text."""

from __future__ import annotations

import codecs
import io
import re
from typing import BinaryIO

from app.errors import Invalid, UnsupportedFile
from app.i18n import _

CHUNK_BYTES = 1 << 20
HEAD_BYTES = 1 << 16
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
DOS_LETTER = re.compile(rb"(?<=[A-Za-z])[\x81\x82\x84\x85\x87\x88\x8a\x94\xa0-\xa4](?=[A-Za-z])")
LATIN_LETTER = re.compile(rb"[\xc0-\xff]")
EURO_15 = re.compile(rb"\xa4(?=\s?\d)|(?<=\d)\s?\xa4|(?<=[;,\t\"])\xa4(?=[;,\t\"\r\n])")
NOT_LATIN = re.compile(r"[\u0370-\u06ff]")
ALSO_TRIED = ("cp1251", "koi8_r", "iso8859_5", "cp1256", "iso8859_6", "cp1253", "iso8859_7", "cp1255")


def _mixed(error: UnicodeError) -> tuple[str, int]:
    """Decode bytes that are not UTF-8 in a UTF-8 file with the encoding they most often come from."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("mixed", _mixed)


def refuse_other_formats(head: bytes) -> None:
    """Raise ``UnsupportedFile`` with advice for files that are not CSV. ``head`` is the first kilobytes."""
    if not head:
        raise UnsupportedFile(_("This file is empty. Download the statement from your bank again."), field="file")
    name = _known_format(head)
    if name:
        raise UnsupportedFile(
            _("This is {format}, not a CSV file. Export the statement as CSV and import that.", format=name),
            field="file",
        )


def _known_format(head: bytes) -> str | None:
    kinds: tuple[tuple[bytes, str], ...] = (
        (b"PK\x03\x04", _("an Excel workbook or another zipped file")),
        (b"\xd0\xcf\x11\xe0", _("an old Excel workbook (XLS)")),
        (b"%PDF", _("a PDF document")),
        (b"\x89PNG", _("a picture")),
        (b"\xff\xd8\xff", _("a picture")),
        (b"GIF8", _("a picture")),
        (b"\x1f\x8b", _("a compressed file")),
        (b"SQLite format 3", _("a database")),
        (b"{\\rtf", _("a text document (RTF)")),
    )
    for magic, name in kinds:
        if head.startswith(magic):
            return name
    start = head[:400].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table")):
        return _("a web page")
    if start.startswith((b"ofxheader", b"<?ofx", b"<ofx")):
        return _("an OFX file")
    if start.startswith(b"<?xml"):
        return _("an XML file")
    if start.startswith((b"!type:", b"!account")):
        return _("a QIF file")
    if start.startswith((b'{"', b'[{"', b"{\n", b"{\r\n")):
        return _("a JSON file")
    return None


def known_encoding(name: str) -> str:
    """Return the encoding's usual name. Raises ``Invalid`` at ``encoding``."""
    try:
        found = codecs.lookup(name)
        if len(name) > MAX_ENCODING_NAME or not getattr(found, "_is_text_encoding", True) or name.lower() in REFUSED:
            raise LookupError(name)
        "12,5 é".encode(found.name, "replace").decode(found.name)
    except (LookupError, ValueError, UnicodeError) as error:
        raise Invalid(
            _("“{name}” is not an encoding. Try utf-8, cp1252 or utf-16.", name=name[:20]), field="encoding"
        ) from error
    return str(found.name)


MAX_ENCODING_NAME = 24
REFUSED = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "utf-7", "utf_7", "mbcs"})


def guess(stream: BinaryIO) -> tuple[str, bool]:
    """Return the encoding of a seekable file, and whether some bytes are in another one."""
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    refuse_other_formats(head)
    for bom, name in BOMS:
        if head.startswith(bom):
            return name, name == "utf-8-sig" and not _is_utf8(stream)[0]
    wide = _wide(head)
    if wide:
        return wide, False
    if len(CONTROL.findall(head)) * 50 > len(head):
        raise UnsupportedFile(_("This is not a text file. Export the statement as CSV and import that."), field="file")
    whole, valid, invalid, sample = _is_utf8(stream)
    if whole:
        return "utf-8", False
    if valid >= invalid:
        return "utf-8", True
    return _single_byte(sample), False


def _wide(head: bytes) -> str | None:
    """UTF-16 without its mark shows as a zero in every second byte."""
    even, odd = head[0:2000:2], head[1:2000:2]
    if odd and odd.count(0) * 10 >= len(odd) * 7 and even.count(0) * 10 < len(even):
        return "utf-16-le"
    if even and even.count(0) * 10 >= len(even) * 7 and odd.count(0) * 10 < len(odd):
        return "utf-16-be"
    return None


def _is_utf8(stream: BinaryIO) -> tuple[bool, int, int, bytes]:
    """Whether all of it is UTF-8; the characters that are and are not; and the first lines that are not."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    stream.seek(0)
    try:
        while chunk := stream.read(CHUNK_BYTES):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        pass
    else:
        return True, 0, 0, b""
    stream.seek(0)
    valid = invalid = 0
    sample = bytearray()
    while lines := stream.readlines(CHUNK_BYTES):
        for line in lines:
            if line.isascii():
                continue
            for run in re.findall(rb"[\x80-\xff]+", line):
                try:
                    run.decode("utf-8")
                    valid += 1
                except UnicodeDecodeError:
                    invalid += 1
            if len(sample) < HEAD_BYTES:
                sample += line[:2000]
    return False, valid, invalid, bytes(sample)


#: Encodings of scripts with more than 256 letters, each with words that statements in it hold.
EAST_ASIAN = {
    "cp932": ("日付", "年月日", "金額", "残高", "お引出", "お預入", "摘要", "内容", "取引", "利用", "ｶ", "の"),
    "euc_jp": ("日付", "年月日", "金額", "残高", "お引出", "お預入", "摘要", "内容", "取引", "利用", "の", "ご"),
    "gb18030": ("交易", "金额", "时间", "日期", "余额", "账户", "摘要", "收入", "支出", "类型", "对方", "的", "元"),
    "big5hkscs": ("交易", "金額", "時間", "日期", "餘額", "帳戶", "摘要", "存入", "支出", "提款", "說明"),
    "cp949": ("거래", "금액", "일자", "일시", "잔액", "적요", "입금", "출금", "내용"),
}  # fmt: skip


def _east_asian(sample: bytes) -> str | None:
    """Return the East Asian encoding in which the most words of statements are found, or None."""
    best, most = None, 1
    for name, words in EAST_ASIAN.items():
        try:
            text = sample.decode(name)
        except UnicodeDecodeError as error:
            if error.start < len(sample) - 3:  # the sample may end within a letter
                continue
            text = sample[: error.start].decode(name)
        count = sum(len(word) * (word in text) for word in words)
        if count > most:
            best, most = name, count
    return best


def _single_byte(sample: bytes) -> str:
    if wide := _east_asian(sample):
        return wide
    latin, dos = len(LATIN_LETTER.findall(sample)), len(DOS_LETTER.findall(sample))
    letters = len(re.findall(rb"[A-Za-z]", sample))
    if latin * 2 > letters:  # mostly letters beyond ASCII: not a western text
        from charset_normalizer import from_bytes

        best = from_bytes(sample, cp_isolation=list(ALSO_TRIED)).best()
        if best and NOT_LATIN.search(str(best)):
            return codecs.lookup(best.encoding).name
    if dos > latin:
        return "cp850"
    return "iso8859-15" if EURO_15.search(sample) else "cp1252"


def text_of(stream: BinaryIO, encoding: str) -> io.TextIOWrapper:
    """Return the file as text from its start, with its line ends. Decoding never fails."""
    stream.seek(0)
    if encoding == "utf-8":
        encoding = "utf-8-sig"  # its mark may stand before a quote, whatever a mapping says
    errors = "mixed" if encoding == "utf-8-sig" else "replace"
    return io.TextIOWrapper(_Kept(stream), encoding=encoding, errors=errors, newline="")  # type: ignore[arg-type]


class _Kept(io.BufferedIOBase):
    """A view on a stream which does not close it when the text wrapper is thrown away."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        return self._stream.read(-1 if size is None else size)

    def read1(self, size: int = -1, /) -> bytes:
        return self._stream.read(size if size > 0 else HEAD_BYTES)
