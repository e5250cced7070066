"""Labels of enums: account kinds, cadences, sources of rates, answers to findings."""

from __future__ import annotations

from datetime import date

from app.i18n import _, ngettext
from app.models import AccountKind, Cadence, FindingKind


def account_kinds() -> dict[AccountKind, str]:
    return {
        AccountKind.CASH: _("Cash"),
        AccountKind.CHECKING: _("Checking"),
        AccountKind.SAVINGS: _("Savings"),
        AccountKind.CREDIT_CARD: _("Credit cards"),
        AccountKind.LOAN: _("Loans"),
        AccountKind.INVESTMENT: _("Investments"),
        AccountKind.ASSET: _("Assets"),
    }


KIND_ICONS = {
    AccountKind.CASH: "wallet",
    AccountKind.CHECKING: "landmark",
    AccountKind.SAVINGS: "piggy-bank",
    AccountKind.CREDIT_CARD: "credit-card",
    AccountKind.LOAN: "hand-coins",
    AccountKind.INVESTMENT: "chart-line",
    AccountKind.ASSET: "house",
}


def transaction_statuses() -> dict[str, str]:
    return {"pending": _("Pending"), "cleared": _("Cleared"), "reconciled": _("Reconciled")}


def rate_source(source: str) -> str:
    """Name the sources of a rate."""
    known = {
        "own": _("your rate"),
        "ecb": _("European Central Bank"),
        "approximate": _("approximate rate"),
        "fetched": _("fetched rate"),
        "": _("same currency"),
    }
    return _(" and ").join(known.get(each, each) for each in source.split(", "))


def cadences() -> dict[Cadence, str]:
    return {
        Cadence.WEEKLY: _("Weekly"),
        Cadence.FORTNIGHTLY: _("Every two weeks"),
        Cadence.MONTHLY: _("Monthly"),
        Cadence.QUARTERLY: _("Quarterly"),
        Cadence.YEARLY: _("Yearly"),
    }


def cadence(each: Cadence, interval: int = 1) -> str:
    """Describe how often a payment repeats."""
    if interval == 1:
        return cadences()[each]
    return {
        Cadence.WEEKLY: ngettext("Every week", "Every {n} weeks", interval),
        Cadence.FORTNIGHTLY: ngettext("Every week", "Every {n} weeks", 2 * interval),
        Cadence.MONTHLY: ngettext("Every month", "Every {n} months", interval),
        Cadence.QUARTERLY: ngettext("Every month", "Every {n} months", 3 * interval),
        Cadence.YEARLY: ngettext("Every year", "Every {n} years", interval),
    }[each]


def due_words(day: date, today: date) -> str:
    """Describe how far away a due date is."""
    gap = (day - today).days
    if gap == 0:
        return _("today")
    if gap == 1:
        return _("tomorrow")
    return ngettext("in {n} day", "in {n} days", gap) if gap > 0 else ngettext("{n} day late", "{n} days late", -gap)


FINDING_ICONS = {
    FindingKind.AMOUNT_HIGH: "trending-up",
    FindingKind.AMOUNT_LOW: "trending-down",
    FindingKind.NEW_PAYEE: "circle-alert",
    FindingKind.DUPLICATE: "copy",
    FindingKind.PRICE_RISE: "trending-up",
    FindingKind.MISSING_BILL: "calendar-clock",
}


def finding_answers(kind: FindingKind) -> list[tuple[str, str]]:
    """Return the answers to a finding as (last part of the URL, label of the button)."""
    if kind is FindingKind.PRICE_RISE:
        return [("accept", _("Accept new price")), ("dispute", _("Not mine"))]
    if kind is FindingKind.DUPLICATE:
        return [("accept", _("Keep both")), ("remove", _("Delete duplicate"))]
    if kind is FindingKind.MISSING_BILL:
        return [("dismiss", _("Still expected")), ("end", _("Ended"))]
    return [("accept", _("This is normal")), ("dispute", _("Not mine"))]
