"""What is usual for one user: the amounts and habits of each payee, category and of the user as a whole."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from statistics import median
from typing import Any

from app.domain import payees
from app.ml.memory import Row

MAX_PAYEE_ROWS = 40  # newest payments remembered of a payee
MAX_LOG_AMOUNTS = 240  # newest amounts remembered of a category and of the user
DUPLICATE_DAYS = 5  # days within which the same payee and amount may be a duplicate
PAYEE_WEIGHT = 2.0  # how many payments a payee needs to count as much as its category
LABEL_WEIGHT = 5.0  # the same for a category and the whole user
PRIOR_LOG_AMOUNT = (math.log(30.0), 1.5)  # centre and spread of log amounts before anything is known of a user
MIN_SPREAD = 0.05
MIN_SPAN_DAYS = 30  # a payee known for less time counts as known for so long

FEATURES = (
    "z", "z_label", "z_user", "payments_payee", "payments_label", "payments_user", "over_payee_max",
    "over_label_max", "over_user_max", "amount_seen", "spread_payee", "spread_label", "rank_user", "inflow",
)  # fmt: skip
DUPLICATE_FEATURES = (
    "gap", "same_amount_before", "same_amount_share", "repeats_payee", "payments_payee", "in_window",
    "same_day", "amounts_payee", "over_user", "over_payee", "repeats_user", "usual_gap",
    "as_close_before", "expected_by_chance", "visits_a_day", "same_amount_user", "same_text",
)  # fmt: skip


@dataclass(slots=True)
class Amounts:
    """Logarithms of the newest amounts of a payee, category or user, with a robust centre and spread."""

    logs: list[float] = field(default_factory=list)
    total: int = 0
    _measured: tuple[float, float, list[float]] | None = None

    def add(self, amount: float, keep: int) -> None:
        self.logs.append(round(math.log(amount), 5))
        del self.logs[:-keep]
        self.total += 1
        self._measured = None

    @property
    def centre(self) -> float:
        return self._measure()[0]

    @property
    def spread(self) -> float:
        """A standard deviation in which deviations beyond three typical ones are cut."""
        return self._measure()[1]

    @property
    def ordered(self) -> list[float]:
        return self._measure()[2]

    def _measure(self) -> tuple[float, float, list[float]]:
        if self._measured is None:
            ordered, n = sorted(self.logs), len(self.logs)
            centre = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
            off = sorted(abs(x - centre) for x in ordered)
            cut = max(4.5 * off[n // 2], 0.3)
            self._measured = centre, math.sqrt(sum(min(x, cut) ** 2 for x in off) / n), ordered
        return self._measured


@dataclass(slots=True)
class Payee:
    """The newest rows of one payee and how often it was paid the same twice within days."""

    amounts: Amounts = field(default_factory=Amounts)
    rows: list[Row] = field(default_factory=list)
    repeats: int = 0

    def twins(self, row: Row) -> list[Row]:
        """Earlier payments of the same amount so close that the row may be one of them once more."""
        return [r for r in self.rows if abs((row.date - r.date).days) <= DUPLICATE_DAYS and _price(r) == _price(row)]


class UserBaseline:
    """Everything remembered of one user's rows, in one currency; money in and out are kept apart."""

    def __init__(self) -> None:
        self.payees: defaultdict[str, Payee] = defaultdict(Payee)
        self.labels: defaultdict[str, Amounts] = defaultdict(Amounts)
        self.users: defaultdict[str, Amounts] = defaultdict(Amounts)
        self.repeats = 0

    def add(self, row: Row) -> None:
        if not row.amount:
            return
        payee, size = self.payees[payee_of(row)], abs(row.amount)
        if payee.twins(row):
            payee.repeats += 1
            self.repeats += 1
        payee.amounts.add(size, MAX_PAYEE_ROWS)
        payee.rows.append(row)
        del payee.rows[:-MAX_PAYEE_ROWS]
        if row.label is not None:
            self.labels[_signed(row, row.label)].add(size, MAX_LOG_AMOUNTS)
        self.users[_signed(row, "")].add(size, MAX_LOG_AMOUNTS)

    # -- levels; missing ones are empty and not made -----------------------------------------

    def levels(self, row: Row) -> tuple[Payee, Amounts, Amounts]:
        payee = self.payees.get(payee_of(row)) or Payee()
        label = self.labels.get(_signed(row, row.label)) if row.label is not None else None
        return payee, label or Amounts(), self.users.get(_signed(row, "")) or Amounts()

    def rows_of(self, row: Row) -> list[Row]:
        """The newest rows of the same payee and direction, oldest first."""
        return self.levels(row)[0].rows

    def twins(self, row: Row) -> list[Row]:
        """Earlier payments that the row may be once more."""
        return self.levels(row)[0].twins(row)

    def expected(self, row: Row) -> tuple[float, float]:
        """Centre and spread of the log amount to expect: payee, shrunk to category, shrunk to user."""
        payee, label, user = self.levels(row)
        centre, spread = _shrunk(user, PRIOR_LOG_AMOUNT, 1.0)
        centre, spread = _shrunk(label, (centre, spread), LABEL_WEIGHT)
        return _shrunk(payee.amounts, (centre, spread), PAYEE_WEIGHT)

    # -- what the models look at -------------------------------------------------------------

    def features(self, row: Row) -> list[float]:
        """The values of FEATURES; NaN where there is no past to compare with."""
        payee, label, user = self.levels(row)
        x, (centre, spread) = math.log(abs(row.amount)), self.expected(row)
        prices = [_price(r) for r in payee.rows]
        return [
            (x - centre) / spread,
            _z(x, label),
            _z(x, user),
            math.log1p(payee.amounts.total),
            math.log1p(label.total),
            math.log1p(user.total),
            _over(x, payee.amounts),
            _over(x, label),
            _over(x, user),
            prices.count(_price(row)) / max(1, len(prices)),
            payee.amounts.spread if payee.amounts.total > 1 else math.nan,
            label.spread if label.total > 1 else math.nan,
            bisect_left(user.ordered, x) / len(user.logs) if user.logs else math.nan,
            float(row.amount > 0),
        ]

    def duplicate_features(self, row: Row, twins: list[Row]) -> list[float]:
        """The values of DUPLICATE_FEATURES for a row that has twins."""
        payee, _label, user = self.levels(row)
        x, n = math.log(abs(row.amount)), payee.amounts.total
        prices = [_price(r) for r in payee.rows]
        same = prices.count(_price(row))
        days = [r.date.toordinal() for r in payee.rows]
        gaps = [b - a for a, b in pairwise(days)]
        gap = min(abs((row.date - r.date).days) for r in twins)
        span = max(MIN_SPAN_DAYS, row.date.toordinal() - days[0])
        before = [r.date.toordinal() for r in payee.rows if _price(r) == _price(row)]
        as_close = sum(b - a <= gap for a, b in pairwise(before))
        return [
            float(gap),
            float(same - len(twins)),
            same / len(prices),
            payee.repeats / n,
            math.log1p(n),
            float(len(twins)),
            float(sum(r.date == row.date for r in payee.rows)),
            len(set(prices)) / len(prices),
            x - user.centre,
            x - payee.amounts.centre,
            self.repeats / max(1, user.total),
            float(median(gaps)) if gaps else math.nan,
            (as_close + 0.5) / len(before),
            math.log((same - len(twins) + 0.5) / span * (gap + 1)),
            math.log(len(days) / span),
            user.logs.count(round(x, 5)) / len(user.logs),
            _same_text(row, twins, payee.rows),
        ]

    # -- storage -----------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        return {
            "payees": {
                name: {
                    "rows": [[r.text, r.amount, r.date.isoformat(), r.label] for r in payee.rows],
                    "total": payee.amounts.total,
                    "repeats": payee.repeats,
                }
                for name, payee in self.payees.items()
            },
            "labels": {name: {"logs": a.logs, "total": a.total} for name, a in self.labels.items()},
            "users": {name: {"logs": a.logs, "total": a.total} for name, a in self.users.items()},
            "repeats": self.repeats,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> UserBaseline:
        past = cls()
        for name, saved in kept["payees"].items():
            rows = [Row(text, amount, date.fromisoformat(on), label) for text, amount, on, label in saved["rows"]]
            logs = [round(math.log(abs(r.amount)), 5) for r in rows]
            past.payees[name] = Payee(Amounts(logs, saved["total"]), rows, saved["repeats"])
        for levels, saved in ((past.labels, kept["labels"]), (past.users, kept["users"])):
            levels.update({name: Amounts(list(a["logs"]), a["total"]) for name, a in saved.items()})
        past.repeats = kept["repeats"]
        return past


def payee_of(row: Row) -> str:
    return _signed(row, payees.key(row.text))


def _signed(row: Row, name: str) -> str:
    return ("+" if row.amount > 0 else "-") + name


def _price(row: Row) -> str:
    return f"{abs(row.amount):.3f}"


def _shrunk(own: Amounts, wider: tuple[float, float], weight: float) -> tuple[float, float]:
    """Centre and predictive spread of a level, drawn to the wider one while it has few amounts."""
    if not own.logs:
        return wider
    n, (centre, spread) = len(own.logs), wider
    mean = (n * own.centre + weight * centre) / (n + weight)
    variance = (n * own.spread**2 + weight * spread**2) / (n + weight)
    return mean, max(MIN_SPREAD, math.sqrt(variance * (1 + 1 / (n + weight))))


def _same_text(row: Row, twins: list[Row], rows: list[Row]) -> float:
    """-1 if no twin has the row's text, else from 0 to 1: 1 if no other payment has it, as with a reference number."""
    if all(r.text != row.text for r in twins):
        return -1.0
    others = [r.text for r in rows if r not in twins]
    return 1 - (others.count(row.text) + 1) / (len(others) + 2)


def _z(x: float, level: Amounts) -> float:
    return (x - level.centre) / max(level.spread, 0.2) if level.logs else math.nan


def _over(x: float, level: Amounts) -> float:
    return x - level.ordered[-1] if level.logs else math.nan
