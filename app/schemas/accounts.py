"""Input and output of accounts."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from app.i18n import _
from app.models import AccountKind
from app.schemas.currencies import CurrencyCode, Day
from app.schemas.text import Line

Name = Annotated[str, Line(80, least=1)]


def _figure(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise ValueError(_("Enter an amount, for example 12.50."))
    return str(value).strip() or "0"


Figure = Annotated[str, BeforeValidator(_figure)]


class AccountIn(BaseModel):
    """A new account; ``opening_balance`` is signed, a debt is negative."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    kind: AccountKind
    currency: CurrencyCode
    opening_balance: Figure = "0"
    is_default: bool = False


class AccountPatch(BaseModel):
    """Changed fields of an account."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    kind: AccountKind | None = None
    currency: CurrencyCode | None = None
    opening_balance: Figure | None = None
    is_default: bool | None = None
    archived: bool | None = None


class AccountOut(BaseModel):
    id: int
    name: str
    kind: AccountKind
    currency: str
    opening_balance: str
    balance: str
    is_default: bool
    archived: bool


class StatementIn(BaseModel):
    """End date and closing balance of a bank statement, as typed."""

    until: Day
    balance: Annotated[str, Line(40, least=1)]
