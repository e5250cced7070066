"""Compare both versions of a transaction after two tabs edited it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any, NamedTuple

from app.errors import Stale
from app.i18n import _
from app.services.transaction_list import Line
from app.web.crud_pages import parse_amount
from app.web.filters import amount_text, day
from app.web.forms import InvalidForm
from app.web.presenters.labels import transaction_statuses


class Field(NamedTuple):
    """One field in both versions, as text."""

    label: str
    mine: str
    stored: str

    @property
    def differs(self) -> bool:
        return self.mine != self.stored


@contextmanager
def show_conflict(
    mine: Mapping[str, Any], stored: Mapping[str, Any], line: Line, choices: Mapping[str, Any]
) -> Iterator[None]:
    """Rerender an outdated form with ``compared``: each field as typed and as stored.

    ``mine`` and ``stored`` are values of the same form; ``choices`` has the labels of its selects.
    """
    try:
        yield
    except InvalidForm as form:
        if isinstance(form.__cause__, Stale):
            form.context = {**form.context, "compared": compared(mine, stored, line, choices)}
        raise


def compared(mine: Mapping[str, Any], stored: Mapping[str, Any], line: Line, choices: Mapping[str, Any]) -> list[Field]:
    """Return the fields of the form in order. Fields that were not sent count as unchanged."""
    sides = [_describe_values({**stored, **mine}, line, choices), _describe_values(stored, line, choices)]
    return [Field(label, sides[0][label], sides[1][label]) for label in sides[0]]


def _describe_values(values: Mapping[str, Any], line: Line, choices: Mapping[str, Any]) -> dict[str, str]:
    """Return a form's values as text, by field label."""
    found = {_("Date"): day(date.fromisoformat(values["booked_on"])), _("Payee"): values["payee"].strip()}
    found[_("Amount")] = _amount(values, line)
    if "account" in values:
        found[_("Account")] = dict(choices["accounts"]).get(int(values["account"]), "")
    if not line.transfer_id:
        found[_("Category")] = _describe_category(values, line, choices)
    if "memo" in values:
        found[_("Note")] = values["memo"].strip()
        found[_("Tags")] = ", ".join(each.strip() for each in values["tags"].split(",") if each.strip())
        found[_("Status")] = transaction_statuses().get(values["status"], "")
    return found


def _amount(values: Mapping[str, Any], line: Line) -> str:
    money = parse_amount(values["amount"], values.get("currency", "").strip() or line.currency, "amount") or line.amount
    if values.get("flow") == "out":
        money = -money
    return amount_text(money.minor, money.currency, sign=True)


def _describe_category(values: Mapping[str, Any], line: Line, choices: Mapping[str, Any]) -> str:
    """Return the category, or each split with its category."""
    names: dict[str, str] = {str(key): name for _group, pairs in choices["categories"] for key, name in pairs}
    if not values.get("splits"):
        return names.get(str(values["category"]), _("Uncategorized"))
    return ", ".join(f"{names.get(part['category'], _('Uncategorized'))} {part['amount']}" for part in values["splits"])
