"""What one user has taught: which payee was filed where, how often and when."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from app.ml.features import amount_bucket, payee_key

HALF_LIFE_DAYS = 240.0  # days until a filing counts half
MAX_RECENT_LABELS = 10  # labels kept in the order they were given
MAX_PAYEE_AMOUNTS = 60  # amounts kept for one payee


class Row(NamedTuple):
    """A statement line as the models see it; outflow < 0, in major units; ``label`` once it is filed."""

    text: str
    amount: float
    date: date
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Learned:
    """``count`` rows of one text under one label, the last of them on ``last``: one line of a GROUP BY.

    ``text`` is the bank description, as in ``Row``: a cleaned payee would be remembered apart.
    """

    text: str
    label: str
    count: int
    last: date
    amount: float = 0.0


@dataclass(slots=True)
class Trace:
    """How often a label was given, fading with time: ``weight`` is as of ``last``."""

    weight: float = 0.0
    count: int = 0
    last: date = date.min

    def at(self, day: date) -> float:
        age = (day - self.last).days
        return self.weight if age <= 0 else self.weight * 0.5 ** (age / HALF_LIFE_DAYS)

    def add(self, count: int, day: date) -> None:
        self.weight = self.at(day) + count
        self.count += count
        self.last = max(self.last, day)

    def take(self, count: int) -> None:
        self.count -= count
        self.weight = max(0.0, self.weight - count)


Traces = dict[str, Trace]
Size = tuple[float, str, int]  # logarithm of an amount, label, count


@dataclass(slots=True)
class Memory:
    """Built from rows and changed by rows, never trained: forgetting what was learned leaves nothing behind.

    ``allowed`` limits guesses to the labels the user has; None allows every label the models know.
    """

    allowed: frozenset[str] | None = None
    payees: dict[str, Traces] = field(default_factory=dict)
    labels: Traces = field(default_factory=dict)
    words: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    amounts: dict[str, list[Size]] = field(default_factory=dict)  # by payee
    exact: dict[float, Traces] = field(default_factory=dict)
    sizes: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))  # by label
    meanings: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))  # word → labels
    recent: list[str] = field(default_factory=list)
    total: int = 0
    version: int = 0
    cache: dict[Any, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def from_counts(cls, learned: Iterable[Learned], allowed: Iterable[str] | None = None) -> Memory:
        """A memory from what the database says was filed where."""
        memory = cls(frozenset(allowed) if allowed is not None else None)
        for one in sorted(learned, key=lambda each: each.last):
            memory._add(one.text, one.label, one.count, one.last, one.amount)
        return memory

    def learn(self, row: Row, label: str) -> None:
        """The user filed this row under this label."""
        self._add(row.text, label, 1, row.date, row.amount)

    def forget(self, row: Row, label: str) -> None:
        """The row is gone or filed elsewhere now; forgetting what was never learned changes nothing."""
        key = payee_key(row.text)
        traces = self.payees.get(key, {})
        if label not in traces:
            return
        self._take(traces, label)
        if not traces:
            del self.payees[key]
            for word in key.split():
                self.words[word].discard(key)
        self._take(self.labels, label)
        exact = self.exact.get(round(row.amount, 2), {})
        if label in exact:
            self._take(exact, label)
        spot = (size_of(row.amount), label, 1)
        if spot in self.amounts.get(key, ()):
            self.amounts[key].remove(spot)
        self.sizes[label] -= Counter({amount_bucket(row.amount): 1})
        for word in set(key.split()):
            self.meanings[word] -= Counter({label: 1})
        if label in self.recent:
            self.recent.reverse()
            self.recent.remove(label)
            self.recent.reverse()
        self.total -= 1
        self._changed()

    def _add(self, text: str, label: str, count: int, day: date, amount: float) -> None:
        key = payee_key(text)
        for traces in (
            self.payees.setdefault(key, {}),
            self.labels,
            self.exact.setdefault(round(amount, 2), {}),
        ):
            traces.setdefault(label, Trace()).add(count, day)
        sizes = self.amounts.setdefault(key, [])
        sizes.append((size_of(amount), label, count))
        del sizes[:-MAX_PAYEE_AMOUNTS]
        self.sizes[label][amount_bucket(amount)] += count
        for word in set(key.split()):
            self.words[word].add(key)
            self.meanings[word][label] += count
        self.recent = [*self.recent, label][-MAX_RECENT_LABELS:]
        self.total += count
        self._changed()

    @staticmethod
    def _take(traces: Traces, label: str) -> None:
        traces[label].take(1)
        if traces[label].count <= 0:
            del traces[label]

    def _changed(self) -> None:
        self.version += 1
        self.cache.clear()


def size_of(amount: float) -> float:
    """The logarithm of an amount, with its sign far apart: amounts are alike when these are near."""
    size = math.log1p(abs(amount))
    return size if amount < 0 else -20.0 - size
