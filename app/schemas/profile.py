"""Input and output of profiles, household settings and tokens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from app.domain.amounts import read
from app.domain.money import Money, check_currency, wire
from app.errors import Invalid, InvalidAmount, SaldoError
from app.i18n import LANGUAGES, _, known
from app.models import Book, Profile, User
from app.schemas.auth import Address, Password
from app.schemas.text import Line, Note

MONEY_FIELDS = ("monthly_income", "savings", "investments", "debts")
MAX_NOTE_CHARACTERS = 8000


def _figure(value: Any) -> Any:
    """JSON may send an amount as a number or as text."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise ValueError(_("Enter an amount, for example 12.50."))
    return str(value).strip()


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(_("Enter a time zone, for example Europe/Paris."))
    return name


def _locale(tag: str) -> str:
    spelled = known(tag)
    if spelled is None or spelled.partition("-")[0] not in LANGUAGES:
        raise ValueError(_("Choose one of {expected}.", expected=", ".join(LANGUAGES)))
    return spelled


def _currency(code: str) -> str:
    try:
        return check_currency(code)
    except SaldoError as error:
        raise ValueError(error.message) from None


def _share(value: Any) -> Any:
    """Parse a percentage with at most one decimal as per mille."""
    if value is None or value == "":
        return None
    try:
        permille = Decimal(str(value).strip().rstrip("%").strip().replace(",", ".")) * 10
    except InvalidOperation:
        permille = Decimal(-1)
    if not permille.is_finite() or not 0 <= permille <= 1000 or permille != permille.to_integral_value():
        raise ValueError(_("Use a percentage from 0 to 100 with at most one decimal."))
    return int(permille)


Figure = Annotated[str | None, Field(max_length=40), BeforeValidator(_figure)]
Percent = Annotated[int | None, BeforeValidator(_share)]
Zone = Annotated[str, Line(64), AfterValidator(_zone)]
LocaleTag = Annotated[str, Line(12), AfterValidator(_locale)]
CurrencyCode = Annotated[str, Line(3), AfterValidator(_currency)]
LongText = Annotated[str, Note(MAX_NOTE_CHARACTERS)]


class ProfileFields(BaseModel):
    """Profile fields. Missing ones do not change."""

    monthly_income: Figure = None
    savings: Figure = None
    investments: Figure = None
    debts: Figure = None
    savings_rate: Percent = None
    user_ai_preferences: LongText | None = None
    personal_info: LongText | None = None
    extra_info: LongText | None = None

    def columns(self, currency: str, locale: str | None = None, prefix: str = "") -> dict[str, Any]:
        """Return profile columns. Amounts are in wire format, or as typed in ``locale``."""
        given = self.model_fields_set
        found: dict[str, Any] = {}
        for name in given & set(MONEY_FIELDS):
            found[f"{name}_minor"] = minor_of(getattr(self, name), currency, locale, prefix + name)
        if "savings_rate" in given:
            found["savings_rate_permille"] = self.savings_rate
        texts = {"user_ai_preferences", "personal_info", "extra_info", "motivation", "check_in_frequency"}
        found.update({name: getattr(self, name) or "" for name in given & texts})
        return found


def minor_of(text: str | None, currency: str, locale: str | None, field: str) -> int | None:
    """Parse an amount that cannot be negative."""
    if not text:
        return None
    try:
        money = read(text, currency, locale).money if locale else Money.parse(_plain(text), currency, field)
    except InvalidAmount as error:
        raise Invalid(error.message, field=field) from None
    if money is None:
        return None
    if money.currency != currency:
        raise Invalid(_("Enter this amount in {currency}.", currency=currency), field=field)
    if money.minor < 0:
        raise Invalid(_("This can’t be negative."), field=field)
    return money.minor


def _plain(text: str) -> str:
    """Write a JSON number such as 1e3 with plain digits."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    return f"{value:f}" if "e" in text.lower() and value.is_finite() and abs(value.adjusted()) < 20 else text


class LegacyMePatch(ProfileFields):
    """``PATCH users/me/``: profile fields nested or at the top level. Unknown fields are ignored."""

    model_config = ConfigDict(extra="ignore")

    email: Address | None = None
    first_name: Annotated[str, Line(60)] | None = None
    last_name: Annotated[str, Line(60)] | None = None
    preferred_currency: CurrencyCode | None = None
    profile: LegacyProfilePatch | None = None


class LegacyProfilePatch(ProfileFields):
    model_config = ConfigDict(extra="ignore")

    preferred_currency: CurrencyCode | None = None


class MePatch(ProfileFields):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Line(120)] | None = None
    first_name: Annotated[str, Line(60)] | None = None
    last_name: Annotated[str, Line(60)] | None = None
    time_zone: Zone | None = None
    language: LocaleTag | None = None
    base_currency: CurrencyCode | None = None
    motivation: LongText | None = None
    check_in_frequency: Literal["", "daily", "weekly", "monthly"] | None = None


class NamesForm(BaseModel):
    model_config = ConfigDict(extra="ignore")

    name: Annotated[str, Line(120)] = ""
    first_name: Annotated[str, Line(60)] = ""
    last_name: Annotated[str, Line(60)] = ""


class AppearanceForm(BaseModel):
    model_config = ConfigDict(extra="ignore")

    locale: LocaleTag
    time_zone: Zone
    theme: Literal["", "light", "dark"] = ""
    shortcuts: bool = True


class BookForm(BaseModel):
    model_config = ConfigDict(extra="ignore")

    name: Annotated[str, Line(80, least=1)]
    base_currency: CurrencyCode
    first_day_of_month: Annotated[int, Field(ge=1, le=28)]
    first_day_of_week: Annotated[int, Field(ge=0, le=6)]


class PasswordForm(BaseModel):
    model_config = ConfigDict(extra="ignore")

    current: Password
    new: Password


class NewAddress(BaseModel):
    model_config = ConfigDict(extra="ignore")

    email: Address
    password: Password


class NewPassword(BaseModel):
    model_config = ConfigDict(extra="forbid")

    old: Password
    new: Password


class TokenIn(BaseModel):
    """A personal token. ``may_confirm`` allows it to confirm proposals of the assistant."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Line(60, least=1)]
    password: Password
    scope: Literal["read", "write"] = "write"
    may_confirm: bool = False
    expires_on: date | None = None


VALID_DAYS = (30, 90, 365)  # choices of the form; the API takes any date within two years


class TokenForm(BaseModel):
    model_config = ConfigDict(extra="ignore")

    name: Annotated[str, Line(60, least=1)]
    password: Password
    scope: Literal["read", "write"] = "read"
    may_confirm: bool = False
    valid_days: Literal[30, 90, 365] = 90

    @field_validator("valid_days", mode="before")
    @classmethod
    def _whole(cls, value: Any) -> Any:
        return int(value) if isinstance(value, str) and value.isdecimal() else value


def legacy_me(user: User, profile: Profile, book: Book) -> dict[str, Any]:
    """Return the user for earlier clients: amounts as numbers in the base currency."""
    status = profile.onboarding_status.value
    return {
        "id": user.id,
        "username": user.username or user.email or "",
        "email": user.email or "",
        "first_name": user.first_name,
        "last_name": user.last_name,
        "onboarding_status": status,
        "profile": {
            "onboarding_status": status,
            **{name: _number(getattr(profile, f"{name}_minor"), profile.currency) for name in MONEY_FIELDS},
            "user_ai_preferences": profile.user_ai_preferences or None,
            "personal_info": profile.personal_info or None,
            "extra_info": profile.extra_info or None,
            "ai_summary": profile.ai_summary or None,
            "savings_rate": _percent(profile),
            "preferred_currency": book.base_currency,
        },
    }


def me(user: User, profile: Profile, book: Book) -> dict[str, Any]:
    """Return the user for ``/api/v1/me``: amounts as text beside the base currency."""
    return {
        "id": user.id,
        "email": user.email,
        "email_verified": user.email_verified_at is not None,
        "username": user.username,
        "name": user.name,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "role": user.role.value,
        "avatar_url": f"/settings/avatar/{user.avatar}" if user.avatar else None,
        "time_zone": user.time_zone,
        "language": user.locale,
        "base_currency": book.base_currency,
        **{name: _text(getattr(profile, f"{name}_minor"), profile.currency) for name in MONEY_FIELDS},
        "savings_rate": _percent(profile),
        "user_ai_preferences": profile.user_ai_preferences,
        "personal_info": profile.personal_info,
        "extra_info": profile.extra_info,
        "ai_summary": profile.ai_summary,
        "motivation": profile.motivation,
        "check_in_frequency": profile.check_in_frequency,
        "onboarding_status": profile.onboarding_status.value,
        "created_at": user.created_at,
    }


def _text(minor: int | None, currency: str) -> str | None:
    return None if minor is None else wire(minor, currency)


def _number(minor: int | None, currency: str) -> float | None:
    return None if minor is None else float(wire(minor, currency))


def _percent(profile: Profile) -> float | None:
    return None if profile.savings_rate_permille is None else profile.savings_rate_permille / 10


def given(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return the fields that were sent and are not null."""
    return {name: values[name] for name in names if values.get(name) is not None}
