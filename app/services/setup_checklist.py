"""The steps that a new household still has to do: add an account, import, categorize, confirm bills."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sqlalchemy import bindparam, exists, func, select

from app.db import rows
from app.models import Book, ImportBatch, Recurring, Transaction
from app.services.base import Service
from app.services.transaction_list import UNFILED_ROWS

ENOUGH = 10  # transactions that count as imported, for people who type them
MAX_COUNT = 60  # uncategorized transactions are counted up to here
VISIBLE_DAYS = 60  # since the household was created

OWN = Transaction.book_id == bindparam("book_id")
PROGRESS = select(
    select(Book.created_at).where(Book.id == bindparam("book_id")).scalar_subquery(),
    select(func.count()).select_from(select(Transaction.id).where(OWN).limit(ENOUGH).subquery()).scalar_subquery(),
    select(func.count())
    .select_from(select(Transaction.id).where(OWN, UNFILED_ROWS).limit(MAX_COUNT).subquery())
    .scalar_subquery(),
    exists().where(ImportBatch.book_id == bindparam("book_id"), ImportBatch.created > 0),
    exists().where(Recurring.book_id == bindparam("book_id")),
)


@dataclass(frozen=True, slots=True)
class SetupStep:
    """A step of the checklist. ``count`` is the number of transactions or bills it is about."""

    key: Literal["account", "import", "categorize", "bills"]
    is_done: bool
    count: int = 0


class SetupChecklistService(Service):
    """Finds the open steps of a new household."""

    async def get_steps(self) -> list[SetupStep]:
        """Return all steps while one is open and the household is new, else an empty list."""
        ((created_at, transactions, uncategorized, has_import, has_bills),) = await rows(
            self.session, PROGRESS, {"book_id": self.member.book.id}
        )
        is_new = self.today - created_at.date() <= timedelta(days=VISIBLE_DAYS)
        if not is_new or await self.services.sample_data.present():
            return []
        is_used = bool(has_import) or transactions >= ENOUGH
        accounts = [each for each in await self.services.accounts.all() if not each.is_archived]
        found = 0 if has_bills else len(await self.services.recurring_candidates.open())
        steps = [
            SetupStep("account", is_used or len(accounts) > 1),
            SetupStep("import", is_used),
            SetupStep("categorize", bool(transactions) and not uncategorized, uncategorized),
        ]
        if has_bills or found:
            steps.append(SetupStep("bills", bool(has_bills), found))
        return [] if all(each.is_done for each in steps) else steps
