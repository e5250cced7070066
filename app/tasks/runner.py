"""Run jobs: leased, kept alive by a heartbeat, retried after failures, never lost."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from app.errors import SaldoError
from app.log import logger
from app.models import Job
from app.services import admin_unit_of_work
from app.services.jobs import LEASE
from app.tasks import loop, queue
from app.tasks.registry import HANDLERS, PERIODIC

log = logger("saldo.jobs")
SWEEP_SECONDS = 15.0  # between sweeps, which find what the queue has lost


@queue().task(name="run_job")  # type: ignore[untyped-decorator]
def run_job(job_id: int) -> None:
    """Run a job in the worker. Called elsewhere, it only puts the job's id into the queue."""
    loop.run(perform, job_id)


@queue().task(name="sweep")  # type: ignore[untyped-decorator]
def run_sweep() -> None:
    """Sweep in the worker. Called elsewhere, it only asks for it."""
    loop.run(sweep)


async def sweep() -> None:
    """Run the periodic checks, then queue every job that is due and not running."""
    for check in PERIODIC:
        try:
            await check()
        except Exception:
            log.exception("a periodic check failed", check=check.__module__)
    async with admin_unit_of_work() as admin:
        due = await admin.jobs.find_due()
    for job_id in due:
        run_job(job_id)


async def perform(job_id: int) -> None:
    """Run one job unless another worker has it."""
    async with admin_unit_of_work() as admin:
        claimed = await admin.jobs.claim(job_id)
    if claimed is None:
        return
    heartbeat = asyncio.create_task(_heartbeat(job_id))
    try:
        await HANDLERS[claimed.kind](claimed)
    except SaldoError as error:
        await _fail(claimed, error.message, is_final=True)
    except Exception as error:
        log.exception("job failed", job=job_id, kind=claimed.kind)
        await _fail(claimed, type(error).__name__, is_final=claimed.kind not in HANDLERS)
    else:
        async with admin_unit_of_work() as admin:
            await admin.jobs.finish(job_id)
        log.info("job done", job=job_id, kind=claimed.kind)
    finally:
        heartbeat.cancel()


async def _fail(claimed: Job, problem: str, *, is_final: bool) -> None:
    async with admin_unit_of_work() as admin:
        await admin.jobs.fail(claimed.id, claimed.attempts, problem, is_final=is_final)


async def _heartbeat(job_id: int) -> None:
    while True:
        await asyncio.sleep(LEASE.total_seconds() / 3)
        with suppress(Exception):
            async with admin_unit_of_work() as admin:
                await admin.jobs.renew_lease(job_id)
