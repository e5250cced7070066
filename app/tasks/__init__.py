"""The job queue: Huey on SQLite or Redis. It only starts promptly what the database says is due."""

from __future__ import annotations

import time
from functools import cache
from typing import Any

import anyio.to_thread

from app.events import JobQueued, LedgerChanged, on
from app.log import logger
from app.services.book_cursors import QUIET_SECONDS
from app.settings import make_private_folder, settings

log = logger("saldo.jobs")
SWEEP_REQUEST_SECONDS = 5.0  # at least, between two requests of one process


@cache
def queue() -> Any:
    from huey import PriorityRedisHuey, SqliteHuey  # imported when needed, so that starting stays fast

    if settings().redis_url:
        return PriorityRedisHuey("saldo-jobs", url=settings().redis_url)
    make_private_folder(settings().data_dir)
    return SqliteHuey("saldo", filename=str(settings().data_dir / "queue.sqlite3"), journal_mode="wal", timeout=10)


async def queue_answers() -> bool:
    """Return whether the queue's store is reachable."""
    try:
        await anyio.to_thread.run_sync(queue().pending_count)
    except Exception:
        return False
    return True


@on(JobQueued)
def hand_over(queued: JobQueued) -> None:
    """Give the job to a worker at once. If the queue is down, the sweep finds it."""
    try:
        from app.tasks.runner import run_job

        run_job(queued.job_id, priority=int(queued.is_urgent))
    except Exception:
        log.warning("the queue is down; the sweep will find the job", job=queued.job_id)


_last_sweep_request = float("-inf")


@on(LedgerChanged)
def request_sweep(_event: LedgerChanged) -> None:
    """Ask a worker to run its periodic checks once the book is quiet. If this is lost, the next sweep runs them."""
    global _last_sweep_request
    moment = time.monotonic()
    if moment - _last_sweep_request < SWEEP_REQUEST_SECONDS:
        return
    _last_sweep_request = moment
    try:
        from app.tasks.runner import run_sweep

        run_sweep.schedule(delay=QUIET_SECONDS + SWEEP_REQUEST_SECONDS)  # quiet after the last change, asked for or not
    except Exception:
        log.warning("the queue is down; the next sweep will find what is due")
