"""Words of ours for what the code names: kinds of account, sources of rates."""

from __future__ import annotations

from app.i18n import _
from app.models import AccountKind


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


def rate_source(source: str) -> str:
    """Where a rate is from, as a person says it."""
    known = {"own": _("your own rate"), "ecb": _("European Central Bank"), "": _("same currency")}
    return _(" and ").join(known.get(each, each) for each in source.split(", "))
