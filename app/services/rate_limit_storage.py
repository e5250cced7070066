"""Counters of rate limits in the database, as a storage of the limits library."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from limits.aio.storage import Storage
from sqlalchemy import ColumnElement, case, delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import insert_into, read_session, write_session
from app.models import Attempt
from app.models.base import now


async def count_in_window(
    session: AsyncSession,
    key: str,
    moment: datetime,
    seconds: int,
    amount: int = 1,
    *,
    renew: bool = False,
    where: ColumnElement[bool] | None = None,
) -> int | None:
    """Add to a counter and return it. This is one statement, so that two processes never both win the last try.

    The count starts again when its window has ended; with ``renew`` each try prolongs the window. Returns None where
    the condition on the stored row does not hold.
    """
    expires_at = moment + timedelta(seconds=seconds)
    is_over = Attempt.expires_at <= moment
    kept = expires_at if renew else case((is_over, expires_at), else_=Attempt.expires_at)
    statement = (
        insert_into(Attempt, session.get_bind().dialect.name)
        .values(key=key, count=amount, expires_at=expires_at)
        .on_conflict_do_update(
            index_elements=["key"],
            set_={"count": case((is_over, amount), else_=Attempt.count + amount), "expires_at": kept},
            where=where,
        )
        .returning(Attempt.count)
    )
    counted: int | None = await session.scalar(statement)
    return counted


class DatabaseStorage(Storage):
    """Fixed windows in the ``attempt`` table, each counted in a transaction of its own."""

    STORAGE_SCHEME = ["async+saldo"]

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    async def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        async with write_session() as session, session.begin():
            return await count_in_window(session, key, now(), expiry, amount) or amount

    async def get(self, key: str) -> int:
        async with read_session() as session:
            return await session.scalar(self._open(key, Attempt.count)) or 0

    async def get_expiry(self, key: str) -> float:
        async with read_session() as session:
            expires_at = await session.scalar(self._open(key, Attempt.expires_at))
        return (expires_at or now()).timestamp()

    async def check(self) -> bool:
        async with read_session() as session:
            await session.execute(select(1))
        return True

    async def reset(self) -> int | None:
        async with write_session() as session, session.begin():
            done: Any = await session.execute(delete(Attempt))
        return int(done.rowcount)

    async def clear(self, key: str) -> None:
        async with write_session() as session, session.begin():
            await session.execute(delete(Attempt).where(Attempt.key == key))

    def _open(self, key: str, column: Any) -> Any:
        return select(column).where(Attempt.key == key, Attempt.expires_at > now())
