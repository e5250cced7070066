"""How the layers of the categoriser are weighed: a conditional logit over what speaks for each label.

Each label gets a row of evidence that does not know which label it is, so the same weights serve any
user and any set of categories; they are trained on card holders that the general model has not seen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from app.ml.memory import Memory, Traces

Floats = NDArray[np.float64]

STAGES = (1, 6, 25, 90)  # corrections so far: where the trust in the general model changes
VISITS = (1.5, 3.0, 8.0)  # fading filings of a payee: where the trust in its history changes
PER_STAGE, PER_VISIT, SIMILAR, LOOSE = 3, 4, 3, 5
WIDTH = (len(STAGES) + 1) * PER_STAGE + (len(VISITS) + 1) * PER_VISIT + SIMILAR + LOOSE
FLOOR = -7.0  # log probability under which the general model says no more
NEAREST = 8


@dataclass(frozen=True, slots=True)
class Evidence:
    """``table`` is (labels, WIDTH); the rest is what an explanation needs."""

    table: Floats
    payee: Traces
    nearest: str
    similarity: float


def similar(memory: Memory, key: str) -> list[tuple[float, str]]:
    """The payees of the memory that share words with this one, nearest first; rare words count more."""
    mine = set(key.split())
    if not mine or not memory.payees:
        return []
    rarity = {word: 1 / (1 + len(memory.words.get(word, ()))) ** 0.5 for word in mine}
    whole = sum(rarity.values())
    found: dict[str, float] = {}
    for word in mine:
        for other in memory.words.get(word, ()):
            found[other] = found.get(other, 0.0) + rarity[word]
    scored = [
        (shared / (whole + 0.25 * len(set(other.split()) - mine)), other)
        for other, shared in found.items()
        if other != key
    ]
    return sorted(scored, reverse=True)[:NEAREST]


def gather(labels: tuple[str, ...], general: Floats, memory: Memory, key: str, amount: float) -> Evidence:
    """What speaks for each label. ``general`` is (labels,) log probabilities."""
    place = {label: at for at, label in enumerate(labels)}
    table = np.zeros((len(labels), WIDTH))
    spoken = np.maximum(general, FLOOR)
    share = np.exp(spoken)

    def spread(traces: Traces, day: date) -> Floats:
        weights = np.zeros(len(labels))
        for label, trace in traces.items():
            if label in place:
                weights[place[label]] = trace.at(day)
        return weights

    newest = max((trace.last for trace in memory.labels.values()), default=date.min)
    habit = spread(memory.labels, newest)
    stage = sum(memory.total >= start for start in STAGES) * PER_STAGE
    table[:, stage] = spoken
    prior = (habit + 4 * share) / (habit.sum() + 4)
    table[:, stage + 1] = np.log(prior + 1e-3)
    table[:, stage + 2] = habit > 0
    at = (len(STAGES) + 1) * PER_STAGE

    payee = memory.payees.get(key, {})
    if payee:
        day = max(trace.last for trace in payee.values())
        weights = spread(payee, day)
        mass = weights.sum()
        slot = at + sum(mass >= start for start in VISITS) * PER_VISIT
        table[:, slot] = np.log((weights + prior) / (mass + 1))
        table[:, slot + 1] = weights / max(mass, 1e-9)
        table[:, slot + 2] = weights > 0
        table[:, slot + 3] = spread({name: t for name, t in payee.items() if t.last == day}, day) > 0
    at += (len(VISITS) + 1) * PER_VISIT

    neighbours = similar(memory, key)
    best = neighbours[0] if neighbours else (0.0, "")
    if neighbours:
        votes = np.zeros(len(labels))
        for likeness, other in neighbours:
            theirs = spread(memory.payees[other], newest)
            votes += likeness**2 * theirs / max(theirs.sum(), 1e-9)
        votes /= votes.sum() + 0.2
        table[:, at + (1 if payee else 0)] = votes
        table[:, at + 2] = votes * best[0]
    at += SIMILAR

    exact = memory.amounts.get((key, round(amount, 2)), {})
    if exact:
        weights = spread(exact, newest)
        table[:, at] = weights / max(weights.sum(), 1e-9)
    if memory.recent:
        size = len(memory.recent)
        for back, label in enumerate(reversed(memory.recent)):
            if label in place:
                table[place[label], at + 1] += 1 / size
                table[place[label], at + 2] += back == 0
    table[:, at + 3] = np.minimum(share, 1.0)
    table[:, at + 4] = share * (habit > 0) * math.log1p(memory.total)
    return Evidence(table, payee, best[1], best[0])


def probabilities(table: Floats, weights: Floats) -> Floats:
    scores = table @ weights
    scores -= scores.max()
    likely = np.exp(scores)
    return np.asarray(likely / likely.sum(), dtype=np.float64)


def plain_weights() -> Floats:
    """Weights by hand: trust the general model less and the user's own filings more as they grow."""
    weights = np.zeros(WIDTH)
    for stage in range(len(STAGES) + 1):
        weights[stage * PER_STAGE] = (1.0, 0.9, 0.7, 0.6, 0.5)[stage]
        weights[stage * PER_STAGE + 1] = (0.0, 0.1, 0.3, 0.4, 0.5)[stage]
    at = (len(STAGES) + 1) * PER_STAGE
    for visits in range(len(VISITS) + 1):
        weights[at + visits * PER_VISIT : at + (visits + 1) * PER_VISIT] = (1.0, 2.0, 0.5, 0.5)
    at += (len(VISITS) + 1) * PER_VISIT
    weights[at : at + SIMILAR] = (2.0, 0.5, 1.5)
    weights[at + SIMILAR : at + SIMILAR + LOOSE] = (1.0, 0.2, 0.1, 0.5, 0.0)
    return weights
