"""Input of signing up, signing in and resetting passwords."""

from __future__ import annotations

from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator
from pydantic.networks import validate_email

from app.domain.money import check_currency
from app.errors import Invalid
from app.i18n import _
from app.schemas.text import Line


def _address(text: str) -> str:
    try:
        return validate_email(text)[1].lower()
    except ValueError:
        raise ValueError(_("Enter an email address, for example name@example.org.")) from None


Address = Annotated[str, Line(254), AfterValidator(_address)]
Password = Annotated[str, StringConstraints(min_length=1, max_length=1024)]


def time_zone_or_utc(name: str | None) -> str:
    """Return the browser's time zone if it is known, else UTC."""
    return name if name and name in available_timezones() else "UTC"


class SignUpForm(BaseModel):
    """Sign-up. One of the two names is required; an email address allows password resets."""

    model_config = ConfigDict(extra="ignore")

    username: Annotated[str, Line(40)] | None = None
    email: Address | None = None
    password: Password
    currency: str = Field("EUR", max_length=3)
    time_zone: Annotated[str, Line(64)] = "UTC"

    @field_validator("username", "email", mode="before")
    @classmethod
    def _empty_is_none(cls, value: Any) -> Any:
        return (value.strip() or None) if isinstance(value, str) else value

    @field_validator("currency")
    @classmethod
    def _known(cls, code: str) -> str:
        return check_currency(code)

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, name: str) -> str:
        return time_zone_or_utc(name)

    @model_validator(mode="after")
    def _named(self) -> SignUpForm:
        if self.username is None and self.email is None:
            raise Invalid(_("Enter a username or an email address."), field="username")
        return self


class SignInForm(BaseModel):
    model_config = ConfigDict(extra="ignore")

    username: Annotated[str, Line(254, least=1)]
    password: Password
    next: str = Field("", max_length=2000)


class AccountName(BaseModel):
    model_config = ConfigDict(extra="ignore")

    username: Annotated[str, Line(254, least=1)]


class PasswordOnly(BaseModel):
    model_config = ConfigDict(extra="ignore")

    password: Password


class LegacySignUp(BaseModel):
    """``POST users/create/``. Unknown fields are ignored."""

    model_config = ConfigDict(extra="ignore")

    username: Annotated[str, Line(40, least=1)]
    password: Password
    email: Address | None = None
    first_name: Annotated[str, Line(60)] = ""
    last_name: Annotated[str, Line(60)] = ""

    @field_validator("email", mode="before")
    @classmethod
    def _empty_is_none(cls, value: Any) -> Any:
        return value or None


class LegacyCredentials(BaseModel):
    model_config = ConfigDict(extra="ignore")

    username: Annotated[str, Line(254, least=1)]
    password: Password


class LegacyRefresh(BaseModel):
    model_config = ConfigDict(extra="ignore")

    refresh: str = Field(max_length=500)


class Register(BaseModel):
    model_config = ConfigDict(extra="forbid")

    email: Address
    password: Password
    username: Annotated[str, Line(40, least=1)] | None = None
    name: Annotated[str, Line(120)] = ""


class Credentials(BaseModel):
    """Sign-in. ``email`` may also be a username."""

    model_config = ConfigDict(extra="forbid")

    email: Annotated[str, Line(254, least=1)]
    password: Password


class Refresh(BaseModel):
    model_config = ConfigDict(extra="forbid")

    refresh_token: str = Field(max_length=500)


class Forgotten(BaseModel):
    model_config = ConfigDict(extra="forbid")

    email: Annotated[str, Line(254, least=1)]


class Reset(BaseModel):
    model_config = ConfigDict(extra="forbid")

    token: str = Field(max_length=100)
    password: Password
