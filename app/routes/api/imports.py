"""API routes for imports: send a file or JSON lines, decide on unsure lines, undo."""

from __future__ import annotations

import io
from typing import Any, BinaryIO

from litestar import Controller, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery, JSONBody

from app.domain.money import Money, check_currency, wire
from app.domain.statement import csv
from app.domain.statement.lines import MAX_BYTES, Line
from app.errors import Invalid, SaldoError, TooLarge
from app.i18n import _
from app.models import ImportBatch, ImportRow, ImportStatus, RowOutcome
from app.schemas.imports import (
    BatchOut,
    DecideIn,
    FileIn,
    LineIn,
    LinesIn,
    ParsedOut,
    ReportOut,
    RowOut,
    UndoIn,
    Unsure,
)
from app.services import Services
from app.services.imports import LARGE_ROWS, EditedSince, Questions, Report
from app.services.imports.matching import NEW, SAME, Row
from app.services.imports.reading import store_lines
from app.services.imports.run import parsed
from app.web.errors import problem
from app.web.idempotency import respond_once
from app.web.rate_limit import count_request
from app.web.types import AnyRequest, MemberDep, ServicesDep

OUTCOMES: dict[str, Any] = {NEW: "created", SAME: "duplicate", "unsure": "unsure"}
MAX_DRY_RUN_LINES = 100_000  # lines of a dry run, which is answered at once and not stored
MAX_BODY_BYTES = MAX_BYTES + (1 << 20)
KEPT = {
    RowOutcome.UNSURE: "unsure",
    RowOutcome.SKIPPED: "unsure",
    RowOutcome.FAILED: "failed",
    RowOutcome.DUPLICATE: "duplicate",
    RowOutcome.BOOKED: "created",
}


class ImportsApi(Controller):
    """Import statements, decide on unsure lines, undo an import."""

    tags = ("imports",)

    @post(
        "/v1/transactions/import",
        request_max_body_size=MAX_BODY_BYTES,
        summary="Import a file, or lines as JSON",
        description=(
            "Multipart `file` with `account` and `mapping`, or JSON `{account, transactions}`. Duplicates are skipped."
        ),
    )
    async def import_statement(
        self,
        request: AnyRequest,
        services: ServicesDep,
        member: MemberDep,
        dry_run: FromQuery[bool] = False,
        unsure: FromQuery[Unsure] = "ask",
    ) -> Response[Any]:
        await count_request(request, "import", member)
        kind = request.content_type[0]
        try:
            if kind == "multipart/form-data":
                return await _import_file(request, services, dry_run, unsure)
            if kind == "application/json":
                return await _import_lines(request, services, dry_run, unsure)
        except Questions as open_questions:
            return _asked(open_questions)
        raise WrongKind(_("Send JSON, or a file as multipart/form-data."))

    @get("/v1/imports", summary="List imports, newest first")
    async def index(
        self, services: ServicesDep, page: FromQuery[int] = 1, limit: FromQuery[int] = 50
    ) -> dict[str, Any]:
        if not 1 <= page <= 1000 or not 1 <= limit <= 100:
            raise Invalid(_("Use a page from 1 to 1000 and a limit from 1 to 100."), field="page")
        total, found = await services.imports.page(page, limit)
        return {
            "imports": [_batch(batch, name) for batch, name in found],
            "pagination": {"page": page, "limit": limit, "total": total, "pages": -(-total // limit)},
        }

    @get("/v1/imports/{batch_id:int}", summary="Return the progress and result of an import")
    async def show(self, services: ServicesDep, batch_id: FromPath[int]) -> dict[str, Any]:
        batch = await services.imports.get(batch_id)
        account = await services.imports.account(batch.account_id)
        rows = await services.imports.rows(batch_id)
        return _batch(batch, account.name) | {"lines": [_kept(row).model_dump(mode="json") for row in rows]}

    @post("/v1/imports/{batch_id:int}/decide", status_code=200, summary="Import or skip unsure lines")
    async def decide(
        self, request: AnyRequest, services: ServicesDep, batch_id: FromPath[int], data: JSONBody[DecideIn]
    ) -> Response[Any]:
        async def work() -> ReportOut:
            chosen = {int(line): word for line, word in data.rows.items()}
            batch, rows = await services.import_decisions.decide(batch_id, chosen)
            return ReportOut(**_counts(batch), rows=[_kept(row) for row in rows])

        return await respond_once(request, services, work, status=200)

    @post("/v1/imports/{batch_id:int}/undo", status_code=200, summary="Undo an import")
    async def undo(
        self, services: ServicesDep, batch_id: FromPath[int], data: JSONBody[UndoIn | None] = None
    ) -> Response[Any]:
        try:
            batch = await services.imports.undo(batch_id, even_edited=bool(data and data.even_edited))
        except EditedSince as edited:
            rows = [
                {"id": row.id, "booked_on": row.booked_on, "payee": row.payee, "minor": row.minor}
                for row in edited.rows
            ]
            return problem(409, edited.message, edited=rows, count=edited.count)
        account = await services.imports.account(batch.account_id)
        return Response(_batch(batch, account.name))


def too_many_to_try() -> TooLarge:
    return TooLarge(_("A dry run reads at most {n} lines. Send part of the file.", n=MAX_DRY_RUN_LINES), field="file")


class WrongKind(SaldoError):
    status = 415


async def _import_file(request: AnyRequest, services: Services, dry_run: bool, unsure: Unsure) -> Response[Any]:
    form = await request.form()
    upload = form.get("file")
    if not isinstance(upload, UploadFile):
        raise Invalid(_("Choose a file."), field="file")
    given = FileIn.model_validate({key: value for key, value in form.items() if key not in ("file", "_csrf_token")})
    file: BinaryIO = upload.file  # type: ignore[assignment]
    inspected = await services.imports.inspect(file, given.account, given.mapping)
    file.seek(0)
    warnings = [*inspected.inspection.warnings, *filter(None, [inspected.mismatch])]
    questions = [*inspected.questions]
    if inspected.mismatch and given.account is None:
        accounts = await services.accounts.options()
        questions.append(csv.Question("account", tuple(str(each.id) for each in accounts), inspected.mismatch))
    if questions:
        raise Questions(questions, warnings)
    mapping = inspected.inspection.mapping.to_dict()
    rows = inspected.inspection.row_count_estimate
    if rows > LARGE_ROWS and not dry_run:

        async def later() -> dict[str, int]:
            batch = await services.imports.import_later(
                file, inspected.account.id, rows, source="csv", filename=upload.filename, mapping=mapping, unsure=unsure
            )
            return {"batch": batch.id}

        return await respond_once(request, services, later, status=202)
    if rows > MAX_DRY_RUN_LINES:
        raise too_many_to_try()
    statement = await services.imports.read_file(file, inspected)
    file.seek(0)  # the fingerprint of a repeated request is of all of it
    if dry_run:
        report = _report(await services.imports.preview(statement, inspected.account.id))
        return Response(report | {"warnings": warnings}, status_code=200)

    async def work() -> dict[str, Any]:
        report = await services.imports.import_statement(
            statement, inspected.account.id, source="csv", filename=upload.filename, mapping=mapping, unsure=unsure
        )
        if given.mapping:
            await services.imports.remember(inspected)
        return _report(report) | {"warnings": warnings}

    return await respond_once(request, services, work)


async def _import_lines(request: AnyRequest, services: Services, dry_run: bool, unsure: Unsure) -> Response[Any]:
    try:
        said = await request.json()
    except Exception:
        raise Invalid(_("The request is not valid JSON."), field="form") from None
    given = LinesIn.model_validate(said)
    account = await services.imports.account(given.account)
    lines = [_line(at, each, account.currency) for at, each in enumerate(given.transactions)]
    if len(lines) > LARGE_ROWS and not dry_run:

        async def later() -> dict[str, int]:
            stored = io.BytesIO(store_lines(lines))
            batch = await services.imports.import_later(stored, account.id, len(lines), source="api", unsure=unsure)
            return {"batch": batch.id}

        return await respond_once(request, services, later, status=202)
    statement = await services.imports.read_lines(lines, account.id)
    if dry_run:
        return Response(_report(await services.imports.preview(statement, account.id)), status_code=200)

    async def work() -> dict[str, Any]:
        return _report(await services.imports.import_statement(statement, account.id, source="api", unsure=unsure))

    return await respond_once(request, services, work)


def _line(at: int, given: LineIn, account_currency: str) -> Line:
    where = f"transactions[{at}]"
    currency = check_currency(given.currency, f"{where}.currency") if given.currency else account_currency
    money = Money.parse(given.amount, currency, f"{where}.amount")
    return Line(
        at + 1,
        given.booked_on,
        money.minor,
        currency,
        given.payee or given.memo,
        given.memo,
        given.category or "",
        given.external_id or "",
    )


def _asked(asked: Questions) -> Response[Any]:
    questions = [
        {
            "field": each.field,
            "choices": list(each.choices),
            "sample": each.sample,
            "examples": [
                {"payee": row.payee, "amount": wire(row.minor, row.currency), "currency": row.currency}
                for row in each.examples
            ],
        }
        for each in asked.questions
    ]
    return problem(
        400, asked.message, errors=asked.errors,
        batch=None, created=0, duplicates=0, unsure=0, failed=0, questions=questions,
        warnings=list(asked.warnings), rows=[],
    )  # fmt: skip


def _counts(batch: ImportBatch) -> dict[str, Any]:
    return {
        "batch": batch.id,
        "created": batch.created,
        "duplicates": batch.duplicates,
        "unsure": batch.unsure,
        "failed": batch.failed,
    }


def _report(report: Report) -> dict[str, Any]:
    """``ReportOut``, as plain values: thousands of rows are no models first."""
    ids = iter(report.ids)
    rows = [_row(row, next(ids, None) if row.outcome == NEW else row.match_id) for row in report.statement.rows]
    rows += [
        {"line": bad.line, "outcome": "failed", "reason": bad.reason, "parsed": None, "transaction": None}
        for bad in report.statement.bad
    ]
    rows.sort(key=lambda row: row["line"])
    return {
        "batch": report.batch.id if report.batch else None,
        "created": report.count(NEW),
        "duplicates": report.count(SAME),
        "unsure": report.count("unsure"),
        "failed": len(report.statement.bad),
        "questions": [],
        "warnings": [],
        "rows": rows,
    }


def _row(row: Row, transaction: int | None) -> dict[str, Any]:
    values = parsed(row)
    return {
        "line": row.line.line,
        "outcome": OUTCOMES[row.outcome],
        "reason": row.reason,
        "parsed": {name: values[name] for name in SHOWN},
        "transaction": transaction,
    }


def _kept(row: ImportRow) -> RowOut:
    """Return a stored line of a batch."""
    return RowOut(
        line=row.line,
        outcome=KEPT[row.outcome],
        reason=row.reason,
        parsed=None if row.outcome is RowOutcome.FAILED else _shown(row.parsed),
        transaction=row.transaction_id or row.match_id,
    )


SHOWN = ("booked_on", "payee", "amount", "currency", "memo", "category", "external_id")


def _shown(values: dict[str, Any]) -> ParsedOut:
    return ParsedOut.model_construct(**{name: values[name] for name in SHOWN})


def _batch(batch: ImportBatch, account: str) -> dict[str, Any]:
    done = 100 * batch.done // batch.rows if batch.rows else 0
    finished = batch.status in (ImportStatus.DONE, ImportStatus.UNDONE)
    return BatchOut(
        id=batch.id,
        account={"id": batch.account_id, "name": account},
        status=batch.status.value,
        progress=100 if finished else min(99, done),
        **{
            name: getattr(batch, name)
            for name in (
                "source", "filename", "rows", "created", "duplicates", "unsure", "failed", "problem",
                "created_at", "finished_at", "undone_at",
            )
        },
    ).model_dump(mode="json")  # fmt: skip
