"""Clearing away the files that no transaction names any more."""

from __future__ import annotations

from app.db import read_session, write_session
from app.log import logger
from app.models import Job
from app.models.base import now
from app.services.attachments import sweep
from app.services.jobs import JobService
from app.tasks.jobs import job, swept

log = logger("saldo.attachments")


@swept
async def once_a_day() -> None:
    async with write_session() as session, session.begin():
        await JobService(session).queue(
            "attachments", {}, user_id=None, book_id=None, key=f"attachments:{now():%Y%m%d}"
        )


@job("attachments")
async def clear(_task: Job) -> None:
    """Safe to run twice: what is gone is gone."""
    async with read_session() as session:
        count = await sweep(session, now())
    if count:
        log.info("files cleared", count=count)
