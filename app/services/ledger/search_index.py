"""The text that the search of transactions looks into."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, event, inspect, select, update
from sqlalchemy.orm import Session

from app.domain.money import wire
from app.domain.search import search_text
from app.models import Payee, Transaction

TABLE: Any = Transaction.__table__


def text_of(payee: str, memo: str, statement_text: str, minor: int, currency: str) -> str:
    """Return the search text of a transaction whose payee has this name."""
    return search_text(payee, memo, statement_text, wire(minor, currency))


def index_row(session: Session, row: Transaction) -> None:
    """Set the search text of a loaded transaction."""
    payee = session.get(Payee, row.payee_id) if row.payee_id else None
    text = text_of(
        payee.name if payee else "", row.memo or "", row.statement_text or "", row.amount_minor, row.currency
    )
    if row.search_text != text:
        row.search_text = text


def index_where(session: Session, condition: Any) -> None:
    """Write the search text of the transactions that match, after a bulk change of their payee."""
    connection = session.connection()
    payee = Payee.__table__.c
    rows = connection.execute(
        select(TABLE.c.id, payee.name, TABLE.c.memo, TABLE.c.statement_text, TABLE.c.amount_minor, TABLE.c.currency)
        .select_from(TABLE.outerjoin(Payee.__table__, payee.id == TABLE.c.payee_id))
        .where(condition)
    ).all()
    if rows:
        connection.execute(
            update(TABLE).where(TABLE.c.id == bindparam("row_id")).values(search_text=bindparam("text")),
            [
                {
                    "row_id": row.id,
                    "text": text_of(row.name or "", row.memo, row.statement_text, row.amount_minor, row.currency),
                }
                for row in rows
            ],
        )


@event.listens_for(Session, "after_flush")
def _index_renamed_payees(session: Session, _context: Any) -> None:
    """Write the search text of a renamed payee's transactions, whether a person renamed it or undo did."""
    for row in session.dirty:
        if isinstance(row, Payee) and inspect(row).attrs.name.history.deleted:
            index_where(session, TABLE.c.payee_id == row.id)
