"""Bringing bank files in: upload, look, commit, decide, take back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, BinaryIO

from litestar import Controller, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from app.domain.ids import read_id
from app.domain.statement import csv
from app.domain.statement.lines import MAX_BYTES
from app.errors import Invalid, SaldoError
from app.i18n import _
from app.models import ImportBatch, ImportStatus, RowOutcome
from app.services import Member, Services, reading
from app.services.imports import LARGE, EditedSince, Looked, Report, currencies_of, files
from app.services.imports.matching import NEW, SAME, UNSURE
from app.services.imports.reading import Statement
from app.web.forms import InvalidForm, parse_id, parse_optional_id, rerender_on_error
from app.web.guards import MEMBER
from app.web.htmx import is_partial
from app.web.rate_limit import limit
from app.web.render import page, page_or_partial, partial, redirect
from app.web.types import AnyRequest, MemberDep, Reply, ServicesDep

LIST = "/imports"
LARGEST_BODY = MAX_BYTES + (1 << 20)
SHOWN = 100  # rows of a kind on a page
LOOKED_AT = 2_000  # lines of a large file that its preview reads
ROLES = ("date", "payee", "amount", "debit", "credit", "memo", "category", "currency", "balance", "external_id")


def role_names() -> dict[str, str]:
    """What a column may mean, in the reader's words."""
    return {
        "date": _("Date"),
        "payee": _("Payee or text"),
        "amount": _("Amount"),
        "debit": _("Money out"),
        "credit": _("Money in"),
        "memo": _("Note"),
        "category": _("Category"),
        "currency": _("Currency"),
        "balance": _("Balance"),
        "external_id": _("Bank transaction ID"),
        "direction": _("Direction"),
        "state": _("Status"),
        "account": _("Account"),
    }


@dataclass(slots=True)
class Draft:
    """A file that is looked at: how it is read, and what would become of its lines."""

    batch: ImportBatch
    looked: Looked
    report: Report = field(default_factory=lambda: Report(Statement()))
    whole: bool = True

    @property
    def counts(self) -> dict[str, int]:
        kinds = {kind: self.report.count(kind) for kind in (NEW, SAME, UNSURE)}
        return kinds | {"bad": len(self.report.statement.bad)}


async def accounts_of(services: Services) -> list[tuple[int, str]]:
    return [(each.id, f"{each.name} · {each.currency}") for each in await services.accounts.options()]


async def overview(services: Services, number: int = 1) -> dict[str, Any]:
    total, batches = await services.imports.page(number)
    return {
        "batches": batches,
        "total": total,
        "number": number,
        "more": total > number * 30,
        "accounts": await accounts_of(services),
        "values": {},
        "errors": {},
        "largest": MAX_BYTES >> 20,
    }


async def looked_at(services: Services, batch: ImportBatch) -> Draft:
    """Read a draft's file as far as its page shows it."""
    with files.opened(batch.path) as file:
        looked = await services.imports.look(batch, file)
        draft = Draft(batch, looked)
        if looked.inspection.questions:
            return draft
        lines = csv.read_lines(file, looked.inspection.layout)
        if batch.rows > LARGE:
            lines, draft.whole = islice(lines, LOOKED_AT), False
        statement = await services.imports.read_lines(lines, batch.account_id)
        draft.report = await services.imports.preview(statement, batch.account_id)
    return draft


async def draft_context(services: Services, draft: Draft, show: str = "") -> dict[str, Any]:
    categories = {id_: each.name for id_, each in (await services.categories.by_id()).items()}
    show = show if show in (NEW, SAME) else ""
    rows = [row for row in draft.report.statement.rows if row.outcome == show or (not show and row.outcome != UNSURE)]
    inspection = draft.looked.inspection
    names = [*inspection.header, *("" for _at in range(inspection.layout.width - len(inspection.header)))]
    used = {at: role for role, at in inspection.layout.columns.items()}
    return {
        "draft": draft,
        "batch": draft.batch,
        "account": draft.looked.account,
        "inspection": inspection,
        "columns": [(at, name or _("Column {n}", n=at + 1), used.get(at, "")) for at, name in enumerate(names)],
        "roles": role_names(),
        "foreign": ", ".join(sorted(currencies_of(inspection) - {draft.looked.account.currency})),
        "questions": [(each, csv.open_question(each)) for each in inspection.questions],
        "accounts": await accounts_of(services),
        "categories": categories,
        "show": show,
        "rows": rows[:SHOWN],
        "row_count": len(rows),
        "unsure": draft.report.of(UNSURE)[:SHOWN],
        "counts": draft.counts,
        "large": draft.batch.rows > LARGE,
        "errors": {},
        "opened": False,
    }


async def summary_context(services: Services, batch: ImportBatch) -> dict[str, Any]:
    account = await services.imports.account(batch.account_id)
    by_id = await services.categories.by_id()
    groups = sorted(
        ((int(id_), *values) for id_, values in batch.summary.get("categories", {}).items()),
        key=lambda group: -abs(group[2]),
    )
    pairs = batch.summary.get("transfers", []) if batch.status is ImportStatus.DONE else []
    lines = {line.id: line for line in await services.transaction_list.lines([id_ for pair in pairs for id_ in pair])}
    return {
        "batch": batch,
        "account": account,
        "summary": batch.summary,
        "groups": [(by_id.get(id_), id_, count, minor) for id_, count, minor in groups],
        "largest": max((abs(group[2]) for group in groups), default=0),
        "unfiled": sum(group[1] for group in groups if group[0] == 0),
        "pairs": [
            (lines[one], lines[other])
            for one, other in pairs
            if one in lines and other in lines and not lines[one].transfer_id and not lines[other].transfer_id
        ],
        "waiting": await services.imports.rows(batch.id, RowOutcome.UNSURE, RowOutcome.SKIPPED),
        "bad": await services.imports.rows(batch.id, RowOutcome.FAILED),
        "matched": await services.imports.rows(batch.id, RowOutcome.DUPLICATE),
        "gap": await services.imports.gap(batch),
        "edited": None,
        "day_of": date.fromisoformat,
    }


def mapping_of(form: Mapping[str, Any], columns: int) -> dict[str, Any]:
    """The mapping that the form's selects say: one for each column, and how dates and amounts are written."""
    mapping: dict[str, Any] = {}
    for at in range(columns):
        role = form.get(f"column-{at}")
        if role:
            if role in mapping:
                raise Invalid(
                    _("Two columns are set to “{name}”. Choose one.", name=role_names().get(str(role), "")),
                    field=f"column-{at}",
                )
            mapping[str(role)] = at
    for name in ("date_format", "decimal", "delimiter"):
        if value := form.get(name):
            mapping[name] = value
    if form.get("flipped"):
        mapping["flipped"] = True
    for role in ("date", "amount"):
        if value := form.get(f"ask-{role}"):
            mapping[role] = value
    for role in ROLES:
        if role not in mapping and any(f"column-{at}" in form for at in range(columns)):
            mapping[role] = None
    return mapping


@asynccontextmanager
async def looking(member: Member) -> AsyncIterator[Services]:
    """Services to read with while the request's own session must not lock the database."""
    async with reading(member) as services:
        yield services


class ImportsController(Controller):
    path = "/imports"
    opt = MEMBER
    include_in_schema = False

    @get("/", name="imports")
    async def index(self, services: ServicesDep, number: FromQuery[int] = 1) -> Template:
        return page("imports/index", **await overview(services, min(max(number, 1), 1000)))

    @post("/", name="imports:upload", request_max_body_size=LARGEST_BODY)
    async def upload(self, request: AnyRequest, services: ServicesDep, member: MemberDep) -> Response[Any]:
        form = await request.form()
        chosen = str(form.get("account") or "")
        try:
            await limit(request, "import", member)
            file = form.get("file")
            if not isinstance(file, UploadFile) or not file.filename:
                raise Invalid(_("Choose a file."), field="file")
            account_id = read_id(chosen)
            stream: BinaryIO = file.file  # type: ignore[assignment]
            batch = await services.imports.draft(stream, file.filename, account_id)
        except SaldoError as error:
            async with looking(member) as beside:
                context = await overview(beside)
            errors = error.errors if isinstance(error, Invalid) else {error.field or "file": error.message}
            context |= {"page": "imports/index"}
            del context["values"], context["errors"]
            raise InvalidForm("imports/upload", {"account": chosen}, errors, context, error.status) from error
        return redirect(request, f"{LIST}/{batch.id}")

    @get("/{batch_id:int}", name="imports:show")
    async def show(
        self, request: AnyRequest, services: ServicesDep, batch_id: FromPath[int], show: FromQuery[str] = ""
    ) -> Template:
        """A draft to look at, an import on its way, or what became of it."""
        batch = await services.imports.get(batch_id)
        if batch.status is ImportStatus.DRAFT:
            context = await draft_context(services, await looked_at(services, batch), show)
            return page_or_partial(request, "imports/draft", "imports/draft", **context)
        if batch.status is ImportStatus.RUNNING:
            account = await services.imports.account(batch.account_id)
            done = services.imports.done(batch)
            return page_or_partial(
                request, "imports/running", "imports/running", batch=batch, account=account, done=done
            )
        context = await summary_context(services, batch)
        return page_or_partial(request, "imports/summary", "imports/summary", **context)

    @post("/{batch_id:int}/mapping", name="imports:answer", status_code=200)
    async def answer(
        self, request: AnyRequest, services: ServicesDep, member: MemberDep, batch_id: FromPath[int]
    ) -> Reply:
        """Read the file in another way, or into another account."""
        form = await request.form()
        async with looking(member) as beside:
            before = await looked_at(beside, await beside.imports.get(batch_id))
            context = await draft_context(beside, before)
            del context["errors"]
            with rerender_on_error("imports/draft", {}, page="imports/draft", **context):
                layout = before.looked.inspection.layout
                mapping = mapping_of(form, layout.width)
                if mapping.get("date") != layout.columns.get("date"):
                    mapping.pop("date_format", None)  # the other column may write its dates in another way
                account_id = parse_optional_id(form, "account") or before.batch.account_id
                batch = await services.imports.answer(batch_id, account_id, mapping)
        if not is_partial(request):
            return redirect(request, f"{LIST}/{batch_id}")
        context = await draft_context(services, await looked_at(services, batch))
        return partial("imports/draft", **(context | {"opened": True}))

    @post("/{batch_id:int}/commit", name="imports:commit")
    async def commit(self, request: AnyRequest, services: ServicesDep, batch_id: FromPath[int]) -> Response[Any]:
        form = await request.form()
        unsure = str(form.get("unsure") or "ask")
        await services.imports.commit(
            batch_id,
            unsure=unsure if unsure in ("ask", "keep", "skip") else "ask",  # type: ignore[arg-type]
            only_whole=form.get("bad") == "nothing",
            decisions=decisions_of(form),
        )
        return redirect(request, f"{LIST}/{batch_id}")

    @post("/{batch_id:int}/decide", name="imports:decide")
    async def decide(self, request: AnyRequest, services: ServicesDep, batch_id: FromPath[int]) -> Response[Any]:
        form = await request.form()
        chosen = decisions_of(form)
        if (word := form.get("all")) in ("book", "skip"):
            waiting = await services.imports.rows(batch_id, RowOutcome.UNSURE, RowOutcome.SKIPPED)
            chosen = {row.line: word for row in waiting}
        if chosen:
            await services.imports.decide(batch_id, chosen, strict=False)
        return redirect(request, f"{LIST}/{batch_id}")

    @post("/{batch_id:int}/discard", name="imports:discard")
    async def discard(self, request: AnyRequest, services: ServicesDep, batch_id: FromPath[int]) -> Response[Any]:
        await services.imports.discard(batch_id)
        return redirect(request, LIST)

    @post("/{batch_id:int}/undo", name="imports:undo")
    async def undo(
        self, request: AnyRequest, services: ServicesDep, member: MemberDep, batch_id: FromPath[int]
    ) -> Reply:
        """Take an import back; when rows of it were changed since, they are listed and it asks once."""
        form = await request.form()
        try:
            await services.imports.undo(batch_id, even_edited=form.get("even_edited") == "on")
        except EditedSince as edited:
            async with looking(member) as beside:
                context = await summary_context(beside, await beside.imports.get(batch_id))
            return page("imports/summary", status=409, **(context | {"edited": edited}))
        return redirect(request, f"{LIST}/{batch_id}")

    @post("/{batch_id:int}/agree", name="imports:agree")
    async def agree(self, request: AnyRequest, services: ServicesDep, batch_id: FromPath[int]) -> Response[Any]:
        """Set the account's opening balance so that its balance is the bank's."""
        await services.imports.agree(batch_id)
        return redirect(request, f"{LIST}/{batch_id}")

    @post("/{batch_id:int}/link", name="imports:link")
    async def link(self, request: AnyRequest, services: ServicesDep, batch_id: FromPath[int]) -> Response[Any]:
        """Tie two rows that look like one transfer."""
        form = await request.form()
        await services.imports.get(batch_id)
        one, other = (parse_id(form, name) for name in ("one", "other"))
        await services.transfers.link(one, other)
        return redirect(request, f"{LIST}/{batch_id}#look")


def decisions_of(form: Mapping[str, Any]) -> dict[int, Any]:
    """What the radio buttons of unsure lines say."""
    return {
        int(name.removeprefix("row-")): word
        for name, word in form.items()
        if name.startswith("row-") and name[4:].isdecimal() and len(name) < 16 and word in ("book", "skip")
    }
