"""Texts that come in: stripped, in one Unicode form, without control characters, of bounded length."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Any

from pydantic import BeforeValidator, StringConstraints

from app.i18n import _

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
BREAK = re.compile(r"[\t\n\r\u2028\u2029]")


def tidy(value: Any, *, breaks: bool = False) -> Any:
    """The text as it is kept; refuses what no database or page should ever hold."""
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n") if breaks else BREAK.sub(" ", value)
    if CONTROL.search(text):
        raise ValueError(_("This has characters that cannot be kept. Type it again."))
    return unicodedata.normalize("NFC", text).strip()


def _note(value: Any) -> Any:
    return tidy(value, breaks=True)


def Line(longest: int, *, least: int = 0) -> Any:
    """One line of text: ``name: Line(80, least=1)``."""
    return Annotated[str, StringConstraints(min_length=least, max_length=longest), BeforeValidator(tidy)]


def Note(longest: int) -> Any:
    """Text that may have several lines."""
    return Annotated[str, StringConstraints(max_length=longest), BeforeValidator(_note)]
