"""What has served its time: rows and files that nobody can use any more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import (
    ApiToken,
    Attempt,
    AuthSession,
    Base,
    IdempotencyKey,
    ImportBatch,
    ImportStatus,
    Job,
    JobState,
    OneTimeLink,
    RefreshToken,
)
from app.services.rate_limit import HOUR, LIMITS
from app.services.sessions import IDLE

ANSWERS = timedelta(hours=24)  # how long the answer to an Idempotency-Key is given again
DAY, WEEK, MONTH = timedelta(days=1), timedelta(days=7), timedelta(days=30)
DRAFT = WEEK  # how long a bank's file waits for somebody to bring it in


def over(moment: datetime) -> dict[type[Base], ColumnElement[bool]]:
    """Which rows of each table are over. A used refresh token stays until its time: its reuse tells of a theft."""
    longest = timedelta(seconds=max(HOUR, *(limit.seconds for limit in LIMITS.values())))
    return {
        AuthSession: or_(
            AuthSession.expires_at < moment - DAY,
            AuthSession.last_seen_at < moment - IDLE - DAY,
            AuthSession.revoked_at < moment - DAY,
        ),
        RefreshToken: RefreshToken.expires_at < moment - DAY,
        OneTimeLink: OneTimeLink.expires_at < moment - DAY,
        ApiToken: ApiToken.revoked_at < moment - MONTH,
        IdempotencyKey: IdempotencyKey.created_at < moment - ANSWERS,
        Attempt: (Attempt.started_at < moment - longest)
        & or_(Attempt.blocked_until.is_(None), Attempt.blocked_until < moment),
        Job: Job.state.in_([JobState.DONE, JobState.FAILED]) & (Job.finished_at < moment - MONTH),
        ImportBatch: (ImportBatch.status == ImportStatus.DRAFT) & (ImportBatch.updated_at < moment - DRAFT),
    }


async def tidy(session: AsyncSession, moment: datetime) -> dict[str, int]:
    """Delete what is over; how many rows of which table. The file of a draft is then nobody's."""
    gone: dict[str, int] = {}
    for model, condition in over(moment).items():
        done: Any = await session.execute(delete(model).where(condition).execution_options(synchronize_session=False))
        gone[str(model.__tablename__)] = done.rowcount
    return gone


async def named_files(session: AsyncSession) -> set[str]:
    """The files of imports that are still to be brought in."""
    waiting = ImportBatch.status.in_([ImportStatus.DRAFT, ImportStatus.RUNNING])
    names = await session.scalars(select(ImportBatch.path).where(ImportBatch.path.is_not(None), waiting))
    return {name for name in names if name}
