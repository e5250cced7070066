"""Large imports, brought in by the worker."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from app.db import read_session, write_session
from app.errors import Conflict, SaldoError
from app.i18n import _
from app.models import ImportBatch, ImportStatus, Job
from app.models.base import now
from app.services import Member, member_of, reading, unit_of_work
from app.services.imports import files
from app.services.imports.reading import Statement, stored_lines
from app.services.jobs import TRIES
from app.tasks.jobs import job


@job("import")
async def bring_in(job: Job) -> None:
    """Read the file, then book all of it in one transaction; run again it finds what is left to do: all, or nothing."""
    batch_id = job.arguments["batch"]
    async with read_session() as session:
        batch = await session.get(ImportBatch, batch_id)
        if batch is None or batch.status is not ImportStatus.RUNNING or job.user_id is None:
            return
        member = await member_of(session, job.user_id, batch.book_id)
    try:
        statement = await _read(member, batch)
        if job.arguments["only_whole"] and statement.bad:
            raise Conflict(_("Nothing was imported, as some lines cannot be read."))
        async with unit_of_work(member) as services:
            running = await services.imports.get(batch_id)
            if running.status is not ImportStatus.RUNNING:
                return
            await services.imports.book(statement, running, job.arguments["unsure"])
            decisions: dict[str, Any] = job.arguments["decisions"]
            if decisions:
                chosen = {int(line): word for line, word in decisions.items()}
                await services.imports.decide(batch_id, chosen, strict=False)
    except SaldoError as error:
        await _give_up(batch_id, error.message)
        raise
    except Exception:
        if job.attempts >= TRIES:
            await _give_up(batch_id, _("Something went wrong on our side. Nothing was imported."))
        raise
    files.drop(batch.path)


async def _read(member: Member, batch: ImportBatch) -> Statement:
    async def progress(done: int) -> None:
        async with write_session() as session, session.begin():
            await session.execute(update(ImportBatch).where(ImportBatch.id == batch.id).values(done=done))

    with files.opened(batch.path) as file:
        async with reading(member) as services:
            if batch.source == "api":
                lines = stored_lines(file)
                return await services.imports.read_lines(lines, batch.account_id, progress)
            return await services.imports.read_file(file, await services.imports.look(batch, file), progress)


async def _give_up(batch_id: int, problem: str) -> None:
    async with write_session() as session, session.begin():
        await session.execute(
            update(ImportBatch)
            .where(ImportBatch.id == batch_id, ImportBatch.status == ImportStatus.RUNNING)
            .values(status=ImportStatus.FAILED, problem=problem[:300], finished_at=now())
        )
