"""Trains the weights between the layers of the categoriser, on users the general model has not seen."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from app.ml import combiner
from app.ml.features import payee_key
from app.ml.general import General
from app.ml.memory import Memory, Row

Floats = NDArray[np.float64]
Sample = tuple[NDArray[np.float32], int]

TAUGHT = (0, 0, 3, 10, 10, 25, 50, 50, 100, 200, 200, 400)
ASKED = 12  # rows sampled after each number of corrections
RIDGE = 2.0


def samples(users: Mapping[str, Sequence[Row]], general: General, seed: int) -> Iterator[Sample]:
    """The evidence for rows of users who have taught more or less, with the place of the right label."""
    rng = random.Random(seed)  # noqa: S311
    for user in sorted(users):
        rows = users[user]
        for taught in TAUGHT:
            if len(rows) <= taught + 3:
                continue
            memory = Memory()
            for row in rows[:taught]:
                memory.learn(row, str(row.label))
            labels = (*general.labels, *sorted(set(memory.labels) - set(general.labels)))
            later = rows[taught : taught + 150]
            for row in rng.sample(later, min(ASKED, len(later))):
                if row.label in labels:
                    known = general.log_probabilities(row.text, row.amount)
                    scores = np.concatenate([known, np.full(len(labels) - len(known), -6.0)])
                    found = combiner.gather(labels, scores, memory, payee_key(row.text), row.amount)
                    yield found.table.astype(np.float32), labels.index(row.label)


def fit(found: Sequence[Sample]) -> Floats:
    """Maximum likelihood with a small ridge towards the weights by hand."""
    widest = max(len(table) for table, _right in found)
    tables = np.zeros((len(found), widest, combiner.WIDTH), dtype=np.float32)
    absent = np.zeros((len(found), widest), dtype=np.float32)
    right = np.array([place for _table, place in found])
    for at, (table, _place) in enumerate(found):
        tables[at, : len(table)] = table
        absent[at, len(table) :] = -1e9
    chosen = tables[np.arange(len(found)), right].sum(axis=0).astype(np.float64)
    flat, start = tables.reshape(-1, combiner.WIDTH), combiner.plain_weights()

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = (flat @ weights.astype(np.float32)).reshape(absent.shape) + absent
        top = scores.max(axis=1, keepdims=True)
        likely = np.exp(scores - top)
        whole = likely.sum(axis=1, keepdims=True)
        likely /= whole
        lost = float((np.log(whole[:, 0]) + top[:, 0]).sum() - chosen @ weights)
        slope = (likely.reshape(-1) @ flat).astype(np.float64) - chosen
        pulled = weights - start
        return lost + RIDGE / 2 * float(pulled @ pulled), slope + RIDGE * pulled

    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200})
    return np.asarray(best.x, dtype=np.float64)
