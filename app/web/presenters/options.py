"""Options of select fields in the reader's language."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global
from babel.localedata import locale_identifiers
from babel.numbers import get_currency_name

from app.domain.money import currencies
from app.i18n import LANGUAGES, spoken_locale

Options = list[tuple[str, str]]


def currency_options(*more: str) -> Options:
    """Return the currencies in use as “EUR · Euro”, and the codes in ``more``."""
    return _currencies(spoken_locale(), tuple(sorted(set(more))))


@lru_cache(maxsize=64)
def _currencies(locale: str, more: tuple[str, ...]) -> Options:
    babel = locale.replace("-", "_")
    return [(code, f"{code} · {get_currency_name(code, locale=babel)}") for code in sorted({*currencies(), *more})]


def locale_options() -> list[tuple[str, Options]]:
    """Return the regions of each supported language. They decide the format of numbers and dates."""
    return _locales(spoken_locale())


@lru_cache(maxsize=64)
def _locales(locale: str) -> list[tuple[str, Options]]:
    reader = Locale.parse(locale, sep="-")
    groups = []
    for language in LANGUAGES:
        tags = {
            f"{parts[0]}-{parts[1]}"
            for parts in (identifier.split("_") for identifier in locale_identifiers())
            if parts[0] == language and len(parts) == 2 and len(parts[1]) == 2
        }
        named = ((tag, str(reader.territories.get(tag[3:], tag[3:]))) for tag in tags)
        groups.append((str(reader.languages[language]).capitalize(), sorted(named, key=lambda each: each[1])))
    return groups


@lru_cache(maxsize=1)
def time_zone_options() -> list[tuple[str, Options]]:
    """Return the time zones by continent, without the old names that CLDR keeps as aliases."""
    aliases = set(get_global("zone_aliases"))
    groups: dict[str, Options] = {}
    for name in sorted(available_timezones() - aliases):
        area, slash, place = name.partition("/")
        if slash and area not in ("Etc", "SystemV", "US", "Canada", "Brazil", "Chile", "Mexico"):
            groups.setdefault(area, []).append((name, place.replace("_", " ").replace("/", ", ")))
    return [("UTC", [("UTC", "UTC")]), *groups.items()]


def weekday_options() -> Options:
    days = Locale.parse(spoken_locale(), sep="-").days["stand-alone"]["wide"]
    return [(str(day), str(days[day])) for day in range(7)]
