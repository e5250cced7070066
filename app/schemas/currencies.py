"""Input and output of custom rates and conversions."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, model_validator

from app.domain.money import check_currency
from app.i18n import _
from app.schemas.text import Line

MAX_RATE, MIN_RATE = Decimal(10) ** 12, Decimal(10) ** -12


def _code(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return check_currency(value)
    except Exception as error:
        raise ValueError(str(error)) from None


def _figure(value: Any) -> str:
    """A rate as plain decimal text; JSON may also send a number."""
    text = str(value).strip().replace(",", ".") if isinstance(value, str | int | float | Decimal) else ""
    try:
        rate = Decimal(text)
    except InvalidOperation:
        raise ValueError(_("Enter a rate, for example 1.0842.")) from None
    if not rate.is_finite() or not MIN_RATE <= rate <= MAX_RATE or len(text) > 30:
        raise ValueError(_("Enter a rate, for example 1.0842."))
    return f"{rate.normalize():f}"


CurrencyCode = Annotated[str, BeforeValidator(_code)]
RateText = Annotated[str, BeforeValidator(_figure)]


def _after_1900(day: dt.date) -> dt.date:
    if not 1900 <= day.year <= 2200:
        raise ValueError(_("Use a date between 1900 and 2200."))
    return day


Day = Annotated[dt.date, AfterValidator(_after_1900)]


class RateIn(BaseModel):
    """A custom rate: units of ``quote`` for one ``base`` from ``as_of`` on."""

    model_config = ConfigDict(extra="forbid")

    base: CurrencyCode
    quote: CurrencyCode
    rate: RateText
    as_of: Day

    @model_validator(mode="after")
    def _two(self) -> RateIn:
        if self.base == self.quote:
            raise ValueError(_("Choose two different currencies."))
        return self


class ConvertIn(BaseModel):
    """A conversion. ``amount`` is as typed; the date is today by default."""

    amount: Annotated[str, Line(40, least=1)]
    base: CurrencyCode
    quote: CurrencyCode
    on: Day | None = None


class RateOut(BaseModel):
    id: int
    base: str
    quote: str
    rate: str
    as_of: dt.date
    source: str


class ConversionOut(BaseModel):
    """A converted amount. ``is_approximate`` if only an approximate rate is known."""

    amount: str
    currency: str
    rate: str
    as_of: dt.date
    source: str
    is_approximate: bool
