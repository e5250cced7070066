"""Count a book's roll-ups anew, when what a month is has changed."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.period import Months
from app.models import AccountTotal, DayTotal, MonthTotal
from app.services.ledger import rollups
from app.services.ledger.invariants import recomputed


async def rebuild(session: AsyncSession, book_id: int, months: Months) -> None:
    """Write the account, day and month totals of a book as its transactions have them."""
    await session.flush()
    for table in (AccountTotal, DayTotal, MonthTotal):
        await session.execute(delete(table).where(table.book_id == book_id))
    await rollups.apply(session, await recomputed(session, book_id, months))
