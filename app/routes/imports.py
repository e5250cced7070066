"""Import bank files: upload, preview, import, decide on unsure lines, undo."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date
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
from app.services.imports import LARGE_ROWS, EditedSince
from app.services.imports.matching import NEW, SAME, UNSURE
from app.web.forms import InvalidForm, parse_id, parse_optional_id, rerender_on_error
from app.web.guards import MEMBER
from app.web.htmx import is_partial
from app.web.rate_limit import count_request
from app.web.render import page, page_or_partial, partial, redirect
from app.web.types import AnyRequest, MemberDep, Reply, ServicesDep

LIST = "/imports"
MAX_BODY_BYTES = MAX_BYTES + (1 << 20)
MAX_ROWS = 100  # of each kind on a page
NEW_ACCOUNT = "new"
ROLES = (
    "date", "payee", "payer", "amount", "debit", "credit", "fee", "memo", "category", "currency", "balance",
    "external_id", "direction", "state",
)  # fmt: skip


def role_names() -> dict[str, str]:
    """Return the labels of column roles."""
    return {
        "date": _("Date"),
        "payee": _("Payee or text"),
        "payer": _("Payer of money in"),
        "amount": _("Amount"),
        "debit": _("Money out"),
        "credit": _("Money in"),
        "fee": _("Fee on top"),
        "memo": _("Note"),
        "category": _("Category"),
        "currency": _("Currency"),
        "balance": _("Balance"),
        "external_id": _("Bank transaction ID"),
        "direction": _("Direction"),
        "state": _("Status"),
        "account": _("Account"),
    }


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


async def preview_context(services: Services, batch: ImportBatch, show: str = "") -> dict[str, Any]:
    """What the page of a draft shows: open questions, else the lines with their categories and the balance."""
    preview = await services.import_drafts.preview(batch)
    by_id = await services.categories.by_id()
    show = show if show in (NEW, SAME) else ""
    found = preview.report.statement.rows
    rows = [row for row in found if row.outcome == show or (not show and row.outcome != UNSURE)]
    inspection, account = preview.inspected.inspection, preview.inspected.account
    names = [*inspection.header, *("" for _at in range(inspection.layout.width - len(inspection.header)))]
    used = {at: role for role, at in inspection.layout.columns.items()}
    new = [row.line.minor for row in preview.report.of(NEW)]
    return {
        "preview": preview,
        "batch": batch,
        "account": account,
        "inspection": inspection,
        "columns": [(at, name or _("Column {n}", n=at + 1), used.get(at, "")) for at, name in enumerate(names)],
        "roles": role_names(),
        "questions": [(each, csv.open_question(each)) for each in preview.inspected.questions],
        "accounts": await accounts_of(services),
        "categories": {id_: each.name for id_, each in by_id.items()},
        "category_names": sorted(each.name for each in by_id.values() if not each.is_archived),
        "show": show,
        "rows": rows[:MAX_ROWS],
        "row_count": len(rows),
        "unsure": preview.report.of(UNSURE)[:MAX_ROWS],
        "totals": (sum(minor for minor in new if minor < 0), sum(minor for minor in new if minor > 0)),
        "counts": preview.counts,
        "large": batch.rows > LARGE_ROWS,
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
    hints = batch.summary.get("transfer_hints", []) if batch.status is ImportStatus.DONE else []
    accounts = {each.id: each for each in await services.accounts.options()}
    wanted = [*(id_ for pair in pairs for id_ in pair), *(row_id for row_id, _account_id in hints)]
    lines = {line.id: line for line in await services.transaction_list.lines(wanted)}
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
        "gap": await services.import_decisions.find_gap(batch),
        "hints": [
            (lines[row_id], accounts[account_id])
            for row_id, account_id in hints
            if row_id in lines and not lines[row_id].transfer_id and account_id in accounts
        ],
        "edited": None,
        "day_of": date.fromisoformat,
    }


def mapping_of(form: Mapping[str, Any], columns: int) -> dict[str, Any]:
    """Return the mapping of the form's selects: one role for each column, and the formats of dates and amounts."""
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
        mapping["flipped"] = form["flipped"] != "false"
    if form.get("pending"):
        mapping["pending"] = True
    for role in ("date", "amount", "debit"):
        if value := form.get(f"ask-{role}"):
            taken = next((other for other, at in mapping.items() if str(at) == value), role)
            mapping.pop(taken, None)
            mapping[role] = value
    for role in ROLES:
        if role not in mapping and any(f"column-{at}" in form for at in range(columns)):
            mapping[role] = None
    return mapping


@asynccontextmanager
async def beside(member: Member) -> AsyncIterator[Services]:
    """Open services that read while the request's session must not lock the database."""
    async with reading(member) as services:
        yield services


class ImportsController(Controller):
    path = "/imports"
    opt = MEMBER
    include_in_schema = False

    @get("/", name="imports")
    async def index(self, services: ServicesDep, number: FromQuery[int] = 1) -> Template:
        return page("imports/index", **await overview(services, min(max(number, 1), 1000)))

    @post("/", name="imports:upload", request_max_body_size=MAX_BODY_BYTES)
    async def upload(self, request: AnyRequest, services: ServicesDep, member: MemberDep) -> Response[Any]:
        form = await request.form()
        chosen = str(form.get("account") or "")
        try:
            await count_request(request, "import", member)
            file = form.get("file")
            if not isinstance(file, UploadFile) or not file.filename:
                raise Invalid(_("Choose a file."), field="file")
            account_id = read_id(chosen)
            stream: BinaryIO = file.file  # type: ignore[assignment]
            batch = await services.import_drafts.add(stream, file.filename, account_id)
        except SaldoError as error:
            async with beside(member) as reader:
                context = await overview(reader)
            errors = error.errors if isinstance(error, Invalid) else {error.field or "file": error.message}
            context |= {"page": "imports/index"}
            del context["values"], context["errors"]
            raise InvalidForm("imports/upload", {"account": chosen}, errors, context, error.status) from error
        return redirect(request, f"{LIST}/{batch.id}")

    @get("/{batch_id:int}", name="imports:show")
    async def show(
        self, request: AnyRequest, services: ServicesDep, batch_id: FromPath[int], show: FromQuery[str] = ""
    ) -> Template:
        """The preview of a draft, the progress of a running import, or the result of a finished one."""
        batch = await services.imports.get(batch_id)
        if batch.status is ImportStatus.DRAFT:
            context = await preview_context(services, batch, show)
            return page_or_partial(request, "imports/draft", "imports/draft", **context)
        if batch.status is ImportStatus.RUNNING:
            account = await services.imports.account(batch.account_id)
            done = batch.done
            return page_or_partial(
                request, "imports/running", "imports/running", batch=batch, account=account, done=done
            )
        context = await summary_context(services, batch)
        return page_or_partial(request, "imports/summary", "imports/summary", **context)

    @post("/{batch_id:int}/mapping", name="imports:answer", status_code=200)
    async def answer(
        self, request: AnyRequest, services: ServicesDep, member: MemberDep, batch_id: FromPath[int]
    ) -> Reply:
        """Change how the file is read, or its account."""
        form = await request.form()
        chosen = str(form.get("into") or form.get("account") or "")
        async with beside(member) as reader:
            batch = await reader.imports.get(batch_id)
            context = await preview_context(reader, batch)
            del context["errors"]
            with rerender_on_error("imports/draft", {}, page="imports/draft", **context):
                layout = context["inspection"].layout
                mapping = mapping_of(form, layout.width)
                if mapping.get("date") != layout.columns.get("date"):
                    mapping.pop("date_format", None)  # the other column may write its dates in another way
                if mapping.get("direction") is not None and batch.mapping.get("sides"):
                    mapping["sides"] = batch.mapping["sides"]
                if chosen == NEW_ACCOUNT:
                    account_id = (await services.import_drafts.open_account(batch_id)).id
                else:
                    account_id = parse_optional_id({"account": chosen}, "account") or batch.account_id
                is_confirmed = bool(form.get("into")) or account_id != batch.account_id
                batch = await services.import_drafts.answer(batch_id, account_id, mapping, is_confirmed=is_confirmed)
        if not is_partial(request):
            return redirect(request, f"{LIST}/{batch_id}")
        context = await preview_context(services, batch)
        return partial("imports/draft", **(context | {"opened": not form.get("into")}))

    @post("/{batch_id:int}/commit", name="imports:commit")
    async def commit(self, request: AnyRequest, services: ServicesDep, batch_id: FromPath[int]) -> Response[Any]:
        form = await request.form()
        unsure = str(form.get("unsure") or "ask")
        await services.import_drafts.commit(
            batch_id,
            unsure=unsure if unsure in ("ask", "keep", "skip") else "ask",  # type: ignore[arg-type]
            only_whole=form.get("bad") == "nothing",
            decisions=decisions_of(form),
            choices=await category_choices(services, form),
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
            await services.import_decisions.decide(batch_id, chosen, strict=False)
        return redirect(request, f"{LIST}/{batch_id}")

    @post("/{batch_id:int}/discard", name="imports:discard")
    async def discard(self, request: AnyRequest, services: ServicesDep, batch_id: FromPath[int]) -> Response[Any]:
        await services.import_drafts.discard(batch_id)
        return redirect(request, LIST)

    @post("/{batch_id:int}/undo", name="imports:undo")
    async def undo(
        self, request: AnyRequest, services: ServicesDep, member: MemberDep, batch_id: FromPath[int]
    ) -> Reply:
        """Undo an import. If its transactions were edited, list them and ask once."""
        form = await request.form()
        try:
            await services.imports.undo(batch_id, even_edited=form.get("even_edited") == "on")
        except EditedSince as edited:
            async with beside(member) as reader:
                context = await summary_context(reader, await reader.imports.get(batch_id))
            return page("imports/summary", status=409, **(context | {"edited": edited}))
        return redirect(request, f"{LIST}/{batch_id}")

    @post("/{batch_id:int}/fix-opening-balance", name="imports:fix_opening_balance")
    async def fix_opening_balance(
        self, request: AnyRequest, services: ServicesDep, batch_id: FromPath[int]
    ) -> Response[Any]:
        """Set the account's opening balance so that its balance is the bank's."""
        await services.import_decisions.fix_opening_balance(batch_id)
        return redirect(request, f"{LIST}/{batch_id}")

    @post("/{batch_id:int}/link", name="imports:link")
    async def link(self, request: AnyRequest, services: ServicesDep, batch_id: FromPath[int]) -> Response[Any]:
        """Link two transactions as a transfer, or add the other side of one to an own account."""
        form = await request.form()
        await services.imports.get(batch_id)
        one = parse_id(form, "one")
        if form.get("account"):
            await services.import_decisions.make_transfer(batch_id, one, parse_id(form, "account"))
        else:
            await services.transfers.link(one, parse_id(form, "other"))
        return redirect(request, f"{LIST}/{batch_id}#look")


async def category_choices(services: Services, form: Mapping[str, Any]) -> dict[int, int | None]:
    """Return changed categories of the preview by line. Raises ``Invalid`` for unknown names."""
    changed = {
        int(name.removeprefix("category-")): str(value).strip()
        for name, value in form.items()
        if name.startswith("category-") and name[9:].isdecimal() and len(name) < 20
        if str(value).strip() != str(form.get(f"was-{name[9:]}", "")).strip()
    }
    by_name = (
        {each.name.casefold(): id_ for id_, each in (await services.categories.by_id()).items()} if changed else {}
    )
    unknown = next((name for name in changed.values() if name and name.casefold() not in by_name), None)
    if unknown is not None:
        raise Invalid(_("There is no category “{name}”.", name=unknown[:60]), field="category")
    return {line: by_name[name.casefold()] if name else None for line, name in changed.items()}


def decisions_of(form: Mapping[str, Any]) -> dict[int, Any]:
    """Return the decisions on unsure lines."""
    return {
        int(name.removeprefix("row-")): word
        for name, word in form.items()
        if name.startswith("row-") and name[4:].isdecimal() and len(name) < 16 and word in ("book", "skip")
    }
