"""Input of text: stripped, normalized, without control characters, of limited length."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from app.i18n import _

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
BREAK = re.compile(r"[\t\n\r\u2028\u2029]")


def tidy(value: Any, *, breaks: bool = False) -> Any:
    """Normalize a text. Raises ``ValueError`` for characters that cannot be stored."""
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n") if breaks else BREAK.sub(" ", value)
    if CONTROL.search(text):
        raise ValueError(_("This contains characters that can’t be stored. Type it again."))
    return unicodedata.normalize("NFC", text).strip()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text: ``name: Annotated[str, Line(80, least=1)]``."""

    longest: int
    least: int = 0
    breaks: bool = False

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.str_schema(min_length=self.least, max_length=self.longest)
        return core_schema.no_info_before_validator_function(lambda value: tidy(value, breaks=self.breaks), text)

    def __or__(self, other: Any) -> Any:
        return Annotated[str, self] | other


def Note(longest: int) -> Line:
    """Text that may have several lines: ``memo: Annotated[str, Note(2000)]``."""
    return Line(longest, breaks=True)
