"""Running jobs: claimed by lease, kept alive by a heartbeat, tried again when they fail, never lost."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from contextlib import suppress

import app.tasks
from app.db import write_session
from app.errors import SaldoError
from app.log import logger
from app.models import Job
from app.services.jobs import LEASE, JobService
from app.tasks import loop, queue

log = logger("saldo.jobs")
SWEEP_EVERY = 15.0  # seconds; the queue makes a job prompt, the sweep makes it sure

Run = Callable[[Job], Awaitable[None]]
KINDS: dict[str, Run] = {}
FINDERS: list[Callable[[], Awaitable[None]]] = []


def job(kind: str) -> Callable[[Run], Run]:
    """Register what runs jobs of a kind. It opens its own units of work and must be safe to run twice."""

    def register(run: Run) -> Run:
        KINDS[kind] = run
        return run

    return register


def periodic(find: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    """Call the decorated function at each sweep: it queues what the database says is due, under a key."""
    FINDERS.append(find)
    return find


def load() -> None:
    """Import every module of this package, so that each has registered its kinds."""
    for module in pkgutil.iter_modules(app.tasks.__path__):
        if module.name != "worker":
            importlib.import_module(f"app.tasks.{module.name}")


@queue().task(name="run_job")  # type: ignore[untyped-decorator]
def run_job(job_id: int) -> None:
    loop.run(perform(job_id))


@queue().task(name="sweep")  # type: ignore[untyped-decorator]
def run_sweep() -> None:
    loop.run(sweep())


async def sweep() -> None:
    """Find what is due, then perform what is queued and not running."""
    for find in FINDERS:
        try:
            await find()
        except Exception:
            log.exception("finding what is due failed", finder=find.__module__)
    async with write_session() as session, session.begin():
        waiting = await JobService(session).due()
    for job_id in waiting:
        run_job(job_id)


async def perform(job_id: int) -> None:
    """Run one job to its end, unless another worker has it."""
    async with write_session() as session, session.begin():
        claimed = await JobService(session).claim(job_id)
    if claimed is None:
        return
    heart = asyncio.create_task(_beat(job_id))
    try:
        await KINDS[claimed.kind](claimed)
    except SaldoError as error:
        await _failed(claimed, error.message, for_good=True)
    except Exception as error:
        log.exception("job failed", job=job_id, kind=claimed.kind)
        await _failed(claimed, type(error).__name__, for_good=claimed.kind not in KINDS)
    else:
        async with write_session() as session, session.begin():
            await JobService(session).finish(job_id)
        log.info("job done", job=job_id, kind=claimed.kind)
    finally:
        heart.cancel()


async def _failed(claimed: Job, problem: str, *, for_good: bool) -> None:
    async with write_session() as session, session.begin():
        await JobService(session).fail(claimed.id, claimed.attempts, problem, for_good=for_good)


async def _beat(job_id: int) -> None:
    while True:
        await asyncio.sleep(LEASE.total_seconds() / 3)
        with suppress(Exception):
            async with write_session() as session, session.begin():
                await JobService(session).keep(job_id)
