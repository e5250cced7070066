"""Reconcile an account: compare it with a bank statement and lock what matches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from app.domain.money import Money
from app.errors import Conflict, Invalid
from app.i18n import _, ngettext
from app.models import Account, AccountTotal, CategorisedBy, Payee, Status, Transaction
from app.services.base import Service

MAX_ROWS = 200  # shown to select; older ones are taken to match


@dataclass(frozen=True, slots=True)
class UnreconciledRow:
    """A transaction that is not locked yet."""

    id: int
    booked_on: date
    payee: str
    memo: str
    amount: Money
    status: Status


@dataclass(frozen=True, slots=True)
class OpenStatement:
    """An account beside a bank statement.

    ``reconciled`` is the opening balance plus all locked transactions. ``older`` and ``older_sum`` are the count and
    sum of transactions before ``rows``, which are taken to match.
    """

    account: Account
    until: date
    statement: Money
    reconciled: Money
    rows: Sequence[UnreconciledRow]
    older: int
    older_sum: Money

    def cleared_balance(self, ticked: Iterable[int]) -> Money:
        """Return the balance of everything locked plus the selected rows."""
        chosen = set(ticked)
        minor = sum(row.amount.minor for row in self.rows if row.id in chosen)
        return Money(self.reconciled.minor + self.older_sum.minor + minor, self.account.currency)

    def difference(self, ticked: Iterable[int]) -> Money:
        """Return the statement's balance minus the cleared balance; zero if they match."""
        return self.statement - self.cleared_balance(ticked)


class ReconciliationService(Service):
    """Reconciles the accounts of one book."""

    async def get_open(self, account_id: int, until: date, statement: Money) -> OpenStatement:
        """Return the unlocked rows up to the statement's date, latest first."""
        account = await self.services.accounts.get(account_id)
        if statement.currency != account.currency:
            raise Invalid(_("The statement of {name} is in {currency}.", name=account.name, currency=account.currency))
        locked = await self.session.scalar(
            select(AccountTotal.reconciled_minor).where(AccountTotal.account_id == account.id)
        )
        open_rows = [
            Transaction.book_id == self.member.book.id,
            Transaction.account_id == account.id,
            Transaction.booked_on <= until,
            Transaction.status != Status.RECONCILED,
        ]
        count, total = (
            await self.session.execute(
                select(func.count(), func.coalesce(func.sum(Transaction.amount_minor), 0)).where(*open_rows)
            )
        ).one()
        query = (
            select(
                Transaction.id,
                Transaction.booked_on,
                func.coalesce(Payee.name, ""),
                Transaction.memo,
                Transaction.amount_minor,
                Transaction.status,
            )
            .outerjoin(Payee, Payee.id == Transaction.payee_id)
            .where(*open_rows)
            .order_by(Transaction.booked_on.desc(), Transaction.id.desc())
            .limit(MAX_ROWS)
        )
        rows = [
            UnreconciledRow(row_id, day, payee, memo, Money(minor, account.currency), status)
            for row_id, day, payee, memo, minor, status in await self.session.execute(query)
        ]
        older_sum = int(total) - sum(row.amount.minor for row in rows)
        return OpenStatement(
            account,
            until,
            statement,
            Money(account.opening_balance_minor + int(locked or 0), account.currency),
            rows,
            int(count) - len(rows),
            Money(older_sum, account.currency),
        )

    async def finish(self, open_statement: OpenStatement, ticked: Sequence[int], *, adjust: bool = False) -> int:
        """Lock the selected rows as one change set and return how many.

        A remaining difference raises ``Conflict``; with ``adjust`` it becomes an adjustment on the statement's date.
        """
        known = {row.id for row in open_statement.rows}
        chosen = [row_id for row_id in dict.fromkeys(ticked) if row_id in known]
        gap = open_statement.difference(chosen)
        if gap and not adjust:
            raise Conflict(_("{gap} is still open. Select what is on the statement or add an adjustment.", gap=gap))
        if not chosen and not open_statement.older and not gap:
            raise Conflict(_("No transactions to reconcile up to that date."))
        chosen += await self._older(open_statement)
        rows = await self.services.ledger.read_rows(chosen)
        count = await self.services.ledger.update_many(rows, {"status": Status.RECONCILED})
        if gap:
            await self._adjust(open_statement, gap)
        label = ngettext(
            "Reconciled {name}: {n} transaction",
            "Reconciled {name}: {n} transactions",
            count,
            name=open_statement.account.name,
        )
        self.services.journal.note(label)
        return count

    async def _older(self, open_statement: OpenStatement) -> list[int]:
        if not open_statement.older:
            return []
        query = (
            select(Transaction.id)
            .where(
                Transaction.book_id == self.member.book.id,
                Transaction.account_id == open_statement.account.id,
                Transaction.booked_on <= open_statement.until,
                Transaction.status != Status.RECONCILED,
            )
            .order_by(Transaction.booked_on.desc(), Transaction.id.desc())
            .offset(MAX_ROWS)
        )
        return list(await self.session.scalars(query))

    async def _adjust(self, open_statement: OpenStatement, gap: Money) -> None:
        payee = await self.services.payees.named(_("Balance adjustment"))
        await self.services.ledger.insert(
            Transaction(
                book_id=self.member.book.id,
                account_id=open_statement.account.id,
                booked_on=open_statement.until,
                amount_minor=gap.minor,
                currency=gap.currency,
                payee_id=payee.id,
                category_id=await self._category(gap),
                categorised_by=CategorisedBy.RULE,
                reason=_("balance adjustment"),
                memo=_("Balance adjustment for the statement of {day}", day=open_statement.until.isoformat()),
                status=Status.RECONCILED,
                created_by_id=self.member.user.id,
            )
        )

    async def _category(self, gap: Money) -> int | None:
        found = (await self.services.categories.by_key()).get("other_income" if gap.minor > 0 else "other_expense")
        return found.id if found else None
