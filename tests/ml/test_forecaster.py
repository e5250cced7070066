"""The forecaster's door, on every kind of history that people have."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest

from app.ml.forecaster import Forecast, forecast, winsorise
from tests.support.cases import each_case

LINES = ("mean", "lo50", "hi50", "lo80", "hi80", "lo95", "hi95")


def months(count: int = 36, seed: int = 1) -> list[float]:
    """Groceries of one household: a level, some noise, a dearer December."""
    rng = np.random.default_rng(seed)
    return [float(300 * rng.lognormal(0, 0.15) + (120 if month % 12 == 11 else 0)) for month in range(count)]


def assert_sound(result: Forecast, horizon: int) -> None:
    for line in LINES:
        values = getattr(result, line)
        assert len(values) == horizon
        assert all(math.isfinite(value) for value in values), line
    for step in range(horizon):
        ladder = [getattr(result, line)[step] for line in ("lo95", "lo80", "lo50", "mean", "hi50", "hi80", "hi95")]
        assert ladder == sorted(ladder)


HISTORIES = {
    "empty": [],
    "only gaps": [None, math.nan],
    "one point": [50.0],
    "two points": [50.0, 70.0],
    "three points": [3.0, 4.0, 5.0],
    "a year less a month": months(11),
    "a year": months(12),
    "two years": months(24),
    "all zero": [0.0] * 30,
    "constant": [9.99] * 30,
    "negative": [-value for value in months(30)],
    "of both signs": [(-1) ** k * value for k, value in enumerate(months(30))],
    "with gaps": [None if k % 5 == 2 else value for k, value in enumerate(months(36))],
    "twenty years": months(240),
    "mostly zero": [200.0 if k % 7 == 0 else 0.0 for k in range(36)],
    "huge": [value * 1e12 for value in months(30)],
    "tiny": [value * 1e-9 for value in months(30)],
}


@each_case("name", HISTORIES)
@each_case("horizon", [0, 1, 6, 12])
def test_any_monthly_history_gives_finite_ordered_lines(name: str, horizon: int) -> None:
    assert_sound(forecast(HISTORIES[name], horizon, cheap=True), horizon)


@each_case("count", [0, 1, 2, 5, 13, 20, 60, 400])
def test_any_daily_history_reaches_a_year_ahead(count: int) -> None:
    rng = np.random.default_rng(2)
    days = [float(rng.gamma(2, 10) * (2 if day % 7 == 5 else 1)) for day in range(count)]
    assert_sound(forecast(days, 365, "D", start="2025-03-01", cheap=True), 365)


def test_no_history_says_so() -> None:
    result = forecast([], 3)
    assert result.method == "none"
    assert result.mean == [0.0, 0.0, 0.0]
    assert result.backtest.points == 0


def test_short_history_is_its_mean() -> None:
    result = forecast([40.0, 60.0], 2)
    assert result.method == "mean"
    assert result.mean == pytest.approx([50.0, 50.0])
    assert result.lo80[0] < 50 < result.hi80[0]


@pytest.mark.parametrize(
    ("count", "allowed"),
    [
        (3, {"median", "lstm"}),
        (11, {"median", "lstm"}),
        (12, {"median", "lstm", "ets"}),
        (23, {"median", "lstm", "ets"}),
        (24, {"median", "lstm", "ets", "theta"}),
    ],
)
def test_members_speak_from_their_length_of_history_on(count: int, allowed: set[str]) -> None:
    result = forecast(months(count), 3, cheap=True)
    assert set(result.backtest.by_member) == allowed
    assert set(result.method.split(" + ")) <= allowed


def test_one_huge_outlier_does_not_bend_the_forecast() -> None:
    plain = months(36)
    bent = list(plain)
    bent[30] = 1_000_000.0
    before, after = forecast(plain, 6, cheap=True), forecast(bent, 6, cheap=True)
    assert after.mean == pytest.approx(before.mean, rel=0.25)
    assert max(after.hi80) < 3 * max(before.hi80)


def test_a_payment_that_comes_every_year_is_not_an_outlier() -> None:
    series = np.array([30.0 + (900 if month % 12 == 4 else 0) for month in range(36)])
    assert winsorise(series, 12).tolist() == series.tolist()
    result = forecast(series, 12, cheap=True)
    assert result.mean[4] > 600
    assert result.mean[5] < 200


def test_spending_stays_at_or_above_zero_unless_the_past_was_below() -> None:
    falling = [float(max(0, 500 - 20 * month)) for month in range(30)]
    assert min(forecast(falling, 12, cheap=True).lo95) >= 0
    assert min(forecast([*falling[:-1], -50.0], 12, cheap=True).lo95) < 0


def test_a_trend_is_followed() -> None:
    rng = np.random.default_rng(4)
    rising = [1000 + 20 * month + float(rng.normal(0, 10)) for month in range(36)]
    assert forecast(rising, 6, cheap=True).mean[5] == pytest.approx(1000 + 20 * 41, rel=0.03)


def test_known_amounts_are_added_exactly() -> None:
    series = months(30)
    without = forecast(series, 3, cheap=True)
    ahead = forecast(series, 3, known=[0, 500, 0], cheap=True)
    assert np.subtract(ahead.mean, without.mean) == pytest.approx([0, 500, 0])
    assert np.subtract(ahead.hi80, without.hi80) == pytest.approx([0, 500, 0])


def test_known_amounts_of_the_past_are_taken_out_first() -> None:
    series = months(30)
    rent = [800.0] * 30
    both = forecast(np.add(series, rent), 3, known=[*rent, 800, 800, 850], cheap=True)
    assert both.mean == pytest.approx(np.add(forecast(series, 3, cheap=True).mean, [800, 800, 850]))


def test_the_same_history_gives_the_same_forecast() -> None:
    assert forecast(months(), 6, cheap=True) == forecast(months(), 6, cheap=True)


def test_amounts_in_another_unit_give_the_same_forecast_in_that_unit() -> None:
    small, large = forecast(months(), 6, cheap=True), forecast([100 * v for v in months()], 6, cheap=True)
    assert large.mean == pytest.approx([100 * v for v in small.mean], rel=1e-4)
    assert large.hi95 == pytest.approx([100 * v for v in small.hi95], rel=1e-3)


def test_a_calm_users_other_series_narrow_a_short_history() -> None:
    wide = forecast(months(4), 3, cheap=True)
    narrow = forecast(months(4), 3, pool=[0.05] * 40, cheap=True)
    assert narrow.hi80[0] - narrow.lo80[0] < wide.hi80[0] - wide.lo80[0]


@pytest.mark.parametrize("bad", [[1.0, math.inf], [-math.inf], [1.0, 1e200, 3.0]])
def test_infinite_amounts_are_refused(bad: list[float]) -> None:
    with pytest.raises(ValueError, match="finite"):
        forecast(bad, 3)


@pytest.mark.parametrize("horizon", [-1, 121])
def test_a_horizon_out_of_reach_is_refused(horizon: int) -> None:
    with pytest.raises(ValueError, match="horizon"):
        forecast([1.0], horizon)


def test_known_amounts_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="Known"):
        forecast(months(10), 3, known=[1.0])


def test_the_backtest_tells_its_error() -> None:
    backtest = forecast(months(36), 3, cheap=True).backtest
    assert backtest.points == 12
    assert backtest.mase is not None
    assert 0 < backtest.mase < 1.5
    assert backtest.smape is not None
    assert 0 < backtest.smape < 0.5
    assert backtest.coverage is not None
    assert 0.6 <= backtest.coverage <= 1
    assert sum(backtest.weights.values()) == pytest.approx(1, abs=1e-3)


def test_eighty_percent_intervals_hold_four_fifths_of_the_future() -> None:
    rng = np.random.default_rng(7)
    inside = []
    for _ in range(30):
        series = 200 * rng.lognormal(0, 0.3, 39)
        result = forecast(series[:36], 3, cheap=True)
        inside += [low <= value <= high for low, value, high in zip(result.lo80, series[36:], result.hi80, strict=True)]
    assert 0.7 <= np.mean(inside) <= 0.9


def test_the_ensemble_beats_the_seasonal_naive_forecast_on_households_it_never_saw() -> None:
    ours, naive = [], []
    for seed in range(20):
        series = months(39, 100 + seed)
        ours.append(np.abs(np.subtract(forecast(series[:36], 3, cheap=True).mean, series[36:])).mean())
        naive.append(np.abs(np.subtract(series[24:27], series[36:])).mean())
    assert np.mean(ours) < 0.85 * np.mean(naive)


def test_prophet_joins_where_the_series_has_shape_and_stays_out_where_it_has_none() -> None:
    waves = [1000 + 15 * month + 200 * math.sin(month / 6 * math.pi) for month in range(36)]
    assert "prophet" in forecast(waves, 6, start="2023-01").backtest.by_member
    rng = np.random.default_rng(3)
    assert "prophet" not in forecast(rng.gamma(2, 50, 36), 6).backtest.by_member


@pytest.mark.parametrize("days", [[0.0] * 120, [7.5] * 120, [float(k % 30 == 0) * 2000 - 60 for k in range(120)]])
def test_days_with_prophet_are_sound_even_when_nothing_moves(days: list[float]) -> None:
    assert_sound(forecast(days, 30, "D", start="2025-01-01"), 30)


def test_importing_the_forecaster_does_not_load_heavy_libraries() -> None:
    heavy = "('prophet', 'pandas', 'sklearn', 'scipy')"
    code = f"import sys, app.ml.forecaster; print([m for m in {heavy} if m in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
