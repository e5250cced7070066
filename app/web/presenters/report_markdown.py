"""The month report as Markdown: to keep, to send, to read in any editor."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from app.i18n import _
from app.models import CategoryKind
from app.services.reports import Report, Side
from app.web.filters import amount_text, percent
from app.web.filters import month as month_name

Money = Callable[..., str]
SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~-])")


def plain(text: str) -> str:
    """A name that Markdown takes for what it is."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def report_markdown(report: Report, currency: str) -> str:
    """Totals, and a table for spending and for income, in the reader's way of writing."""

    def money(minor: int, sign: bool = False) -> str:
        return amount_text(minor, currency, sign=sign)

    month, previous = report.totals, report.previous
    before = month_name(previous.start)
    totals = [
        (_("Income"), money(month.income), money(previous.income)),
        (_("Spending"), money(month.expenses), money(previous.expenses)),
        (_("Net income"), money(month.saved), money(previous.saved)),
        (_("Savings rate"), percent(month.savings_rate), percent(previous.savings_rate)),
    ]
    lines = [f"# {_('Report for {month}', month=month_name(month.start))}", ""]
    lines += _table(("", month_name(month.start), before), totals)
    for side in report.sides:
        if side.groups:
            title = _("Spending by category") if side.kind is CategoryKind.EXPENSE else _("Income by category")
            head = (_("Category"), month_name(month.start), before, _("Change"), _("Typical"))
            lines += [f"## {title}", "", *_table(head, _rows(side, money))]
    lines.append(_("Transfers are excluded. “Typical” is the average of the {n} previous months.", n=report.averaged))
    return "\n".join(lines) + "\n"


def _rows(side: Side, money: Money) -> Iterable[Sequence[str]]:
    for group in side.groups:
        if group.name:
            yield _row(f"**{plain(group.name)}**", group.minor, group.previous, group.average, money)
        for each in group.shares:
            yield _row(plain(each.label.name), each.minor, each.previous, each.average, money)
    yield _row(f"**{_('Total')}**", side.minor, side.previous, side.average, money)


def _row(name: str, minor: int, previous: int, average: int, money: Money) -> Sequence[str]:
    change = money(minor - previous, True) if minor != previous else "–"
    return name, money(minor), money(previous), change, money(average)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    written = [f"| {' | '.join(cells)} |" for cells in rows]
    return [f"| {' | '.join(head)} |", "| --- " + "| ---: " * (len(head) - 1) + "|", *written, ""]
