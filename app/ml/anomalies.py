"""Detects unusual amounts, new payees, duplicates, price rises and missing bills."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, Literal

import numpy as np

from app.domain import payees
from app.i18n import _
from app.ml import artifacts, recurrences, user_baseline, wording
from app.ml.memory import Row
from app.ml.trees import Forest
from app.ml.user_baseline import UserBaseline

Kind = Literal["amount_high", "amount_low", "new_payee", "duplicate", "price_rise", "missing_bill"]

ALERT = 0.5  # score from which a row is reported
RANGE_Z = 1.645  # standard deviations on each side of the expected range: nine amounts in ten
PRICE_RISE_RANGE = (1.01, 1.6)  # a subscription that grows by this much has a new price; by more, a wrong amount
RECORD_LOG_RATIO = math.log(2)  # twice the largest amount so far is always reported
MIN_ROWS_FOR_RECORD = 20  # rows from which the largest amount is meaningful
ACCEPTED_RATIO = 1.25  # how far similar amounts may exceed one marked as normal
MAX_COMPARABLE_ROWS = 5  # past rows shown beside a reason


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a transaction is unusual, as data and as a sentence. The range is in magnitudes."""

    kind: Kind
    sentence: str
    expected_low: float
    expected_high: float
    comparable: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class AnomalyScore:
    """How unusual a row is, from 0 to 1, and the expected range of its magnitude."""

    score: float
    expected_low: float
    expected_high: float
    reasons: tuple[Reason, ...]

    @property
    def is_anomaly(self) -> bool:
        return self.score >= ALERT


@dataclass(frozen=True, slots=True)
class Alert:
    """An anomaly to report. A missing bill has no row; `on` is then its due date."""

    on: date
    payee: str
    row: Row | None
    finding: AnomalyScore


class Detector:
    """Judges rows of one user in one currency. Scoring changes nothing; `observe` and `learn` do."""

    def __init__(self, past: UserBaseline, currency: str | None = None) -> None:
        self.past = past
        self.currency = currency
        self.accepted: list[tuple[str, Kind, float]] = []

    @classmethod
    def fit(cls, history: Iterable[Row], currency: str | None = None) -> Detector:
        """Read a user's past, in any order. Raises ValueError for an amount that is not a number."""
        detector = cls(UserBaseline(), currency)
        for row in sorted(history, key=lambda r: r.date):
            detector.observe(row)
        return detector

    def observe(self, row: Row) -> None:
        """Add a row to the past."""
        _check(row)
        self.past.add(row)

    def learn(self, row: Row) -> None:
        """Mark a row as normal, so that similar ones are not reported. A new row is observed too."""
        known = row in self.past.rows_of(row)
        for reason in self.score(row).reasons:
            self.accept(row, reason.kind)
        if known:
            self.accept(row, "duplicate")
        else:
            self.observe(row)

    def accept(self, row: Row, kind: Kind) -> None:
        """Mark one kind of alert as normal for a payee, up to about the amount of this row."""
        self.accepted.append((user_baseline.payee_of(row), kind, abs(row.amount)))

    def score(self, row: Row) -> AnomalyScore:
        """Score a row that is not part of the past. Raises ValueError if its amount is not a number."""
        _check(row)
        if not row.amount:
            return AnomalyScore(0.0, 0.0, 0.0, ())
        centre, spread = self.past.expected(row)
        low, high = math.exp(centre - RANGE_Z * spread), math.exp(centre + RANGE_Z * spread)
        judged = [self._amount(row, centre, low, high), self._duplicate(row), self._price_rise(row)]
        kept = [(p, r) for p, r in filter(None, judged) if not self._is_accepted(row, r.kind)]
        kept.sort(key=lambda pair: -pair[0])
        score = 1 - math.prod(1 - p for p, _reason in kept)
        reasons = tuple(r for p, r in kept if p >= ALERT / 2)
        return AnomalyScore(score, low, high, reasons)

    def alerts(self, history: Sequence[Row], today: date, max_per_week: int = 3) -> list[Alert]:
        """See ``alerts``; what this detector was told is normal is left out."""
        return alerts(history, today, max_per_week, currency=self.currency, accepted=self.accepted)

    # -- one judgement each: a probability and what to say -----------------------------------

    def _amount(self, row: Row, centre: float, low: float, high: float) -> tuple[float, Reason]:
        payee, _label, user = self.past.levels(row)
        probability = _judge("amount", self.past.features(row))
        words = {"payee": row.text.strip(), "amount": self._money(abs(row.amount))}
        words |= {"low": self._money(low), "high": self._money(high)}
        comparable = tuple(payee.rows[-MAX_COMPARABLE_ROWS:])
        if user.total >= MIN_ROWS_FOR_RECORD and math.log(abs(row.amount)) > user.ordered[-1] + RECORD_LOG_RATIO:
            probability = max(probability, ALERT)
        is_high = math.log(abs(row.amount)) >= centre
        kind: Kind = "amount_high" if is_high else "amount_low"
        if not comparable and is_high:
            kind = "new_payee"
            text = _("{payee} is a new payee and {amount} is high. {low} to {high} would be typical.", **words)
        elif is_high:
            text = _("{amount} is more than usual for {payee}. Typical: {low} to {high}.", **words)
        else:
            text = _("{amount} is less than usual for {payee}. Typical: {low} to {high}.", **words)
        return probability, Reason(kind, text, low, high, comparable)

    def _duplicate(self, row: Row) -> tuple[float, Reason] | None:
        twins = self.past.twins(row)
        if not twins:
            return None
        words = {"payee": row.text.strip(), "amount": self._money(abs(row.amount))}
        words["date"] = wording.day(twins[-1].date)
        text = _("{payee} was already paid {amount} on {date}. This may be a duplicate.", **words)
        probability = _judge("duplicate", self.past.duplicate_features(row, twins))
        return probability, Reason("duplicate", text, abs(row.amount), abs(row.amount), tuple(twins))

    def _price_rise(self, row: Row) -> tuple[float, Reason] | None:
        """A payment in the rhythm of a settled price that is a little higher than it."""
        rows = self.past.rows_of(row)
        if row.amount > 0 or len(rows) < 3:
            return None
        before = abs(rows[-1].amount)
        if not PRICE_RISE_RANGE[0] < abs(row.amount) / before < PRICE_RISE_RANGE[1] or any(
            abs(r.amount) != before for r in rows[-3:]
        ):
            return None
        found = recurrences.detect([*rows, row], row.date)
        if not any(len(rows) in r.rows and r.price_change and r.price_change.on == row.date for r in found):
            return None
        words = {
            "payee": row.text.strip(),
            "before": self._money(before),
            "after": self._money(abs(row.amount)),
        }
        text = _("{payee} went up from {before} to {after}.", **words)
        return ALERT, Reason("price_rise", text, before, before, tuple(rows[-MAX_COMPARABLE_ROWS:]))

    def _is_accepted(self, row: Row, kind: Kind) -> bool:
        size, name = abs(row.amount), user_baseline.payee_of(row)
        return any(
            (payee, accepted) == (name, kind)
            and (size * ACCEPTED_RATIO >= amount if kind == "amount_low" else size <= amount * ACCEPTED_RATIO)
            for payee, accepted, amount in self.accepted
        )

    def _money(self, amount: float) -> str:
        return wording.money(amount, self.currency)

    # -- storage -----------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """All that scoring needs, ready for JSON; it can as well be fitted again from the rows."""
        return {
            "past": self.past.to_dict(),
            "currency": self.currency,
            "accepted": [list(a) for a in self.accepted],
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Detector:
        detector = cls(UserBaseline.from_dict(kept["past"]), kept["currency"])
        detector.accepted = [(name, kind, amount) for name, kind, amount in kept["accepted"]]
        return detector


def alerts(
    history: Sequence[Row],
    today: date,
    max_per_week: int = 3,
    *,
    currency: str | None = None,
    accepted: Sequence[tuple[str, Kind, float]] = (),
) -> list[Alert]:
    """Return the anomalies of the seven days up to today, most unusual first, at most `max_per_week`.

    Each row is compared with what came before it; missing bills come from the recurrences of all rows.
    """
    for row in history:
        _check(row)
    week_ago = today - timedelta(days=7)
    past = sorted((r for r in history if r.date <= today), key=lambda r: r.date)
    detector = Detector(UserBaseline(), currency)
    detector.accepted = list(accepted)
    found = []
    for row in past:
        if row.date > week_ago and (finding := detector.score(row)).is_anomaly:
            found.append(Alert(row.date, payees.clean(row.text), row, finding))
        detector.observe(row)
    found += [a for a in _missing(past, today, detector) if a.on > week_ago]
    found.sort(key=lambda a: (-a.finding.score, -a.on.toordinal(), a.payee))
    return found[:max_per_week]


def _missing(past: Sequence[Row], today: date, detector: Detector) -> Iterable[Alert]:
    for recurrence in recurrences.detect(past, today):
        if recurrence.missed is None or detector._is_accepted(past[recurrence.rows[-1]], "missing_bill"):
            continue
        words = {"payee": recurrence.payee, "date": wording.day(recurrence.missed)}
        if recurrence.kind == "bill":
            text = _("{payee} was due on {date} and has not been paid.", **words)
        else:
            text = _("{payee} was due on {date} and has not arrived.", **words)
        rows = tuple(past[i] for i in recurrence.rows[-MAX_COMPARABLE_ROWS:])
        low, high = recurrence.amount_low, recurrence.amount_high
        score = max(ALERT, recurrence.confidence * 0.8)
        reason = Reason("missing_bill", text, low, high, rows)
        yield Alert(recurrence.missed, recurrence.payee, None, AnomalyScore(score, low, high, (reason,)))


def _check(row: Row) -> None:
    if not math.isfinite(row.amount):
        raise ValueError(f"The amount of {row.text!r} on {row.date} is not a finite number.")


@cache
def models() -> dict[str, tuple[Forest, float]]:
    arrays = artifacts.arrays("anomalies")
    return {n: (Forest.from_arrays(arrays, n), float(arrays[f"{n}/alert"][0])) for n in ("amount", "duplicate")}


def _judge(model: str, features: list[float]) -> float:
    """From 0 to 1, and ALERT where only one clean row in a hundred would be."""
    forest, threshold = models()[model]
    return float(1 / (1 + math.exp(threshold - forest.predict(np.array([features]))[0])))
