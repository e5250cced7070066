"""Trees read from arrays give what the boosting gave."""

from __future__ import annotations

import numpy as np
import pytest

from app.ml.trees import Forest


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    x = np.random.default_rng(0).normal(size=(400, 4))
    x[::7, 2] = np.nan
    return x


def test_predictions_equal_those_of_the_boosting_even_with_gaps(rows: np.ndarray) -> None:
    from sklearn.ensemble import HistGradientBoostingRegressor

    model = HistGradientBoostingRegressor(loss="quantile", quantile=0.7, max_iter=30)
    model.fit(rows, rows[:, 0] + np.nan_to_num(rows[:, 2]) ** 2)
    forest = Forest.from_boosting(model)
    kept = Forest.from_arrays(forest.arrays("one"), "one")
    assert kept.predict(rows) == pytest.approx(model.predict(rows), abs=1e-5)
    assert kept.predict(rows[3]) == pytest.approx(model.predict(rows[3:4]), abs=1e-5)
