"""Idempotency keys: which request was sent with a key, and how it was answered. They are kept for a day."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import insert_into
from app.models import IdempotencyKey
from app.models.base import now
from app.services.cleanup import ANSWERS


async def claim(session: AsyncSession, user_id: int, key: str, request_hash: str) -> bool:
    """Store a user's key. Return False if it is stored already; waits for a unit of work that is storing it."""
    own = (IdempotencyKey.user_id == user_id, IdempotencyKey.key == key)
    await session.execute(delete(IdempotencyKey).where(*own, IdempotencyKey.created_at < now() - ANSWERS))
    claimed = await session.execute(
        insert_into(IdempotencyKey, session.get_bind().dialect.name)
        .values(user_id=user_id, key=key, request_hash=request_hash, status=0, answer={}, created_at=now())
        .on_conflict_do_nothing(index_elements=["user_id", "key"])
        .returning(IdempotencyKey.id)
    )
    return claimed.first() is not None


async def get(session: AsyncSession, user_id: int, key: str) -> IdempotencyKey:
    found = await session.scalars(
        select(IdempotencyKey).where(IdempotencyKey.user_id == user_id, IdempotencyKey.key == key)
    )
    return found.one()


async def add_for_new_user(session: AsyncSession, user_id: int, key: str, request_hash: str) -> bool:
    """Store the key that a sign-up was sent with. Return False if any user has it."""
    await session.execute(
        delete(IdempotencyKey).where(IdempotencyKey.key == key, IdempotencyKey.created_at < now() - ANSWERS)
    )
    if await session.scalar(select(IdempotencyKey.id).where(IdempotencyKey.key == key)) is not None:
        return False
    session.add(IdempotencyKey(user_id=user_id, key=key, request_hash=request_hash, status=201, answer={}))
    return True


async def find(session: AsyncSession, key: str) -> IdempotencyKey | None:
    """Return any user's key, unless it has expired."""
    fresh = IdempotencyKey.created_at >= now() - ANSWERS
    return await session.scalar(select(IdempotencyKey).where(IdempotencyKey.key == key, fresh))
