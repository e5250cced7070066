"""The words of the interface: gettext for whoever is being served right now.

``_`` reads the language of the current context (a request, a job), so that a message made deep inside a
service is in the reader's language without being handed a locale.
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
    """The catalogue of a language; English where there is none."""
    return Translations.load(CATALOGUES, [language])


@cache
def known(tag: str) -> str | None:
    """A locale tag such as ``de-AT`` in its usual spelling, or nothing when CLDR does not know it."""
    try:
        locale = Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return None
    return "-".join(filter(None, (locale.language, locale.territory)))


def use_locale(tag: str) -> None:
    """Speak this locale for the rest of the current context."""
    _locale.set(tag)


def current_locale() -> str:
    return _locale.get()


def current_language() -> str:
    return _locale.get().partition("-")[0]


def spoken_locale() -> str:
    """The current locale, or English while its language has no catalogue: words are never mixed."""
    spoken = current_language() == "en" or type(translations(current_language())) is Translations
    return current_locale() if spoken else "en-GB"


def tidy(text: str) -> str:
    """Thin and narrow no-break spaces are missing in the typeface: use the plain no-break space."""
    return text.replace("\u202f", "\u00a0").replace("\u2009", "\u00a0").replace("-", MINUS)


def number(value: int | float | Decimal) -> str:
    """A number as the reader writes it: “2,566”, “2.566”."""
    return tidy(format_decimal(value, locale=current_locale().replace("-", "_")))


def amount(value: Decimal, currency: str) -> str:
    """An amount inside a sentence: “−€6.40”."""
    return tidy(format_currency(value, currency, locale=current_locale().replace("-", "_")))


def written_day(value: date) -> str:
    """A day inside a sentence: “12 Mar 2026”."""
    return str(format_date(value, "medium", locale=current_locale().replace("-", "_")))


def counted(n: int) -> str:
    """A count as the reader writes it; up to hundreds it is written alike everywhere."""
    return number(n) if abs(n) >= 1000 else str(n)


@lru_cache(maxsize=8192)
def said(language: str, message: str) -> str:
    return translations(language).gettext(message)


def _(message: str, **values: object) -> str:
    """A message in the reader's language, with its ``{named}`` places filled; ``{n}`` is a count."""
    text = said(current_language(), message)
    if values and isinstance(n := values.get("n"), int):
        values["n"] = counted(n)
    return text.format(**values) if values else text


def ngettext(one: str, many: str, n: int, **values: object) -> str:
    """The singular or plural of a message; ``{n}`` is the number."""
    return translations(current_language()).ngettext(one, many, n).format(n=counted(n), **values)
