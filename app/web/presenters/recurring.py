"""Bills as a line of the coming days, and what each will take."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from markupsafe import Markup

from app.i18n import _
from app.models import RecurringKind
from app.services.recurring import Bill
from app.web import charts
from app.web.charts import Stop
from app.web.charts.svg import short
from app.web.filters import amount_text, day_month

COLOURS = {RecurringKind.BILL: 1, RecurringKind.INCOME: 2}


def timeline(bills: Sequence[Bill], today: date, days: int) -> Markup:
    """The coming days as a line with what is due on it."""
    coming = [each for each in bills if each.due_on >= today and each.status != "paid"]
    stops = []
    for due, group in groupby(coming, key=lambda each: each.due_on):
        found = list(group)
        largest = max(found, key=lambda each: each.rule.amount_max_minor)
        name = f"{short(largest.rule.name, 12)} +{len(found) - 1}" if len(found) > 1 else largest.rule.name
        stops.append(Stop((due - today).days, name, amount_of(largest), COLOURS[largest.rule.kind]))
    said = "; ".join(f"{each.rule.name}, {amount_of(each)}, {day_month(each.due_on)}" for each in coming[:12])
    label = _("Due in the next {days} days: {what}.", days=days, what=said or _("nothing"))
    return charts.timeline(stops, days, label)


def amount_of(bill: Bill) -> str:
    """What a bill will take, in short; a range by its middle."""
    rule = bill.rule
    middle = (rule.amount_minor + rule.amount_max_minor) // 2
    about = "" if rule.amount_minor == rule.amount_max_minor else "~"
    return about + amount_text(middle, rule.currency, sign=rule.kind is RecurringKind.INCOME)
