"""Input and output of rules."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from app.domain.rules import Then, When
from app.i18n import _
from app.schemas.text import Line
from app.schemas.transactions import Amount, Id


def _bound(value: Any) -> Any:
    """A magnitude as plain decimal text, or nothing."""
    if value is None or value == "":
        return None
    text = str(value).strip() if isinstance(value, str | int | float | Decimal) and not isinstance(value, bool) else ""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise ValueError(_("Enter an amount, for example 12.50.")) from None
    if not amount.is_finite() or not 0 < amount < 10**13 or len(text) > 30:
        raise ValueError(_("Enter an amount above zero."))
    return f"{amount.normalize():f}"


Bound = Annotated[str | None, BeforeValidator(_bound)]


class Conditions(BaseModel):
    """Conditions of a rule, which must all match; at least one is required."""

    model_config = ConfigDict(extra="forbid")

    payee_contains: Annotated[str, Line(120)] = ""
    text_contains: Annotated[str, Line(120)] = ""
    account: Id | None = None
    min_amount: Bound = None
    max_amount: Bound = None
    kind: Literal["expense", "income"] | None = None

    @model_validator(mode="after")
    def _something(self) -> Conditions:
        if not self.model_dump(exclude_defaults=True):
            raise ValueError(_("Add at least one condition."))
        if self.min_amount and self.max_amount and Decimal(self.min_amount) > Decimal(self.max_amount):
            raise ValueError(_("The minimum is greater than the maximum."))
        return self

    def compiled(self) -> When:
        return When(
            self.payee_contains,
            self.text_contains,
            self.account,
            Decimal(self.min_amount) if self.min_amount else None,
            Decimal(self.max_amount) if self.max_amount else None,
            self.kind,
        )


class Effects(BaseModel):
    """Actions of a rule; at least one is required."""

    model_config = ConfigDict(extra="forbid")

    category: Id | None = None
    transfer: Id | None = None  # the other account
    payee: Annotated[str, Line(120)] = ""
    tags: Annotated[list[Annotated[str, Line(40, least=1)]], Field(max_length=20)] = []

    @model_validator(mode="after")
    def _something(self) -> Effects:
        if not self.model_dump(exclude_defaults=True):
            raise ValueError(_("Add at least one action: category, transfer, payee or tags."))
        if self.category and self.transfer:
            raise ValueError(_("Choose a category or a transfer. Transfers have no category."))
        return self

    def compiled(self, rule_id: int = 0) -> Then:
        return Then(self.category, self.payee, tuple(self.tags), (rule_id,), self.transfer)


class RuleIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    when: Conditions
    then: Effects
    enabled: bool = True


class RulePatch(BaseModel):
    model_config = ConfigDict(extra="forbid")

    when: Conditions | None = None
    then: Effects | None = None
    enabled: bool | None = None
    position: Annotated[int, Field(ge=0, le=10_000)] | None = None


class RuleOut(BaseModel):
    id: int
    position: int
    enabled: bool
    when: dict[str, Any]
    then: dict[str, Any]


class PredictIn(BaseModel):
    """A text to categorize. ``amount`` is signed, outflow negative."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Line(300, least=1)]
    amount: Amount | None = None
