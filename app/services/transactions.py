"""Add, edit, categorize and delete transactions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.domain.money import Money, check_currency
from app.errors import AlreadyReconciled, Conflict, Invalid, Stale
from app.i18n import _, mark
from app.models import (
    CategorisedBy,
    Payee,
    Split,
    Status,
    Tag,
    Transaction,
    TransactionTag,
    Transfer,
)
from app.models.repository import BookRepository
from app.schemas.transactions import SplitIn, TransactionIn, TransactionPatch
from app.services.accounts import AccountOption
from app.services.base import Service
from app.services.categorisation import OPEN
from app.services.ledger.writer import UNCATEGORISED

EARLIEST_DATE = date(1900, 1, 1)
LATEST_DATE = date(2199, 12, 31)
#: Fields that cannot change while a transaction is reconciled. Setting its status to cleared unlocks it.
LOCKED_FIELDS = frozenset({"account", "booked_on", "payee", "amount", "currency", "splits"})


class TransactionRepository(BookRepository[Transaction]):
    model_type = Transaction
    not_found_message = mark("That transaction does not exist.")


@dataclass(frozen=True, slots=True)
class ConvertedAmount:
    """An amount in the account's currency, with the original amount and rate if it was converted."""

    money: Money
    original: Money | None = None
    rate: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class SplitAmount:
    """One split, in the account's currency."""

    category_id: int | None
    minor: int
    memo: str


class TransactionService(Service):
    """Transactions of one book. Does not commit; the caller's unit of work does."""

    @cached_property
    def repository(self) -> TransactionRepository:
        return TransactionRepository(self.session, self.member.book.id)

    async def get(self, transaction_id: int) -> Transaction:
        """Return the transaction with its splits."""
        return await self.repository.get_owned(transaction_id, selectinload(Transaction.splits))

    async def add(
        self, data: TransactionIn, *, categorised_by: CategorisedBy = CategorisedBy.PERSON, reason: str = ""
    ) -> Transaction:
        """Add a transaction. Without a category and splits it is categorized by rules and past choices.

        Raises ``Invalid`` at the field if account, category, payee, date or amount cannot be used.
        """
        account = await self.account(data.account)
        booked_on = check_date(data.booked_on or self.services.today)
        converted = await self._convert(data.amount, data.currency, account, booked_on)
        category_id = await self.category(data.category)
        if data.splits and category_id:
            raise Invalid(_("Choose one category or split the transaction, not both."), field="category")
        parts = await self._convert_splits(data.splits, converted) if data.splits else []
        payee = await self.payee(data.payee)
        row = Transaction(
            book_id=self.member.book.id,
            account_id=account.id,
            booked_on=booked_on,
            payee_id=payee.id if payee else None,
            category_id=category_id,
            categorised_by=categorised_by if category_id else None,
            reason=reason[:200] or None if category_id else None,
            memo=data.memo,
            status=data.status,
            created_by_id=self.member.user.id,
            is_split=bool(parts),
            splits=[self._split(part) for part in parts],
            **_amounts(converted),
        )
        filed = OPEN
        if payee is not None and not category_id and not parts:
            filed = await self.services.categorisation.categorise(row, payee.name)
        tags = [*data.tags, *filed.tags]
        self.services.journal.note(_("Added {payee}, {amount}", payee=_payee_name(payee), amount=converted.money.shown))
        await self.services.ledger.insert(row)
        if tags:
            await self._tag(row.id, tags)
        if filed.transfer and filed.transfer != row.account_id:
            await self.services.transfers.make_automatically(row.id, filed.transfer)
        return row

    async def edit(self, transaction_id: int, patch: TransactionPatch) -> Transaction:
        """Change the fields that the patch has.

        Raises ``Stale`` with both versions if someone else saved in between, and ``AlreadyReconciled`` if a locked
        field changes.
        """
        row = await self.get(transaction_id)
        given = patch.model_fields_set - {"version"}
        if patch.version is not None and patch.version != row.version:
            raise await self._stale(row, patch)
        if row.status is Status.RECONCILED:
            unlocking = patch.status is Status.CLEARED and given == {"status"}
            if given & LOCKED_FIELDS or (patch.status not in (None, row.status) and not unlocking):
                raise AlreadyReconciled()
        values: dict[str, Any] = {}
        payee = await self._get_payee(row, patch, given)
        if "payee" in given:
            values["payee_id"] = payee.id if payee else None
        splits = await self._edit_amount(row, patch, given, values)
        if "category" in given:
            values |= await self._edit_category(row, patch, is_split=bool(splits) or (splits is None and row.is_split))
        if "memo" in given:
            values["memo"] = patch.memo or ""
        if patch.status is not None:
            values["status"] = patch.status
        if "tags" in given:
            await self._tag(row.id, patch.tags or [])
        await self.services.ledger.update(row, splits=splits, **values)
        self.services.journal.note(_("Changed {payee}, {amount}", payee=_payee_name(payee), amount=row.amount.shown))
        return row

    async def recategorise(self, transaction_id: int, category_id: int | None) -> Transaction:
        """Set the category as the user's own choice; None removes it."""
        return await self.edit(transaction_id, TransactionPatch(category=category_id))

    async def delete(self, transaction_id: int) -> None:
        """Delete a transaction, and the other side of a transfer with it."""
        row = await self.get(transaction_id)
        payee = await self.session.get(Payee, row.payee_id) if row.payee_id else None
        rows = [row] if row.transfer_id is None else await self.legs(row.transfer_id)
        await self.remove(rows)
        self.services.journal.note(_("Deleted {payee}, {amount}", payee=_payee_name(payee), amount=row.amount.shown))

    async def remove(self, rows: Sequence[Transaction]) -> None:
        """Delete these rows, whose splits are loaded.

        Imported ones leave a tombstone so that they are not imported again.
        """
        if any(row.status is Status.RECONCILED for row in rows):
            raise AlreadyReconciled()
        await self.services.ledger.delete(rows)
        for row in rows:
            if row.is_valuation:
                await self.services.valuations.keep_later_value(row.account_id, row.booked_on, -row.amount_minor)

    async def duplicate(self, transaction_id: int) -> Transaction:
        """Add a copy of a transaction, dated today. Raises ``Conflict`` for transfers."""
        row = await self.get(transaction_id)
        if row.transfer_id is not None:
            raise Conflict(_("Transfers and valuations can’t be duplicated. Add a new one."))
        copy = TransactionIn(
            account=row.account_id,
            payee=row.payee_id or "",
            amount=row.amount.wire,
            category=row.category_id,
            memo=row.memo,
            tags=[name for _id, name in await self.tags_of(row.id)],
            splits=[
                SplitIn(category=each.category_id, amount=Money(each.amount_minor, row.currency).wire, memo=each.memo)
                for each in row.splits
            ],
        )
        return await self.add(copy)

    async def legs(self, transfer_id: int) -> list[Transaction]:
        """Return both transactions of a transfer, the outgoing one first."""
        query = (
            select(Transaction)
            .where(Transaction.transfer_id == transfer_id, Transaction.book_id == self.member.book.id)
            .options(selectinload(Transaction.splits))
            .order_by(Transaction.amount_minor)
        )
        return list(await self.session.scalars(query))

    async def tags_of(self, transaction_id: int) -> list[tuple[int, str]]:
        query = (
            select(Tag.id, Tag.name)
            .join(TransactionTag, TransactionTag.tag_id == Tag.id)
            .where(TransactionTag.transaction_id == transaction_id, Tag.book_id == self.member.book.id)
            .order_by(Tag.key)
        )
        return [(row.id, row.name) for row in await self.session.execute(query)]

    # Look-ups

    async def account(self, account_id: int | None, field: str = "account") -> AccountOption:
        """Return an active account, by default the default account. Raises ``Invalid`` at ``field``."""
        if account_id is None:
            return await self.services.accounts.default()
        options = {each.id: each for each in await self.services.accounts.options()}
        if account_id not in options:
            raise Invalid(_("Choose one of your accounts."), field=field)
        return options[account_id]

    async def category(self, category_id: int | None, field: str = "category") -> int | None:
        if category_id is None:
            return None
        if category_id not in await self.services.categories.by_id():
            raise Invalid(_("Choose one of your categories."), field=field)
        return category_id

    async def payee(self, reference: str | int | None) -> Payee | None:
        """Return the payee with this id or name. A new name adds a payee."""
        if not reference:
            return None
        if isinstance(reference, int):
            own = select(Payee).where(Payee.id == reference, Payee.book_id == self.member.book.id)
            found = await self.session.scalar(own)
            if found is None:
                raise Invalid(_("Choose a payee or enter a name."), field="payee")
            return found
        return await self.services.payees.named(reference)

    # Helpers

    async def _convert(
        self, text: str, currency: str | None, account: AccountOption, on: date, field: str = "amount"
    ) -> ConvertedAmount:
        code = check_currency(currency) if currency else account.currency
        money = Money.parse(text, code, field=field)
        if not money:
            raise Invalid(_("The amount can’t be zero."), field=field)
        if code == account.currency:
            return ConvertedAmount(money)
        made = await self.services.currencies.convert(money, account.currency, on, field=field)
        if not made.amount:
            raise Invalid(
                _("This is less than the smallest unit of {currency}.", currency=account.currency), field=field
            )
        return ConvertedAmount(made.amount, money, made.text, made.source[:40])

    async def _convert_splits(self, splits: Sequence[SplitIn], converted: ConvertedAmount) -> list[SplitAmount]:
        """Convert splits into the account's currency. They must add up to the original amount."""
        original = converted.original or converted.money
        moneys = [
            Money.parse(each.amount, original.currency, field=f"splits[{at}].amount") for at, each in enumerate(splits)
        ]
        check_sum(moneys, original)
        if converted.original:
            moneys = converted.money.share([each.minor for each in moneys])
        return [
            SplitAmount(await self.category(each.category, f"splits[{at}].category"), money.minor, each.memo)
            for at, (each, money) in enumerate(zip(splits, moneys, strict=True))
        ]

    def _split(self, part: SplitAmount) -> Split:
        return Split(book_id=self.member.book.id, category_id=part.category_id, amount_minor=part.minor, memo=part.memo)

    async def _get_payee(self, row: Transaction, patch: TransactionPatch, given: set[str]) -> Payee | None:
        if "payee" in given:
            return await self.payee(patch.payee)
        return await self.session.get(Payee, row.payee_id) if row.payee_id else None

    async def _edit_amount(
        self, row: Transaction, patch: TransactionPatch, given: set[str], values: dict[str, Any]
    ) -> list[Split] | None:
        """Add account, date and amount to ``values``. Return the new splits, or None if they do not change.

        The three depend on each other: each may change the converted amount.
        """
        booked_on = check_date(patch.booked_on) if patch.booked_on is not None else row.booked_on
        account = None
        if patch.account is not None and patch.account != row.account_id:
            if row.is_valuation:
                raise Invalid(_("A valuation can’t be moved to another account."), field="account")
            account = await self.account(patch.account)
            values["account_id"] = account.id
        converted = ConvertedAmount(row.amount)
        if patch.amount is not None or "currency" in given or account is not None:
            converted = await self._convert_changed_amount(row, patch, account, booked_on)
        values["booked_on"] = booked_on
        splits = await self._edit_splits(row, patch, given, converted)
        if splits:
            values |= UNCATEGORISED
        if converted.money != row.amount or converted.original:
            if row.transfer_id is not None and not row.is_valuation:
                await self._update_other_side(row, converted)
            if row.is_valuation:
                change = converted.money.minor - row.amount_minor
                await self.services.valuations.keep_later_value(row.account_id, booked_on, change)
            values |= _amounts(converted)
        return splits

    async def _convert_changed_amount(
        self, row: Transaction, patch: TransactionPatch, account: AccountOption | None, booked_on: date
    ) -> ConvertedAmount:
        if account is None:
            every = {each.id: each for each in await self.services.accounts.all()}
            account = every[row.account_id]
        if patch.amount is None and patch.currency is None:
            money = row.amount
            if row.original_minor is not None and row.original_currency and account.currency != row.currency:
                money = Money(row.original_minor, row.original_currency)
            elif account.currency == row.currency:
                return ConvertedAmount(row.amount)
            return await self._convert(money.wire, money.currency, account, booked_on, "account")
        text = patch.amount if patch.amount is not None else row.amount.wire
        return await self._convert(text, patch.currency, account, booked_on)

    async def _edit_splits(
        self, row: Transaction, patch: TransactionPatch, given: set[str], converted: ConvertedAmount
    ) -> list[Split] | None:
        if "splits" in given:
            if patch.splits and row.transfer_id is not None:
                raise Invalid(_("Transfers and valuations have no category and can’t be split."), field="splits")
            parts = await self._convert_splits(patch.splits, converted) if patch.splits else []
            return [self._split(part) for part in parts]
        if row.is_split and converted.money != row.amount:
            check_sum([Money(each.amount_minor, converted.money.currency) for each in row.splits], converted.money)
        return None

    async def _edit_category(self, row: Transaction, patch: TransactionPatch, *, is_split: bool) -> dict[str, Any]:
        category_id = await self.category(patch.category)
        if category_id is not None and row.transfer_id is not None:
            raise Invalid(_("Transfers and valuations have no category."), field="category")
        if category_id is not None and is_split:
            raise Invalid(_("This transaction is split. Change the categories of its splits."), field="category")
        chosen_by = CategorisedBy.PERSON if category_id else None
        return {**UNCATEGORISED, "category_id": category_id, "categorised_by": chosen_by}

    async def _update_other_side(self, row: Transaction, converted: ConvertedAmount) -> None:
        """Update the other side of a transfer after an amount has changed."""
        other = next(each for each in await self.legs(row.transfer_id or 0) if each.id != row.id)
        if other.status is Status.RECONCILED:
            raise AlreadyReconciled()
        if converted.money.minor * other.amount_minor > 0:
            raise Invalid(_("The two sides of a transfer need opposite signs."), field="amount")
        if other.currency == converted.money.currency:
            await self.services.ledger.update(other, amount_minor=-converted.money.minor)
        else:
            legs = (other.amount, converted.money) if row.amount_minor > 0 else (converted.money, other.amount)
            transfer = await self.session.get_one(Transfer, row.transfer_id)
            await self.services.ledger.set_rate(transfer, rate_between(*legs))

    async def _tag(self, transaction_id: int, names: Iterable[str]) -> None:
        """Set the tags of a transaction."""
        wanted = {tag.id for tag in await self.services.tags.named(names)}
        query = select(TransactionTag).where(TransactionTag.transaction_id == transaction_id)
        for link in await self.session.scalars(query):
            if link.tag_id in wanted:
                wanted.discard(link.tag_id)
            else:
                await self.session.delete(link)
        self.session.add_all(
            TransactionTag(book_id=self.member.book.id, transaction_id=transaction_id, tag_id=tag_id)
            for tag_id in sorted(wanted)
        )
        await self.session.flush()

    async def _stale(self, row: Transaction, patch: TransactionPatch) -> Stale:
        """Build the error with both versions: the stored one, and the same with the sent fields."""
        payee = await self.session.get(Payee, row.payee_id) if row.payee_id else None
        theirs: dict[str, Any] = {
            "account": row.account_id,
            "booked_on": row.booked_on.isoformat(),
            "payee": payee.name if payee else "",
            "amount": row.amount.wire,
            "currency": row.currency,
            "category": row.category_id,
            "memo": row.memo,
            "splits": [
                {
                    "category": each.category_id,
                    "amount": Money(each.amount_minor, row.currency).wire,
                    "memo": each.memo,
                }
                for each in row.splits
            ],
            "tags": [name for _id, name in await self.tags_of(row.id)],
            "status": row.status.value,
            "version": row.version,
        }
        yours = theirs | patch.model_dump(mode="json", exclude_unset=True)
        return Stale(
            _("Someone else changed this. Compare, then save again."),
            yours=yours,
            theirs=theirs,
        )


def check_sum(parts: Sequence[Money], whole: Money) -> None:
    """Check that splits add up to the amount. Raises ``Invalid`` with the difference."""
    gap = Money(whole.minor - sum(each.minor for each in parts), whole.currency)
    if gap:
        raise Invalid(_("The splits don’t add up to the amount. {gap} remains.", gap=gap.shown), field="splits")


def rate_between(source: Money, target: Money) -> str:
    """Return units of the target's currency for one of the source's, with at most 12 significant digits."""
    return f"{abs(target.decimal) / abs(source.decimal):.12g}" if source.minor else "0"


def _amounts(converted: ConvertedAmount) -> dict[str, Any]:
    original = converted.original
    return {
        "amount_minor": converted.money.minor,
        "currency": converted.money.currency,
        "original_minor": original.minor if original else None,
        "original_currency": original.currency if original else None,
        "rate": converted.rate,
        "rate_source": converted.source,
    }


def check_date(day: date) -> date:
    """Return the date. Raises ``Invalid`` outside 1900 to 2199."""
    if not EARLIEST_DATE <= day <= LATEST_DATE:
        raise Invalid(_("Use a year from 1900 to 2199."), field="booked_on")
    return day


def _payee_name(payee: Payee | None) -> str:
    return payee.name if payee else _("a transaction")
