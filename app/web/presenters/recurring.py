"""Upcoming bills as a timeline, with their amounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from markupsafe import Markup

from app.i18n import _
from app.models import RecurringKind
from app.services.recurring import Bill
from app.web import charts
from app.web.charts import DueBill
from app.web.charts.svg import truncate
from app.web.filters import amount_text, day_month

FILLS = {RecurringKind.BILL: "spending", RecurringKind.INCOME: "income"}


def timeline(bills: Sequence[Bill], today: date, days: int) -> Markup:
    """Return the bills of the coming days on a timeline; bills of one day share a label."""
    coming = [each for each in bills if each.due_on >= today and each.status != "paid"]
    stops = []
    for due, group in groupby(coming, key=lambda each: each.due_on):
        found = list(group)
        largest = max(found, key=lambda each: each.rule.amount_max_minor)
        name = f"{truncate(largest.rule.name, 12)} +{len(found) - 1}" if len(found) > 1 else largest.rule.name
        stops.append(DueBill((due - today).days, name, amount_of(largest), FILLS[largest.rule.kind]))
    said = "; ".join(f"{each.rule.name}, {amount_of(each)}, {day_month(each.due_on)}" for each in coming[:12])
    label = _("Due in the next {days} days: {what}.", days=days, what=said or _("nothing"))
    return charts.timeline(stops, days, label)


def amount_of(bill: Bill) -> str:
    """Format the amount of a bill; a range is shown by its middle with a tilde."""
    rule = bill.rule
    middle = (rule.amount_minor + rule.amount_max_minor) // 2
    about = "" if rule.amount_minor == rule.amount_max_minor else "~"
    return about + amount_text(middle, rule.currency, sign=rule.kind is RecurringKind.INCOME)
