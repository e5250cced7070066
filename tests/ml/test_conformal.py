"""Intervals from past errors."""

from __future__ import annotations

import numpy as np
import pytest

from app.ml.conformal import Errors, covered_points, deviation, growth, half_widths

POOL = [0.1 * k for k in range(1, 31)]


def errors(size: float, origins: int = 12, steps: int = 6, power: float = 0.0) -> Errors:
    rng = np.random.default_rng(0)
    step = np.tile(np.arange(1.0, steps + 1), origins)
    return Errors(size * rng.normal(size=len(step)) * step**power, step, np.repeat(np.arange(float(origins)), steps))


def test_wider_levels_reach_farther_and_later_steps_too() -> None:
    widths = half_widths(errors(1.0), 6, 1.0, POOL, 12)
    assert (widths[0.5] < widths[0.8]).all()
    assert (widths[0.8] < widths[0.95]).all()
    assert (np.diff(widths[0.8]) > 0).all()


def test_without_own_errors_the_pool_decides() -> None:
    nothing = Errors(*(np.zeros(0),) * 3)
    one, two = (half_widths(nothing, 1, unit, POOL, 0)[0.8][0] for unit in (1.0, 2.0))
    assert two == pytest.approx(2 * one)


def test_errors_that_grow_are_seen_to_grow() -> None:
    assert growth(errors(1.0, power=0.6)) > growth(errors(1.0)) + 0.1


def test_one_freak_error_does_not_widen_everything() -> None:
    plain = errors(1.0)
    freak = plain._replace(value=np.where(np.arange(len(plain.value)) == 40, 1e6, plain.value))
    assert half_widths(freak, 1, 1.0, POOL, 12)[0.8][0] < 2 * half_widths(plain, 1, 1.0, POOL, 12)[0.8][0]


def test_an_interval_is_judged_by_errors_it_was_not_made_of() -> None:
    share = covered_points(errors(1.0, origins=40), 0.8, 1.0, POOL, 40).mean()
    assert 0.7 < share < 0.92


def test_deviation_is_zero_only_for_what_never_moves() -> None:
    assert deviation(np.full(10, 5.0)) == 0
    assert deviation(np.array([5.0])) > 0
