"""The list of transactions, and everything that is done to its rows in place."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import parse_qs

from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.response import Stream, Template

from app.errors import Invalid, NotFound
from app.i18n import _, ngettext
from app.models import Status
from app.routes.comparing import comparing, statuses
from app.schemas.transactions import TransactionPatch
from app.services import Member, Services, security_events
from app.services.bulk_edit import Selection
from app.services.exports import csv_stream, json_stream
from app.services.transaction_list import Filter, Line, read_cursor, read_filter
from app.web.crud_pages import parse_amount
from app.web.downloads import respond_with_file
from app.web.filters import day as written_day
from app.web.forms import rerender_on_error
from app.web.guards import MEMBER
from app.web.htmx import is_partial
from app.web.rate_limit import limit
from app.web.render import local_path, page, partial, redirect
from app.web.types import AnyRequest, FormBody, MemberDep, Reply, ServicesDep

CHANGED = '{"saldo:changed": true}'


class TransactionsController(Controller):
    path = "/transactions"
    opt = MEMBER
    include_in_schema = False

    @get("/", name="transactions", opt={"cached": True})
    async def list_transactions(self, request: AnyRequest, services: ServicesDep) -> Template:
        """The list, filtered by the address; htmx gets the results, or further rows."""
        params = request.query_params.dict()
        wanted, problems = read_filter(params)
        after = next(iter(params.get("after", [])), None)
        context = await results(services, wanted, problems, after)
        if not is_partial(request):
            flashes = await done_before(services, *(next(iter(params.get(name, [])), "") for name in ("done", "filed")))
            return page("transactions/index", flashes=flashes, **context, **await around(services))
        if after is not None:
            return partial("transactions/rows", **context)
        address = "/transactions" + (f"?{wanted.query}" if wanted.query else "")
        return partial(
            "transactions/results",
            headers={"HX-Push-Url": address},
            **context,
            **await bulk_choices(services),
        )

    @get(["/export.csv", "/export.json"], name="transactions:export")
    async def export(self, request: AnyRequest, member: MemberDep) -> Stream:
        """All that the filter finds, as a file."""
        wanted, _problems = read_filter(request.query_params.dict())
        return await download(request, member, wanted, request.url.path.rstrip("/").rpartition(".")[2])

    @get("/{transaction_id:int}/row", name="transactions:row")
    async def show_row(self, services: ServicesDep, transaction_id: FromPath[int]) -> Template:
        return partial("transactions/row", line=await services.transaction_list.line(transaction_id))

    @get("/{transaction_id:int}/edit", name="transactions:edit-row")
    async def edit_row(self, request: AnyRequest, services: ServicesDep, transaction_id: FromPath[int]) -> Reply:
        """The row as a small form."""
        line = await services.transaction_list.line(transaction_id)
        if not is_partial(request):
            return redirect(request, f"/transactions/{transaction_id}")
        choices = await filing_choices(services)
        return partial("transactions/edit", line=line, values=in_row(line), errors={}, **choices)

    @post("/{transaction_id:int}/row", name="transactions:save-row", status_code=200)
    async def save_row(
        self, request: AnyRequest, services: ServicesDep, transaction_id: FromPath[int], data: FormBody
    ) -> Reply:
        """Save the small form and show the row again."""
        line = await services.transaction_list.line(transaction_id)
        choices = await filing_choices(services)
        stored = in_row(line)
        with (
            comparing(data, stored, line, choices),
            rerender_on_error("transactions/edit", {**stored, **data}, line=line, keep_target=True, **choices),
        ):
            row = await services.transactions.edit(transaction_id, patch_of(data, line))
        if not is_partial(request):
            return redirect(request, "/transactions")
        moved = row.booked_on != line.booked_on or row.amount_minor != line.minor
        return await self._row(services, line, event=CHANGED if moved else None)

    @get("/{transaction_id:int}/category", name="transactions:choose-category")
    async def choose_category(self, request: AnyRequest, services: ServicesDep, transaction_id: FromPath[int]) -> Reply:
        if not is_partial(request):
            return redirect(request, f"/transactions/{transaction_id}")
        line = await services.transaction_list.line(transaction_id)
        return partial("transactions/category", line=line, **await filing_choices(services))

    @post("/{transaction_id:int}/category", name="transactions:recategorise", status_code=200)
    async def recategorise(
        self, request: AnyRequest, services: ServicesDep, transaction_id: FromPath[int], data: FormBody
    ) -> Reply:
        """File one row by hand."""
        before = await services.transaction_list.line(transaction_id)
        await services.transactions.recategorise(transaction_id, number(data.get("category", ""), "category"))
        if not is_partial(request):
            return redirect(request, "/transactions")
        return await self._row(services, before)

    @post("/bulk", name="transactions:bulk", status_code=200)
    async def change_many(self, request: AnyRequest, services: ServicesDep) -> Reply:
        """One change to all that are selected, or to all that the filter finds."""
        data = await request.form()
        query = str(data.get("query", ""))[:2000]
        wanted, _problems = read_filter(parse_qs(query))
        ids = tuple(int(each) for each in data.getall("id", []) if str(each).isdecimal() and len(str(each)) < 19)
        selection = Selection(everything=wanted) if data.get("everything") == "yes" else Selection(ids)
        await self._change_many(services, selection, {key: str(value) for key, value in data.items()})
        if not is_partial(request):
            return redirect(
                request, local_path(f"/transactions?{query}" if query else "/transactions", "/transactions")
            )
        return partial(
            "transactions/changed",
            **await results(services, wanted, {}, None),
            **await bulk_choices(services),
            **undoable(services),
        )

    async def _change_many(self, services: Services, selection: Selection, data: Mapping[str, str]) -> None:
        bulk, verb = services.bulk_edit, data.get("do", "")
        tags = [each.strip()[:40] for each in data.get("tags", "").split(",") if each.strip()]
        if verb == "file":
            await bulk.file(selection, number(data.get("category", ""), "category"))
        elif verb == "tag":
            await bulk.tag(selection, tags)
        elif verb == "untag":
            await bulk.tag(selection, tags, remove=True)
        elif verb == "clear":
            await bulk.mark(selection, Status.CLEARED)
        elif verb == "move":
            await bulk.move(selection, number(data.get("account", ""), "account"))
        elif verb == "delete":
            await bulk.delete(selection)
        else:
            raise NotFound(_("Page not found."))

    @post("/filters", name="transactions:save-filter", status_code=200)
    async def save_filter(self, request: AnyRequest, services: ServicesDep, data: FormBody) -> Response[Any]:
        """Keep the filter under a name."""
        kept = await services.saved_filters.add(data.get("name", "").strip()[:60], data.get("query", ""))
        return redirect(request, f"/transactions?{kept.query}")

    @post("/filters/{filter_id:int}/delete", name="transactions:delete-filter", status_code=200)
    async def delete_filter(
        self, request: AnyRequest, services: ServicesDep, filter_id: FromPath[int]
    ) -> Response[Any]:
        await services.saved_filters.delete(filter_id)
        return redirect(request, "/transactions")

    async def _row(self, services: Services, before: Line, event: str | None = None) -> Template:
        await services.session.flush()
        line = await services.transaction_list.line(before.id)
        more = await offers(services, line) if corrected(before, line) else []
        return partial("transactions/row", event=event, line=line, offers=more, **undoable(services))


def undoable(services: Services) -> dict[str, Any]:
    """What the toast says about this unit of work, and where it is undone."""
    journal = services.journal
    made = journal.change_set_id
    return {"message": journal.recorder.label, "undo_url": f"/activity/{made}/undo" if made else ""}


def corrected(before: Line, after: Line) -> bool:
    """Whether a person filed what an import, a rule or a model had filed elsewhere, or not at all."""
    filed = after.category is not None and after.category != before.category
    return filed and (before.categorised_by != "person" or before.import_batch_id is not None)


async def offers(services: Services, line: Line) -> list[tuple[str, str, str]]:
    """What could follow the correction of a category: its likes, and a rule for what comes."""
    found = [(_("Create a rule"), f"/rules/new?from={line.id}", "get")]
    likes = len(await services.categorisation.likes(await services.transactions.get(line.id)))
    if likes:
        label = ngettext(
            "Categorize the other one from {name} too",
            "Categorize the {n} others from {name} too",
            likes,
            name=line.title,
        )
        found.insert(0, (label, f"/transactions/{line.id}/refile-likes", "post"))
    return found


async def done_before(services: Services, change_set: str, filed: str = "") -> list[dict[str, Any]]:
    """The toast of a change that ended in a redirect to here; ``filed`` is the entry whose category it corrected."""
    if not (change_set.isascii() and change_set.isdigit() and len(change_set) < 19):
        return []
    try:
        made = await services.journal.own(int(change_set))
    except NotFound:
        return []
    more: list[tuple[str, str, str]] = []
    if filed.isascii() and filed.isdigit() and len(filed) < 19:
        with suppress(NotFound):
            more = await offers(services, await services.transaction_list.line(int(filed)))
    return [{"message": made.label, "undo_url": f"/activity/{made.id}/undo", "offers": more}]


async def download(request: AnyRequest, member: Member, wanted: Filter, form: str) -> Stream:
    """The rows of a filter as a ``csv`` or ``json`` file; counted, and listed in the member's security events."""
    await limit(request, "export", member)
    address = request.client.host if request.client else ""
    await security_events.note_now("exported", member.user.id, address, name=form.upper())
    streams = {"csv": (csv_stream, "text/csv"), "json": (json_stream, "application/json")}
    make, media_type = streams[form]
    name = f"transactions-{member.today.isoformat()}.{form}"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return await respond_with_file(make(member, wanted), member, media_type, disposition)


def number(text: str, field: str) -> int | None:
    """The id that a select sent; nothing for its blank choice."""
    if not text.strip():
        return None
    if not text.isdecimal() or len(text) > 18:
        raise Invalid(_("Choose from the list."), field=field)
    return int(text)


def in_row(line: Line) -> dict[str, str]:
    """A row as its small form shows it."""
    return {
        "version": str(line.version),
        "booked_on": line.booked_on.isoformat(),
        "payee": line.payee,
        "category": str(line.category.id) if line.category else "",
        "amount": str(line.amount.decimal),
    }


def version_of(data: Mapping[str, Any]) -> int | None:
    """The version that a form was made from, or the one that its writer chose to save over."""
    text = data.get("over") or data.get("version", "")
    return int(text[:18]) if text.isascii() and text.isdigit() else None


def patch_of(data: Mapping[str, str], line: Line) -> TransactionPatch:
    """The changes that a form asks for. Fields that it left as they are do not count, so locked rows can be filed."""
    found: dict[str, Any] = {"version": version_of(data)}
    if "booked_on" in data and data["booked_on"] != line.booked_on.isoformat():
        found["booked_on"] = data["booked_on"]
    if "payee" in data and data["payee"].strip() != line.payee:
        found["payee"] = data["payee"]
    if "category" in data and not line.is_split and not line.transfer_id:
        category = number(data["category"], "category")
        if category != (line.category.id if line.category else None):
            found["category"] = category
    if "amount" in data:
        money = parse_amount(data["amount"], line.currency, "amount")
        if money is None:
            raise Invalid(_("Enter an amount, for example -12.50."), field="amount")
        if money != line.amount:
            found |= {"amount": money.wire, "currency": money.currency}
    return TransactionPatch.model_validate(found)


async def results(services: Services, wanted: Filter, problems: dict[str, str], after: str | None) -> dict[str, Any]:
    """What the list shows."""
    found = await services.transaction_list.page(wanted, after)
    place = read_cursor(wanted, after)
    query = wanted.query
    return {
        "found": found,
        "shown": wanted,
        "query": query,
        "problems": problems,
        "filters_on": await filters_on(services, wanted),
        "more_url": f"/transactions?{query}{'&' if query else ''}after={found.next}",
        "previous_day": place[0] if place and isinstance(place[0], date) else None,
    }


async def filters_on(services: Services, wanted: Filter) -> list[tuple[str, str]]:
    """Each filter that is on in words, with the address without it."""
    accounts = {each.id: each.name for each in await services.accounts.all()}
    categories = await services.categories.by_id()
    found: list[tuple[str, Filter]] = []

    def on(text: str, **without: Any) -> None:
        found.append((text, replace(wanted, **without)))

    if wanted.search:
        on(f"“{wanted.search}”", search="")
    for account in wanted.account:
        on(accounts.get(account, _("Unknown account")), account=tuple(a for a in wanted.account if a != account))
    for category in wanted.category:
        known = categories.get(category) if isinstance(category, int) else None
        text = known.name if known else _("Uncategorized") if category == "unfiled" else _("Unknown category")
        on(text, category=tuple(each for each in wanted.category if each != category))
    if wanted.payee:
        on(wanted.payee, payee="")
    if wanted.tag:
        on(f"#{wanted.tag}", tag="")
    if wanted.since:
        on(_("from {day}", day=written_day(wanted.since)), since=None)
    if wanted.until:
        on(_("to {day}", day=written_day(wanted.until)), until=None)
    if wanted.min_amount:
        on(_("at least {amount}", amount=wanted.min_amount), min_amount="")
    if wanted.max_amount:
        on(_("at most {amount}", amount=wanted.max_amount), max_amount="")
    if wanted.flow:
        on(_("Money in") if wanted.flow == "in" else _("Money out"), flow="")
    if wanted.status:
        on(statuses()[wanted.status.value], status=None)
    if wanted.transfer is not None:
        on(_("Only transfers") if wanted.transfer else _("Without transfers"), transfer=None)
    if wanted.batch is not None:
        on(_("One import"), batch=None)
    return [(text, f"/transactions?{off.query}" if off.query else "/transactions") for text, off in found]


async def filing_choices(services: Services) -> dict[str, Any]:
    """The categories to choose from, in their groups."""
    groups = await services.categories.groups()
    return {"categories": [(group.name, [(each.id, each.name) for each in group.categories]) for group in groups]}


async def bulk_choices(services: Services) -> dict[str, Any]:
    """What the bar of the selected rows offers."""
    accounts = [(each.id, f"{each.name} · {each.currency}") for each in await services.accounts.options()]
    return {**await filing_choices(services), "own_accounts": accounts}


async def around(services: Services) -> dict[str, Any]:
    """What the filters and the bulk bar of the page offer."""
    bulk = await bulk_choices(services)
    return {
        **bulk,
        "categories": [("unfiled", _("Uncategorized")), *bulk["categories"]],
        "accounts": [(each.id, each.name) for each in await services.accounts.all()],
        "tags": [(name, name) for _id, name in await services.tags.all()],
        "statuses": list(statuses().items()),
        "saved": await services.saved_filters.all(),
    }
