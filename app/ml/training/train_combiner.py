"""Trains the weights between the layers of the categoriser, on users the general model has not seen."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from app.ml import combiner
from app.ml.combiner import WIDTH, Weights
from app.ml.features import payee_key
from app.ml.global_model import GlobalModel
from app.ml.memory import Memory, Row

Singles = NDArray[np.float32]
Sample = tuple[Singles, int]

TAUGHT = (0, 0, 3, 10, 10, 25, 50, 50, 100, 200, 200, 400)
ASKED = 14  # rows sampled after each number of corrections
HIDDEN, ROUNDS, BATCH, RATE, RIDGE = 24, 16, 256, 3e-3, 3e-5


def samples(users: Mapping[str, Sequence[Row]], general: GlobalModel, seed: int) -> Iterator[Sample]:
    """The evidence for rows of users who have taught more or less, with the place of the right label."""
    rng = random.Random(seed)  # noqa: S311
    place = {label: at for at, label in enumerate(general.labels)}
    for user in sorted(users):
        rows = [row for row in users[user] if row.label in place]
        for taught in TAUGHT:
            if len(rows) <= taught + 3:
                continue
            memory = Memory()
            for row in rows[:taught]:
                memory.learn(row, str(row.label))
            later = rows[taught : taught + 150]
            for row in rng.sample(later, min(ASKED, len(later))):
                known = general.log_probabilities(row.text, row.amount)
                key = payee_key(row.text)
                found = combiner.collect_evidence(general.labels, known, general.base, memory, key, row.amount)
                yield found.table.astype(np.float32), place[str(row.label)]


def fit(found: Sequence[Sample], seed: int = 1) -> Weights:
    """Maximum likelihood by Adam; the starting point is the weights by hand."""
    rng = np.random.default_rng(seed)
    tables = np.stack([table for table, _right in found])
    right = np.array([place for _table, place in found])
    start = combiner.plain_weights()
    values = [
        rng.normal(0, WIDTH**-0.5, (WIDTH, HIDDEN)).astype(np.float32),
        np.zeros(HIDDEN, np.float32),
        np.zeros(HIDDEN, np.float32) + rng.normal(0, 0.05, HIDDEN).astype(np.float32),
        start.line.astype(np.float32),
    ]
    first = [np.zeros_like(value) for value in values]
    second = [np.zeros_like(value) for value in values]
    averaged = [np.zeros(value.shape) for value in values]
    step = kept = 0
    for turn in range(ROUNDS):
        order = rng.permutation(len(tables))
        rate = RATE * (1 - turn / ROUNDS) + RATE / 30
        for at in range(0, len(order), BATCH):
            step += 1
            chosen = order[at : at + BATCH]
            slopes = _slopes(tables[chosen], right[chosen], values)
            for value, slope, mean, spread in zip(values, slopes, first, second, strict=True):
                slope += RIDGE * value
                mean += 0.1 * (slope - mean)
                spread += 0.001 * (slope * slope - spread)
                value -= rate * (mean / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.999**step)) + 1e-8)
            if turn >= ROUNDS - 4:
                kept += 1
                for mean_value, value in zip(averaged, values, strict=True):
                    mean_value += (value - mean_value) / kept
    return Weights(*averaged)


def _slopes(tables: Singles, right: NDArray[np.int64], values: Sequence[Singles]) -> list[Singles]:
    """The gradients of the mean log loss for one batch, in the order of ``values``."""
    into, bias, out, line = values
    flat = tables.reshape(-1, WIDTH)
    hidden = np.maximum(flat @ into + bias, 0)
    scores = (flat @ line + hidden @ out).reshape(len(tables), -1)
    likely = np.exp(scores - scores.max(axis=1, keepdims=True))
    likely /= likely.sum(axis=1, keepdims=True)
    likely[np.arange(len(right)), right] -= 1
    error = likely.reshape(-1) / len(right)
    back = np.outer(error, out) * (hidden > 0)
    return [flat.T @ back, back.sum(axis=0), hidden.T @ error, flat.T @ error]
