"""Describes change sets for people: each changed row with its fields, and names instead of ids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from app.domain.money import Money
from app.i18n import _
from app.models import (
    Account,
    Category,
    CategoryGroup,
    Change,
    ChangeAction,
    Payee,
    Tag,
    Transaction,
)
from app.services.base import Service

if TYPE_CHECKING:
    pass

MAX_ROWS = 40  # of a change set that are described; the others are counted
Value = Money | date | str | None

#: Where the name of a row that is pointed to is kept.
NAMED: dict[str, Any] = {
    "account_id": Account,
    "category_id": Category,
    "payee_id": Payee,
    "tag_id": Tag,
    "group_id": CategoryGroup,
}
#: Columns that mean nothing to a person.
HIDDEN_COLUMNS = frozenset(
    {
        "id", "book_id", "created_by_id", "identity", "ordinal", "external_id", "import_batch_id", "is_split",
        "is_valuation",
        "key", "position", "icon", "colour", "categorised_by", "confidence", "reason", "version", "search_text",
        "transaction_id", "rate_source", "original_minor", "original_currency", "when", "then", "query", "currency",
    }
)  # fmt: skip
#: Tables whose rows only accompany others.
HIDDEN_TABLES = frozenset({"tombstone", "transfer"})


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field with its value before and after."""

    name: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row's change: what it is, what was done to it, and its fields."""

    title: str
    action: ChangeAction
    fields: Sequence[FieldChange]


@dataclass(frozen=True, slots=True)
class ChangeSummary:
    """What a change set did; ``more`` counts the rows that are left out."""

    rows: Sequence[RowChange]
    more: int


def table_labels() -> dict[str, str]:
    return {
        "account": _("Account"),
        "attachment": _("Attachment"),
        "book": _("Household"),
        "category": _("Category"),
        "category_group": _("Category group"),
        "payee": _("Payee"),
        "rate": _("Exchange rate"),
        "rule": _("Rule"),
        "saved_filter": _("Saved filter"),
        "split": _("Split"),
        "tag": _("Tag"),
        "transaction": _("Transaction"),
        "transaction_tag": _("Tag"),
        "dismissed_transfer_pair": _("Pair of transactions"),
    }


def field_labels() -> dict[str, str]:
    return {
        "account_id": _("Account"),
        "amount_minor": _("Amount"),
        "archived_at": _("Archived"),
        "as_of": _("Day"),
        "base": _("From"),
        "base_currency": _("Base currency"),
        "booked_on": _("Date"),
        "category_id": _("Category"),
        "enabled": _("Enabled"),
        "first_day_of_month": _("First day of the month"),
        "first_day_of_week": _("First day of the week"),
        "group_id": _("Group"),
        "is_default": _("Default account"),
        "kind": _("Kind"),
        "memo": _("Note"),
        "name": _("Name"),
        "opening_balance_minor": _("Opening balance"),
        "payee_id": _("Payee"),
        "quote": _("To"),
        "rate": _("Rate"),
        "source": _("Source"),
        "statement_text": _("Bank description"),
        "status": _("Status"),
        "tag_id": _("Tag"),
        "transfer_id": _("Transfer"),
    }


class Names:
    """The names behind the ids of a change set, and the currencies of its amounts."""

    def __init__(self) -> None:
        self.of: dict[tuple[str, int], str] = {}
        self.transactions: dict[int, tuple[str, str]] = {}  # payee and currency

    def __call__(self, column: str, id_: Any) -> str:
        return self.of.get((column, id_), _("deleted"))


class ActivityService(Service):
    """Describes what was changed in a book."""

    async def summarise(self, change_set_id: int) -> ChangeSummary:
        """Return the changed rows of a change set of this book."""
        journal = self.services.journal
        await journal.own(change_set_id)
        of_set = select(Change).where(Change.change_set_id == change_set_id, Change.table_name.not_in(HIDDEN_TABLES))
        changes = (await self.session.scalars(of_set.order_by(Change.id).limit(MAX_ROWS))).all()
        count = await self.session.scalar(select(func.count()).select_from(of_set.order_by(None).subquery()))
        names = await self._names(changes)
        rows = [row for each in changes for row in describe(each, names)]
        more = max((count or 0) - len(changes), 0) + max(len(rows) - MAX_ROWS, 0)
        return ChangeSummary(rows[:MAX_ROWS], more)

    async def _names(self, changes: Iterable[Change]) -> Names:
        names = Names()
        wanted: dict[str, set[int]] = defaultdict(set)
        transactions: set[int] = set()
        for each in changes:
            if each.table_name == Transaction.__tablename__:
                transactions.add(each.row_id)
            for values in states(each):
                for column in NAMED.keys() & values.keys():
                    if values[column]:
                        wanted[column].add(values[column])
                if values.get("transaction_id"):
                    transactions.add(values["transaction_id"])
            if each.action is ChangeAction.BULK:
                transactions |= {int(id_) for id_ in list(each.before or {})[:MAX_ROWS]}
        await self._transactions(names, transactions, wanted)
        for column, ids in wanted.items():
            model = NAMED[column]
            rows = select(model.id, model.name).where(model.id.in_(ids), model.book_id == self.member.book.id)
            names.of |= {(column, id_): name for id_, name in await self.session.execute(rows)}
        names.of |= {
            ("account_id", each.row_id): str((each.after or each.before or {}).get("name", ""))
            for each in changes
            if each.table_name == Account.__tablename__ and "name" in (each.after or each.before or {})
        }
        return names

    async def _transactions(self, names: Names, ids: set[int], wanted: dict[str, set[int]]) -> None:
        if not ids:
            return
        rows = (
            select(Transaction.id, func.coalesce(Payee.name, Transaction.statement_text, ""), Transaction.currency)
            .outerjoin(Payee, Payee.id == Transaction.payee_id)
            .where(Transaction.id.in_(ids), Transaction.book_id == self.member.book.id)
        )
        names.transactions = {id_: (payee, currency) for id_, payee, currency in await self.session.execute(rows)}


def states(change: Change) -> list[Mapping[str, Any]]:
    """The values that a change names, before and after."""
    if change.action is ChangeAction.BULK:
        return [*list((change.before or {}).values())[:MAX_ROWS], change.after or {}]
    return [each for each in (change.before, change.after) if each]


def describe(change: Change, names: Names) -> list[RowChange]:
    """Describe a change; a bulk change counts as one for each of its rows."""
    if change.action is ChangeAction.BULK:
        return [
            describe_row(change.table_name, int(id_), ChangeAction.UPDATE, before, change.after or {}, names)
            for id_, before in list((change.before or {}).items())[:MAX_ROWS]
        ]
    return [
        describe_row(change.table_name, change.row_id, change.action, change.before or {}, change.after or {}, names)
    ]


def describe_row(
    table: str, row_id: int, action: ChangeAction, before: Mapping[str, Any], after: Mapping[str, Any], names: Names
) -> RowChange:
    labels = field_labels()
    owner = row_id if table == Transaction.__tablename__ else after.get("transaction_id", before.get("transaction_id"))
    payee, currency = names.transactions.get(owner or 0, ("", ""))
    currency = str(after.get("currency") or before.get("currency") or currency)
    columns = [each for each in labels if (each in before or each in after) and each not in HIDDEN_COLUMNS]
    fields = [
        FieldChange(
            labels[each], value(each, before.get(each), currency, names), value(each, after.get(each), currency, names)
        )
        for each in columns
    ]
    if action is not ChangeAction.UPDATE:
        fields = [each for each in fields if each.before or each.after]
    known = after or before
    name = str(known.get("name") or payee or (names("payee_id", known["payee_id"]) if known.get("payee_id") else ""))
    if table == "transaction_tag" and known.get("tag_id"):
        name = names("tag_id", known["tag_id"])
        fields = [FieldChange(_("On"), None, payee)] if payee else []
    noun = table_labels().get(table, _("Transaction"))
    return RowChange(f"{noun} “{name}”" if name else noun, action, fields)


def value(column: str, raw: Any, currency: str, names: Names) -> Value:
    """Return a stored value as it is shown."""
    if raw is None or raw == "":
        return None
    if column in NAMED:
        return names(column, raw)
    if column in ("amount_minor", "opening_balance_minor"):
        return Money(int(raw), currency) if currency else str(raw)
    if column in ("booked_on", "as_of"):
        return date.fromisoformat(str(raw))
    if column in ("archived_at", "transfer_id") or isinstance(raw, bool):
        return _("yes") if raw else _("no")
    return str(raw).replace("_", " ") if column in ("status", "kind") else str(raw)
