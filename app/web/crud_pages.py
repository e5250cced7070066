"""Pages that list and edit in a sheet. Without JavaScript the forms are pages of their own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from litestar.response import Template

from app.domain import amounts
from app.domain.money import Money
from app.errors import Invalid, InvalidAmount
from app.i18n import _, current_locale
from app.web.htmx import is_partial
from app.web.render import page, partial
from app.web.types import AnyRequest

EDIT_PAGE = "edit"


def editor(request: AnyRequest, form: str, title: str, **context: Any) -> Template:
    """Return a form for the sheet, or as a page. The partial reads its heading from ``title``."""
    context = {"title": title, "values": {}, "errors": {}, **context}
    return partial(form, **context) if is_partial(request) else page(EDIT_PAGE, form=form, **context)


def parse_amount(text: str, currency: str, field: str) -> Money | None:
    """Parse an amount as typed. Raises ``Invalid`` at the field."""
    try:
        reading = amounts.read(text, currency, current_locale())
    except InvalidAmount as error:
        raise Invalid(error.message, field=field) from None
    if not reading.sure and reading.money is not None and reading.others:
        raise Invalid(
            _(
                "This could be {one} or {other}. Enter one of them.",
                one=f"{reading.money.wire} {reading.money.currency}",
                other=f"{reading.others[0].wire} {reading.others[0].currency}",
            ),
            field=field,
        )
    return reading.money


SHOWN_FIELD = "seen"


def with_etag(values: Mapping[str, Any]) -> dict[str, Any]:
    """Add a hash of the shown values to a form, which sends it back as ``seen``."""
    return {**values, SHOWN_FIELD: _mark(values)}


def check_unchanged(
    data: dict[str, str], stored: Mapping[str, Any], names: Mapping[str, Mapping[Any, str]] | None = None
) -> None:
    """Raise an error if the row was saved since the form was shown, with the stored value at each field.

    What was typed stays in the form, whose hash is renewed: sent again, it is saved. ``names`` maps fields to those of
    the stored values.
    """
    shown, current = data.get(SHOWN_FIELD), _mark(stored)
    data[SHOWN_FIELD] = current
    if shown in (None, "", current):
        return
    now = _("Someone else changed this. Each field shows the saved value. Save again to overwrite it.")
    found = {"form": now}
    for name, value in stored.items():
        if name in data and data[name].strip() != str(value):
            called = (names or {}).get(name, {}).get(value, str(value))
            found[name] = _("Saved value: {value}", value=called) if called else _("Saved value: empty")
    raise ChangedMeanwhile(now, errors=found)


class ChangedMeanwhile(Invalid):
    """Another tab or user has saved the row since the form was shown."""

    status = 409


def _mark(values: Mapping[str, Any]) -> str:
    said = {name: str(value) for name, value in values.items() if name != SHOWN_FIELD}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()[:20]
