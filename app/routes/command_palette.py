"""Results of the command palette."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from litestar import Controller, get
from litestar.response import Template

from app.i18n import _
from app.services import Services
from app.services.command_palette import SearchResults, rank
from app.services.transaction_list import words_of
from app.web.filters import amount_text, relative_day
from app.web.guards import MEMBER
from app.web.nav import NAV
from app.web.presenters.labels import KIND_ICONS
from app.web.render import partial
from app.web.types import AnyRequest, ServicesDep

MAX_QUERY = 100  # characters


@dataclass(frozen=True, slots=True)
class Option:
    """A palette entry. It opens ``href``, dispatches the event ``run`` or puts ``fill`` into quick add."""

    title: str
    icon: str
    href: str = ""
    note: str = ""
    run: str = ""
    fill: str = ""


def actions() -> list[Option]:
    return [
        Option(_("Add a transaction"), "plus", run="saldo:add", note="N"),
        Option(_("Import a file"), "upload", "/imports"),
        Option(_("New account"), "landmark", "/accounts/new"),
        Option(_("New rule"), "wand-sparkles", "/rules/new"),
        Option(_("Monthly report"), "file-text", "/reports"),
        Option(_("Year in review"), "calendar-days", "/reports/year"),
        Option(_("Review transactions"), "inbox", "/inbox"),
        Option(_("Show uncategorized transactions"), "circle-help", "/transactions?category=unfiled"),
        Option(_("Switch theme"), "moon", run="saldo:theme"),
        Option(_("Show keyboard shortcuts"), "keyboard", run="saldo:keys", note="?"),
    ]


def places() -> list[Option]:
    return [
        *(Option(each.label, each.icon, each.href) for each in NAV),
        Option(_("Payees"), "users", "/payees"),
        Option(_("Tags"), "tag", "/tags"),
        Option(_("Rules"), "wand-sparkles", "/rules"),
        Option(_("Currencies"), "coins", "/currencies"),
    ]


def fitting(options: list[Option], words: list[str]) -> list[Option]:
    ranked = [(rank(each.title, words), at, each) for at, each in enumerate(options)]
    return [each for place, _at, each in sorted((r for r in ranked if r[0] is not None), key=lambda r: r[:2])]


def groups_of(found: SearchResults, text: str, services: Services) -> list[tuple[str, list[Option]]]:
    words = words_of(text)
    groups = [
        (_("Add"), _add_option(found, text)),
        (_("Go to"), fitting(places(), words)[:4]),
        (_("Actions"), fitting(actions(), words)[:4]),
        (
            _("Accounts"),
            [
                Option(
                    each.name,
                    KIND_ICONS[each.kind],
                    f"/accounts/{each.id}",
                    amount_text(each.balance_minor, each.currency),
                )
                for each in found.accounts
            ],
        ),
        (
            _("Categories"),
            [Option(each.name, each.icon, f"/categories/{each.id}") for each in found.categories],
        ),
        (_("Payees"), [Option(each, "user", f"/transactions?{urlencode({'payee': each})}") for each in found.payees]),
        (
            _("Transactions"),
            [
                Option(
                    each.payee or _("No payee"),
                    "receipt-text",
                    f"/transactions/{each.id}",
                    f"{amount_text(each.amount.minor, each.amount.currency)} · "
                    f"{relative_day(each.booked_on, services.today)}",
                )
                for each in found.transactions
            ],
        ),
    ]
    return [(title, options) for title, options in groups if options]


def _add_option(found: SearchResults, text: str) -> list[Option]:
    entry = found.sentence
    if entry is None:
        return []
    what = entry.payee or text
    title = _("Add {what}, {amount}", what=what, amount=amount_text(entry.signed.minor, entry.currency, sign=True))
    return [Option(title, "plus", f"/quick-add?{urlencode({'text': text})}", fill=text)]


class CommandPaletteController(Controller):
    path = "/palette"
    opt = MEMBER

    @get("/", name="palette")
    async def search(self, request: AnyRequest, services: ServicesDep) -> Template:
        """Show what matches the text, or the start of the palette."""
        text = "".join(each for each in request.query_params.get("q", "") if each.isprintable())[:MAX_QUERY].strip()
        if not text:
            return partial("palette/start")
        found = await services.command_palette.find(text)
        return partial("palette/results", groups=groups_of(found, text, services), query=text)
