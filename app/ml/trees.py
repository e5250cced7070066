"""Boosted trees read from plain arrays and walked in numpy: no pickle, no scikit-learn at run time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FIELDS = ("feature", "threshold", "left", "right", "value", "missing_left", "leaf")


@dataclass(frozen=True, slots=True)
class Forest:
    """The trees of one gradient boosting, padded to the shape (trees, nodes); leaf values add to `base`."""

    feature: NDArray[np.int16]
    threshold: Floats
    left: NDArray[np.int16]
    right: NDArray[np.int16]
    value: NDArray[np.float32]
    missing_left: NDArray[np.bool_]
    leaf: NDArray[np.bool_]
    base: float

    def predict(self, rows: Floats) -> Floats:
        """The raw sum for rows of shape (n, features): a quantile, or the log odds of a classifier."""
        rows = np.atleast_2d(rows)
        row, tree = np.arange(len(rows))[:, None], np.arange(len(self.feature))[None, :]
        node = np.zeros((len(rows), len(self.feature)), dtype=np.int64)
        while not (leaf := self.leaf[tree, node]).all():
            x = rows[row, self.feature[tree, node]]
            goes_left = np.where(np.isnan(x), self.missing_left[tree, node], x <= self.threshold[tree, node])
            node = np.where(leaf, node, np.where(goes_left, self.left[tree, node], self.right[tree, node]))
        summed: Floats = self.value[tree, node].sum(axis=1, dtype=np.float64) + self.base
        return summed

    def arrays(self, name: str) -> dict[str, NDArray[Any]]:
        """What an ``.npz`` keeps of it, each array under `name`."""
        kept: dict[str, NDArray[Any]] = {f"{name}/{field}": getattr(self, field) for field in FIELDS}
        return kept | {f"{name}/base": np.array([self.base])}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], name: str) -> Forest:
        fields = {field: arrays[f"{name}/{field}"] for field in FIELDS}
        return cls(**fields, base=float(arrays[f"{name}/base"][0]))

    @classmethod
    def from_boosting(cls, model: Any) -> Forest:
        """Copy a fitted HistGradientBoosting of scikit-learn with one output and no categorical features."""
        trees = [stage[0].nodes for stage in model._predictors]
        shape = len(trees), max(map(len, trees))
        arrays: dict[str, NDArray[Any]] = {
            "feature": np.zeros(shape, np.int16),
            "threshold": np.zeros(shape),
            "left": np.zeros(shape, np.int16),
            "right": np.zeros(shape, np.int16),
            "value": np.zeros(shape, np.float32),
            "missing_left": np.zeros(shape, bool),
            "leaf": np.ones(shape, bool),
        }
        names = {
            "feature": "feature_idx",
            "threshold": "num_threshold",
            "leaf": "is_leaf",
            "missing_left": "missing_go_to_left",
        }
        for i, nodes in enumerate(trees):
            for field, array in arrays.items():
                array[i, : len(nodes)] = nodes[names.get(field, field)]
        return cls(**arrays, base=float(np.ravel(model._baseline_prediction)[0]))
