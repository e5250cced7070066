"""Fetch exchange rates once a day where the operator has set an address; off by default."""

from __future__ import annotations

import anyio.to_thread

from app.db import write_session
from app.integrations.exchange_rates import fetch
from app.log import logger
from app.models import Job
from app.models.base import now
from app.services import admin_unit_of_work
from app.services.currencies import store_fetched
from app.settings import settings
from app.tasks.registry import job, periodic

KIND = "exchange_rates"
log = logger("saldo.exchange_rates")


@periodic
async def queue_fetch() -> None:
    """Queue one fetch a day."""
    if not settings().exchange_rates_url:
        return
    async with admin_unit_of_work() as admin:
        await admin.jobs.queue(KIND, {}, user_id=None, book_id=None, key=f"{KIND}:{now():%Y%m%d}")


@job(KIND)
async def fetch_rates(_job: Job) -> None:
    """Fetch and store the rates of the day. Safe to run twice: a day's rates replace those of the same day."""
    url = settings().exchange_rates_url
    if not url:
        return
    found = await anyio.to_thread.run_sync(fetch, url)
    async with write_session() as session, session.begin():
        await store_fetched(session, found)
    log.info("exchange rates fetched", as_of=str(found.as_of), currencies=len(found.rates))
