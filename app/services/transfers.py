"""Transfers: two linked transactions in different own accounts."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import selectinload

from app.domain.money import Money
from app.errors import AlreadyReconciled, Conflict, Invalid, NotFound
from app.i18n import _
from app.models import DismissedTransferPair, Status, Transaction, Transfer
from app.schemas.transfers import TransferIn
from app.services.base import Service
from app.services.transactions import check_date, rate_between

MAX_DISTANCE = timedelta(days=7)


class TransferService(Service):
    """Transfers of one book."""

    async def add(self, data: TransferIn) -> tuple[Transfer, Transaction, Transaction]:
        """Add both sides. Across currencies the received amount is as given, or converted at the day's rate."""
        source = await self.services.transactions.account(data.from_, "from")
        target = await self.services.transactions.account(data.to, "to")
        if source.id == target.id:
            raise Invalid(_("Choose two different accounts."), field="to")
        on = check_date(data.booked_on or self.services.today)
        out = _parse_positive(data.amount, source.currency, "amount")
        if data.to_amount is not None:
            into = _parse_positive(data.to_amount, target.currency, "to_amount")
            if source.currency == target.currency and into != out:
                raise Invalid(
                    _("Both accounts are in {currency}, so the amounts must be equal.", currency=out.currency),
                    field="to_amount",
                )
        else:
            into = (await self.services.currencies.convert(out, target.currency, on)).amount
        legs = [
            Transaction(
                book_id=self.member.book.id,
                account_id=account.id,
                booked_on=on,
                amount_minor=money.minor,
                currency=money.currency,
                memo=data.memo,
                created_by_id=self.member.user.id,
            )
            for account, money in ((source, -out), (target, into))
        ]
        transfer = await self.services.ledger.insert_transfer(*legs, rate=_rate(out, into))
        self.services.journal.note(
            _(
                "Transferred {amount} from {source} to {target}",
                amount=out.shown,
                source=source.name,
                target=target.name,
            )
        )
        return transfer, legs[0], legs[1]

    async def add_other_side(self, transaction_id: int, account_id: int | None) -> Transfer:
        """Make a transaction a transfer by adding its other side in another account, on the same date.

        Its category and splits are removed. Across currencies the other amount is converted at the day's rate.
        Raises ``Invalid`` at ``account`` if the account cannot be used, ``Conflict`` if it is a transfer already.
        """
        row = await self.services.transactions.get(transaction_id)
        if row.status is Status.RECONCILED:
            raise AlreadyReconciled()
        if row.transfer_id:
            raise Conflict(_("This is already a transfer."))
        if account_id is None:
            raise Invalid(_("Choose an account."), field="account")
        account = await self.services.transactions.account(account_id)
        if account.id == row.account_id:
            raise Invalid(_("Choose a different account."), field="account")
        opposite = (
            await self.services.currencies.convert(-row.amount, account.currency, row.booked_on, field="account")
        ).amount
        if not opposite:
            raise Invalid(_("The amount is too small for {currency}.", currency=account.currency), field="account")
        other = Transaction(
            book_id=self.member.book.id,
            account_id=account.id,
            booked_on=row.booked_on,
            amount_minor=opposite.minor,
            currency=opposite.currency,
            memo=row.memo,
            created_by_id=self.member.user.id,
        )
        await self.services.ledger.insert(other)
        other = await self.services.transactions.get(other.id)
        out, into = sorted((row, other), key=lambda each: each.amount_minor)
        transfer = await self.services.ledger.link(out, into, rate=_rate(-out.amount, into.amount))
        self.services.journal.note(_("Added a transfer of {amount}", amount=(-out.amount).shown))
        return transfer

    async def make_automatically(self, transaction_id: int, account_id: int) -> bool:
        """Make a transaction a transfer with an account, as a rule says; return whether it is one now.

        It is linked with the matching transaction there that is nearest in time; without one, the other side is
        added. What cannot be a transfer, such as an amount without an exchange rate, is left as it is.
        """
        row = await self.services.transactions.get(transaction_id)
        matching = await self.candidates(row, account_id=account_id)
        try:
            if matching:
                nearest = min(
                    matching, key=lambda each: (each.currency != row.currency, abs(each.booked_on - row.booked_on))
                )
                await self.link(row.id, nearest.id)
            else:
                await self.add_other_side(row.id, account_id)
        except (Conflict, Invalid, AlreadyReconciled):
            return False
        return True

    async def link(self, one_id: int, other_id: int) -> Transfer:
        """Link two transactions as the sides of one transfer. Their categories are removed."""
        pair = [await self.services.transactions.get(each) for each in (one_id, other_id)]
        out, into = sorted(pair, key=lambda row: row.amount_minor)
        if out.id == into.id or out.account_id == into.account_id:
            raise Invalid(_("Both sides of a transfer need different accounts."), field="other")
        if out.transfer_id or into.transfer_id:
            raise Conflict(_("One of these transactions is already part of a transfer."))
        if not out.amount_minor < 0 < into.amount_minor:
            raise Invalid(_("One transaction must be money out and the other money in."), field="other")
        if out.currency == into.currency and out.amount_minor + into.amount_minor:
            raise Invalid(_("The two amounts differ."), field="other")
        transfer = await self.services.ledger.link(out, into, rate=_rate(-out.amount, into.amount))
        self.services.journal.note(_("Linked {amount} as a transfer", amount=(-out.amount).shown))
        return transfer

    async def dismiss_pair(self, source_id: int, target_id: int) -> None:
        """Remember that two transactions are not a transfer, so that they are not suggested again."""
        out, into = [await self.services.transactions.get(each) for each in (source_id, target_id)]
        if out.transfer_id or into.transfer_id:
            raise Conflict(_("One of these transactions is already part of a transfer."))
        said = DismissedTransferPair.source_id == out.id, DismissedTransferPair.target_id == into.id
        if await self.session.scalar(select(DismissedTransferPair.id).where(*said)) is None:
            self.session.add(DismissedTransferPair(book_id=self.member.book.id, source_id=out.id, target_id=into.id))
            await self.session.flush()
        self.services.journal.note(_("Kept two transactions of {amount} separate", amount=abs(out.amount).shown))

    async def unlink(self, transfer_id: int) -> list[Transaction]:
        """Turn a transfer back into two separate transactions without a category."""
        _transfer, legs = await self._own(transfer_id)
        if len(legs) == 1:
            raise Conflict(_("A valuation can’t be unlinked. Delete it instead."))
        await self.services.ledger.unlink([transfer_id])
        self.services.journal.note(_("Unlinked a transfer of {amount}", amount=abs(legs[0].amount).shown))
        return legs

    async def delete(self, transfer_id: int) -> None:
        """Delete the transfer with both of its transactions."""
        _transfer, legs = await self._own(transfer_id)
        await self.services.transactions.remove(legs)
        self.services.journal.note(_("Deleted a transfer of {amount}", amount=abs(legs[0].amount).shown))

    async def candidates(self, row: Transaction, limit: int = 8, *, account_id: int | None = None) -> list[Transaction]:
        """Return possible other sides in other accounts, or in one.

        They have the opposite sign and are at most a week apart. Equal amounts come first.
        """
        opposite = Transaction.amount_minor < 0 if row.amount_minor > 0 else Transaction.amount_minor > 0
        query = (
            select(Transaction)
            .where(
                Transaction.book_id == self.member.book.id,
                Transaction.account_id != row.account_id,
                *([Transaction.account_id == account_id] if account_id else []),
                Transaction.transfer_id.is_(None),
                Transaction.booked_on.between(row.booked_on - MAX_DISTANCE, row.booked_on + MAX_DISTANCE),
                or_(
                    and_(Transaction.currency == row.currency, Transaction.amount_minor == -row.amount_minor),
                    and_(Transaction.currency != row.currency, opposite),
                ),
            )
            .options(selectinload(Transaction.splits))
            .order_by(Transaction.currency != row.currency, Transaction.booked_on.desc(), Transaction.id.desc())
            .limit(100)
        )
        return [each for each in await self.session.scalars(query) if await self._is_possible_pair(row, each)][:limit]

    async def _is_possible_pair(self, row: Transaction, other: Transaction) -> bool:
        """Whether two rows have about the same value. Without a rate the user decides."""
        if other.currency == row.currency:
            return True
        try:
            made = await self.services.currencies.convert(abs(other.amount), row.currency, row.booked_on)
        except Invalid:
            return True
        return abs(made.amount.minor - abs(row.amount_minor)) * 10 <= abs(row.amount_minor)

    async def _own(self, transfer_id: int) -> tuple[Transfer, list[Transaction]]:
        own = select(Transfer).where(Transfer.id == transfer_id, Transfer.book_id == self.member.book.id)
        transfer = await self.session.scalar(own)
        if transfer is None:
            raise NotFound(_("That transfer does not exist."))
        legs = await self.services.transactions.legs(transfer_id)
        if any(row.status is Status.RECONCILED for row in legs):
            raise AlreadyReconciled()
        return transfer, legs


def _parse_positive(text: str, currency: str, field: str) -> Money:
    money = Money.parse(text, currency, field=field)
    if money.minor <= 0:
        raise Invalid(_("Enter an amount above zero."), field=field)
    return money


def _rate(out: Money, into: Money) -> str | None:
    return None if out.currency == into.currency else rate_between(out, into)
