"""Train the LSTM over many spending series and synthetic households, and write it as an artefact."""

from __future__ import annotations

import csv
import gzip
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.ml import artifacts, baselines, conformal, sequence
from app.ml.sequence import AHEAD, Array, Batch, Weights, prepare, sigmoid

UNITS, HIDDEN = 40, 32
STEPS, SEEDS = 3000, (11, 12, 13)
REAL = 0.4  # the share of each batch that comes from real spending
FLOOR = 0.25  # added to a window's own roughness before its error is divided by it
TAIL = 6  # the last months of every real series are never trained on


def main(data_dir: Path | str, steps: int = STEPS, folder: Path = artifacts.FOLDER) -> dict[str, Any]:
    """Train on ``forecasting/bham_monthly.csv.gz`` below ``data_dir``, write ``sequence.npz`` and its
    description, and report the MASE on the series left out. The report's ``sha256`` belongs into
    ``app/ml/sequence.py``.
    """
    series = read(Path(data_dir) / "forecasting" / "bham_monthly.csv.gz")
    real = np.stack([y[:-TAIL] for name, y in series.items() if not held_out(name)])
    networks = [fit(real, steps, seed) for seed in SEEDS]
    weights = Weights(*(np.stack(parts) for parts in zip(*networks, strict=True)))
    ratios = error_ratios(weights, real, np.random.default_rng(99))
    unseen = np.stack([y for name, y in series.items() if held_out(name)])
    scores = {
        "mase_lstm": _mase(unseen, lambda y: predicted(weights, y)),
        "mase_median": _mase(unseen, _medians),
    }
    card = {
        "version": "1",
        "data": "Birmingham City Council purchase card transactions as monthly sums, and synthetic households",
        "licence": "Open Government Licence v3.0; synthetic part MIT",
        "rows": int(real.size),
        "scores": scores,
        "networks": len(SEEDS),
        "steps": steps,
        "held_out_series": len(unseen),
    }
    digest = artifacts.write(sequence.NAME, {**weights._asdict(), "error_ratios": ratios}, card, folder)
    return {**card, "sha256": digest}


def read(path: Path) -> dict[str, NDArray[np.float64]]:
    """Series by name from a table of ``series, month, y``."""
    rows: dict[str, list[float]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            rows.setdefault(row["series"], []).append(float(row["y"]))
    return {name: np.array(values) for name, values in rows.items()}


def held_out(name: str) -> bool:
    """Whether a series is kept for measuring: a third, all series of one card holder on one side, and the
    total.
    """
    owner = name.partition(":")[2].split("|")[0]
    return name == "total" or int(hashlib.sha256(owner.encode()).hexdigest(), 16) % 3 == 0


def predicted(weights: Weights, y: NDArray[np.float64]) -> NDArray[np.float64]:
    return sequence.predict(weights, y, TAIL)


def _medians(y: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([baselines.median(row, TAIL, 12) for row in y])


def _mase(series: NDArray[np.float64], model: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> float:
    past, future = series[:, :-TAIL], series[:, -TAIL:]
    scale = np.abs(past[:, 12:] - past[:, :-12]).mean(axis=1)
    return round(float((np.abs(model(past) - future).mean(axis=1) / scale).mean()), 4)


def error_ratios(
    weights: Weights, real: NDArray[np.float64], rng: np.random.Generator, windows_each: int = 200
) -> NDArray[np.float64]:
    """Percentiles 1, 3 … 99 of |error| ÷ typical deviation of median + LSTM on short histories: how wide an
    interval must be before a series has shown its own errors.
    """
    made, ratios = households(600, 48, rng), []
    for n in (3, 4, 6, 9, 12, 18, 24):
        for drawn in (windows(made, windows_each, n, rng), windows(real, windows_each, n, rng)):
            history, future = drawn[:, :n], drawn[:, n : n + 6]
            ahead = sequence.predict(weights, history, 6)
            for y, mean, actual in zip(history, ahead, future, strict=True):
                deviation = conformal.deviation(y)
                if deviation:
                    error = actual - (mean + np.median(y[-12:])) / 2
                    ratios.append(np.abs(error) / np.arange(1, 7) ** conformal.MIN_GROWTH / deviation)
    flat = np.concatenate(ratios)
    answer: NDArray[np.float64] = np.percentile(flat[~np.isnan(flat)], np.arange(1, 100, 2))
    return answer


def households(count: int, months: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Monthly category series (count, months) as households have them: bills, groceries, sprees,
    subscriptions that begin and end, heating, yearly and quarterly payments, and smooth series with
    trend and season.
    """
    return np.stack([_KINDS[kind](months, rng) for kind in rng.choice(len(_KINDS), count, p=_SHARES)])


def _season(months: int, rng: np.random.Generator, size: float) -> NDArray[np.float64]:
    shape = rng.normal(0, 1, 12)
    if rng.random() < 0.6:
        turn = 2 * np.pi * (np.arange(12) - rng.uniform(0, 12)) / 12
        shape = np.cos(turn) + 0.4 * rng.normal() * np.cos(2 * turn) + 0.2 * rng.normal(0, 1, 12)
    if rng.random() < 0.3:
        shape = 0.3 * shape
        shape[rng.integers(12)] += rng.choice([-2.5, 2.5])
    return np.asarray(np.resize(np.roll(size * shape, rng.integers(12)), months))


def _wander(months: int, rng: np.random.Generator, step: float) -> NDArray[np.float64]:
    path = np.cumsum(rng.normal(0, step, months) * (rng.random(months) < 0.8))
    if rng.random() < 0.35:
        path[rng.integers(months) :] += rng.normal(0, 0.35)
    answer: NDArray[np.float64] = path - path.mean()
    return answer


def _everyday(months: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Groceries, eating out, fuel: many small purchases."""
    spread = rng.uniform(0.08, 0.45)
    season = _season(months, rng, rng.choice([0.0, 0.04, 0.12, 0.25]))
    level = _wander(months, rng, rng.uniform(0, 0.05)) + season + np.arange(months) * rng.normal(0, 0.003)
    return np.asarray(np.exp(level) * rng.gamma(1 / spread**2, spread**2, months))


def _spree(months: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Clothes, gifts, repairs: a few purchases of very different size, months without any."""
    rate = rng.uniform(0.5, 6) * np.exp(_wander(months, rng, 0.04) + _season(months, rng, rng.choice([0, 0.2, 0.5])))
    spread = rng.uniform(0.3, 1.1)
    return np.array([rng.lognormal(0, spread, k).sum() for k in rng.poisson(np.clip(rate, 0, 40))])


def _bill(months: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Rent, insurance, subscriptions: steps, now and then missing or paid twice."""
    amount, series = 1.0, np.zeros(months)
    start, stop = (rng.integers(months) if rng.random() < 0.12 else 0), months
    if rng.random() < 0.12:
        stop = int(rng.integers(months))
    noise = rng.choice([0, 0.01, 0.05])
    for t in range(months):
        if rng.random() < 0.03:
            amount *= np.exp(rng.normal(0.03, 0.12))
        if start <= t < stop or stop <= start <= t:
            series[t] = amount * (1 + noise * rng.normal())
    if rng.random() < 0.3:
        for t in rng.integers(0, months - 1, 2):
            series[t + 1], series[t] = series[t + 1] + series[t], 0
    return series


def _metered(months: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Electricity, gas, water: a year's wave, sometimes billed every second or third month."""
    wave = 1 + rng.uniform(0.1, 0.8) * np.cos(2 * np.pi * (np.arange(months) - rng.uniform(0, 12)) / 12)
    series = wave * np.exp(_wander(months, rng, 0.02)) * np.exp(rng.normal(0, rng.uniform(0.03, 0.2), months))
    every = int(rng.choice([1, 1, 2, 3]))
    phase = rng.integers(every)
    return np.where(np.arange(months) % every == phase, series * every, 0.02 * (every == 1))


def _yearly(months: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Taxes, school, holidays: large months on a small base."""
    base = rng.uniform(0, 0.6) * rng.gamma(4, 0.25, months)
    for month in rng.choice(12, rng.integers(1, 4), replace=False):
        here = np.arange(months) % 12 == month
        base[here] += rng.uniform(1, 6) * np.exp(rng.normal(0, rng.uniform(0.05, 0.4), here.sum()))
    return np.asarray(base)


def _smooth(months: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """A household's or firm's total: level and trend that drift, a season, little noise."""
    slope, level, path = rng.normal(0, 0.008), 0.0, np.zeros(months)
    keep, kick = rng.uniform(0.85, 1.0), rng.uniform(0, 0.004)
    step = rng.choice([0.005, 0.02, 0.05])
    for t in range(months):
        slope = keep * slope + rng.normal(0, kick)
        level += slope + rng.normal(0, step)
        path[t] = level
    season = _season(months, rng, rng.choice([0, 0.02, 0.08, 0.2]))
    return np.asarray(np.exp(np.clip(path + season, -4, 4) + rng.normal(0, rng.uniform(0.005, 0.12), months)))


_KINDS = (_everyday, _spree, _bill, _metered, _yearly, _smooth)
_SHARES = (0.3, 0.2, 0.1, 0.08, 0.07, 0.25)


def initial(rng: np.random.Generator, features: int = 4, head: int = 11) -> Weights:
    def matrix(rows: int, columns: int) -> Array:
        answer: Array = (rng.normal(0, 1, (rows, columns)) / np.sqrt(rows)).astype(np.float32)
        return answer

    bias = np.zeros(4 * UNITS, np.float32)
    bias[UNITS : 2 * UNITS] = 1  # remember at first
    return Weights(
        matrix(features, 4 * UNITS), matrix(UNITS, 4 * UNITS), bias,
        matrix(UNITS + head, HIDDEN), np.zeros(HIDDEN, np.float32), 0.1 * matrix(HIDDEN, 1),
        np.zeros(1, np.float32),
    )  # fmt: skip


def gradients(weights: Weights, batch: Batch, target: Array, cost: Array) -> tuple[float, Weights]:
    """Mean absolute error, each row weighed by ``cost`` (batch, 1), and its gradient by back-propagation
    through time. ``target`` (batch, ahead) is in the units of ``run``; NaN where the future is not
    known.
    """
    units = weights.w_state.shape[0]
    rows, n, _ = batch.steps.shape
    state, cell = np.zeros((rows, units), np.float32), np.zeros((rows, units), np.float32)
    inputs = batch.steps @ weights.w_in + weights.bias
    tape = []
    for t in range(n):
        gates = inputs[:, t] + state @ weights.w_state
        gate = sigmoid(gates)
        gate[:, 2 * units : 3 * units] = np.tanh(gates[:, 2 * units : 3 * units])
        before, old = cell, state
        cell = gate[:, units : 2 * units] * cell + gate[:, :units] * gate[:, 2 * units : 3 * units]
        squashed = np.tanh(cell)
        state = gate[:, 3 * units :] * squashed
        tape.append((gate, before, old, squashed))
    seen = np.concatenate([np.repeat(state[:, None], AHEAD, axis=1), batch.heads], axis=2)
    hidden = np.tanh(seen @ weights.head_in + weights.head_bias)
    error = (hidden @ weights.head_out + weights.head_out_bias)[:, :, 0] - target
    known = ~np.isnan(error)
    error = np.where(known, error, 0)
    share = cost / known.sum()
    loss = float((np.abs(error) * share).sum())

    d_out = (np.tanh(error / 0.02) * share)[:, :, None].astype(np.float32)  # a smooth sign
    d_hidden = (d_out @ weights.head_out.T) * (1 - hidden**2)
    flat_hidden, flat_seen = d_hidden.reshape(-1, d_hidden.shape[2]), seen.reshape(-1, seen.shape[2])
    d_state = (d_hidden @ weights.head_in[:units].T).sum(axis=1)
    d_cell = np.zeros_like(d_state)
    d_gates = np.empty((rows, n, 4 * units), np.float32)
    d_w_state = np.zeros_like(weights.w_state)
    for t in range(n - 1, -1, -1):
        gate, before, old, squashed = tape[t]
        i, f, c, o = (gate[:, k * units : (k + 1) * units] for k in range(4))
        d_cell = d_cell + d_state * o * (1 - squashed**2)
        d = d_gates[:, t]
        d[:, :units] = d_cell * c * i * (1 - i)
        d[:, units : 2 * units] = d_cell * before * f * (1 - f)
        d[:, 2 * units : 3 * units] = d_cell * i * (1 - c**2)
        d[:, 3 * units :] = d_state * squashed * o * (1 - o)
        d_w_state += old.T @ d
        d_state, d_cell = d @ weights.w_state.T, d_cell * f
    flat = d_gates.reshape(-1, 4 * units)
    return loss, Weights(
        batch.steps.reshape(-1, batch.steps.shape[2]).T @ flat, d_w_state, flat.sum(axis=0),
        flat_seen.T @ flat_hidden, flat_hidden.sum(axis=0),
        hidden.reshape(-1, hidden.shape[2]).T @ d_out.reshape(-1, 1), d_out.sum(axis=(0, 1)),
    )  # fmt: skip


def windows(pool: NDArray[np.float64], size: int, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw ``size`` stretches of ``n`` months and twelve more (NaN beyond the end) from series (count,
    months).
    """
    count, months = pool.shape
    padded = np.concatenate([pool, np.full((count, AHEAD), np.nan)], axis=1)
    rows = rng.integers(count, size=size)
    starts = rng.integers(0, months - n - 2, size=size)
    answer: NDArray[np.float64] = padded[rows[:, None], starts[:, None] + np.arange(n + AHEAD)]
    return answer


def fit(
    real: NDArray[np.float64],
    steps: int,
    seed: int,
    *,
    share: float = REAL,
    batch: int = 128,
    rate: float = 3e-3,
    made: int = 6000,
) -> Weights:
    """Train by Adam on windows of real series (series, months) and synthetic households, the weights
    averaged over the last third.
    """
    rng = np.random.default_rng(seed)
    synthetic = households(made, 84, rng)
    weights = initial(rng)
    first, second = ([np.zeros_like(w) for w in weights] for _ in range(2))
    average, averaged = [np.zeros_like(w) for w in weights], 0
    for step in range(1, steps + 1):
        n = int(rng.choice([rng.integers(3, 12), rng.integers(12, 24), rng.integers(24, 49)], p=[0.2, 0.25, 0.55]))
        from_real = int(batch * share) if n <= real.shape[1] - 6 else 0
        drawn = windows(synthetic, batch - from_real, n, rng)
        if from_real:
            drawn = np.concatenate([drawn, windows(real, from_real, n, rng)])
        drawn = drawn[np.abs(drawn[:, max(0, n - 12) : n]).sum(axis=1) > 0]
        history, future = drawn[:, :n], drawn[:, n:]
        ready = prepare(history)
        target = np.clip(future / ready.scale, -6, 6) - ready.base
        spread = np.abs(np.diff(history[:, -25:], axis=1)).mean(axis=1, keepdims=True) / ready.scale
        _, grads = gradients(weights, ready, target.astype(np.float32), (1 / (spread + FLOOR)).astype(np.float32))
        norm = np.sqrt(sum(float((g * g).sum()) for g in grads))
        pace = rate * min(1, step / 100) * (0.5 + 0.5 * np.cos(np.pi * step / steps)) + 1e-5
        moved = []
        for k, (w, g) in enumerate(zip(weights, grads, strict=True)):
            g = g * min(1.0, 1.0 / (norm + 1e-9))
            first[k] = 0.9 * first[k] + 0.1 * g
            second[k] = 0.99 * second[k] + 0.01 * g * g
            moved.append(
                (w - pace * (first[k] / (1 - 0.9**step)) / (np.sqrt(second[k] / (1 - 0.99**step)) + 1e-7)).astype(
                    np.float32
                )
            )
        weights = Weights(*moved)
        if step > steps * 2 // 3:
            averaged += 1
            average = [a + w for a, w in zip(average, weights, strict=True)]
    return Weights(*((a / averaged).astype(np.float32) for a in average))
