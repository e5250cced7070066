"""The LSTM: its forward pass, its training and the shipped weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.ml import artifacts, sequence
from app.ml.sequence import Batch, Weights
from app.ml.training import forecast as training
from tests.support.cases import each_case


def small_task(seed: int = 0) -> tuple[Weights, Batch, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    batch = sequence.prepare(training.households(6, 15, rng) + 0.1)
    target = rng.normal(0, 1, (6, sequence.AHEAD)).astype(np.float32)
    return training.initial(rng), batch, target, np.ones((6, 1), np.float32)


def stacked(*weights: Weights) -> Weights:
    return Weights(*(np.stack(parts) for parts in zip(*weights, strict=True)))


def test_the_shipped_weights_are_the_pinned_ones_and_have_a_card() -> None:
    card = next(card for card in artifacts.catalogue() if card.name == sequence.NAME)
    assert card.sound
    assert card.scores["mase_lstm"] < card.scores["mase_median"]
    assert sequence.load().w_state.shape[0] == len(training.SEEDS)


def test_the_answer_follows_the_unit_of_the_history() -> None:
    history = np.random.default_rng(1).gamma(4, 25, (2, 30))
    once, hundredfold = (sequence.predict(sequence.load(), history * unit, 6) for unit in (1, 100))
    assert hundredfold == pytest.approx(100 * once, rel=1e-4)


def test_a_long_horizon_starts_with_the_short_one() -> None:
    history = np.random.default_rng(2).gamma(4, 25, (1, 30))
    long, short = (sequence.predict(sequence.load(), history, horizon) for horizon in (40, 6))
    assert long.shape == (1, 40)
    assert long[:, :6] == pytest.approx(short)
    assert np.isfinite(long).all()


def test_series_do_not_disturb_each_other_in_a_batch() -> None:
    history = np.random.default_rng(3).gamma(4, 25, (5, 24))
    together = sequence.predict(sequence.load(), history, 6)
    alone = np.concatenate([sequence.predict(sequence.load(), row[None], 6) for row in history])
    assert together == pytest.approx(alone, rel=1e-4)


def test_several_networks_answer_with_their_mean() -> None:
    first, batch, _, _ = small_task(1)
    second = small_task(2)[0]
    apart = [sequence.run(stacked(weights), batch) for weights in (first, second)]
    assert sequence.run(stacked(first, second), batch) == pytest.approx(sum(apart) / 2, abs=1e-6)


@each_case("part", range(len(Weights._fields)))
def test_the_gradient_agrees_with_small_steps(part: int) -> None:
    weights, batch, target, cost = small_task()
    _, gradient = training.gradients(weights, batch, target, cost)
    direction = np.sign(gradient[part]).astype(np.float32)
    step = np.float32(2e-3)

    def loss(sign: int) -> float:
        moved = weights._replace(**{Weights._fields[part]: weights[part] + sign * step * direction})
        return training.gradients(moved, batch, target, cost)[0]

    slope = (loss(1) - loss(-1)) / (2 * float(step))
    assert slope == pytest.approx(float(np.abs(gradient[part]).sum()), rel=0.1)


def test_training_learns_and_repeats_exactly() -> None:
    real = training.households(8, 40, np.random.default_rng(5)) + 0.05
    once, again = (training.fit(real, 12, seed=3, made=60, batch=32) for _ in range(2))
    assert all((a == b).all() for a, b in zip(once, again, strict=True))


def test_households_are_finite_and_repeat_by_seed() -> None:
    made = training.households(200, 48, np.random.default_rng(8))
    assert np.isfinite(made).all()
    assert (made == training.households(200, 48, np.random.default_rng(8))).all()


def test_all_series_of_one_card_holder_are_on_one_side() -> None:
    assert training.held_out("user:c7909") == training.held_out("uc:c7909|Vehicle Fuel")
    assert training.held_out("total")


def test_a_rebuilt_artefact_is_described_and_measured(tmp_path: Path, shared_data: Path) -> None:
    report = training.main(shared_data, steps=3, folder=tmp_path)
    assert (tmp_path / "sequence.npz").exists()
    assert report["held_out_series"] > 20
    assert set(report["scores"]) == {"mase_lstm", "mase_median"}
