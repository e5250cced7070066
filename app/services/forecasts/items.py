"""Regular payments: found in the past, carried on by their own dates."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from app.domain.money import exponent
from app.domain.period import days_in_month, shift_month
from app.models import CategoryKind
from app.services.forecasts.inputs import Inputs, LedgerRow, Minor, PlannedPayment

MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}
DAYS = {"weekly": 7, "fortnightly": 14}
LATE_DAYS = 7  # days after its date that a payment may still come
MATCH_DAYS = 5  # days around a date in which a booked payment is the expected one
RECENT_PAYMENTS = 12  # payments whose amount counts as what is usual now

Kind = Literal["bill", "income", "transfer"]


@dataclass(frozen=True, slots=True)
class RecurringItem:
    """Something paid or received regularly on one account; amounts are signed, in the account's currency.

    ``dates`` are the days on which it is expected, tomorrow or later. ``past`` are its payments so far: the day,
    and how much of what was booked counts as expected.
    """

    payee: str
    kind: Kind
    cadence: str
    account_id: int
    other_account_id: int | None
    category_id: int | None
    currency: str
    minor: Minor
    low: Minor
    high: Minor
    dates: tuple[date, ...]
    past: tuple[tuple[date, Minor], ...] = ()

    def stored(self) -> dict[str, Any]:
        """What a page needs of it."""
        return {
            "payee": self.payee,
            "kind": self.kind,
            "cadence": self.cadence,
            "account": self.account_id,
            "other": self.other_account_id,
            "category": self.category_id,
            "currency": self.currency,
            "minor": self.minor,
            "low": self.low,
            "high": self.high,
            "dates": [day.isoformat() for day in self.dates],
        }

    @classmethod
    def restored(cls, kept: dict[str, Any]) -> RecurringItem:
        return cls(
            kept["payee"], kept["kind"], kept["cadence"], kept["account"], kept["other"], kept["category"],
            kept["currency"], kept["minor"], kept["low"], kept["high"],
            tuple(date.fromisoformat(day) for day in kept["dates"]),
        )  # fmt: skip

    def is_inside(self, accounts: frozenset[int]) -> bool:
        """Whether it only moves money between these accounts."""
        return self.other_account_id in accounts and self.account_id in accounts


def find_items(inputs: Inputs, days: int) -> list[RecurringItem]:
    """The regular payments that go on, with their dates up to so many days ahead."""
    from app.ml import recurrences
    from app.ml.memory import Row

    currencies = {each.id: each.currency for each in inputs.accounts}
    groups: dict[tuple[int, int | None, bool], list[LedgerRow]] = defaultdict(list)
    for entry in inputs.entries:
        if entry.account_id in currencies and entry.minor:
            groups[entry.account_id, entry.other_account_id, entry.is_transfer].append(entry)
    items = []
    for (account_id, other, is_transfer), entries in groups.items():
        unit = 10.0 ** exponent(currencies[account_id])
        rows = [Row("Transfer" if is_transfer else e.payee or "?", e.minor / unit, e.booked_on) for e in entries]
        for found in recurrences.detect(rows, inputs.today):
            if not found.active or found.next_date is None:
                continue
            of_item = [entries[at] for at in found.rows]
            sign = 1 if found.kind == "income" else -1
            typical, low, high = (
                sign * round(each * unit) for each in (found.typical_amount, found.amount_low, found.amount_high)
            )
            category = Counter(each.category_id for each in of_item).most_common(1)[0][0]
            items.append(
                RecurringItem(
                    found.payee,
                    "transfer" if is_transfer else found.kind,
                    found.cadence,
                    account_id,
                    other,
                    category,
                    currencies[account_id],
                    typical,
                    min(low, high),
                    max(low, high),
                    tuple(_dates(found.cadence, found.next_date, of_item, inputs, days)),
                    _counted(of_item, typical, min(low, high), max(low, high)),
                )
            )
    return sorted(_with_planned(items, inputs), key=lambda each: -abs(each.minor))


def _with_planned(items: Sequence[RecurringItem], inputs: Inputs) -> list[RecurringItem]:
    """What was found, without what a person has ended or paused, and with what they keep that was not found."""
    from app.domain import payees

    def same(item: RecurringItem, rule: PlannedPayment) -> bool:
        if item.kind == "transfer" or item.minor * rule.low <= 0:
            return False
        if payees.key(item.payee) == payees.key(rule.payee):
            return True
        alike = (
            rule.low * 0.9 <= item.minor <= rule.high * 1.1
            if item.minor > 0
            else (rule.low * 1.1 <= item.minor <= rule.high * 0.9)
        )
        near = any(abs((one - other).days) <= MATCH_DAYS for one in item.dates[:1] for other in rule.dates[:2])
        return item.account_id == rule.account_id and item.cadence == rule.cadence and alike and near

    kept = [each for each in items if not any(same(each, rule) and not rule.dates for rule in inputs.planned)]
    for rule in inputs.planned:
        if not rule.dates or any(same(each, rule) for each in items):
            continue
        booked = [e.booked_on for e in inputs.coming if payees.key(e.payee) == payees.key(rule.payee)]
        dates = tuple(day for day in rule.dates if not any(abs((day - other).days) <= MATCH_DAYS for other in booked))
        kind: Kind = "income" if rule.low > 0 else "bill"
        middle = (rule.low + rule.high) // 2
        kept.append(
            RecurringItem(
                rule.payee, kind, rule.cadence, rule.account_id, None, rule.category_id, rule.currency,
                middle, rule.low, rule.high, dates,
            )
        )  # fmt: skip
    return kept


def _counted(entries: Sequence[LedgerRow], typical: Minor, low: Minor, high: Minor) -> tuple[tuple[date, Minor], ...]:
    """Payments as they were; of the latest, where they vary, only what is usual: what they vary by is uncertain."""
    old = len(entries) - RECENT_PAYMENTS
    return tuple(
        (entry.booked_on, typical if at >= old and low <= entry.minor <= high else entry.minor)
        for at, entry in enumerate(entries)
    )


def _dates(cadence: str, upcoming: date, entries: Sequence[LedgerRow], inputs: Inputs, days: int) -> list[date]:
    """When it is expected after today: the next date, on in its rhythm, without those already booked."""
    last, end = entries[-1].booked_on, inputs.today + timedelta(days=days)
    tomorrow = inputs.today + timedelta(days=1)
    previous = _later(cadence, upcoming, -1, entries)
    found = []
    if last < previous - timedelta(days=_half(cadence)) and (inputs.today - previous).days <= LATE_DAYS:
        found.append(tomorrow)  # it is late: expect it next
    step = 0
    while (day := _later(cadence, upcoming, step, entries)) <= end:
        step += 1
        day = max(day, tomorrow)
        if day not in found:
            found.append(day)
    booked = [e.booked_on for e in inputs.coming if _same_payment(e, entries[-1])]
    return [day for day in found if not any(abs((day - other).days) <= MATCH_DAYS for other in booked)]


def _half(cadence: str) -> int:
    return (DAYS.get(cadence) or 30 * MONTHS[cadence]) // 2


def _later(cadence: str, start: date, steps: int, entries: Sequence[LedgerRow]) -> date:
    """So many beats later; by months it falls on the day of the month that is usual, or the last one there is."""
    if cadence in DAYS:
        return start + timedelta(days=DAYS[cadence] * steps)
    if not steps:
        return start
    usual = Counter(e.booked_on.day for e in entries[-12:]).most_common(1)[0][0]
    first = start.replace(day=1)
    if start.day - usual > 20:
        first = shift_month(first, 1)  # the usual day was moved back over the end of a month by a weekend
    elif usual - start.day > 20 and usual <= days_in_month(first.year, first.month):
        first = shift_month(first, -1)
    month = shift_month(first, MONTHS[cadence] * steps)
    return month.replace(day=min(usual, days_in_month(month.year, month.month)))


def _same_payment(entry: LedgerRow, other: LedgerRow) -> bool:
    return (
        entry.account_id == other.account_id
        and entry.minor * other.minor > 0
        and entry.is_transfer == other.is_transfer
        and (entry.payee == other.payee or (entry.is_transfer and entry.other_account_id == other.other_account_id))
    )


def is_income(item: RecurringItem, kinds: dict[int, CategoryKind]) -> bool:
    """Whether it counts as income in the monthly series: by its category, else by its sign."""
    kind = kinds.get(item.category_id) if item.category_id else None
    return kind is CategoryKind.INCOME if kind else item.minor > 0
