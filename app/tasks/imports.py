"""Large imports, done by the worker."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, BinaryIO

from sqlalchemy import update

from app.db import read_session, update_statistics, write_session
from app.errors import Conflict, SaldoError
from app.i18n import _
from app.models import ImportBatch, ImportStatus, Job
from app.models.base import now
from app.services import Member, member_of, unit_of_work
from app.services.imports import files
from app.services.jobs import MAX_ATTEMPTS
from app.tasks.registry import job


@job("import")
async def import_statement(job: Job) -> None:
    """Book the file part by part in one transaction; run again it finds what is left to do: all, or nothing."""
    batch_id = job.arguments["batch"]
    async with read_session() as session:
        batch = await session.get(ImportBatch, batch_id)
        if batch is None or batch.status is not ImportStatus.RUNNING or job.user_id is None:
            return
        member = await member_of(session, job.user_id, batch.book_id)
    try:
        with files.open_stored(batch.path) as file:
            await _import(member, batch, file, job.arguments)
    except SaldoError as error:
        await _give_up(batch_id, error.message)
        raise
    except Exception:
        if job.attempts >= MAX_ATTEMPTS:
            await _give_up(batch_id, _("Something went wrong on our side. Nothing was imported."))
        raise
    files.delete(batch.path)
    await update_statistics()


async def _import(member: Member, batch: ImportBatch, file: BinaryIO, arguments: Mapping[str, Any]) -> None:
    only_whole = arguments["only_whole"]
    async with unit_of_work(member) as services:
        parts = await services.imports.parts(batch, file)
        running = await services.imports.get(batch.id)
        if running.status is not ImportStatus.RUNNING:
            await parts.aclose()
            return
        choices = {int(line): category_id for line, category_id in arguments.get("choices", {}).items()}
        progress = partial(files.write_progress, batch.path)
        await services.imports.stream(parts, running, arguments["unsure"], progress, choices)
        if only_whole and running.failed > running.summary.get("left_out", 0):
            raise Conflict(_("Nothing was imported, as some lines cannot be read."))
        decisions: dict[str, Any] = arguments["decisions"]
        if decisions:
            chosen = {int(line): word for line, word in decisions.items()}
            await services.import_decisions.decide(batch.id, chosen, strict=False)


async def _give_up(batch_id: int, problem: str) -> None:
    async with write_session() as session, session.begin():
        await session.execute(
            update(ImportBatch)
            .where(ImportBatch.id == batch_id, ImportBatch.status == ImportStatus.RUNNING)
            .values(status=ImportStatus.FAILED, problem=problem[:300], finished_at=now())
        )
