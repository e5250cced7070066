"""Choose a locale and currency from the browser's Accept-Language header."""

from __future__ import annotations

from functools import lru_cache

from babel.numbers import get_territory_currencies

from app.i18n import LANGUAGES, known

DEFAULT_LOCALE = "en-GB"


@lru_cache(maxsize=512)
def preferred_locale(accepted: str) -> str:
    """Return the first supported locale of the header, such as ``fr-CH``; else English."""
    for tag in accepted_locales(accepted):
        if tag.partition("-")[0] in LANGUAGES:
            return tag
    return DEFAULT_LOCALE


@lru_cache(maxsize=512)
def likely_currency(accepted: str) -> str | None:
    """Return the currency of the first country in the header."""
    for tag in accepted_locales(accepted):
        _language, _dash, territory = tag.partition("-")
        if territory and (codes := get_territory_currencies(territory)):
            return str(codes[0])
    return None


def accepted_locales(accepted: str) -> list[str]:
    """Return the locales of the header, most preferred first."""
    wishes = []
    for place, part in enumerate(accepted[:400].split(",")):
        tag, _, quality = part.strip().partition(";q=")
        try:
            wishes.append((-float(quality or 1), place, tag))
        except ValueError:
            continue
    return [spelled for _quality, _place, tag in sorted(wishes) if (spelled := known(tag))]
