"""Translation and formatting in the current locale.

``_`` uses the locale of the current context (a request or a job), so that services need not be given one.
"""

from __future__ import annotations

from contextvars import ContextVar
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from babel.support import NullTranslations, Translations

LANGUAGES = ("en", "fr", "es", "de")
CATALOGUES = Path(__file__).parent / "locale"
MINUS = "−"

_locale: ContextVar[str] = ContextVar("locale", default="en-GB")


@cache
def translations(language: str) -> NullTranslations:
    """Return the catalog of a language, or English."""
    return Translations.load(CATALOGUES, [language])


@cache
def known(tag: str) -> str | None:
    """Return a locale tag such as ``de-AT`` in standard spelling, or None if CLDR does not have it."""
    try:
        locale = Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return None
    return "-".join(filter(None, (locale.language, locale.territory)))


def use_locale(tag: str) -> None:
    """Set the locale for the rest of the current context."""
    _locale.set(tag)


def current_locale() -> str:
    return _locale.get()


def current_language() -> str:
    return _locale.get().partition("-")[0]


def spoken_locale() -> str:
    """Return the current locale, or English if its language has no catalog, so that languages are not mixed."""
    spoken = current_language() == "en" or type(translations(current_language())) is Translations
    return current_locale() if spoken else "en-GB"


def tidy(text: str) -> str:
    """Replace thin and narrow no-break spaces, which the typeface lacks."""
    return text.replace("\u202f", "\u00a0").replace("\u2009", "\u00a0").replace("-", MINUS)


def number(value: int | float | Decimal) -> str:
    """Format a number: “2,566”, “2.566”."""
    return tidy(format_decimal(value, locale=current_locale().replace("-", "_")))


def amount(value: Decimal, currency: str) -> str:
    """Format an amount for a sentence: “−€6.40”."""
    return tidy(format_currency(value, currency, locale=current_locale().replace("-", "_")))


def written_day(value: date) -> str:
    """Format a date for a sentence: “12 Mar 2026”."""
    return str(format_date(value, "medium", locale=current_locale().replace("-", "_")))


def counted(n: int) -> str:
    """Format a count. Up to hundreds it is the same everywhere."""
    return number(n) if abs(n) >= 1000 else str(n)


@lru_cache(maxsize=8192)
def said(language: str, message: str) -> str:
    return translations(language).gettext(message)


def _(message: str, **values: object) -> str:
    """Translate a message and fill in its ``{named}`` values. ``{n}`` is a count."""
    text = said(current_language(), message)
    if values and isinstance(n := values.get("n"), int):
        values["n"] = counted(n)
    return text.format(**values) if values else text


def mark(message: str) -> str:
    """Mark a message for extraction; it is translated where it is shown."""
    return message


def ngettext(one: str, many: str, n: int, **values: object) -> str:
    """Translate the singular or plural of a message. ``{n}`` is the number."""
    return translations(current_language()).ngettext(one, many, n).format(n=counted(n), **values)
