"""Exports the lists of a book as CSV, safe to open in a spreadsheet."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, select

from app.domain.money import wire
from app.models import Account, ChangeSet, ImportBatch, Payee, Transaction, User
from app.services.exports import escape_formula, write_csv
from app.services.member import Member

if TYPE_CHECKING:
    from app.services import Services

MAX_CHANGES = 50_000  # of the activity, the latest
BILL_DAYS = 366  # before and after today


class List(NamedTuple):
    """A list that can be exported: the names of its columns, and what reads its rows."""

    columns: Sequence[str]
    read: Callable[[Services], Awaitable[Iterable[Sequence[Any]]]]


async def list_csv_stream(member: Member, name: str) -> AsyncIterator[bytes]:
    """Yield one of ``LISTS`` as CSV, in a read session of its own."""
    from app.services import reading

    columns, read = LISTS[name]
    yield write_csv([columns])
    async with reading(member) as services:
        yield write_csv([_cell(value) for value in row] for row in await read(services))


def _cell(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return escape_formula(value) if isinstance(value, str) else "" if value is None else value


async def _accounts(services: Services) -> Iterable[Sequence[Any]]:
    counts = await services.accounts.counts()
    return [
        (
            row.name, row.kind, row.currency, row.opening_balance.decimal, balance.decimal,
            counts.get(row.id, 0), row.is_default, row.archived_at is not None,
        )
        for row, balance in await services.accounts.listed()
    ]  # fmt: skip


async def _categories(services: Services) -> Iterable[Sequence[Any]]:
    counts = await services.categories.counts()
    return [
        (each.name, group.name, each.kind, counts.get(each.id, 0), each.is_archived)
        for group in await services.categories.all_groups()
        for each in group.categories
    ]


async def _payees(services: Services) -> Iterable[Sequence[Any]]:
    query = (
        select(Payee.name, func.count(Transaction.id), func.max(Transaction.booked_on))
        .outerjoin(Transaction, Transaction.payee_id == Payee.id)
        .where(Payee.book_id == services.member.book.id)
        .group_by(Payee.id, Payee.name)
        .order_by(Payee.name)
    )
    return [tuple(row) for row in await services.session.execute(query)]


async def _tags(services: Services) -> Iterable[Sequence[Any]]:
    return [(each.name, each.count) for each in await services.tags.counted()]


async def _rules(services: Services) -> Iterable[Sequence[Any]]:
    accounts = {each.id: each.name for each in await services.accounts.all()}
    categories = {id_: each.name for id_, each in (await services.categories.by_id()).items()}
    return [
        (
            place, row.enabled, row.when.get("payee_contains"), row.when.get("text_contains"),
            accounts.get(row.when.get("account", 0)), row.when.get("kind"), row.when.get("min_amount"),
            row.when.get("max_amount"), categories.get(row.then.get("category", 0)),
            accounts.get(row.then.get("transfer", 0)), row.then.get("payee"), ", ".join(row.then.get("tags", [])),
        )
        for place, row in enumerate(await services.rules.all(), 1)
    ]  # fmt: skip


async def _recurring(services: Services) -> Iterable[Sequence[Any]]:
    accounts = {each.id: each.name for each in await services.accounts.all()}
    categories = {id_: each.name for id_, each in (await services.categories.by_id()).items()}
    return [
        (
            each.name, each.kind, wire(each.amount_minor, each.currency), wire(each.amount_max_minor, each.currency),
            each.currency, accounts.get(each.account_id or 0), categories.get(each.category_id or 0), each.cadence,
            each.interval, each.starts_on, each.ends_on, each.is_paused,
        )
        for each in await services.recurring.all()
    ]  # fmt: skip


async def _bills(services: Services) -> Iterable[Sequence[Any]]:
    span = timedelta(days=BILL_DAYS)
    return [
        (
            each.due_on, each.rule.name, each.rule.kind, wire(each.rule.amount_minor, each.rule.currency),
            each.rule.currency, each.status, each.paid_on,
        )
        for each in await services.recurring.bills(services.today - span, services.today + span)
    ]  # fmt: skip


async def _imports(services: Services) -> Iterable[Sequence[Any]]:
    query = (
        select(
            ImportBatch.created_at, ImportBatch.filename, ImportBatch.source, Account.name, ImportBatch.status,
            ImportBatch.rows, ImportBatch.created, ImportBatch.duplicates, ImportBatch.unsure, ImportBatch.failed,
            ImportBatch.finished_at, ImportBatch.undone_at,
        )
        .join(Account, Account.id == ImportBatch.account_id)
        .where(ImportBatch.book_id == services.member.book.id)
        .order_by(ImportBatch.id.desc())
    )  # fmt: skip
    return [tuple(row) for row in await services.session.execute(query)]


async def _activity(services: Services) -> Iterable[Sequence[Any]]:
    query = (
        select(ChangeSet.created_at, ChangeSet.actor, User.username, ChangeSet.label, ChangeSet.undoes_id.is_not(None))
        .outerjoin(User, User.id == ChangeSet.user_id)
        .where(ChangeSet.book_id == services.member.book.id)
        .order_by(ChangeSet.id.desc())
        .limit(MAX_CHANGES)
    )
    return [tuple(row) for row in await services.session.execute(query)]


async def _rates(services: Services) -> Iterable[Sequence[Any]]:
    return [(each.base, each.quote, each.rate, each.as_of, each.source) for each in await services.currencies.own()]


#: By the first part of the page's address.
LISTS = {
    "accounts": List(
        ("name", "kind", "currency", "opening_balance", "balance", "transactions", "default", "archived"), _accounts
    ),
    "categories": List(("name", "group", "kind", "transactions", "archived"), _categories),
    "payees": List(("name", "transactions", "last_date"), _payees),
    "tags": List(("name", "transactions"), _tags),
    "rules": List(
        (
            "position", "enabled", "payee_contains", "text_contains", "account", "direction", "min_amount",
            "max_amount", "set_category", "transfer_account", "set_payee", "add_tags",
        ),
        _rules,
    ),
    "recurring": List(
        (
            "name", "kind", "amount", "amount_max", "currency", "account", "category", "cadence", "interval",
            "starts_on", "ends_on", "paused",
        ),
        _recurring,
    ),
    "bills": List(("due_on", "name", "kind", "amount", "currency", "status", "paid_on"), _bills),
    "imports": List(
        (
            "created_at", "file", "source", "account", "status", "lines", "imported", "duplicates", "unsure", "failed",
            "finished_at", "undone_at",
        ),
        _imports,
    ),
    "activity": List(("created_at", "by", "user", "change", "is_undo"), _activity),
    "currencies": List(("base", "quote", "rate", "date", "source"), _rates),
}  # fmt: skip
