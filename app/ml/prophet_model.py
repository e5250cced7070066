"""Prophet, tuned for personal finance and imported only when it is asked for."""

from __future__ import annotations

import logging
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

Series = NDArray[np.float64]

TIMEOUT = 10  # seconds; a fit that needs longer has lost its way
MOST = {"M": 120, "D": 1095}  # older points only cost time


class ProphetFailed(Exception):
    """Prophet is not installed, ran out of time or could not fit."""


def _load() -> tuple[Any, Any]:
    for name in ("prophet", "prophet.plot", "cmdstanpy"):
        logging.getLogger(name).disabled = True
    try:
        import pandas
        from prophet import Prophet
    except ImportError as error:
        raise ProphetFailed(str(error)) from error
    return Prophet, pandas


def predict(y: Series, horizon: int, freq: str, start: date) -> Series:
    """Fit ``y`` and extrapolate. Few Fourier terms and stiff change points: the defaults lose to the
    seasonal naive forecast on monthly spending, and ``yearly_seasonality=True`` on months takes seconds
    and explodes.
    """
    Prophet, pandas = _load()
    whole = len(y)
    y = y[-MOST[freq] :]
    every = "MS" if freq == "M" else "D"
    days = pandas.date_range(pandas.Timestamp(start), periods=whole + horizon, freq=every)[whole - len(y) :]
    scale = float(np.abs(y).mean()) or 1.0
    long_enough = len(y) >= (24 if freq == "M" else 730)
    model = Prophet(
        growth="linear",
        changepoint_prior_scale=0.02,
        n_changepoints=min(15, len(y) // 3),
        yearly_seasonality=False,
        weekly_seasonality=3 if freq == "D" else False,
        daily_seasonality=False,
        uncertainty_samples=0,
    )
    if long_enough:
        model.add_seasonality("yearly", 365.25, fourier_order=3 if freq == "M" else 6, prior_scale=5)
    if freq == "D" and len(y) >= 90:
        model.add_seasonality("monthly", 30.4375, fourier_order=5, prior_scale=5)
    try:
        model.fit(pandas.DataFrame({"ds": days[: len(y)], "y": y / scale}), seed=1, timeout=TIMEOUT)
        answer = model.predict(pandas.DataFrame({"ds": days[len(y) :]}))["yhat"].to_numpy(np.float64) * scale
    except (RuntimeError, TimeoutError, ValueError, OSError) as error:
        raise ProphetFailed(str(error)) from error
    if not np.isfinite(answer).all():
        raise ProphetFailed("no finite answer")
    result: Series = answer
    return result
