"""Past transactions as input for the models, read in one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from app.domain.money import exponent
from app.domain.period import shift_month
from app.models import Payee, Transaction
from app.services.base import Service

if TYPE_CHECKING:
    from app.ml.memory import Row

HISTORY_MONTHS = 24


@dataclass(frozen=True, slots=True)
class PastTransaction:
    """A transaction other than a transfer. ``text`` is its payee or the bank description."""

    id: int
    booked_on: date
    minor: int
    currency: str
    payee_id: int | None
    text: str
    category_id: int | None
    account_id: int
    created_at: datetime

    @property
    def row(self) -> Row:
        """Return it as model input: in major units, labeled with the id of its category."""
        from app.ml.memory import Row

        label = str(self.category_id) if self.category_id else None
        return Row(self.text, self.minor / 10 ** exponent(self.currency), self.booked_on, label)


class HistoryService(Service):
    """Reads past transactions of one book."""

    async def read(self, months: int = HISTORY_MONTHS) -> list[PastTransaction]:
        """Return transactions of the last months up to today that have a text, oldest first."""
        today = self.services.today
        text = func.coalesce(Payee.name, Transaction.statement_text)
        query = (
            select(
                Transaction.id,
                Transaction.booked_on,
                Transaction.amount_minor,
                Transaction.currency,
                Transaction.payee_id,
                text,
                Transaction.category_id,
                Transaction.account_id,
                Transaction.created_at,
            )
            .outerjoin(Payee, Payee.id == Transaction.payee_id)
            .where(
                Transaction.book_id == self.member.book.id,
                Transaction.booked_on.between(shift_month(today, -months), today),
                Transaction.transfer_id.is_(None),
                text != "",
            )
            .order_by(Transaction.booked_on, Transaction.id)
        )
        return [PastTransaction(*row) for row in await self.session.execute(query)]
