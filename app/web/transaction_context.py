"""Template contexts that several transaction pages share."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from app.i18n import _, ngettext
from app.models import CategoryKind
from app.services import Services
from app.services.transaction_list import Filter, Line, read_cursor
from app.web.filters import day
from app.web.presenters.labels import transaction_statuses
from app.web.types import AnyRequest
from app.web.undo import Offer

PAYEES_OFFERED = 200


async def category_choices(services: Services) -> dict[str, Any]:
    """Return the categories to choose from, by group."""
    groups = await services.categories.groups()
    return {"categories": [(group.name, [(each.id, each.name) for each in group.categories]) for group in groups]}


async def own_account_choices(services: Services) -> list[tuple[int, str]]:
    return [(each.id, f"{each.name} · {each.currency}") for each in await services.accounts.options()]


async def form_context(services: Services, line: Line | None) -> dict[str, Any]:
    """Return the choices of a transaction or transfer form."""
    return {
        "line": line,
        "accounts": await own_account_choices(services),
        "payees": await services.payees.names(PAYEES_OFFERED),
        "all_tags": [name for _id, name in await services.tags.all()],
        **await category_choices(services),
    }


async def detail_context(services: Services, line: Line) -> dict[str, Any]:
    """Return the context of a transaction's page."""
    row = await services.transactions.get(line.id)
    other, candidates = None, list[Line]()
    if line.transfer_id is not None:
        pair = [leg.id for leg in await services.transactions.legs(line.transfer_id) if leg.id != line.id]
        other = await services.transaction_list.line(pair[0]) if pair else None
    elif not line.is_split:
        found = await services.transfers.candidates(row)
        candidates = await services.transaction_list.lines([each.id for each in found])
    finding = await services.anomalies.of_transaction(line.id)
    others = [each for each in await services.accounts.options() if each.id != line.account_id]
    return {
        **await form_context(services, line),
        "own_accounts": [(each.id, each.name) for each in others],
        "finding": finding,
        "alike": await services.transaction_list.lines(finding.comparable) if finding else [],
        "files": await services.attachments.of(line.id),
        "other": other,
        "candidates": candidates,
        "similar": len(await services.categorisation.similar(row)) if line.categorised_by == "person" else 0,
    }


async def bulk_choices(services: Services) -> dict[str, Any]:
    """Return the choices of the bulk bar."""
    return {**await category_choices(services), "own_accounts": await own_account_choices(services)}


async def filter_choices(services: Services) -> dict[str, Any]:
    """Return the choices of filters and bulk bar."""
    bulk = await bulk_choices(services)
    return {
        **bulk,
        "categories": [("unfiled", _("Uncategorized")), *bulk["categories"]],
        "accounts": [(each.id, each.name) for each in await services.accounts.all()],
        "tags": [(name, name) for _id, name in await services.tags.all()],
        "statuses": list(transaction_statuses().items()),
        "saved": await services.saved_filters.all(),
    }


async def list_context(
    services: Services, wanted: Filter, problems: dict[str, str], after: str | None, path: str
) -> dict[str, Any]:
    """Return the rows after the cursor ``after``, and the active filters. ``path`` is that of the list."""
    found = await services.transaction_list.page(wanted, after)
    place = read_cursor(wanted, after)
    query = wanted.query
    return {
        "found": found,
        "shown": wanted,
        "query": query,
        "problems": problems,
        "filters_on": await active_filters(services, wanted, path),
        "more_url": f"{path}?{query}{'&' if query else ''}after={found.next}",
        "previous_day": place[0] if place and isinstance(place[0], date) else None,
    }


async def active_filters(services: Services, wanted: Filter, path: str) -> list[tuple[str, str]]:
    """Return each active filter as text, with the URL of the list without it."""
    accounts = {each.id: each.name for each in await services.accounts.all()}
    categories = await services.categories.by_id()
    found: list[tuple[str, Filter]] = []

    def add(text: str, **without: Any) -> None:
        found.append((text, replace(wanted, **without)))

    if wanted.search:
        add(f"“{wanted.search}”", search="")
    for account in wanted.account:
        add(accounts.get(account, _("Unknown account")), account=tuple(a for a in wanted.account if a != account))
    for category in wanted.category:
        known = categories.get(category) if isinstance(category, int) else None
        text = known.name if known else _("Uncategorized") if category == "unfiled" else _("Unknown category")
        add(text, category=tuple(each for each in wanted.category if each != category))
    if wanted.payee:
        add(wanted.payee, payee="")
    if wanted.tag:
        add(f"#{wanted.tag}", tag="")
    if wanted.since:
        add(_("from {day}", day=day(wanted.since)), since=None)
    if wanted.until:
        add(_("to {day}", day=day(wanted.until)), until=None)
    if wanted.min_amount:
        add(_("at least {amount}", amount=wanted.min_amount), min_amount="")
    if wanted.max_amount:
        add(_("at most {amount}", amount=wanted.max_amount), max_amount="")
    if wanted.flow:
        add(_("Money in") if wanted.flow == "in" else _("Money out"), flow="")
    if wanted.kind:
        add(_("Income") if wanted.kind is CategoryKind.INCOME else _("Spending"), kind=None)
    if wanted.status:
        add(transaction_statuses()[wanted.status.value], status=None)
    if wanted.transfer is not None:
        add(_("Only transfers") if wanted.transfer else _("Without transfers"), transfer=None)
    if wanted.batch is not None:
        add(_("One import"), batch=None)
    return [(text, f"{path}?{off.query}" if off.query else path) for text, off in found]


def is_correction(before: Line, after: Line) -> bool:
    """Return whether the user changed a category that an import, rule or model chose, or chose the first one."""
    changed = after.category is not None and after.category != before.category
    return changed and (before.categorised_by != "person" or before.import_batch_id is not None)


async def correction_offers(request: AnyRequest, services: Services, line: Line) -> list[Offer]:
    """Return what can follow a corrected category: the same for similar transactions, and a rule."""
    url = request.app.route_reverse
    found = [Offer(_("Create a rule"), f"{url('rules:new')}?from={line.id}", "get")]
    similar = len(await services.categorisation.similar(await services.transactions.get(line.id)))
    if similar:
        label = ngettext(
            "Categorize the other one from {name} too",
            "Categorize the {n} others from {name} too",
            similar,
            name=line.title,
        )
        path = url("transactions:recategorise-similar", transaction_id=line.id)
        found.insert(0, Offer(label, path, "post"))
    return found
