"""Sample data: add a sample household to a book as one change, and remove it completely."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, func, select

from app.db import read_session, rows, write_session
from app.domain.money import exponent
from app.domain.payees import name_key
from app.errors import Conflict, NotFound
from app.i18n import _
from app.models import (
    Account,
    AccountKind,
    Actor,
    Cadence,
    CategorisedBy,
    Category,
    ChangeSet,
    Payee,
    Recurring,
    RecurringKind,
    Rule,
    Status,
    Tag,
    TransactionTag,
    User,
)
from app.services.base import Service
from app.services.member import member_of
from app.services.sample_data import household
from app.services.sample_data.household import CARD, CASH, JOINT, OPENING_BALANCES, SAVINGS, TRAVEL, SampleTransaction
from app.services.unit_of_work import commit_scope
from app.services.users import UserService

RULES = (("Grünmarkt", "groceries"), ("City Transit", "transport"), ("Streambox", "subscriptions"))
PENDING_DAYS = 2
CADENCES = {1: Cadence.MONTHLY, 3: Cadence.QUARTERLY, 12: Cadence.YEARLY}  # by months

SAMPLE = select(func.max(ChangeSet.id)).where(
    ChangeSet.book_id == bindparam("book_id"),
    ChangeSet.actor == Actor.SAMPLE,
    ChangeSet.undoes_id.is_(None),
    ChangeSet.id.not_in(select(ChangeSet.undoes_id).where(ChangeSet.undoes_id.is_not(None))),
)


class SampleDataService(Service):
    """Adds the sample household to a book and removes it."""

    async def present(self) -> int | None:
        """Return the change set that added the sample data, or None if there is none."""
        found = await rows(self.session, SAMPLE, {"book_id": self.member.book.id})
        number: int | None = found[0][0]
        return number

    async def fill(self) -> int:
        """Add accounts, transactions and rules as one change set, and return its id."""
        if await self.present() is not None:
            raise Conflict(_("The sample data has already been added."))
        self.services.journal.note(_("Added the sample data"), actor=Actor.SAMPLE)
        entries = household.build_transactions(self.today)
        accounts = await self._accounts()
        categories = await self._categories()
        payees = await self._payees(entries)
        ids = await self._transactions(entries, accounts, categories, payees)
        await self._tags(entries, ids)
        await self._rules(categories)
        await self._bills(accounts, categories, payees)
        return self.services.journal.recorder.change_set_id or 0

    async def remove(self) -> None:
        """Remove the sample data, even if it was changed.

        Your own transactions stay, with the accounts, payees and tags they use.
        """
        change_set_id = await self.present()
        if change_set_id is None:
            raise NotFound(_("There is no sample data."))
        await self.services.journal.undo(change_set_id)
        self.services.journal.note(_("Removed the sample data"))

    async def _accounts(self) -> dict[str, tuple[int, str]]:
        """Return id and currency of each sample account. Cash is the account that a new book has."""
        base = self.member.book.base_currency
        scale = await self._scale()
        kinds = {
            JOINT: (_("Joint account"), AccountKind.CHECKING, base),
            SAVINGS: (_("Savings"), AccountKind.SAVINGS, base),
            CARD: (_("Credit card"), AccountKind.CREDIT_CARD, base),
            CASH: (_("Cash"), AccountKind.CASH, base),
            TRAVEL: (_("Travel card"), AccountKind.CHECKING, "USD" if base != "USD" else "EUR"),
        }
        own_cash = await self.session.scalar(
            select(Account.id).where(
                Account.book_id == self.member.book.id,
                Account.kind == AccountKind.CASH,
                Account.currency == base,
                Account.archived_at.is_(None),
            )
        )
        made = {key: what for key, what in kinds.items() if key != CASH or own_cash is None}
        ids = await self.services.ledger.insert_rows(
            Account,
            [
                {
                    "name": name,
                    "kind": kind,
                    "currency": currency,
                    "opening_balance_minor": scaled(OPENING_BALANCES[key], scale if currency == base else Decimal(1)),
                    "position": 10 + place,
                }
                for place, (key, (name, kind, currency)) in enumerate(made.items())
            ],
        )
        self.scale = scale
        found = {key: (id_, kinds[key][2]) for key, id_ in zip(made, ids, strict=True)}
        return found if own_cash is None else {**found, CASH: (own_cash, base)}

    async def _scale(self) -> Decimal:
        """Return the power of ten that turns euro cents into plausible amounts of the book's currency."""
        base = self.member.book.base_currency
        quote = await self.services.currencies.find("EUR", base, self.today)
        tens = quote.rate.adjusted() + (1 if quote.rate.scaleb(-quote.rate.adjusted()) > 5 else 0) if quote else 0
        return Decimal(1).scaleb(max(tens, 0) + exponent(base) - 2)

    async def _categories(self) -> dict[str | None, int]:
        rows = select(Category.key, Category.id).where(
            Category.book_id == self.member.book.id, Category.key.is_not(None), Category.archived_at.is_(None)
        )
        return dict((await self.session.execute(rows)).all())

    async def _payees(self, entries: Iterable[SampleTransaction]) -> dict[str, int]:
        names = {name_key(each.payee): each.payee for each in entries if not each.to}
        known = select(Payee.key, Payee.id).where(Payee.book_id == self.member.book.id, Payee.key.in_(names))
        found = dict((await self.session.execute(known)).all())
        new = [key for key in names if key not in found]
        ids = await self.services.ledger.insert_rows(Payee, [{"key": key, "name": names[key]} for key in new])
        return found | dict(zip(new, ids, strict=True))

    async def _transactions(
        self,
        entries: list[SampleTransaction],
        accounts: Mapping[str, tuple[int, str]],
        categories: Mapping[str | None, int],
        payees: Mapping[str, int],
    ) -> list[int]:
        """Write transactions, transfers, splits and totals. Return ids in the order of ``entries``."""
        base = self.member.book.base_currency
        moves = [each for each in entries if each.to]
        crossing = [accounts[each.account][1] != accounts[each.to or ""][1] for each in moves]
        transfer_ids = await self.services.ledger.insert_transfers(["1.08" if each else None for each in crossing])
        rows = list[dict[str, Any]]()

        def add(entry: SampleTransaction, account: str, minor: int, transfer_id: int | None = None) -> None:
            account_id, currency = accounts[account]
            minor = scaled(minor, self.scale if currency == base else Decimal(1))
            rows.append(self._row(entry, account_id, currency, minor, transfer_id, categories, payees))

        for entry in entries:
            if not entry.to:
                add(entry, entry.account, entry.minor)
        for entry, transfer_id in zip(moves, transfer_ids, strict=True):
            add(entry, entry.account, entry.minor, transfer_id)
            add(entry, entry.to or "", entry.to_minor, transfer_id)
        return await self.services.ledger.insert_many(rows)

    def _row(
        self,
        entry: SampleTransaction,
        account_id: int,
        currency: str,
        minor: int,
        transfer_id: int | None,
        categories: Mapping[str | None, int],
        payees: Mapping[str, int],
    ) -> dict[str, Any]:
        payee = "" if entry.to else entry.payee
        waits = (self.today - entry.day).days < PENDING_DAYS and entry.account == CARD and not entry.to
        category_id = categories.get(entry.category or "") if not entry.to else None
        return {
            "account_id": account_id,
            "booked_on": entry.day,
            "amount_minor": minor,
            "currency": currency,
            "payee_id": payees[name_key(payee)] if payee else None,
            "category_id": category_id,
            "transfer_id": transfer_id,
            "splits": split_rows(entry, minor, categories),
            "memo": entry.memo,
            "statement_text": entry.text,
            "status": Status.PENDING if waits else Status.CLEARED,
            "categorised_by": (CategorisedBy.MEMORY if entry.text else CategorisedBy.PERSON) if category_id else None,
            "payee": payee,
            "created_by_id": self.member.user.id,
        }

    async def _tags(self, entries: list[SampleTransaction], ids: list[int]) -> None:
        names = sorted({tag for each in entries for tag in each.tags})
        known = select(Tag.key, Tag.id).where(Tag.book_id == self.member.book.id, Tag.key.in_(names))
        found = dict((await self.session.execute(known)).all())
        new = [name for name in names if name not in found]
        made = await self.services.ledger.insert_rows(Tag, [{"name": name, "key": name} for name in new])
        found |= dict(zip(new, made, strict=True))
        plain_entries = [each for each in entries if not each.to]  # their rows are first
        await self.services.ledger.insert_rows(
            TransactionTag,
            [
                {"transaction_id": id_, "tag_id": found[tag]}
                for entry, id_ in zip(plain_entries, ids, strict=False)
                for tag in entry.tags
            ],
        )

    async def _rules(self, categories: Mapping[str | None, int]) -> None:
        last = select(func.coalesce(func.max(Rule.position), -1)).where(Rule.book_id == self.member.book.id)
        start = (await self.session.scalar(last) or 0) + 1
        await self.services.ledger.insert_rows(
            Rule,
            [
                {"position": start + at, "when": {"payee_contains": payee}, "then": {"category": categories[key]}}
                for at, (payee, key) in enumerate(RULES)
                if key in categories
            ],
        )

    async def _bills(
        self,
        accounts: Mapping[str, tuple[int, str]],
        categories: Mapping[str | None, int],
        payees: Mapping[str, int],
    ) -> None:
        """Add the household's recurring bills and income."""
        rows = list[dict[str, Any]]()
        for bill, cents, last in household.tracked_bills(self.today):
            account_id, currency = accounts[bill.account]
            minor = abs(scaled(cents, self.scale))
            rows.append(
                {
                    "name": bill.payee,
                    "payee_id": payees[name_key(bill.payee)],
                    "kind": RecurringKind.INCOME if cents > 0 else RecurringKind.BILL,
                    "amount_minor": minor,
                    "amount_max_minor": minor,
                    "currency": currency,
                    "account_id": account_id,
                    "category_id": categories.get(bill.category),
                    "cadence": CADENCES[bill.every],
                    "interval": 1,
                    "starts_on": last,
                    "notice_days": 3,
                }
            )
        await self.services.ledger.insert_rows(Recurring, rows)


def scaled(minor: int, scale: Decimal) -> int:
    return int(minor * scale)


def split_rows(
    entry: SampleTransaction, minor: int, categories: Mapping[str | None, int]
) -> tuple[tuple[int | None, int], ...]:
    """Return the splits of a sample transaction; the last one takes the rounding difference."""
    if not entry.splits:
        return ()
    first = [(categories.get(key), minor * part // entry.minor) for key, part in entry.splits[:-1]]
    rest = minor - sum(each for _category, each in first)
    return (*first, (categories.get(entry.splits[-1][0]), rest))


USERNAME = "demo"
PASSWORD = "open the books"  # noqa: S105 – of a sample user in a folder of its own, shown on the screen


async def open_demo() -> str:
    """Create the sample user unless it exists, and return how to sign in."""
    from app.services import unit_of_work  # which imports this module

    async with read_session() as session:
        user_id = await session.scalar(select(User.id).where(User.username_key == USERNAME))
    if user_id is None:
        async with write_session() as session, commit_scope(session):
            user = await UserService(session).sign_up(
                username=USERNAME, password=PASSWORD, email="mara@example.org", name="Mara Keller", currency="EUR"
            )
            user_id = user.id
    async with read_session() as session:
        member = await member_of(session, user_id)
    async with unit_of_work(member) as services:
        if await services.sample_data.present() is None:
            await services.sample_data.fill()
    return _("Sign in as “{name}” with the password “{password}”.", name=USERNAME, password=PASSWORD)
