"""The mapping of a file: the role of each column, and the formats of dates and amounts."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, cast

from app.domain.statement import dates, decode
from app.errors import Invalid
from app.i18n import _

Column = str | int  # a header's name, or the column's number from 0
COLUMNS = (
    "date", "amount", "debit", "credit", "fee", "payee", "payer", "memo", "currency", "balance", "category",
    "external_id", "account", "direction", "state",
)  # fmt: skip
DELIMITERS = (",", ";", "\t", "|")
SPELLED = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
MAX_COLUMNS = 500
MAX_SIDES, MAX_SIDE = 20, 40  # values of a direction column, and characters of each


@dataclass(frozen=True, slots=True)
class Mapping:
    """How to read one bank's files. ``None`` is detected from the file, unless it is in ``absent``."""

    date: Column | None = None
    amount: Column | None = None
    debit: Column | None = None
    credit: Column | None = None
    fee: Column | None = None  # charged on top of the amount
    payee: Column | None = None
    payer: Column | None = None  # the name for money in, where payee is the name for money out
    memo: Column | None = None
    currency: Column | None = None
    balance: Column | None = None
    category: Column | None = None
    external_id: Column | None = None
    account: Column | None = None
    direction: Column | None = None  # says in or out beside an amount without a sign
    state: Column | None = None  # says whether the payment happened
    date_format: str | None = None
    decimal: Literal[".", ","] | None = None
    delimiter: str | None = None
    encoding: str | None = None
    header: bool | None = None
    flipped: bool | None = None  # spending is written as a positive amount
    pending: bool | None = None  # import pending lines too
    sides: Dict[str, str] | None = None  # "in" or "out" by the direction column's values
    absent: frozenset[str] = frozenset()

    @classmethod
    def of(cls, given: Dict[str, Any] | None) -> Mapping:
        """Check a mapping from outside. Raises ``Invalid`` at the wrong field."""
        if not given:
            return cls()
        if not isinstance(given, Dict):
            raise Invalid(_("The mapping must be an object that names the columns."), field="mapping")
        known = {field.name for field in fields(cls)} - {"absent"}
        for name in given:
            if name not in known:
                raise Invalid(_("Unknown mapping field “{name}”.", name=str(name)[:40]), field=str(name)[:40])
        read = {name: _value(name, value) for name, value in given.items() if value is not None}
        absent = frozenset(name for name in COLUMNS if name in given and given[name] is None)
        mapping = cls(**read, absent=absent)
        if mapping.amount is not None and (mapping.debit is not None or mapping.credit is not None):
            raise Invalid(_("Give either one amount column or a debit and a credit column."), field="amount")
        return mapping

    def to_dict(self) -> dict[str, Any]:
        """The mapping as it is stored and sent; ``of`` reads it back."""
        found = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "absent"}
        return {name: value for name, value in found.items() if value is not None} | dict.fromkeys(self.absent)

    def columns(self) -> dict[str, Column]:
        """Return the named columns by role."""
        return {role: column for role in COLUMNS if (column := getattr(self, role)) is not None}

    def with_columns(self, columns: Dict[str, Column]) -> Mapping:
        return replace(self, **cast(Any, dict(columns)))


def _value(name: str, value: Any) -> Any:
    if name in COLUMNS:
        return _column(name, value)
    if name in ("header", "flipped", "pending"):
        value = {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value
        if not isinstance(value, bool):
            raise Invalid(_("“{name}” must be true or false.", name=name), field=name)
        return value
    if name == "sides":
        if (
            not isinstance(value, Dict)
            or len(value) > MAX_SIDES
            or not all(
                isinstance(key, str) and len(key) <= MAX_SIDE and side in ("in", "out") for key, side in value.items()
            )
        ):
            raise Invalid(_("“sides” must give “in” or “out” for each value of the direction column."), field="sides")
        return dict(value)
    if not isinstance(value, str):
        raise Invalid(_("“{name}” must be text.", name=name), field=name)
    if name == "decimal":
        if value not in (".", ","):
            raise Invalid(_("The decimal mark must be a dot or a comma."), field="decimal")
    elif name == "delimiter":
        value = SPELLED.get(value, value)
        if value not in (*DELIMITERS, ":", "^", "~"):
            raise Invalid(_("The delimiter must be a comma, a semicolon, a tab or a |."), field="delimiter")
    elif name == "encoding":
        value = decode.known_encoding(value)
    elif name == "date_format":
        dates.order_of(value)
    return value


def _column(name: str, value: Any) -> Column:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise Invalid(_("Enter a column by its name or its number from 0."), field=name)
    if isinstance(value, int) and not 0 <= value < MAX_COLUMNS:
        raise Invalid(_("There is no column number {number}.", number=value), field=name)
    return value.strip() if isinstance(value, str) else value


def resolve(mapping: Mapping, header: list[str], width: int) -> dict[str, int]:
    """Return the number of each named column in this file. Raises ``Invalid`` at a missing one."""
    exact = {name.strip(): at for at, name in reversed(list(enumerate(header)))}
    loose = {name.strip().casefold(): at for at, name in reversed(list(enumerate(header)))}
    found = {}
    for role, column in mapping.columns().items():
        if isinstance(column, int):
            if column >= width:
                raise Invalid(
                    _(
                        "There is no column number {number}; the file has {width}.",
                        number=column,
                        width=width,
                    ),
                    field=role,
                )
            found[role] = column
            continue
        at = exact.get(column, loose.get(column.casefold()))
        if at is None and column.isascii() and column.isdigit() and int(column) < width:
            at = int(column)
        if at is None:
            raise Invalid(_("The file has no column “{name}”.", name=column[:60]), field=role)
        found[role] = at
    return found
