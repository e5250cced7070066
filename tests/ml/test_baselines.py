"""The members that need no training."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from app.ml import baselines

Model = Callable[[np.ndarray, int, int], np.ndarray]

MONTHS = np.arange(48)
WAVE = 100 + 30 * np.cos(2 * np.pi * MONTHS / 12)
NOISE = np.random.default_rng(6).normal(0, 2, 48)


def test_the_median_looks_at_the_last_year_only() -> None:
    assert baselines.median(np.array([500.0] * 12 + [10.0] * 12), 3, 12).tolist() == [10, 10, 10]


def test_the_daily_median_knows_the_weekday() -> None:
    week = np.array([1.0, 2, 3, 4, 5, 60, 70])
    assert baselines.median(np.tile(week, 6)[:40], 7, 7).tolist() == np.roll(week, -5).tolist()


def test_seasonal_naive_repeats_last_year() -> None:
    assert baselines.seasonal_naive(WAVE, 14, 12) == pytest.approx(np.resize(WAVE[-12:], 14))


@pytest.mark.parametrize("model", [baselines.ets, baselines.theta])
def test_a_season_is_carried_on(model: Model) -> None:
    ahead = model((WAVE + NOISE)[:36], 12, 12)
    assert np.abs(ahead - WAVE[36:]).mean() < 6


@pytest.mark.parametrize("model", [baselines.ets, baselines.theta])
def test_a_trend_is_carried_on_at_least_half(model: Model) -> None:
    ahead = model(10 + 2 * MONTHS[:36] + 0.2 * NOISE[:36], 6, 12)
    assert 84 < ahead[-1] < 96


@pytest.mark.parametrize("model", [baselines.ets, baselines.theta])
def test_noise_around_a_level_gives_the_level(model: Model) -> None:
    assert model(100 + NOISE[:24], 6, 12) == pytest.approx(np.full(6, 100), abs=4)


def test_smoothing_takes_growth_in_percent_as_such() -> None:
    ahead = baselines.ets(100 * 1.03 ** MONTHS[:36], 6, 12)
    assert ahead == pytest.approx(100 * 1.03 ** np.arange(36, 42), rel=0.05)
