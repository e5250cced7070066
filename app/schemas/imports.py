"""Input and output of imports."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.i18n import _
from app.schemas.currencies import Day
from app.schemas.text import Line
from app.schemas.transactions import Amount, Code

MAX_LINES = 200_000
Id = Annotated[int, Field(ge=1, lt=2**63)]
Unsure = Literal["ask", "keep", "skip"]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LineIn(Strict):
    """One statement line. ``amount`` is signed, outflow negative, in ``currency`` or the account's."""

    booked_on: Day
    payee: Annotated[str, Line(1000)] = ""
    amount: Amount
    currency: Code | None = None
    memo: Annotated[str, Line(1000)] = ""
    category: Annotated[str, Line(120)] | None = None
    external_id: Annotated[str, Line(120)] | None = None


class LinesIn(Strict):
    account: Id | None = None
    transactions: Annotated[list[LineIn], Field(min_length=1, max_length=MAX_LINES)]


def _json(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not value.strip():
        return None
    try:
        return json.loads(value)
    except ValueError:
        raise ValueError(_("The mapping must be a JSON object.")) from None


def _blank(value: Any) -> Any:
    return None if value == "" else value


class FileIn(Strict):
    """The fields beside an uploaded file."""

    account: Annotated[Id | None, BeforeValidator(_blank)] = None
    mapping: Annotated[dict[str, Any] | None, BeforeValidator(_json)] = None


class DecideIn(Strict):
    """Decisions on unsure lines, by line number."""

    rows: Annotated[dict[Annotated[str, Field(pattern=r"^[0-9]{1,9}$")], Literal["book", "skip"]], Field(min_length=1)]


class UndoIn(Strict):
    """``even_edited`` also removes transactions that were edited since the import."""

    even_edited: bool = False


class ParsedOut(BaseModel):
    booked_on: str
    payee: str
    amount: str
    currency: str
    memo: str
    category: str
    external_id: str


class RowOut(BaseModel):
    line: int
    outcome: Literal["created", "duplicate", "unsure", "failed"]
    reason: str
    parsed: ParsedOut | None
    transaction: int | None


class ExampleOut(BaseModel):
    payee: str
    amount: str
    currency: str


class QuestionOut(BaseModel):
    """An open question about the file. The answer goes to the mapping's ``field``, or to ``account``."""

    field: str
    choices: list[str]
    sample: str
    examples: list[ExampleOut] = []


class ReportOut(BaseModel):
    """The outcome of each line. ``transaction`` is the new one, or the one that the line duplicates."""

    batch: int | None
    created: int
    duplicates: int
    unsure: int
    failed: int
    questions: list[QuestionOut] = []
    warnings: list[str] = []
    rows: list[RowOut]


class AccountRef(BaseModel):
    id: int
    name: str


class BatchOut(BaseModel):
    """An import. ``progress`` is a percentage."""

    id: int
    account: AccountRef
    source: str
    filename: str
    status: Literal["draft", "running", "done", "failed", "undone"]
    progress: int
    rows: int
    created: int
    duplicates: int
    unsure: int
    failed: int
    problem: str
    created_at: dt.datetime
    finished_at: dt.datetime | None
    undone_at: dt.datetime | None
