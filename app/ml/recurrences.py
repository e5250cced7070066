"""Bills, subscriptions and salaries found in a list of transactions."""

from __future__ import annotations

import math
from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import fmean, median
from typing import Literal

from app.domain import payees
from app.ml.memory import Row

Cadence = Literal["weekly", "fortnightly", "monthly", "quarterly", "yearly"]
Kind = Literal["bill", "income"]


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A cadence and what is asked of payments before they are believed to follow it. Times are in days."""

    cadence: Cadence
    period: float
    months: int  # 0 for those counted in days
    fewest: int
    jitter: float  # standard deviation around the due date that is still believed while the amount hardly moves
    jitter_moving: float  # the same when it does


RHYTHMS = (
    Rhythm("weekly", 7, 0, 4, 3.1, 1.0),
    Rhythm("fortnightly", 14, 0, 4, 3.4, 2.4),
    Rhythm("monthly", 365.2425 / 12, 1, 3, 4.2, 3.6),
    Rhythm("quarterly", 365.2425 / 4, 3, 3, 6.5, 5.5),
    Rhythm("yearly", 365.2425, 12, 2, 8.0, 5.0),
)

FIXED_SPREAD = 0.02  # spread of the logarithm of the amounts under which they count as one price
SAME_PRICE_SHARE = 0.005
MAX_SINGLE_STEP = 0.405  # logarithm of 1.5: a price paid once that differs by more is an exception, not a new price
MAX_BILL_SPREAD = 0.75  # above it the amounts say nothing of a bill
MAX_WEEKLY_SPREAD = 0.12  # purchases every week or two with a spread above this are a habit, not a bill
SHOPPING_SPREAD = 0.8  # spread of amounts at a shop; what a fixed amount is evidence against


@dataclass(frozen=True, slots=True)
class PriceChange:
    """The latest step from one settled price to another, as magnitudes."""

    before: float
    after: float
    on: date

    @property
    def percent(self) -> float:
        return (self.after / self.before - 1) * 100


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Something paid or received at regular times. Amounts are magnitudes; ``kind`` says the direction.

    ``next_date`` is the first due date from today on, nothing once it has ended; ``missed`` is the due date
    that passed without a payment while the recurrence still counts as active. ``rows`` are positions in the
    list given.
    """

    payee: str
    cadence: Cadence
    next_date: date | None
    amount_low: float
    amount_high: float
    active: bool
    price_change: PriceChange | None
    kind: Kind
    text: str
    count: int
    first_date: date
    last_date: date
    typical_amount: float
    confidence: float
    missed: date | None
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Payment:
    position: int
    on: date
    amount: float
    text: str


@dataclass(frozen=True, slots=True)
class Fit:
    """Payments laid on a rhythm: one per beat, how far off, and what that says for a bill."""

    rhythm: Rhythm
    payments: tuple[Payment, ...]
    beats: tuple[int, ...]
    phase: float
    jitter: float
    spread: float
    evidence: float


def detect(rows: Sequence[Row], today: date) -> list[Recurrence]:
    """Everything regular up to today, surest first. Rows of one currency, outflow < 0, in any order.

    Raises ValueError for an amount that is not a number. Rows after today and zero amounts are skipped.
    """
    groups: dict[tuple[str, bool], list[Payment]] = defaultdict(list)
    for position, row in enumerate(rows):
        if not math.isfinite(row.amount):
            raise ValueError(f"The amount of row {position + 1} ({row.text!r}) is not a finite number.")
        if row.amount and row.date <= today:
            groups[payees.key(row.text), row.amount > 0].append(Payment(position, row.date, abs(row.amount), row.text))
    found = [
        _describe(fit, "income" if inflow else "bill", today)
        for inflow in (False, True)
        for fits in _find_by_payee({key: paid for (key, sign), paid in groups.items() if sign is inflow})
        for fit in fits
    ]
    return sorted(found, key=lambda r: (not r.active, -r.confidence, r.payee, r.rows))


# -- which payments of one payee belong together ---------------------------------------------------


def _find_by_payee(groups: dict[str, list[Payment]]) -> Iterator[list[Fit]]:
    """The regular series of each payee.

    Banks print a payee with more or fewer words ("NETFLIX", "NETFLIX PARIS FR"). Payees whose words begin alike are
    one where all of their payments follow one rhythm better than each payee's own do.
    """
    paid = {key: sorted(group, key=lambda p: (p.on, p.position)) for key, group in groups.items()}
    fits = {key: _find_series(group) for key, group in paid.items()}
    keys = sorted(paid)
    for at, short in enumerate(keys):
        for longer in keys[at + 1 :]:
            if not longer.startswith(f"{short} "):
                break
            both = sorted([*paid[short], *paid[longer]], key=lambda p: (p.on, p.position))
            joined = _find_series(both)
            apart = sum(fit.evidence for fit in (*fits[short], *fits[longer]))
            if len(joined) == 1 and joined[0].evidence > apart and paid[short] and paid[longer]:
                paid[short], paid[longer], fits[short], fits[longer] = both, [], joined, []
    yield from fits.values()


def _find_series(payments: list[Payment]) -> list[Fit]:
    """The regular series of one payee: by price, or everything as one, or by price and then the rest."""
    if len(payments) < 2:
        return []
    priced = _find_priced_series(payments)
    whole = _fit(payments)
    covered = sum(len(f.payments) for f in priced)
    if whole and (len(priced) < 2 or covered < 0.7 * len(payments)) and len(whole.payments) >= covered:
        return [whole]
    if not priced:
        return [whole] if whole else []
    taken = {p.position for f in priced for p in f.payments}
    rest = _fit([p for p in payments if p.position not in taken])
    return [*priced, rest] if rest else priced


def _find_priced_series(payments: list[Payment]) -> list[Fit]:
    """Series of one price each, joined where one ends and the next begins on the same beat (a price step)."""
    fits = [fit for cluster in _clusters(payments) if (fit := _fit(cluster)) and not _is_chance(fit, len(payments))]
    fits.sort(key=lambda f: (f.payments[0].on, f.payments[0].position))
    joined: list[Fit] = []
    for fit in fits:
        for i, earlier in enumerate(joined):
            if earlier.rhythm is fit.rhythm and earlier.payments[-1].on < fit.payments[0].on:
                both = _fit([*earlier.payments, *fit.payments])
                gap = (fit.payments[0].on - earlier.payments[-1].on).days
                if both and both.rhythm is fit.rhythm and gap < 2.5 * fit.rhythm.period:
                    joined[i] = both
                    break
        else:
            joined.append(fit)
    return joined


def _is_chance(fit: Fit, among: int) -> bool:
    """Whether some payments among many would look as regular as this by luck alone."""
    n = len(fit.payments)
    if n == 2 and among > 2 and (among > 5 or fit.spread > SAME_PRICE_SHARE):
        return True
    return fit.evidence < 1.5 * n * math.log(among / n)


def _clusters(payments: list[Payment]) -> Iterator[list[Payment]]:
    """Payments of about one price: runs of sorted amounts without a step of more than two per cent."""
    ordered = sorted(payments, key=lambda p: (p.amount, p.position))
    start = 0
    for i in range(1, len(ordered) + 1):
        if i == len(ordered) or ordered[i].amount > ordered[i - 1].amount * (1 + FIXED_SPREAD):
            if i - start >= 2:
                yield sorted(ordered[start:i], key=lambda p: (p.on, p.position))
            start = i


# -- how well payments follow a rhythm -------------------------------------------------------------


def _fit(payments: list[Payment]) -> Fit | None:
    """The rhythm these payments follow best, if they follow any."""
    fits = []
    for rhythm in RHYTHMS:
        latest = _since_pause(payments, rhythm)
        if len(latest) < rhythm.fewest + (len(latest) < len(payments)):
            continue
        gap = (latest[-1].on - latest[0].on).days / (len(latest) - 1)
        if not 0.7 < gap / rhythm.period < 1.6:
            continue
        times = _times(latest, rhythm)
        for lay in (_number_in_order, _number_by_nearest):
            fit = _measure(latest, times, lay(times, rhythm.period), rhythm)
            if _is_believable(fit, len(latest)):
                fits.append(fit)
    return max(fits, key=lambda f: f.evidence, default=None)


def _since_pause(payments: list[Payment], rhythm: Rhythm) -> list[Payment]:
    """What came after the last long silence: a subscription taken up again is read from there."""
    for i in range(len(payments) - 1, 0, -1):
        if (payments[i].on - payments[i - 1].on).days > 3.5 * rhythm.period:
            return payments[i:]
    return payments


def _times(payments: list[Payment], rhythm: Rhythm) -> list[float]:
    """Dates as numbers of days in which a period has one length everywhere: months count as equally long.

    The last day of a short month counts as the usual day when that day does not exist in it.
    """
    if not rhythm.months:
        return [float(p.on.toordinal()) for p in payments]
    usual = max(p.on.day for p in payments)
    month = 365.2425 / 12
    return [
        (p.on.year * 12 + p.on.month) * month
        + (usual if p.on.day == monthrange(p.on.year, p.on.month)[1] and usual > 28 else p.on.day)
        for p in payments
    ]


def _number_in_order(times: list[float], period: float) -> list[int]:
    """Beats when every payment has its own: late and early ones may change places with the rounding."""
    phase, beats = times[0], [0] * len(times)
    for _round in range(3):
        beat = -1
        for i, time in enumerate(times):
            beat = max(beat + 1, round((time - phase) / period))
            beats[i] = beat
        phase = median(t - b * period for t, b in zip(times, beats, strict=True))
    return beats


def _number_by_nearest(times: list[float], period: float) -> list[int]:
    """Beats when some payments are extra: each takes the nearest beat, and two may want the same."""
    phase, beats = times[0], [0] * len(times)
    for _round in range(3):
        beats = [round((time - phase) / period) for time in times]
        phase = median(t - b * period for t, b in zip(times, beats, strict=True))
    return beats


def _measure(payments: list[Payment], times: list[float], beats: list[int], rhythm: Rhythm) -> Fit:
    """Keep one payment per beat and weigh regular times and steady amounts against chance and shopping.

    The evidence is a log likelihood ratio: normal jitter against a uniform time within the period, and the
    spread of the amounts against that of a shop, less a price for every beat skipped and payment left over.
    """
    phase = median(t - b * rhythm.period for t, b in zip(times, beats, strict=True))
    off = [t - b * rhythm.period - phase for t, b in zip(times, beats, strict=True)]
    best: dict[int, int] = {}
    for i, beat in enumerate(beats):
        if beat not in best or abs(off[i]) < abs(off[best[beat]]):
            best[beat] = i
    kept = [best[beat] for beat in sorted(best)]
    n = len(kept)
    jitter = math.sqrt(fmean(off[i] ** 2 for i in kept))
    spread = _spread([payments[i].amount for i in kept])
    first, last = beats[kept[0]], beats[kept[-1]]
    skipped, extra = last - first + 1 - n, len(payments) - n
    evidence = (
        n * math.log(rhythm.period / (4.13 * max(jitter, 0.7)))
        + (n - 1) * math.log(SHOPPING_SPREAD / max(spread, FIXED_SPREAD))
        - 1.5 * skipped
        - 2.0 * extra
        - 3.0
    )
    return Fit(
        rhythm,
        tuple(payments[i] for i in kept),
        tuple(beats[i] for i in kept),
        phase,
        jitter,
        spread,
        evidence,
    )


def _spread(amounts: list[float]) -> float:
    """How much amounts move from one to the next, as a standard deviation of logarithms without steps."""
    logs = [math.log(a) for a in amounts]
    steps = sorted(abs(b - a) for a, b in pairwise(logs))
    if len(steps) >= 4:
        steps = steps[: -max(1, len(steps) // 10)]  # a change of price
    return math.sqrt(fmean(s * s for s in steps) / 2)


def _is_believable(fit: Fit, offered: int) -> bool:
    n, rhythm = len(fit.payments), fit.rhythm
    span = fit.beats[-1] - fit.beats[0] + 1
    if n < rhythm.fewest or n < 0.7 * span or offered - n > 0.2 * offered or fit.spread > MAX_BILL_SPREAD:
        return False
    if fit.jitter > (rhythm.jitter if fit.spread <= MAX_WEEKLY_SPREAD else rhythm.jitter_moving):
        return False
    if n == 2 and fit.spread > 0.1:
        return False
    if fit.spread > 0.25 and n < rhythm.fewest + 1:
        return False
    return not (rhythm.period < 20 and fit.spread > MAX_WEEKLY_SPREAD) and fit.evidence > 0


# -- what is told about a series -------------------------------------------------------------------


def _describe(fit: Fit, kind: Kind, today: date) -> Recurrence:
    last = fit.payments[-1].on
    active = (today - last).days <= _grace_days(fit)
    due = _due_dates(fit)
    expected = next(due)
    missed = expected if active and (today - expected).days > max(3.0, 2 * fit.jitter) else None
    upcoming = expected
    while upcoming < today:
        upcoming = next(due)
    low, typical, high = _amounts(fit)
    names = [p.text for p in fit.payments]
    return Recurrence(
        payee=payees.clean(Counter(names).most_common(1)[0][0]),
        cadence=fit.rhythm.cadence,
        next_date=upcoming if active else None,
        amount_low=low,
        amount_high=high,
        active=active,
        price_change=_price_change(fit),
        kind=kind,
        text=names[-1],
        count=len(fit.payments),
        first_date=fit.payments[0].on,
        last_date=last,
        typical_amount=typical,
        confidence=round(1 - math.exp(-(fit.evidence + 3) / 8), 3),
        missed=missed,
        rows=tuple(p.position for p in fit.payments),
    )


def _grace_days(fit: Fit) -> float:
    """Days without a payment after which a series has ended; one beat more where some were skipped."""
    skips = fit.beats[-1] - fit.beats[0] + 1 > len(fit.payments)
    beats = {"weekly": 2.2, "fortnightly": 1.9, "monthly": 1.75, "quarterly": 1.4, "yearly": 1.12}[fit.rhythm.cadence]
    return (beats + skips) * fit.rhythm.period + 2 * fit.jitter


def _due_dates(fit: Fit) -> Iterator[date]:
    """The dates after the last payment on which the next ones are expected."""
    last, beat, rhythm = fit.payments[-1].on, fit.beats[-1], fit.rhythm
    if not rhythm.months:
        recent = [p.on.toordinal() - b * rhythm.period for p, b in zip(fit.payments[-8:], fit.beats[-8:], strict=True)]
        phase = median(recent)
        while True:
            beat += 1
            due = date.fromordinal(round(phase + beat * rhythm.period))
            if due > last:
                yield due
    day, shift = _day_of_month(fit)
    anchor = _anchor_month(fit, day)
    while True:
        beat += 1
        due = _on_day(anchor + beat * rhythm.months, day, shift)
        if due > last:
            yield due


def _anchor_month(fit: Fit, day: int) -> int:
    """The month, counted from year 0, in which beat 0 falls."""
    months = [
        round((p.on.toordinal() - _on_day(m := p.on.year * 12 + p.on.month - 1, day, 0).toordinal()) / 30.44) + m
        for p in fit.payments[-6:]
    ]
    return round(median(m - b * fit.rhythm.months for m, b in zip(months, fit.beats[-6:], strict=True)))


def _day_of_month(fit: Fit) -> tuple[int, int]:
    """The day of the month a series aims at, and where it goes from a weekend: 0 none, 1 after, -1 before."""
    recent = [p.on for p in fit.payments[-12:]]
    best = (math.inf, 0, 0, 0)
    for day in range(1, 32):
        for shift in (0, 1, -1):
            miss = sum(min(_miss(on, day, shift), 6.0) for on in recent)
            best = min(best, (miss + (0.5 if shift else 0.0), abs(shift), day, shift))
    return best[2], best[3]


def _miss(on: date, day: int, shift: int) -> float:
    month = on.year * 12 + on.month - 1
    return min(abs((on - _on_day(m, day, shift)).days) for m in (month - 1, month, month + 1))


def _on_day(month: int, day: int, shift: int) -> date:
    """A day of a month counted from year 0, its last one if it is shorter, moved off a weekend if asked."""
    year, month = divmod(month, 12)
    due = date(year, month + 1, min(day, monthrange(year, month + 1)[1]))
    if shift and due.weekday() >= 5:
        due += timedelta(days=7 - due.weekday() if shift > 0 else 4 - due.weekday())
    return due


def _amounts(fit: Fit) -> tuple[float, float, float]:
    """Low, typical and high magnitude to expect next: the price where there is one, else the recent range."""
    amounts = [p.amount for p in fit.payments]
    change = _price_change(fit)
    if _same(amounts[-1], amounts[-2]):
        return amounts[-1], amounts[-1], amounts[-1]
    if change and change.on == fit.payments[-1].on:  # paid once: a double salary is no new one
        price = change.after if abs(math.log(change.after / change.before)) < MAX_SINGLE_STEP else change.before
        return price, price, price
    recent = sorted(amounts[-12:])
    return recent[0], median(recent), recent[-1]


def _price_change(fit: Fit) -> PriceChange | None:
    """The latest step between two settled prices; the newer one may have been paid only once so far."""
    amounts = [p.amount for p in fit.payments]
    for i in range(len(amounts) - 1, 1, -1):
        if _same(amounts[i], amounts[i - 1]):
            continue
        before, after = amounts[max(0, i - 3) : i], amounts[i : i + 3]
        settled = all(_same(a, before[0]) for a in before) and all(_same(a, after[0]) for a in after)
        if settled and (len(after) > 1 or len(before) > 2):
            return PriceChange(before[-1], after[0], fit.payments[i].on)
        if len(after) > 1:
            return None
    return None


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= SAME_PRICE_SHARE * max(one, other)
