"""Once a day: clear away the rows and files that have served their time."""

from __future__ import annotations

import anyio.to_thread

from app.db import read_session, write_session
from app.log import logger
from app.models import Job
from app.models.base import now
from app.services import attachments
from app.services.cleanup import named_files, tidy
from app.services.imports import files
from app.services.jobs import JobService
from app.tasks.jobs import job, periodic

KIND = "cleanup"
log = logger("saldo.cleanup")


@periodic
async def once_a_day() -> None:
    async with write_session() as session, session.begin():
        await JobService(session).queue(KIND, {}, user_id=None, book_id=None, key=f"{KIND}:{now():%Y%m%d}")


@job(KIND)
async def clear(_task: Job) -> None:
    """Safe to run twice: what is gone is gone. Rows go first, so that their files are nobody's."""
    moment = now()
    async with write_session() as session, session.begin():
        gone = await tidy(session, moment)
    async with read_session() as session:
        in_use = await named_files(session)
        gone["attached files"] = await attachments.sweep(session, moment)
    gone["imported files"] = await anyio.to_thread.run_sync(files.sweep, in_use)
    if told := {name: count for name, count in gone.items() if count}:
        log.info("cleared", **told)
