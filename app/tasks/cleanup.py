"""Once a day: delete expired rows and unused files, and refresh the database's statistics."""

from __future__ import annotations

import anyio.to_thread

from app.db import read_session, update_statistics, write_session
from app.log import logger
from app.models import Job
from app.models.base import now
from app.services import admin_unit_of_work, attachments
from app.services.cleanup import delete_expired_rows, find_import_files_in_use
from app.services.imports import files
from app.tasks.registry import job, periodic

KIND = "cleanup"
log = logger("saldo.cleanup")


@periodic
async def queue_cleanup() -> None:
    """Queue one cleanup a day."""
    async with admin_unit_of_work() as admin:
        await admin.jobs.queue(KIND, {}, user_id=None, book_id=None, key=f"{KIND}:{now():%Y%m%d}")


@job(KIND)
async def clean_up(_job: Job) -> None:
    """Delete what has expired. Safe to run twice. Rows go first, so that nothing refers to a deleted file."""
    moment = now()
    async with write_session() as session, session.begin():
        counts = await delete_expired_rows(session, moment)
    async with read_session() as session:
        in_use = await find_import_files_in_use(session)
        counts["attachment files"] = await attachments.delete_unused_files(session, moment)
    counts["import files"] = await anyio.to_thread.run_sync(files.delete_abandoned, in_use)
    await update_statistics()
    if deleted := {name: count for name, count in counts.items() if count}:
        log.info("cleanup done", **deleted)
