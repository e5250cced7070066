"""One transaction on a page of its own: entering it, editing it with splits, its files, its other side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from litestar import Controller, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from app.domain.money import Money
from app.errors import Invalid, NotFound
from app.i18n import _
from app.models import Status
from app.routes.comparing import comparing
from app.routes.transactions import CHANGED, corrected, done_before, filing_choices, number, undoable, version_of
from app.schemas.transactions import TransactionIn, TransactionPatch
from app.schemas.transfers import TransferIn
from app.services import Services, attachments, reading, unit_of_work
from app.services.transaction_list import Line
from app.web.crud_pages import parse_amount
from app.web.forms import rerender_on_error
from app.web.guards import MEMBER
from app.web.htmx import is_partial
from app.web.rate_limit import limit
from app.web.render import page, partial, redirect
from app.web.types import AnyRequest, MemberDep, Reply, ServicesDep

FIELDS = (
    "flow",
    "amount",
    "currency",
    "payee",
    "booked_on",
    "account",
    "category",
    "memo",
    "tags",
    "status",
    "version",
    "over",
)
LARGEST_BODY = attachments.MAX_BYTES + (1 << 20)


class EntriesController(Controller):
    path = "/transactions"
    opt = MEMBER
    include_in_schema = False

    @get("/new", name="transactions:new")
    async def new(self, services: ServicesDep) -> Template:
        """An empty form."""
        default = await services.accounts.default()
        values = {
            "flow": "out", "booked_on": services.today.isoformat(), "account": str(default.id), "status": "cleared",
            "splits": [],
        }  # fmt: skip
        return page("transactions/new", values=values, errors={}, **await form_context(services, None))

    @post("/", name="transactions:add", status_code=200)
    async def add(self, request: AnyRequest, services: ServicesDep) -> Response[Any]:
        """Book what the form says."""
        values = await values_of(request)
        context = await form_context(services, None)
        with rerender_on_error("transactions/form", values, page="transactions/new", **context):
            await services.transactions.add(TransactionIn.model_validate(await entry_of(services, values)))
        return await done(request, services)

    @post("/draft", name="transactions:draft", status_code=200)
    async def draft(self, request: AnyRequest, services: ServicesDep, of: FromQuery[int] = 0) -> Template:
        """The form once more with another part; nothing is saved."""
        values = await values_of(request)
        values["splits"] = [*values["splits"], {}] if values["splits"] else [_first_part(values), {}]
        line = await services.transaction_list.line(of) if of else None
        context = await form_context(services, line)
        if is_partial(request):
            return partial("transactions/form", values=values, errors={}, **context)
        if line is None:
            return page("transactions/new", values=values, errors={}, **context)
        return page("transactions/show", values=values, errors={}, **context, **await beside(services, line))

    @get("/{transaction_id:int}", name="transactions:show")
    async def show(self, services: ServicesDep, transaction_id: FromPath[int], done: FromQuery[str] = "") -> Template:
        """All of one transaction."""
        line = await services.transaction_list.line(transaction_id)
        context = {**await form_context(services, line), **await beside(services, line)}
        context["flashes"] = await done_before(services, done)
        return page("transactions/show", values=shown(line), errors={}, **context)

    @post("/{transaction_id:int}", name="transactions:save", status_code=200)
    async def save(self, request: AnyRequest, services: ServicesDep, transaction_id: FromPath[int]) -> Response[Any]:
        """Save the form."""
        line = await services.transaction_list.line(transaction_id)
        values = await values_of(request)
        context = {**await form_context(services, line), **await beside(services, line)}
        with (
            comparing(values, shown(line), line, context),
            rerender_on_error("transactions/form", values, page="transactions/show", **context),
        ):
            patch = TransactionPatch.model_validate(await changes_of(services, values, line))
            await services.transactions.edit(transaction_id, patch)
        await services.session.flush()
        after = await services.transaction_list.line(transaction_id)
        return await done(request, services, filed=after.id if corrected(line, after) else None)

    @post("/{transaction_id:int}/delete", name="transactions:delete", status_code=200)
    async def delete_transaction(
        self, request: AnyRequest, services: ServicesDep, transaction_id: FromPath[int]
    ) -> Reply:
        await services.transactions.delete(transaction_id)
        return await done(request, services)

    @post("/{transaction_id:int}/duplicate", name="transactions:duplicate", status_code=200)
    async def duplicate_transaction(
        self, request: AnyRequest, services: ServicesDep, transaction_id: FromPath[int]
    ) -> Reply:
        copy = await services.transactions.duplicate(transaction_id)
        return await done(request, services, f"/transactions/{copy.id}")

    @post("/{transaction_id:int}/unlock", name="transactions:unlock", status_code=200)
    async def unlock_transaction(
        self, request: AnyRequest, services: ServicesDep, transaction_id: FromPath[int]
    ) -> Reply:
        """Return a reconciled transaction to "cleared", so that it can be edited."""
        await services.transactions.edit(transaction_id, TransactionPatch(status=Status.CLEARED))
        return await done(request, services, f"/transactions/{transaction_id}")

    @post("/{transaction_id:int}/refile-likes", name="transactions:recategorise-similar", status_code=200)
    async def recategorise_similar(
        self, request: AnyRequest, services: ServicesDep, transaction_id: FromPath[int]
    ) -> Reply:
        """Give similar transactions the category of this one."""
        await services.categorisation.recategorise_similar(await services.transactions.get(transaction_id))
        if is_partial(request):
            return partial("toast", event=CHANGED, **undoable(services))
        return await done(request, services, f"/transactions/{transaction_id}")

    @post("/{transaction_id:int}/link", name="transactions:link", status_code=200)
    async def link_transfer(self, request: AnyRequest, services: ServicesDep, transaction_id: FromPath[int]) -> Reply:
        """Link two transactions as a transfer."""
        other = number(str((await request.form()).get("other", "")), "other")
        if other is None:
            raise Invalid(_("Choose the other transaction."), field="other")
        await services.transfers.link(transaction_id, other)
        return await done(request, services, f"/transactions/{transaction_id}")

    @post("/{transaction_id:int}/unlink", name="transactions:unlink", status_code=200)
    async def unlink_transfer(self, request: AnyRequest, services: ServicesDep, transaction_id: FromPath[int]) -> Reply:
        row = await services.transactions.get(transaction_id)
        if row.transfer_id is None:
            raise NotFound(_("Transfer not found."))
        await services.transfers.unlink(row.transfer_id)
        return await done(request, services, f"/transactions/{transaction_id}")

    @post(
        "/{transaction_id:int}/files", name="transactions:attach", status_code=200, request_max_body_size=LARGEST_BODY
    )
    async def attach(
        self, request: AnyRequest, member: MemberDep, transaction_id: FromPath[int]
    ) -> Template | Response[Any]:
        """Attach a file. It is decoded before the transaction begins."""
        await limit(request, "upload", member)
        async with reading(member) as services:
            line = await services.transaction_list.line(transaction_id)
            context = {**await form_context(services, line), **await beside(services, line)}
        with rerender_on_error("transactions/files", shown(line), page="transactions/show", **context):
            file = (await request.form()).get("file")
            if not isinstance(file, UploadFile):
                raise Invalid(_("Choose a file."), field="file")
            prepared = await attachments.prepare(file.filename or "", await file.read(attachments.MAX_BYTES + 1))
            async with unit_of_work(member) as services:
                await services.attachments.add(transaction_id, prepared)
                return await self._files(request, services, line)

    @get("/files/{attachment_id:int}", name="transactions:file")
    async def read_file(self, services: ServicesDep, attachment_id: FromPath[int]) -> Response[bytes]:
        """A kept file, to be saved rather than opened by the browser."""
        row, content = await services.attachments.read(attachment_id)
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(row.filename)}",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        }
        return Response(content, media_type=row.media_type, headers=headers)

    @post("/files/{attachment_id:int}/delete", name="transactions:detach", status_code=200)
    async def delete_file(self, request: AnyRequest, services: ServicesDep, attachment_id: FromPath[int]) -> Reply:
        line = await services.transaction_list.line(await services.attachments.delete(attachment_id))
        return await self._files(request, services, line)

    async def _files(self, request: AnyRequest, services: Services, line: Line) -> Reply:
        if not is_partial(request):
            return redirect(request, f"/transactions/{line.id}")
        files = await services.attachments.of(line.id)
        return partial("transactions/files", line=line, files=files, errors={}, **undoable(services))


class TransfersController(Controller):
    path = "/transfers"
    opt = MEMBER
    include_in_schema = False

    @get("/new", name="transfers:new")
    async def new(self, services: ServicesDep) -> Template:
        """A form for money between own accounts."""
        default = await services.accounts.default()
        values = {"from": str(default.id), "booked_on": services.today.isoformat()}
        return page("transactions/transfer", values=values, errors={}, **await form_context(services, None))

    @post("/", name="transfers:add", status_code=200)
    async def add(self, request: AnyRequest, services: ServicesDep) -> Response[Any]:
        form = await request.form()
        values = {name: str(form.get(name, "")) for name in ("from", "to", "amount", "to_amount", "booked_on", "memo")}
        context = await form_context(services, None)
        with rerender_on_error("transactions/transfer_form", values, page="transactions/transfer", **context):
            accounts = {str(each.id): each.currency for each in await services.accounts.options()}
            entry: dict[str, Any] = {
                "from": number(values["from"], "from"),
                "to": number(values["to"], "to"),
                "memo": values["memo"],
                "amount": _wire(values["amount"], accounts.get(values["from"], "EUR"), "amount"),
            }
            if not entry["to"]:
                raise Invalid(_("Choose the destination account."), field="to")
            if values["to_amount"].strip():
                entry["to_amount"] = _wire(values["to_amount"], accounts.get(values["to"], "EUR"), "to_amount")
            if values["booked_on"]:
                entry["booked_on"] = values["booked_on"]
            await services.transfers.add(TransferIn.model_validate(entry))
        return await done(request, services)


async def done(
    request: AnyRequest, services: Services, path: str = "/transactions", *, filed: int | None = None
) -> Response[Any]:
    """On to another page, which says what was done and offers Undo, and more for a category that was corrected."""
    await services.session.flush()
    made = services.journal.change_set_id
    more = f"&filed={filed}" if filed else ""
    return redirect(request, f"{path}?done={made}{more}" if made else path)


async def form_context(services: Services, line: Line | None) -> dict[str, Any]:
    return {
        "line": line,
        "accounts": [(each.id, f"{each.name} · {each.currency}") for each in await services.accounts.options()],
        "payees": await services.payees.names(200),
        "all_tags": [name for _id, name in await services.tags.all()],
        **await filing_choices(services),
    }


async def beside(services: Services, line: Line) -> dict[str, Any]:
    """What the page of a transaction shows around its form."""
    row = await services.transactions.get(line.id)
    other, candidates = None, list[Line]()
    if line.transfer_id is not None:
        pair = [leg.id for leg in await services.transactions.legs(line.transfer_id) if leg.id != line.id]
        other = await services.transaction_list.line(pair[0]) if pair else None
    elif not line.is_split:
        found = await services.transfers.candidates(row)
        candidates = await services.transaction_list.lines([each.id for each in found])
    finding = await services.anomalies.of_transaction(line.id)
    return {
        "finding": finding,
        "alike": await services.transaction_list.lines(finding.comparable) if finding else [],
        "files": await services.attachments.of(line.id),
        "other": other,
        "candidates": candidates,
        "likes": len(await services.categorisation.likes(row)) if line.categorised_by == "person" else 0,
    }


async def values_of(request: AnyRequest) -> dict[str, Any]:
    """What was typed, with the parts of a split in a list."""
    form = await request.form()
    values: dict[str, Any] = {name: str(form.get(name, "")) for name in FIELDS if name in form}
    columns = [[str(each) for each in form.getall(f"split_{name}", [])] for name in ("amount", "category", "memo")]
    parts = zip(*(column[:50] for column in columns), strict=False)
    values["splits"] = [
        {"amount": amount, "category": category, "memo": memo}
        for amount, category, memo in parts
        if form.get("do") == "part" or amount.strip() or category or memo.strip()
    ]
    return values


def _first_part(values: Mapping[str, Any]) -> dict[str, str]:
    return {"amount": values.get("amount", ""), "category": values.get("category", ""), "memo": ""}


def _wire(text: str, currency: str, field: str, sign: int = 1) -> str:
    """A written amount in the form of the wire; ``sign`` turns what was typed plainly into an outflow."""
    money = parse_amount(text, currency, field)
    if money is None:
        raise Invalid(_("Enter an amount, for example 12.50."), field=field)
    return (Money(sign * money.minor, money.currency)).wire


async def entry_of(services: Services, values: Mapping[str, Any]) -> dict[str, Any]:
    """The form as the schema wants it; amounts are typed without a sign, ``flow`` says where they go."""
    account = await services.transactions.account(number(values.get("account", ""), "account"))
    currency = values.get("currency", "").strip() or account.currency
    money = parse_amount(values.get("amount", ""), currency, "amount")
    if money is None:
        raise Invalid(_("Enter an amount, for example 12.50."), field="amount")
    sign = 1 if values.get("flow") == "in" else -1
    return {
        "account": account.id,
        "booked_on": values.get("booked_on") or None,
        "payee": values.get("payee", ""),
        "amount": Money(sign * money.minor, money.currency).wire,
        "currency": money.currency,
        "category": None if values["splits"] else number(values.get("category", ""), "category"),
        "memo": values.get("memo", ""),
        "tags": [each.strip() for each in values.get("tags", "").split(",") if each.strip()],
        "splits": [
            {
                "amount": _wire(part["amount"], money.currency, f"splits[{at}].amount", sign),
                "category": number(part["category"], f"splits[{at}].category"),
                "memo": part["memo"],
            }
            for at, part in enumerate(values["splits"])
        ],
        "status": values.get("status") or "cleared",
    }


async def changes_of(services: Services, values: Mapping[str, Any], line: Line) -> dict[str, Any]:
    """Only what the form changed: what a lock or a transfer keeps is left out when it was left alone."""
    before = shown(line)
    asked = {**before, **values}
    entry = await entry_of(services, asked) if not line.is_locked else {}
    if line.is_locked:
        entry = {
            "memo": asked["memo"],
            "category": number(asked["category"], "category") if not line.is_split else None,
            "tags": [each.strip() for each in asked["tags"].split(",") if each.strip()],
        }
    changes: dict[str, Any] = {"version": version_of(asked)}
    for name in ("account", "booked_on", "payee", "category", "memo", "tags", "status"):
        if name in entry and asked[name] != before[name]:
            changes[name] = entry[name]
    if not line.is_locked and (entry["amount"] != line.amount.wire or entry["currency"] != line.currency):
        changes |= {"amount": entry["amount"], "currency": entry["currency"]}
    if not line.is_locked and asked["splits"] != before["splits"]:
        changes["splits"] = entry["splits"]
        if not entry["splits"] and asked.get("category"):
            changes["category"] = number(asked["category"], "category")
    if line.is_split and changes.get("category") is None:
        changes.pop("category", None)
    return changes


def shown(line: Line) -> dict[str, Any]:
    """A row as its form shows it."""
    sign = 1 if line.minor > 0 else -1

    def typed(minor: int) -> str:
        return str(Money(sign * minor, line.currency).decimal)

    return {
        "version": str(line.version),
        "flow": "in" if line.minor > 0 else "out",
        "amount": typed(line.minor),
        "currency": "",
        "payee": line.payee,
        "booked_on": line.booked_on.isoformat(),
        "account": str(line.account_id),
        "category": str(line.category.id) if line.category else "",
        "memo": line.memo,
        "tags": ", ".join(line.tags),
        "status": line.status.value,
        "splits": [
            {"amount": typed(part.minor), "category": str(part.category.id) if part.category else "", "memo": part.memo}
            for part in line.parts
        ],
    }
