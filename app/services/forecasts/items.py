"""Regular payments: found in the past, carried on by their own dates."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median_low
from typing import TYPE_CHECKING, Any, Literal

from app.domain import payees
from app.domain.money import exponent
from app.domain.period import days_in_month, shift_month
from app.models import CategoryKind
from app.services.forecasts.inputs import Inputs, LedgerRow, Minor, PlannedPayment

if TYPE_CHECKING:
    from app.ml.recurrences import Recurrence

MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}
DAYS = {"weekly": 7, "fortnightly": 14}
LATE_DAYS = 7  # days after its date that a payment may still come
MATCH_DAYS = 5  # days around a date in which a booked payment is the expected one
SEASONAL_SHARE = 0.15  # of the usual amount; a month that differs by less has none of its own
PAUSE_PERIODS = 2.5  # without a payment: from here on a series is read anew after the pause
RECENT_PAYMENTS = 12  # payments whose amount counts as what is usual now

Kind = Literal["bill", "income", "transfer"]


@dataclass(frozen=True, slots=True)
class RecurringItem:
    """Something paid or received regularly on one account; amounts are signed, in the account's currency.

    ``dates`` are the days on which it is expected, tomorrow or later. ``past`` are its payments so far: the day,
    and how much of what was booked counts as expected. ``seasonal`` are the calendar months (1 to 12) that have an
    amount of their own, such as two salaries in December.
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
    seasonal: tuple[tuple[int, Minor], ...] = ()

    @property
    def due(self) -> Iterator[tuple[date, Minor]]:
        """Its dates, each with the amount expected on it."""
        usual = dict(self.seasonal)
        return ((day, usual.get(day.month, self.minor)) for day in self.dates)

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
            "seasonal": self.seasonal,
        }

    @classmethod
    def restored(cls, kept: dict[str, Any]) -> RecurringItem:
        return cls(
            kept["payee"], kept["kind"], kept["cadence"], kept["account"], kept["other"], kept["category"],
            kept["currency"], kept["minor"], kept["low"], kept["high"],
            tuple(date.fromisoformat(day) for day in kept["dates"]),
            seasonal=tuple((month, minor) for month, minor in kept.get("seasonal", ())),
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
    for row in inputs.entries:
        if row.account_id in currencies and row.minor:
            groups[row.account_id, row.other_account_id, row.is_transfer].append(row)
    items = []
    for (account_id, _other, is_transfer), rows in groups.items():
        unit = 10.0 ** exponent(currencies[account_id])
        texts = ["Transfer" if is_transfer else row.payee or "?" for row in rows]
        by_payee: dict[tuple[str, bool], list[LedgerRow]] = defaultdict(list)
        for text, row in zip(texts, rows, strict=True):
            by_payee[payees.key(text), row.minor > 0].append(row)
        found = recurrences.detect(
            [Row(text, row.minor / unit, row.booked_on) for text, row in zip(texts, rows, strict=True)], inputs.today
        )
        active: dict[tuple[str, bool], list[tuple[Recurrence, list[LedgerRow]]]] = defaultdict(list)
        for each in found:
            if each.active and each.next_date is not None:
                active[payees.key(each.text), each.kind == "income"].append((each, [rows[at] for at in each.rows]))
        for key, series in active.items():
            items += [
                _item(each, paid, by_payee[key], currencies[account_id], inputs, days)
                for each, paid in _merge_seasons(series)
            ]
    return sorted(_with_planned(items, inputs), key=lambda each: -abs(each.minor))


def _merge_seasons(
    series: Sequence[tuple[Recurrence, list[LedgerRow]]],
) -> list[tuple[Recurrence, list[LedgerRow]]]:
    """Join a payee's yearly or quarterly series with its monthly one where it only takes the place of a month.

    A salary of 2,000 that is 4,000 each December is found as a monthly and a yearly payment; paid on the same day of
    months in which the monthly one is missing, they are one.
    """
    monthly = next((each for each in series if each[0].cadence == "monthly"), None)
    if monthly is None:
        return list(series)
    months = {(row.booked_on.year, row.booked_on.month) for row in monthly[1]}
    usual = Counter(row.booked_on.day for row in monthly[1]).most_common(1)[0][0]
    kept, joined = [], list(monthly[1])
    for each, rows in series:
        if each is monthly[0]:
            continue
        stands_in = each.cadence in ("quarterly", "yearly") and all(
            (row.booked_on.year, row.booked_on.month) not in months and abs(row.booked_on.day - usual) <= MATCH_DAYS
            for row in rows
        )
        if stands_in:
            joined += rows
        else:
            kept.append((each, rows))
    return [(monthly[0], sorted(joined, key=lambda row: row.booked_on)), *kept]


def _item(
    found: Recurrence,
    rows: Sequence[LedgerRow],
    of_payee: Sequence[LedgerRow],
    currency: str,
    inputs: Inputs,
    days: int,
) -> RecurringItem:
    """Turn what the detector found into an item in minor units, with the amounts of its seasons."""
    unit = 10.0 ** exponent(currency)
    sign = 1 if found.kind == "income" else -1
    typical = sign * round(found.typical_amount * unit)
    low, high = sorted(sign * round(each * unit) for each in (found.amount_low, found.amount_high))
    seasonal = _seasonal_amounts(rows) if found.cadence == "monthly" else {}
    if seasonal:
        usual = [row.minor for row in rows[-RECENT_PAYMENTS:] if row.booked_on.month not in seasonal]
        usual = usual[-1:] if usual[-1:] == usual[-2:-1] else sorted(usual)
        low, typical, high = usual[0], median_low(usual), usual[-1]
    row = rows[-1]
    return RecurringItem(
        found.payee,
        "transfer" if row.is_transfer else found.kind,
        found.cadence,
        row.account_id,
        row.other_account_id,
        Counter(each.category_id for each in rows).most_common(1)[0][0],
        currency,
        typical,
        low,
        high,
        tuple(_dates(found.cadence, found.next_date or inputs.today, rows, inputs, days)),
        (*_before_pause(found, rows, of_payee), *_counted(rows, typical, low, high, seasonal)),
        tuple(sorted(seasonal.items())),
    )


def _seasonal_amounts(rows: Sequence[LedgerRow]) -> dict[int, Minor]:
    """Calendar months whose payments have always differed from the usual one, with the amount to expect in them.

    Looks for every third, sixth and twelfth month: three payments of the first two kinds, two of the last. All of
    them must differ in one direction by more than 15 % and by more than three times what payments usually differ.
    """
    usual = median_low(row.minor for row in rows)
    least = max(SEASONAL_SHARE * abs(usual), 3 * median_low(abs(row.minor - usual) for row in rows))
    found: dict[int, Minor] = {}
    for period, fewest in ((3, 3), (6, 3), (12, 2)):
        for first in range(1, period + 1):
            months = set(range(first, 13, period))
            season = [row for row in rows if row.booked_on.month in months]
            off = [row.minor - usual for row in season]
            if not fewest <= len(season) <= len(rows) // 2 or found.keys() & months:
                continue
            if min(off) > least or max(off) < -least:
                for month in months:
                    of_month = [row.minor for row in season if row.booked_on.month == month]
                    found[month] = median_low((of_month or [row.minor for row in season])[-3:])
    return found


def _before_pause(
    found: Recurrence, rows: Sequence[LedgerRow], of_payee: Sequence[LedgerRow]
) -> list[tuple[date, Minor]]:
    """Payments of the same kind from before a long silence: the detector reads a series from its last pause on.

    Without them the history would hold the payments of before the pause as everyday money, beside the regular ones.
    """
    first, sizes = rows[0].booked_on, [abs(row.minor) for row in rows]
    before = [row for row in of_payee if row.booked_on < first]
    if not before or (first - before[-1].booked_on).days < PAUSE_PERIODS * 2 * _half(found.cadence):
        return []
    return [(row.booked_on, row.minor) for row in before if min(sizes) / 2 <= abs(row.minor) <= 2 * max(sizes)]


def _with_planned(items: Sequence[RecurringItem], inputs: Inputs) -> list[RecurringItem]:
    """What was found, without what a person has ended or paused, and with what they keep that was not found."""

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


def _counted(
    rows: Sequence[LedgerRow], typical: Minor, low: Minor, high: Minor, seasonal: dict[int, Minor]
) -> list[tuple[date, Minor]]:
    """Payments as they were; of the latest, where they vary, only what is usual: what they vary by is uncertain."""
    old = len(rows) - RECENT_PAYMENTS
    return [
        (row.booked_on, typical if at >= old and low <= row.minor <= high else row.minor)
        if row.booked_on.month not in seasonal
        else (row.booked_on, seasonal[row.booked_on.month] if at >= old else row.minor)
        for at, row in enumerate(rows)
    ]


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
