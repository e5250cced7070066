"""Trains the general model: multinomial logistic regression over the hashed pieces of a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from app.ml.features import DIMENSIONS, amount_bucket
from app.ml.global_model import GlobalModel, encode
from app.ml.memory import Row

STRENGTH = 8.0  # inverse of the ridge
STEPS = 60


def fit(rows: Sequence[Row], *, damping: float = 0.6) -> GlobalModel:
    """Equal lines count once with a weight of their number to the power of ``damping``."""
    labels = tuple(sorted({row.label for row in rows if row.label is not None}))
    if len(labels) < 2:
        return GlobalModel(labels, bias=np.zeros(len(labels)))
    place = {label: at for at, label in enumerate(labels)}
    counted = Counter((row.text, amount_bucket(row.amount), row.label) for row in rows)
    sample = {(row.text, amount_bucket(row.amount)): row.amount for row in rows}
    ones = [encode(text, sample[text, bucket]) for text, bucket, _label in counted]
    used, columns = np.unique(np.concatenate([places for places, _values in ones]), return_inverse=True)
    matrix = csr_matrix(
        (
            np.concatenate([values for _places, values in ones]),
            columns,
            np.cumsum([0, *(len(places) for places, _values in ones)]),
        ),
        shape=(len(ones), len(used)),
    )
    weights = np.array([count**damping for count in counted.values()])
    target = np.array([place[str(label)] for _text, _bucket, label in counted])
    model = LogisticRegression(C=STRENGTH, max_iter=STEPS, tol=1e-3)
    model.fit(matrix, target, sample_weight=weights / weights.mean())
    if len(labels) == 2:
        coefficients = np.concatenate([-model.coef_, model.coef_]) / 2
        bias = np.concatenate([-model.intercept_, model.intercept_]) / 2
    else:
        coefficients, bias = model.coef_, model.intercept_
    spread = np.zeros((DIMENSIONS, len(labels)), dtype=np.float32)
    spread[used] = coefficients.T
    shares = np.bincount(target, weights, len(labels)) + 1
    return GlobalModel(
        labels,
        spread,
        bias.astype(np.float64),
        shares / shares.sum(),
    )
