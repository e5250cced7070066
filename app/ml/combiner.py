"""How the layers of the categoriser are weighed: a small network over what speaks for each label.

Each label gets a row of evidence that does not know which label it is, so the same weights serve any
user and any set of categories; they are trained on card holders that the general model has not seen.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.ml.features import amount_bucket
from app.ml.memory import Memory, Traces, size_of

Floats = NDArray[np.float64]

EVIDENCE = (
    "general log", "general share", "habit ratio", "habit log", "habit seen",
    "payee seen", "payee share", "payee log", "payee last", "payee amount",
    "similar votes", "similar votes by likeness", "words", "size of amount", "same amount",
    "recent share", "latest",
    "corrections", "payee filings", "likeness", "general certainty", "payee known",
)  # fmt: skip
WIDTH = len(EVIDENCE)
MIN_LOG_PROBABILITY = -7.0  # log probability under which the general model says no more
MAX_SIMILAR_PAYEES = 8
PRIOR_CORRECTIONS = 5.0  # corrections that the general frequencies of labels are worth
AMOUNT_HALF_DISTANCE = 0.25  # logarithms of amounts this far apart are half alike


@dataclass(frozen=True, slots=True)
class Evidence:
    """``table`` is (labels, WIDTH); the rest is what an explanation needs."""

    table: Floats
    payee: Traces
    nearest: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Weights:
    """One hidden layer beside a straight line: (WIDTH, hidden), (hidden,), (hidden,), (WIDTH,)."""

    into: Floats
    bias: Floats
    out: Floats
    line: Floats

    def probabilities(self, table: Floats) -> Floats:
        """(labels,) from (labels, WIDTH)."""
        scores = table @ self.line + np.maximum(table @ self.into + self.bias, 0.0) @ self.out
        likely = np.exp(scores - scores.max())
        return np.asarray(likely / likely.sum(), dtype=np.float64)


def similar(memory: Memory, key: str) -> list[tuple[float, str]]:
    """The payees of the memory that share words with this one, nearest first; rare words count more."""
    mine = set(key.split())
    if not mine or not memory.payees:
        return []
    rarity = {word: 1 / (1 + len(memory.words.get(word, ()))) ** 0.5 for word in mine}
    whole = sum(rarity.values())
    found: dict[str, float] = {}
    together: Counter[str] = Counter()
    for word in mine:
        others = memory.words.get(word, ())
        together.update(others)
        for other in others:
            found[other] = found.get(other, 0.0) + rarity[word]
    lengths: dict[str, int] = memoize_in(
        memory, "lengths", lambda: {each: len(set(each.split())) for each in memory.payees}
    )
    scored = [
        (shared / (whole + 0.25 * (lengths[other] - together[other])), other)
        for other, shared in found.items()
        if other != key
    ]
    return sorted(scored, reverse=True)[:MAX_SIMILAR_PAYEES]


@dataclass(frozen=True, slots=True)
class LabelIndex:
    """The labels of one question and where each stands in the table."""

    place: Mapping[str, int]

    def spread(self, traces: Traces, day: date) -> Floats:
        """The fading weights of traces as of a day, (labels,)."""
        weights = np.zeros(len(self.place))
        for label, trace in traces.items():
            if label in self.place:
                weights[self.place[label]] = trace.at(day)
        return weights

    def count(self, counted: Mapping[str, float]) -> Floats:
        weights = np.zeros(len(self.place))
        for label, number in counted.items():
            if label in self.place:
                weights[self.place[label]] = number
        return weights


@dataclass(frozen=True, slots=True)
class Habits:
    """What a memory says whatever the row: worked out once until the user files something again."""

    sheet: LabelIndex
    newest: date
    table: Floats  # with the columns of habits and of what was filed last
    habit: Floats
    lift: Floats  # how much likelier a label is with this user than in general


def collect_evidence(
    labels: tuple[str, ...], general: Floats, base: Floats, memory: Memory, key: str, amount: float
) -> Evidence:
    """What speaks for each label: ``general`` are log probabilities of this line, ``base`` shares of all."""
    if not memory.total:
        table = np.zeros((len(labels), WIDTH))
        _general_evidence(table, general)
        return Evidence(table, {}, "", 0.0)
    habits: Habits = memoize_in(memory, "habits", lambda: _habits(labels, base, memory))
    table = habits.table.copy()
    share = _general_evidence(table, general)
    payee = memory.payees.get(key, {})
    if payee:
        _payee_evidence(table, habits.sheet, memory, key, amount, share * habits.lift)
    nearest, likeness = _similar_evidence(table, habits, memory, key)
    _loose_evidence(table, habits, memory, key, amount)
    return Evidence(table, payee, nearest, likeness)


def memoize_in(memory: Memory, name: Hashable, make: Callable[[], Any]) -> Any:
    """What was made of a memory before, if it has not changed since."""
    found = memory.cache.get(name)
    if found is None:
        found = memory.cache[name] = make()
    return found


def _general_evidence(table: Floats, general: Floats) -> Floats:
    spoken = np.maximum(general, MIN_LOG_PROBABILITY)
    share: Floats = np.exp(spoken)
    table[:, 0], table[:, 1], table[:, 20] = spoken / 4, share, share.max()
    return share


def _habits(labels: tuple[str, ...], base: Floats, memory: Memory) -> Habits:
    table = np.zeros((len(labels), WIDTH))
    sheet = LabelIndex({label: at for at, label in enumerate(labels)})
    newest = max(trace.last for trace in memory.labels.values())
    habit = sheet.spread(memory.labels, newest)
    expected = (habit + PRIOR_CORRECTIONS * base) / (habit.sum() + PRIOR_CORRECTIONS)
    table[:, 2] = np.log(expected / base) / 3
    table[:, 3] = np.log(expected) / 4
    table[:, 4] = habit > 0
    table[:, 17] = math.log1p(memory.total) / 5
    for back, label in enumerate(reversed(memory.recent)):
        if label in sheet.place:
            table[sheet.place[label], 15] += 1 / len(memory.recent)
            table[sheet.place[label], 16] += back == 0
    return Habits(sheet, newest, table, habit, expected / base)


def _payee_evidence(
    table: Floats, sheet: LabelIndex, memory: Memory, key: str, amount: float, expected: Floats
) -> None:
    payee = memory.payees[key]
    day = max(trace.last for trace in payee.values())
    weights = sheet.spread(payee, day)
    mass = weights.sum()
    table[:, 5] = weights > 0
    table[:, 6] = weights / max(mass, 1e-9)
    table[:, 7] = np.log((weights + expected / expected.sum() + 1e-4) / (mass + 1)) / 4
    table[:, 8] = sheet.count({label: trace.last == day for label, trace in payee.items()})
    size, alike = size_of(amount), np.zeros(len(sheet.place))
    for other, label, count in memory.amounts.get(key, ()):
        if label in sheet.place:
            alike[sheet.place[label]] += count * 0.5 ** (abs(size - other) / AMOUNT_HALF_DISTANCE)
    table[:, 9] = alike / (alike.sum() + 0.3)
    table[:, 18], table[:, 21] = math.log1p(mass) / 3, 1.0


def _similar_evidence(table: Floats, habits: Habits, memory: Memory, key: str) -> tuple[str, float]:
    neighbours = similar(memory, key)
    if not neighbours:
        return "", 0.0

    def shares(other: str) -> Floats:
        theirs = habits.sheet.spread(memory.payees[other], habits.newest)
        return np.asarray(theirs / max(theirs.sum(), 1e-9))

    votes = np.zeros(len(table))
    for likeness, other in neighbours:
        votes += likeness**2 * memoize_in(memory, ("shares", other), partial(shares, other))
    best, nearest = neighbours[0]
    table[:, 10] = votes / (votes.sum() + 0.2)
    table[:, 11] = table[:, 10] * best
    table[:, 19] = best
    return nearest, best


def _loose_evidence(table: Floats, habits: Habits, memory: Memory, key: str, amount: float) -> None:
    sheet, habit = habits.sheet, habits.habit
    usual = habit / (habit.sum() + 1e-9)

    def told(word: str) -> Floats:
        given = sheet.count(memory.meanings[word])
        return np.asarray(np.log((given + usual + 1e-2) / (given.sum() + 1) / (usual + 1e-2)) / 4)

    def sized(bucket: int) -> Floats:
        here = sheet.count({label: sizes[bucket] for label, sizes in memory.sizes.items()})
        each = sheet.count({label: sizes.total() for label, sizes in memory.sizes.items()})
        common = (here.sum() + 0.5) / (each.sum() + 5)
        return np.asarray(np.log((here + 3 * common) / (each + 3) / common) / 2)

    for word in set(key.split()):
        if memory.meanings.get(word):
            table[:, 12] += memoize_in(memory, ("told", word), partial(told, word))
    bucket = amount_bucket(amount)
    table[:, 13] = memoize_in(memory, ("sized", bucket), partial(sized, bucket))
    exact = memory.exact.get(round(amount, 2))
    if exact:
        same = sheet.spread(exact, habits.newest)
        table[:, 14] = same / (same.sum() + 0.5)


def plain_weights() -> Weights:
    """Weights by hand, for a model without trained ones: the payee's history first, then what is alike."""
    line = np.zeros(WIDTH)
    line[[0, 2, 3]] = 3.6, 0.8, 0.6
    line[[5, 6, 7, 8, 9]] = 1.0, 2.5, 2.0, 0.5, 1.0
    line[[10, 11, 12, 13, 14]] = 0.8, 2.0, 0.8, 0.5, 0.5
    return Weights(np.zeros((WIDTH, 1)), np.zeros(1), np.zeros(1), line)
