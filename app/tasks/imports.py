"""Import large files in the worker, in short transactions so that other users can write in between.

An interrupted attempt leaves rows of a batch that is still running. The next attempt, or giving up, removes them: in
the end an import is complete or absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import aclosing
from typing import Any, BinaryIO

from app.db import read_session, update_statistics
from app.errors import Conflict, SaldoError
from app.i18n import _
from app.models import Actor, ImportBatch, ImportStatus, Job
from app.models.base import now
from app.services import Member, Services, member_of, reading, unit_of_work
from app.services.imports import files
from app.services.imports.reading import Statement
from app.services.imports.run import ImportRun
from app.services.imports.undo import remove_partial
from app.services.jobs import IMPORT_KIND, MAX_ATTEMPTS
from app.tasks.registry import job


@job(IMPORT_KIND)
async def import_statement(job: Job) -> None:
    """Import a batch's file. Safe to run twice: a finished batch is skipped, an unfinished one starts again."""
    batch_id = job.arguments["batch"]
    async with read_session() as session:
        batch = await session.get(ImportBatch, batch_id)
        if batch is None or batch.status is not ImportStatus.RUNNING or job.user_id is None:
            return
        member = await member_of(session, job.user_id, batch.book_id)
    try:
        if batch.done:
            async with unit_of_work(member, actor=Actor.IMPORT) as services:
                await remove_partial(services, await services.imports.get(batch_id))
        with files.open_stored(batch.path) as file:
            await _import(member, batch, file, job.arguments)
    except SaldoError as error:
        await _give_up(member, batch_id, error.message)
        raise
    except Exception:
        if job.attempts >= MAX_ATTEMPTS:
            await _give_up(member, batch_id, _("Something went wrong. Nothing was imported."))
        raise
    files.delete(batch.path)
    await update_statistics()


async def _import(member: Member, batch: ImportBatch, file: BinaryIO, arguments: Mapping[str, Any]) -> None:
    """Write each chunk in its own transaction; the last one completes the batch."""
    run: ImportRun | None = None
    async with reading(member) as services:
        reader, parts = await services.imports.open_parts(batch, file)

    async def read_part() -> Statement | None:
        async with reading(member) as services:
            reader.rates = services.currencies
            return await anext(parts, None)

    async with aclosing(parts):
        part, following = await read_part() or Statement(), await read_part()
        while True:
            async with unit_of_work(member) as services:
                running = await services.imports.get(batch.id)
                if running.status is not ImportStatus.RUNNING:
                    return
                if run is None:
                    choices = {int(line): category_id for line, category_id in arguments.get("choices", {}).items()}
                    run = await services.imports.start(running, arguments["unsure"], choices)
                else:
                    await services.imports.resume(run)
                await run.take(part)
                if following is None:
                    await _finish(services, run, arguments)
                    return
                await run.pause()
            part, following = following, await read_part()


async def _finish(services: Services, run: ImportRun, arguments: Mapping[str, Any]) -> None:
    await run.finish()
    if arguments["only_whole"] and run.failed > run.left_out:
        raise Conflict(_("Nothing was imported because some lines cannot be read."))
    if decisions := {int(line): word for line, word in arguments["decisions"].items()}:
        await services.import_decisions.decide(run.batch.id, decisions, strict=False)


async def _give_up(member: Member, batch_id: int, problem: str) -> None:
    """Mark a batch as failed and remove its transactions."""
    label = _("Import failed")
    async with unit_of_work(member, actor=Actor.IMPORT, label=label) as services:
        batch = await services.imports.get(batch_id)
        if batch.status is not ImportStatus.RUNNING:
            return
        if batch.done:
            await remove_partial(services, batch)
        batch.status, batch.problem, batch.finished_at = ImportStatus.FAILED, problem[:300], now()
        await services.session.flush()
