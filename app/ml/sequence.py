"""The recurrent member: small LSTMs trained over many monthly series, run in plain NumPy."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.ml import artifacts

Array = NDArray[np.float32]

NAME = "sequence"
MEMORY = 48  # months of history that the network reads
AHEAD = 12  # months that one pass answers
YEAR = 12


class Weights(NamedTuple):
    """Of one network, or of several along a first axis. ``w_in`` (features, 4·units), ``w_state`` (units,
    4·units), ``bias`` (4·units); gates in the order input, forget, candidate, output. ``head*`` are a
    hidden layer and the answer, shared by all steps ahead.
    """

    w_in: Array
    w_state: Array
    bias: Array
    head_in: Array
    head_bias: Array
    head_out: Array
    head_out_bias: Array


class Batch(NamedTuple):
    """Series of one length made ready: ``steps`` (batch, time, features), ``heads`` (batch, ahead, features),
    ``base`` and ``scale`` (batch, 1): the answer is ``scale · (base + output)``.
    """

    steps: Array
    heads: Array
    base: Array
    scale: Array


@cache
def load() -> Weights:
    """The shipped weights."""
    stored = artifacts.arrays(NAME)
    return Weights(**{name: stored[name] for name in Weights._fields})


@cache
def error_ratios() -> tuple[float, ...]:
    """What |error| ÷ typical deviation is on series not trained for: percentiles 1, 3 … 99."""
    return tuple(artifacts.arrays(NAME)["error_ratios"].tolist())


def prepare(y: NDArray[np.float64]) -> Batch:
    """Make histories (batch, time) of one length ready, free of scale: every month next to the same month a
    year before, and for each month ahead what the same month was one and two years ago.
    """
    y = np.asarray(y, np.float64)[:, -MEMORY:]
    rows, n = y.shape
    recent = y[:, -2 * YEAR :]
    scale = np.maximum(np.abs(recent).mean(axis=1, keepdims=True), 1e-9)
    x = np.clip(y / scale, -6, 6)
    base = np.median(x[:, -YEAR:], axis=1, keepdims=True)
    centred = x - base
    lagged, known = np.zeros_like(x), np.zeros_like(x)
    if n > YEAR:
        lagged[:, YEAR:], known[:, YEAR:] = centred[:, :-YEAR], 1
    steps = np.stack([centred, lagged, known, np.broadcast_to(base, x.shape)], axis=2)

    spread = np.abs(centred[:, -2 * YEAR :]).mean(axis=1)
    latest = np.median(centred[:, -3:], axis=1)
    average = centred[:, -YEAR:].mean(axis=1)
    earlier = np.median(centred[:, -2 * YEAR : -YEAR], axis=1) if n > YEAR else np.zeros(rows)
    heads = np.zeros((rows, AHEAD, 11))
    for k in range(AHEAD):
        for slot, lag in ((0, YEAR - k), (2, 2 * YEAR - k)):
            if lag <= n:
                heads[:, k, slot], heads[:, k, slot + 1] = centred[:, n - lag], 1
        heads[:, k, 4:] = np.stack(
            [
                spread,
                latest,
                average,
                earlier,
                centred[:, -1],
                np.full(rows, k / YEAR),
                np.full(rows, n / MEMORY),
            ],
            axis=1,
        )
    as_float = [part.astype(np.float32) for part in (steps, heads, base, scale)]
    return Batch(*as_float)


def sigmoid(x: Array) -> Array:
    answer: Array = (0.5 * (1 + np.tanh(0.5 * x))).astype(np.float32)
    return answer


def run(weights: Weights, batch: Batch) -> Array:
    """The mean output of all networks (batch, ahead), in units of each series' scale and measured from its
    base.
    """
    networks, units, _ = weights.w_state.shape
    rows, n, _ = batch.steps.shape
    state, cell = (np.zeros((networks, rows, units), np.float32) for _ in range(2))
    inputs = batch.steps.transpose(1, 0, 2)[None] @ weights.w_in[:, None] + weights.bias[:, None, None]
    for t in range(n):
        gates = inputs[:, t] + state @ weights.w_state
        gate = sigmoid(gates)
        candidate = np.tanh(gates[..., 2 * units : 3 * units])
        cell = gate[..., units : 2 * units] * cell + gate[..., :units] * candidate
        state = gate[..., 3 * units :] * np.tanh(cell)
    seen = np.concatenate(
        [np.repeat(state[:, :, None], AHEAD, axis=2), np.repeat(batch.heads[None], networks, axis=0)], axis=3
    )
    hidden = np.tanh(seen @ weights.head_in[:, None] + weights.head_bias[:, None, None])
    answer = hidden @ weights.head_out[:, None] + weights.head_out_bias[:, None, None]
    mean: Array = answer[..., 0].mean(axis=0)
    return mean


def predict(weights: Weights, y: NDArray[np.float64], horizon: int) -> NDArray[np.float64]:
    """Forecast histories (batch, time) of one length; beyond twelve months it reads its own answer as
    history.
    """
    y = np.asarray(y, np.float64)
    answers: list[NDArray[np.float64]] = []
    for _ in range(-(-horizon // AHEAD)):
        batch = prepare(y)
        answer = (batch.scale * (batch.base + run(weights, batch))).astype(np.float64)
        answers.append(answer)
        y = np.concatenate([y, answer], axis=1)
    return np.concatenate(answers, axis=1)[:, :horizon]
