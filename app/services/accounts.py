"""Accounts: add, edit, archive and list them, with balances over time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select

from app.db import rows
from app.domain.money import Money
from app.errors import Conflict, Invalid, NotFound
from app.i18n import _, mark
from app.models import Account, AccountKind, AccountTotal, DayTotal, Transaction
from app.models.base import now
from app.models.repository import BookRepository
from app.schemas.accounts import AccountIn, AccountPatch
from app.services.base import Service
from app.services.currencies import Total
from app.services.transaction_list import Filter, Line

if TYPE_CHECKING:
    from app.services import Services

TREND_DAYS = 90
REGISTER_ROWS = 50
POINTS = 60  # of a balance over time, so that chart and table stay readable
KINDS = list(AccountKind)


class AccountRepository(BookRepository[Account]):
    model_type = Account
    not_found_message = mark("That account does not exist.")


@dataclass(frozen=True, slots=True)
class AccountOption:
    """An account as lists and choices show it. The balance counts every transaction."""

    id: int
    name: str
    currency: str
    kind: AccountKind
    is_default: bool
    balance_minor: int
    is_archived: bool


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account of the overview, with its balance over the last 90 days."""

    account: AccountOption
    count: int
    trend: Sequence[int]

    @property
    def balance(self) -> Money:
        return Money(self.account.balance_minor, self.account.currency)


@dataclass(frozen=True, slots=True)
class AccountGroup:
    """The accounts of one kind with their sum in the book's currency."""

    kind: AccountKind
    lines: Sequence[AccountLine]
    total: Total


@dataclass(frozen=True, slots=True)
class AccountOverview:
    groups: Sequence[AccountGroup]
    archived: Sequence[AccountLine]
    total: Total


@dataclass(frozen=True, slots=True)
class Point:
    """A balance in minor units at the end of a day."""

    day: date
    minor: int


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A transaction of an account, with the account's balance after it."""

    line: Line
    balance_minor: int


@dataclass(frozen=True, slots=True)
class Register:
    """Part of an account's transactions, newest first. ``next`` continues after them."""

    rows: Sequence[RegisterRow]
    next: str | None


OPTIONS = (
    select(
        Account.id,
        Account.name,
        Account.currency,
        Account.kind,
        Account.is_default,
        Account.opening_balance_minor + func.coalesce(AccountTotal.posted_minor, 0),
        Account.archived_at.is_not(None),
    )
    .outerjoin(AccountTotal, AccountTotal.account_id == Account.id)
    .where(Account.book_id == bindparam("book_id"))
    .order_by(Account.position, Account.id)
)

AHEAD = (
    select(DayTotal.account_id, func.sum(DayTotal.net_minor))
    .where(DayTotal.book_id == bindparam("book_id"), DayTotal.day > bindparam("today"))
    .group_by(DayTotal.account_id)
)


class AccountService(Service):
    """The accounts of one book. They are read once for the life of the service."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._all: list[AccountOption] | None = None

    @cached_property
    def repository(self) -> AccountRepository:
        return AccountRepository(self.session, self.member.book.id)

    async def all(self) -> list[AccountOption]:
        """Return every account in the book's order, archived ones too."""
        if self._all is None:
            found = await rows(self.session, OPTIONS, {"book_id": self.member.book.id})
            self._all = [AccountOption(*row) for row in found]
        return self._all

    def forget(self) -> None:
        """Discard what was read; the next read queries the database."""
        self._all = None

    async def as_of_today(self) -> list[AccountOption]:
        """Return every account with its balance at the end of today, without what is dated later."""
        found = await rows(self.session, AHEAD, {"book_id": self.member.book.id, "today": self.today})
        later = {account_id: int(minor) for account_id, minor in found}
        return [replace(each, balance_minor=each.balance_minor - later.get(each.id, 0)) for each in await self.all()]

    async def options(self) -> list[AccountOption]:
        """Return the accounts that are not archived."""
        return [each for each in await self.all() if not each.is_archived]

    async def default(self) -> AccountOption:
        """Return the account of transactions that name none. Raises ``Invalid`` if there is no account."""
        active = await self.options()
        if not active:
            raise Invalid(_("Add an account first."), field="account")
        return next((each for each in active if each.is_default), active[0])

    async def get(self, account_id: int) -> Account:
        return await self.repository.get_owned(account_id)

    async def option(self, account_id: int) -> AccountOption:
        """Return an account as lists show it. Raises ``NotFound``."""
        found = next((each for each in await self.all() if each.id == account_id), None)
        if found is None:
            raise NotFound(self.repository.not_found_message)
        return found

    async def listed(self) -> list[tuple[Account, Money]]:
        """Return every account as stored, with its balance."""
        query = (
            select(Account, func.coalesce(AccountTotal.posted_minor, 0))
            .outerjoin(AccountTotal, AccountTotal.account_id == Account.id)
            .where(Account.book_id == self.member.book.id)
            .order_by(Account.position, Account.id)
        )
        rows = await self.session.execute(query)
        return [(row, Money(row.opening_balance_minor + posted, row.currency)) for row, posted in rows]

    async def counts(self) -> dict[int, int]:
        """Return the number of transactions by account."""
        query = select(AccountTotal.account_id, AccountTotal.count.label("count_")).where(
            AccountTotal.book_id == self.member.book.id
        )
        return {row.account_id: row.count_ for row in await self.session.execute(query)}

    async def balance(self, account: Account, on: date | None = None) -> Money:
        """Return the balance at the end of a day, or with every transaction if no day is given."""
        booked = select(func.coalesce(func.sum(DayTotal.net_minor), 0)).where(
            DayTotal.account_id == account.id, DayTotal.book_id == self.member.book.id
        )
        if on is not None:
            booked = booked.where(DayTotal.day <= on)
        return Money(account.opening_balance_minor + int(await self.session.scalar(booked) or 0), account.currency)

    async def get_register(self, account: Account, after: str | None = None) -> Register:
        """Return an account's transactions, newest first, each with the balance after it.

        The balance of the first row is that of its day less what follows it on that day; the others follow by
        subtraction. So a page costs as much at the end of a long account as at its beginning.
        """
        wanted = Filter(account=(account.id,))
        found = await self.services.transaction_list.page(wanted, after, limit=REGISTER_ROWS, totals=False)
        if not found.lines:
            return Register([], None)
        first = found.lines[0]
        later_that_day = select(func.coalesce(func.sum(Transaction.amount_minor), 0)).where(
            Transaction.book_id == self.member.book.id,
            Transaction.account_id == account.id,
            Transaction.booked_on == first.booked_on,
            Transaction.id > first.id,
        )
        balance = (await self.balance(account, first.booked_on)).minor
        balance -= int(await self.session.scalar(later_that_day) or 0)
        register = []
        for line in found.lines:
            register.append(RegisterRow(line, balance))
            balance -= line.minor
        return Register(register, found.next)

    async def overview(self, today: date) -> AccountOverview:
        """Return the accounts by kind as of today, each with its trend, and the totals at today's rates."""
        rates, counts = self.services.currencies, await self.counts()
        trends = await self._trends({each.id: each.balance_minor for each in await self.all()}, today)
        accounts = [replace(each, balance_minor=trends[each.id][-1]) for each in await self.all()]
        lines = [AccountLine(each, counts.get(each.id, 0), trends[each.id]) for each in accounts]
        active = sorted(
            (line for line in lines if not line.account.is_archived), key=lambda line: KINDS.index(line.account.kind)
        )
        groups = []
        for kind, found in groupby(active, key=lambda line: line.account.kind):
            of_kind = list(found)
            groups.append(AccountGroup(kind, of_kind, await rates.totals_in_base((e.balance for e in of_kind), today)))
        archived = [line for line in lines if line.account.is_archived]
        return AccountOverview(groups, archived, await rates.totals_in_base((e.balance for e in active), today))

    async def _trends(self, balances: dict[int, int], today: date) -> dict[int, list[int]]:
        since = today - timedelta(days=TREND_DAYS)
        query = select(DayTotal.account_id, DayTotal.day, DayTotal.net_minor).where(
            DayTotal.book_id == self.member.book.id, DayTotal.day > since
        )
        changes: dict[int, dict[date, int]] = defaultdict(dict)
        for account_id, day, net in await self.session.execute(query):
            changes[account_id][day] = net
        return {
            account_id: [point.minor for point in walk_back(minor, changes[account_id], since, today, 3)]
            for account_id, minor in balances.items()
        }

    async def history(self, account: Account, since: date | None, until: date) -> list[Point]:
        """Return the balance from ``since`` (or the first transaction) to ``until``, in at most 60 even steps."""
        query = select(DayTotal.day, DayTotal.net_minor).where(
            DayTotal.account_id == account.id, DayTotal.book_id == self.member.book.id
        )
        rows = {row.day: row.net_minor for row in await self.session.execute(query)}
        end = account.opening_balance_minor + sum(rows.values())
        start = since or min((*rows, until)) - timedelta(days=1)
        start = min(start, until)
        step = max(1, -(-(until - start).days // POINTS))
        return walk_back(end, {day: net for day, net in rows.items() if day > start}, start, until, step)

    async def add(self, entry: AccountIn) -> Account:
        """Add an account at the end. The first one is the default. Raises ``Conflict`` if the name is taken."""
        await self._check_name(entry.name)
        existing = await self.all()
        row = Account(
            book_id=self.member.book.id,
            name=entry.name,
            kind=entry.kind,
            currency=entry.currency,
            opening_balance_minor=Money.parse(entry.opening_balance, entry.currency, "opening_balance").minor,
            position=len(existing),
        )
        self.session.add(row)
        await self._save(_("Added the account {name}", name=row.name))
        if entry.is_default or not any(not each.is_archived for each in existing):
            await self._make_default(row)
        return row

    async def change(self, account_id: int, entry: AccountPatch) -> Account:
        """Change what was sent. Raises ``Conflict`` for another currency once there are transactions in it."""
        row = await self.repository.get_owned(account_id)
        if entry.name is not None and entry.name != row.name:
            await self._check_name(entry.name, row.id)
            row.name = entry.name
        if entry.kind is not None:
            row.kind = entry.kind
        await self._change_money(row, entry)
        if entry.archived is not None and entry.archived != (row.archived_at is not None):
            await self._archive(row, entry.archived)
        await self._save(_("Changed the account {name}", name=row.name))
        if entry.is_default and not row.is_default:
            await self._make_default(row)
        elif entry.is_default is False and row.is_default:
            raise Conflict(_("One account must be the default. Choose another one instead."), field="is_default")
        return row

    async def _change_money(self, row: Account, entry: AccountPatch) -> None:
        currency = entry.currency or row.currency
        opening = entry.opening_balance
        if currency != row.currency:
            if await self._is_used(row):
                raise Conflict(
                    _(
                        "The currency can’t change, because there are transactions in {currency}.",
                        currency=row.currency,
                    ),
                    field="currency",
                )
            opening = opening if opening is not None else str(row.opening_balance.decimal)
            row.currency = currency
        if opening is not None:
            row.opening_balance_minor = Money.parse(opening, currency, "opening_balance").minor

    async def archive(self, account_id: int, away: bool = True) -> Account:
        """Archive an account with its history, or unarchive it."""
        row = await self.repository.get_owned(account_id)
        await self._archive(row, away)
        await self._save(
            _("Archived the account {name}", name=row.name) if away else _("Unarchived {name}", name=row.name)
        )
        return row

    async def _archive(self, row: Account, away: bool) -> None:
        if away and row.is_default:
            raise Conflict(_("This is the default account. Set another default first."), field="archived")
        row.archived_at = now() if away else None

    async def make_default(self, account_id: int) -> Account:
        """Make this the account of transactions that name none."""
        row = await self.repository.get_owned(account_id)
        await self._make_default(row)
        return row

    async def _make_default(self, row: Account) -> None:
        if row.archived_at is not None:
            raise Conflict(_("An archived account cannot be the default."), field="is_default")
        found = select(Account).where(Account.book_id == self.member.book.id, Account.is_default, Account.id != row.id)
        for other in await self.session.scalars(found):
            other.is_default = False
            await self.session.flush()  # two defaults at once are refused by the database
        row.is_default = True
        await self._save(_("Set {name} as the default account", name=row.name))

    async def move(self, account_id: int, by: int) -> Account:
        """Move an account up (-1) or down (1) among the active accounts of its kind."""
        row = await self.repository.get_owned(account_id)
        found = select(Account).where(Account.book_id == self.member.book.id).order_by(Account.position, Account.id)
        rows = list(await self.session.scalars(found))
        peers = [each for each in rows if each.kind == row.kind and each.archived_at is None]
        at = peers.index(row) if row in peers else -1
        if at >= 0 and 0 <= at + by < len(peers):
            one, other = rows.index(row), rows.index(peers[at + by])
            rows[one], rows[other] = rows[other], rows[one]
            for place, each in enumerate(rows):
                each.position = place
            await self._save(_("Moved the account {name}", name=row.name))
        return row

    async def delete(self, account_id: int) -> None:
        """Delete an account without transactions. Raises ``Conflict`` for others, which can be archived."""
        row = await self.repository.get_owned(account_id)
        if await self._is_used(row):
            raise Conflict(_("{name} has transactions. Archive it instead to keep its history.", name=row.name))
        if row.is_default:
            raise Conflict(_("This is the default account. Set another default first."))
        await self.session.delete(row)
        await self._save(_("Deleted the account {name}", name=row.name))

    async def _is_used(self, row: Account) -> bool:
        return bool(await self.session.scalar(select(Transaction.id).where(Transaction.account_id == row.id).limit(1)))

    async def _check_name(self, name: str, but: int = 0) -> None:
        if any(each.name.casefold() == name.casefold() and each.id != but for each in await self.all()):
            raise Conflict(_("An account with this name already exists."), field="name")

    async def _save(self, label: str) -> None:
        self.services.journal.note(label)
        await self.session.flush()
        self.forget()


def walk_back(end: int, changes: dict[date, int], since: date, until: date, step: int) -> list[Point]:
    """Return balances every ``step`` days up to ``until``, computed backward from the last one."""
    minor = end - sum(net for day, net in changes.items() if day > until)
    points, day = [], until
    while day >= since:
        points.append(Point(day, minor))
        earlier = day - timedelta(days=step)
        minor -= sum(changes.get(day - timedelta(days=back), 0) for back in range(step))
        day = earlier
    return points[::-1]
