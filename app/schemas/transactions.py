"""Input and output of transactions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, model_validator

from app.i18n import _
from app.models import Status
from app.schemas.text import Line, Note, tidy


def as_text(value: Any) -> Any:
    """Return a JSON number as its text, because money is never read as a float."""
    if isinstance(value, bool):
        raise ValueError(_("Enter an amount, for example 12.50."))
    if isinstance(value, int):
        return str(value) if abs(value) < 10**30 else "9" * 31
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}" if value == value and abs(value) < 1e30 else "?"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.strip() if isinstance(value, str) else value


def _reference(value: Any) -> Any:
    """An id as a number, a name as text."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63:
        return value
    if not isinstance(value, str):
        raise ValueError(_("Use a number for an ID or text for a name."))
    name = tidy(value)
    if len(name) > 120:
        raise ValueError(_("This is too long. Use at most {max_length} characters.", max_length=120))
    return name


Amount = Annotated[str, BeforeValidator(as_text), Field(min_length=1, max_length=40)]
Code = Annotated[str, Field(min_length=1, max_length=12)]
Id = Annotated[int, Field(ge=1, lt=2**63)]
Reference = Annotated[int | str, PlainValidator(_reference, json_schema_input_type=int | str)]
Tags = Annotated[list[Annotated[str, Line(40, least=1)]], Field(max_length=20)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SplitIn(Strict):
    """Part of a transaction, signed like it."""

    category: Id | None = None
    amount: Amount
    memo: Annotated[str, Line(300)] = ""


class TransactionIn(Strict):
    """A new transaction. ``amount`` is signed, in ``currency`` or the account's."""

    account: Id | None = None
    booked_on: date | None = None
    payee: Reference = ""
    amount: Amount
    currency: Code | None = None
    category: Id | None = None
    memo: Annotated[str, Note(2000)] = ""
    tags: Tags = []
    splits: Annotated[list[SplitIn], Field(max_length=50)] = []
    status: Literal[Status.PENDING, Status.CLEARED] = Status.CLEARED


class TransactionPatch(Strict):
    """Changed fields. ``version`` is the version the change is based on, to detect conflicts."""

    version: int | None = None
    account: Id | None = None
    booked_on: date | None = None
    payee: Reference | None = None
    amount: Amount | None = None
    currency: Code | None = None
    category: Id | None = None
    memo: Annotated[str, Note(2000)] | None = None
    tags: Tags | None = None
    splits: Annotated[list[SplitIn], Field(max_length=50)] | None = None
    status: Status | None = None

    @model_validator(mode="after")
    def _no_nulls(self) -> TransactionPatch:
        for name in ("account", "booked_on", "amount", "status"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(_("{field} can’t be empty.", field=name))
        return self


class Named(BaseModel):
    id: int
    name: str


class SplitOut(BaseModel):
    id: int
    category: Named | None
    amount: str
    memo: str


class OriginalOut(BaseModel):
    """The amount before conversion."""

    amount: str
    currency: str
    rate: str | None
    source: str | None


class TransactionOut(BaseModel):
    id: int
    account: Named
    booked_on: date
    payee: Named | None
    amount: str
    currency: str
    category: Named | None
    memo: str
    splits: list[SplitOut]
    tags: list[str]
    status: Status
    transfer: int | None
    import_batch: int | None
    version: int
    statement_text: str
    original: OriginalOut | None
    categorised_by: str | None
    reason: str | None
