"""The text that the search looks into, kept right when payees change and changes are undone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, event, inspect, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from app.domain.money import wire
from app.domain.search import search_text
from app.models import Payee, Transaction

PART = 500
TABLE: Any = Transaction.__table__
READ = ("payee_id", "memo", "statement_text", "amount_minor")


async def reindex(session: AsyncSession, ids: Sequence[int]) -> None:
    """Write the search text of these transactions anew, after their payee was changed around the ORM."""
    for start in range(0, len(ids), PART):
        some = ids[start : start + PART]
        await session.run_sync(_write, TABLE.c.id.in_(some))


def _write(session: Session, where: Any) -> None:
    connection = session.connection()
    payee = Payee.__table__.c
    rows = connection.execute(
        select(TABLE.c.id, payee.name, TABLE.c.memo, TABLE.c.statement_text, TABLE.c.amount_minor, TABLE.c.currency)
        .select_from(TABLE.outerjoin(Payee.__table__, payee.id == TABLE.c.payee_id))
        .where(where)
    ).all()
    if rows:
        connection.execute(
            update(TABLE).where(TABLE.c.id == bindparam("row")).values(search_text=bindparam("words")),
            [
                {"row": row.id, "words": search_text(row.name or "", row.memo, row.statement_text, _amount(row))}
                for row in rows
            ],
        )


def _amount(row: Any) -> str:
    return wire(row.amount_minor, row.currency)


@event.listens_for(Session, "after_flush")
def _follow(session: Session, _context: Any) -> None:
    """What was renamed, changed or restored is found again under its new words."""
    renamed = [row.id for row in session.dirty if isinstance(row, Payee) and inspect(row).attrs.name.history.deleted]
    for payee_id in renamed:
        _write(session, TABLE.c.payee_id == payee_id)
    rows = [row for row in session.new if isinstance(row, Transaction) and not row.search_text]
    rows += [row for row in session.dirty if isinstance(row, Transaction) and _changed(row)]
    ids = [row.id for row in rows]
    for start in range(0, len(ids), PART):
        _write(session, TABLE.c.id.in_(ids[start : start + PART]))


def _changed(row: Transaction) -> bool:
    attributes = inspect(row).attrs
    if attributes.search_text.history.has_changes():
        return False
    return any(attributes[name].history.has_changes() for name in READ)
