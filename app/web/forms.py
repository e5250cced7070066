"""Parse a form into its schema, and rerender it with an error at each invalid field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import Any

from litestar import Request
from pydantic import ValidationError

from app.domain.ids import read_id
from app.errors import Invalid, SaldoError
from app.i18n import _

MAX_FIELD_ERRORS = 20  # in one answer
MAX_PATH_CHARACTERS = 100

#: Messages by pydantic's error type; other types keep pydantic's message.
SENTENCES = {
    "missing": "This field is required.",
    "string_too_short": "This field is required.",
    "too_short": "This field is required.",
    "string_too_long": "This is too long. Use at most {max_length} characters.",
    "int_parsing": "This has to be a whole number.",
    "date_from_datetime_parsing": "This is not a date. Write it like 2026-03-31.",
    "date_parsing": "This is not a date. Write it like 2026-03-31.",
    "date_type": "This is not a date. Write it like 2026-03-31.",
    "enum": "Choose one of {expected}.",
    "literal_error": "Choose one of {expected}.",
    "extra_forbidden": "There is no such field.",
    "greater_than_equal": "This has to be at least {ge}.",
    "less_than_equal": "This has to be at most {le}.",
    "greater_than": "This has to be more than {gt}.",
    "bool_parsing": "This has to be true or false.",
    "string_type": "This has to be text.",
    "list_type": "This has to be a list.",
    "model_type": "This has to be an object.",
    "dict_type": "This has to be an object.",
    "string_unicode": "This has characters that cannot be kept.",
    "control_character": "This has characters that cannot be kept.",
}


def path_of(location: tuple[str | int, ...]) -> str:
    """A field's JSON path: ``splits[0].amount``."""
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path[:MAX_PATH_CHARACTERS] or "form"


def sentences(error: ValidationError) -> dict[str, str]:
    """Return one sentence for each wrong field, for the first ``MAX_FIELD_ERRORS`` fields."""
    found: dict[str, str] = {}
    for each in islice(error.errors(include_url=False), MAX_FIELD_ERRORS):
        cause = each.get("ctx", {}).get("error")
        if isinstance(cause, SaldoError):
            text = cause.message
        elif each["type"] in SENTENCES:
            text = _(SENTENCES[each["type"]], **{key: str(value) for key, value in each.get("ctx", {}).items()})
        else:
            text = each["msg"].removeprefix("Value error, ")
        found.setdefault(path_of(each["loc"]), text)
    return found


async def typed(request: Request[Any, Any, Any]) -> dict[str, str]:
    """Return a form's text fields. Files are read by name where needed."""
    return {key: value for key, value in (await request.form()).items() if isinstance(value, str)}


def parse_id(data: Mapping[str, Any], name: str, *, field: str = "") -> int:
    """Return the id that the select ``name`` sent. Raises ``Invalid`` at ``field``, by default at ``name``."""
    if (found := read_id(data.get(name))) is None:
        raise Invalid(_("Choose from the list."), field=field or name)
    return found


def parse_optional_id(data: Mapping[str, Any], name: str, *, field: str = "") -> int | None:
    """Return the id that the select ``name`` sent, or None for its blank choice."""
    return parse_id(data, name, field=field) if str(data.get(name) or "").strip() else None


class InvalidForm(Exception):
    """A form to rerender: its partial, the typed values, and errors by field."""

    def __init__(
        self, template: str, values: Mapping[str, Any], errors: dict[str, str], context: Mapping[str, Any], status: int
    ) -> None:
        super().__init__(template)
        self.template, self.values, self.errors, self.context = template, values, errors, context
        self.status = status


@contextmanager
def rerender_on_error(
    template: str, values: Mapping[str, Any], *, page: str | None = None, **context: Any
) -> Iterator[None]:
    """Answer bad input inside the block with the form's own partial and a 422.

    ``page`` is the whole page that includes the partial, for browsers without JavaScript.
    """
    try:
        yield
    except ValidationError as error:
        raise InvalidForm(template, values, sentences(error), {"page": page, **context}, 422) from error
    except SaldoError as error:
        errors = error.errors if isinstance(error, Invalid) else {error.field or "form": error.message}
        raise InvalidForm(template, values, errors, {"page": page, **context}, error.status) from error
