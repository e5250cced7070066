"""Valuations: the value of a property, loan or investment on a date."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.domain.money import Money
from app.errors import AlreadyReconciled, Conflict, Invalid
from app.i18n import _
from app.models import Account, AccountKind, Status, Transaction
from app.services.base import Service
from app.services.transactions import check_date

VALUED_KINDS = frozenset({AccountKind.ASSET, AccountKind.LOAN, AccountKind.INVESTMENT})


class ValuationService(Service):
    """Updates the value of accounts whose value changes without a payment.

    A valuation is a transaction whose amount is the difference to the balance. It is stored as a transfer with one
    side: it changes balances, but it is neither income nor spending and has no category.
    """

    async def set_value(self, account_id: int, value: Money, on: date) -> None:
        """Make ``value`` the balance at the end of a day. Values of later dates stay as they were entered.

        Raises ``Conflict`` if the kind of the account has no valuations, and ``Invalid`` at ``value``.
        """
        account = await self.services.accounts.get(account_id)
        check_valued(account)
        on = check_date(on)
        if value.currency != account.currency:
            raise Invalid(_("Enter the value in {currency}.", currency=account.currency), field="value")
        change = value - await self.services.accounts.balance(account, on)
        if not change:
            raise Invalid(_("The balance on that date is already {amount}.", amount=value.shown), field="value")
        row = await self._first(account.id, Transaction.booked_on == on)
        if row is not None:
            await self._shift(row, change.minor)
        else:
            row = Transaction(
                book_id=self.member.book.id,
                account_id=account.id,
                booked_on=on,
                amount_minor=change.minor,
                currency=account.currency,
                is_valuation=True,
                created_by_id=self.member.user.id,
            )
            await self.services.ledger.insert_transfer(row, rate=None)
        await self.keep_later_value(account.id, on, change.minor)
        self.services.journal.note(_("Updated the value of {name} to {amount}", name=account.name, amount=value.shown))

    async def keep_later_value(self, account_id: int, on: date, change_minor: int) -> None:
        """Take a change on a day from the next valuation, so that the value of its date stays as it was entered."""
        later = await self._first(account_id, Transaction.booked_on > on)
        if later is not None and change_minor:
            await self._shift(later, -change_minor)

    async def _first(self, account_id: int, condition: object) -> Transaction | None:
        query = select(Transaction.id).where(
            Transaction.book_id == self.member.book.id,
            Transaction.account_id == account_id,
            Transaction.is_valuation,
            condition,  # type: ignore[arg-type]
        )
        found = await self.session.scalar(query.order_by(Transaction.booked_on, Transaction.id).limit(1))
        return await self.services.transactions.get(found) if found else None

    async def _shift(self, row: Transaction, minor: int) -> None:
        if row.status is Status.RECONCILED:
            raise AlreadyReconciled()
        await self.services.ledger.update(row, amount_minor=row.amount_minor + minor)


def check_valued(account: Account) -> None:
    """Raise ``Conflict`` unless the value of the account changes by itself."""
    if account.kind not in VALUED_KINDS:
        raise Conflict(_("Only assets, loans and investments have a value to update."))
