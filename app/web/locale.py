"""Which locale a stranger's browser asks for."""

from __future__ import annotations

from functools import lru_cache

from app.i18n import LANGUAGES, known

DEFAULT = "en-GB"


@lru_cache(maxsize=512)
def preferred_locale(accepted: str) -> str:
    """The first locale of an Accept-Language header that we speak, such as ``fr-CH``; English else."""
    wishes = []
    for place, part in enumerate(accepted[:400].split(",")):
        tag, _, quality = part.strip().partition(";q=")
        try:
            wishes.append((-float(quality or 1), place, tag))
        except ValueError:
            continue
    for _quality, _place, tag in sorted(wishes):
        spelled = known(tag)
        if spelled and spelled.partition("-")[0] in LANGUAGES:
            return spelled
    return DEFAULT
