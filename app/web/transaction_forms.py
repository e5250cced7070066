"""Transaction forms: the values they show, and the changes that sent values ask for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.ids import read_id
from app.domain.money import Money
from app.errors import Invalid
from app.i18n import _
from app.schemas.transactions import TransactionPatch
from app.services import Services
from app.services.transaction_list import Line
from app.web.crud_pages import parse_amount
from app.web.forms import parse_optional_id
from app.web.types import AnyRequest

FIELDS = (
    "flow",
    "amount",
    "currency",
    "payee",
    "booked_on",
    "account",
    "category",
    "memo",
    "tags",
    "status",
    "version",
    "over",
    "in_sheet",
    "back",
)
MAX_SPLITS = 50


def show_row(line: Line) -> dict[str, str]:
    """Return the values of a transaction's small form in the list."""
    return {
        "version": str(line.version),
        "booked_on": line.booked_on.isoformat(),
        "payee": line.payee,
        "category": str(line.category.id) if line.category else "",
        "amount": str(line.amount.decimal),
    }


def show(line: Line) -> dict[str, Any]:
    """Return the values of a transaction's form. Amounts have no sign; ``flow`` has the direction."""
    sign = 1 if line.minor > 0 else -1

    def unsigned(minor: int) -> str:
        return str(Money(sign * minor, line.currency).decimal)

    return {
        **show_row(line),
        "flow": "in" if line.minor > 0 else "out",
        "amount": unsigned(line.minor),
        "currency": "",
        "account": str(line.account_id),
        "memo": line.memo,
        "tags": ", ".join(line.tags),
        "status": line.status.value,
        "splits": [
            {
                "amount": unsigned(part.minor),
                "category": str(part.category.id) if part.category else "",
                "memo": part.memo,
            }
            for part in line.parts
        ],
    }


async def read_values(request: AnyRequest) -> dict[str, Any]:
    """Return what was typed, with the splits in a list."""
    form = await request.form()
    values: dict[str, Any] = {name: str(form.get(name, "")) for name in FIELDS if name in form}
    columns = [[str(each) for each in form.getall(f"split_{name}", [])] for name in ("amount", "category", "memo")]
    splits = zip(*(column[:MAX_SPLITS] for column in columns), strict=False)
    values["splits"] = [
        {"amount": amount, "category": category, "memo": memo}
        for amount, category, memo in splits
        if form.get("do") == "part" or amount.strip() or category or memo.strip()
    ]
    return values


def parse_required_amount(text: str, currency: str, field: str, *, example: str = "12.50") -> Money:
    money = parse_amount(text, currency, field)
    if money is None:
        raise Invalid(_("Enter an amount, for example {example}.", example=example), field=field)
    return money


def parse_tags(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


async def parse_new(services: Services, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the input of ``TransactionIn``. Raises ``Invalid`` at the field."""
    account = await services.transactions.account(parse_optional_id(values, "account"))
    currency = values.get("currency", "").strip() or account.currency
    money = parse_required_amount(values.get("amount", ""), currency, "amount")
    sign = 1 if values.get("flow") == "in" else -1

    def signed(amount: Money) -> str:
        return Money(sign * amount.minor, amount.currency).wire

    return {
        "account": account.id,
        "booked_on": values.get("booked_on") or None,
        "payee": values.get("payee", ""),
        "amount": signed(money),
        "currency": money.currency,
        "category": None if values["splits"] else parse_optional_id(values, "category"),
        "memo": values.get("memo", ""),
        "tags": parse_tags(values.get("tags", "")),
        "splits": [
            {
                "amount": signed(parse_required_amount(split["amount"], money.currency, f"splits[{at}].amount")),
                "category": parse_optional_id(split, "category", field=f"splits[{at}].category"),
                "memo": split["memo"],
            }
            for at, split in enumerate(values["splits"])
        ],
        "status": values.get("status") or "cleared",
    }


async def parse_changes(services: Services, values: Mapping[str, Any], line: Line) -> TransactionPatch:
    """Return only what the form changed, so that fields which a lock or a transfer protects can stay in the form."""
    before = show(line)
    sent = {**before, **values}
    if line.is_locked:
        entry = {
            "memo": sent["memo"],
            "category": parse_optional_id(sent, "category") if not line.is_split else None,
            "tags": parse_tags(sent["tags"]),
        }
    else:
        entry = await parse_new(services, sent)
    changes: dict[str, Any] = {"version": _version(sent)}
    for name in ("account", "booked_on", "payee", "category", "memo", "tags", "status"):
        if name in entry and sent[name] != before[name]:
            changes[name] = entry[name]
    if not line.is_locked and (entry["amount"] != line.amount.wire or entry["currency"] != line.currency):
        changes |= {"amount": entry["amount"], "currency": entry["currency"]}
    if not line.is_locked and sent["splits"] != before["splits"]:
        changes["splits"] = entry["splits"]
        if not entry["splits"] and sent.get("category"):
            changes["category"] = parse_optional_id(sent, "category")
    if line.is_split and changes.get("category") is None:
        changes.pop("category", None)
    return TransactionPatch.model_validate(changes)


def parse_row_changes(data: Mapping[str, str], line: Line) -> TransactionPatch:
    """Return what the small form changed. Unchanged fields are left out, so locked rows can be categorized."""
    before = show_row(line)
    changes: dict[str, Any] = {"version": _version(data)}
    if "booked_on" in data and data["booked_on"] != before["booked_on"]:
        changes["booked_on"] = data["booked_on"]
    if "payee" in data and data["payee"].strip() != line.payee:
        changes["payee"] = data["payee"]
    if "category" in data and not line.is_split and not line.transfer_id:
        category = parse_optional_id(data, "category")
        if category != (line.category.id if line.category else None):
            changes["category"] = category
    if "amount" in data:
        money = parse_required_amount(data["amount"], line.currency, "amount", example="-12.50")
        if money != line.amount:
            changes |= {"amount": money.wire, "currency": money.currency}
    return TransactionPatch.model_validate(changes)


def _version(data: Mapping[str, Any]) -> int | None:
    """Return the version that a form was made from, or the one that its writer chose to save over."""
    return read_id(data.get("over") or data.get("version"))
