"""Remarks about a month: sentences with computed figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.domain.money import Money
from app.i18n import _
from app.models import UNFILED, CategoryKind
from app.services.insights import History, Month, Share

MIN_CHANGE_SHARE = 0.2  # from which a change is remarked on
MIN_SPENDING_SHARE = 0.02  # of the month's spending
MAX_REMARKS = 4


@dataclass(frozen=True, slots=True)
class Remark:
    """``figures`` are amounts by name."""

    title: str
    reason: str
    figures: dict[str, Money] = field(default_factory=dict)


def remarks(history: History, before: Month, currency: str) -> list[Remark]:
    """Up to four remarks about the last month of the history, the weightiest first.

    Movers compare a category with ``before``, which of a running month is the same days of the month before.
    """
    month = history.last
    spent = history.breakdown(month, CategoryKind.EXPENSE, before)
    found = [*_movers(spent, month, currency), *_unfiled(month, currency), *_shortfall(month, currency)]
    return found[:MAX_REMARKS]


def _movers(spent: Sequence[Share], month: Month, currency: str) -> list[Remark]:
    moved = [
        each
        for each in spent
        if each.label.id != UNFILED
        and each.previous > 0
        and abs(each.minor - each.previous)
        >= max(MIN_CHANGE_SHARE * each.previous, MIN_SPENDING_SHARE * month.expenses, 1)
    ]
    moved.sort(key=lambda each: -abs(each.minor - each.previous))
    return [_mover(each, currency) for each in moved[:2]]


def _mover(each: Share, currency: str) -> Remark:
    gap = Money(abs(each.minor - each.previous), currency)
    more = each.minor > each.previous
    title = _("More on {name}", name=each.label.name) if more else _("Less on {name}", name=each.label.name)
    reason = (
        _("{gap} more than in the month before by the same day.", gap=gap)
        if more
        else _("{gap} less than in the month before by the same day.", gap=gap)
    )
    return Remark(title, reason, {"now": Money(each.minor, currency), "before": Money(each.previous, currency)})


def _unfiled(month: Month, currency: str) -> list[Remark]:
    flow = month.flows.get(UNFILED)
    if flow is None or not flow.count:
        return []
    reason = _("{n} transactions of this month are uncategorized.", n=flow.count)
    return [Remark(_("Categorize transactions"), reason, {"amount": Money(flow.outflow + flow.inflow, currency)})]


def _shortfall(month: Month, currency: str) -> list[Remark]:
    if month.saved >= 0 or not month.income:
        return []
    gap = Money(-month.saved, currency)
    return [Remark(_("Spending exceeded income"), _("{gap} more than your income.", gap=gap), {"gap": gap})]


def trend(months: Sequence[Month]) -> int:
    """1, 0 or -1: whether the savings rate of the later half of the months is above the earlier half's."""
    half = len(months) // 2
    rates = []
    for part in (months[:half], months[-half:] if half else []):
        income = sum(each.income for each in part)
        if income <= 0:
            return 0
        rates.append(sum(each.saved for each in part) / income)
    gap = rates[1] - rates[0]
    return 0 if abs(gap) < 0.01 else 1 if gap > 0 else -1
