"""Delete rows and files that nobody can use any more."""

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
    SecurityEvent,
)
from app.services.sessions import IDLE

ANSWERS = timedelta(hours=24)  # how long the answer to an Idempotency-Key is repeated
DAY, MONTH = timedelta(days=1), timedelta(days=30)
DRAFT = timedelta(days=7)  # how long an uploaded bank file waits to be imported
SECURITY_EVENTS = timedelta(days=365)


def expired_rows(moment: datetime) -> dict[type[Base], ColumnElement[bool]]:
    """Return the condition for each table. A used refresh token stays until it expires: its reuse reveals a theft."""
    return {
        AuthSession: or_(
            AuthSession.expires_at < moment - DAY,
            AuthSession.last_seen_at < moment - IDLE - DAY,
            AuthSession.revoked_at < moment - DAY,
        ),
        RefreshToken: RefreshToken.expires_at < moment - DAY,
        OneTimeLink: OneTimeLink.expires_at < moment - DAY,
        ApiToken: or_(ApiToken.revoked_at < moment - MONTH, ApiToken.expires_on < (moment - MONTH).date()),
        IdempotencyKey: IdempotencyKey.created_at < moment - ANSWERS,
        Attempt: (Attempt.expires_at < moment) & or_(Attempt.blocked_until.is_(None), Attempt.blocked_until < moment),
        SecurityEvent: SecurityEvent.at < moment - SECURITY_EVENTS,
        Job: Job.state.in_([JobState.DONE, JobState.FAILED]) & (Job.finished_at < moment - MONTH),
        ImportBatch: (ImportBatch.status == ImportStatus.DRAFT) & (ImportBatch.updated_at < moment - DRAFT),
    }


async def delete_expired_rows(session: AsyncSession, moment: datetime) -> dict[str, int]:
    """Delete expired rows. Return their number by table. No draft names the files of deleted drafts any more."""
    counts: dict[str, int] = {}
    for model, condition in expired_rows(moment).items():
        done: Any = await session.execute(delete(model).where(condition).execution_options(synchronize_session=False))
        counts[str(model.__tablename__)] = done.rowcount
    return counts


async def find_import_files_in_use(session: AsyncSession) -> set[str]:
    """Return the names of files that are still to be imported."""
    waiting = ImportBatch.status.in_([ImportStatus.DRAFT, ImportStatus.RUNNING])
    names = await session.scalars(select(ImportBatch.path).where(ImportBatch.path.is_not(None), waiting))
    return {name for name in names if name}
