"""Forecasts that need no library: medians, seasonal naive, exponential smoothing and the Theta method."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Series = NDArray[np.float64]

RECENT_MONTHS = 12  # months that make "lately"; the median of them is the floor no other member may fall under
SMOOTHING = (0.02, 0.06, 0.12, 0.22, 0.36, 0.55, 0.8)
TREND = (0.03, 0.12)
DAMPING = (0.85, 0.95, 1.0)
SEASONAL = (0.05, 0.15, 0.35)


def mean(y: Series, horizon: int, season: int) -> Series:
    return np.full(horizon, y.mean())


def median(y: Series, horizon: int, season: int) -> Series:
    """The median of the last twelve months; for days, of the same weekday in the last eight weeks."""
    if season == 7 and len(y) >= 14:
        weeks = y[len(y) % 7 :].reshape(-1, 7)[-8:]
        return np.resize(np.median(weeks, axis=0), horizon)
    return np.full(horizon, np.median(y[-RECENT_MONTHS:]))


def seasonal_naive(y: Series, horizon: int, season: int) -> Series:
    """The same month last year, or the same weekday last week."""
    return np.resize(y[-season:], horizon)


@cache
def _grid(seasonal: bool) -> tuple[Series, ...]:
    """Columns alpha, beta, phi, gamma and the number of free parameters, one row a candidate."""
    rows = []
    for alpha in SMOOTHING:
        for beta, phi in [(0.0, 0.0), *((b, p) for b in TREND for p in DAMPING)]:
            for gamma in (-1.0, 0.0, *SEASONAL) if seasonal else (-1.0,):
                rows.append((alpha, alpha * beta, phi, gamma, 2 + 2 * (phi > 0) + (phi not in (0, 1)) + (gamma > 0)))
    return tuple(np.array(column) for column in zip(*rows, strict=True))


def _seasonal_shape(y: Series, season: int) -> Series:
    """How each place in the season differs from its own year's mean, over the first whole years (at most
    three).
    """
    years = y[: min(len(y) // season, 3) * season].reshape(-1, season)
    shape: Series = np.median(years - years.mean(axis=1, keepdims=True), axis=0)
    answer: Series = shape - shape.mean()
    return answer


def ets(y: Series, horizon: int, season: int) -> Series:
    """Exponential smoothing: all forms (level, damped or straight trend, season; raw and logarithmic) run
    side by side as columns of one array, averaged by their Akaike weights (Hyndman et al., *Forecasting
    with exponential smoothing*, 2008; Kolassa 2011 for the weights).
    """
    n, scale = len(y), np.abs(y).mean() or 1.0
    seasonal = n >= 2 * season
    spaces = [y / scale]
    if y.min() > 0.02 * scale:
        spaces.append(np.log(spaces[0]))
    alpha, beta, phi, gamma, free = _grid(seasonal)
    count = len(alpha)
    fits = []
    for space in spaces:
        shape = _seasonal_shape(space, season) if seasonal else np.zeros(1)
        m = len(shape)
        has_season = gamma >= 0
        rate = np.maximum(gamma, 0.0)
        seasons = np.where(has_season, shape[:, None], 0.0).copy()
        first = min(n, 2 * season if seasonal else 6)
        slope0 = 0.0
        if seasonal:
            slope0 = float(np.mean(space[season : 2 * season] - space[:season])) / season
        start = (
            float(space[:season].mean() - slope0 * (season - 1) / 2) if seasonal else float(np.median(space[:first]))
        )
        level = np.full(count, start - slope0)
        trend = np.where(phi > 0, slope0, 0.0)
        fitted = np.empty((n, count))
        for t in range(n):
            s = seasons[t % m]
            expected = level + phi * trend
            fitted[t] = expected + s
            error = space[t] - fitted[t]
            trend = phi * trend + beta * error
            level = expected + alpha * error
            seasons[t % m] = s + rate * (1 - alpha) * error
        steps = np.arange(1, horizon + 1)
        damp = np.cumsum(phi[None, :] ** steps[:, None], axis=0)
        ahead = level + damp * trend + seasons[(n + steps - 1) % m]
        if space is not spaces[0]:
            fitted, ahead = np.exp(np.minimum(fitted, 5.0)), np.exp(np.minimum(ahead, 5.0))
        fits.append((fitted, ahead, free + has_season * (m - 1)))
    fitted, ahead = (np.concatenate([fit[i] for fit in fits], axis=1) for i in (0, 1))
    parameters = np.concatenate([fit[2] for fit in fits])
    error = np.abs(fitted - spaces[0][:, None])
    limit = 4 * np.median(error, axis=0) + 1e-9
    mse = np.mean(np.minimum(error, limit) ** 2, axis=0) + 1e-12
    room = np.maximum(n - parameters - 2, 1)
    criterion = n * np.log(mse) + 2 * parameters * n / room
    weight = np.exp(-0.5 * (criterion - criterion.min()))
    answer: Series = ahead @ (weight / weight.sum()) * scale
    return answer


def theta(y: Series, horizon: int, season: int) -> Series:
    """The Theta method (Assimakopoulos & Nikolopoulos 2000) in its smoothing form (Hyndman & Billah 2003):
    simple smoothing plus half the linear trend, on the series without its season when that is
    significant.
    """
    n = len(y)
    factor, multiplicative = _season_of(y, season)
    m = len(factor)
    places = factor[np.arange(n + horizon) % m]
    flat = y / places[:n] if multiplicative else y - places[:n]
    drift = float(np.polyfit(np.arange(n), flat, 1)[0]) / 2
    alphas = np.linspace(0.02, 0.98, 33)
    level, loss = np.full(len(alphas), flat[: min(n, 4)].mean()), np.zeros(len(alphas))
    for value in flat:
        error = value - level
        loss += error * error
        level = level + alphas * error
    best = int(np.argmin(loss))
    alpha, last = alphas[best], level[best]
    steps = np.arange(horizon)
    line = last + drift * (steps + (1 - (1 - alpha) ** n) / alpha)
    answer: Series = line * places[n:] if multiplicative else line + places[n:]
    return answer


def _season_of(y: Series, season: int) -> tuple[Series, bool]:
    """Seasonal factors by classical decomposition, and whether they multiply; ones where nothing repeats."""
    n = len(y)
    if n < 2 * season + 1 or season < 2:
        return np.zeros(1), False
    centred = y - y.mean()
    variance = float(centred @ centred)
    if variance == 0:
        return np.zeros(1), False
    acf = [float(centred[lag:] @ centred[:-lag]) / variance for lag in range(1, season + 1)]
    limit = 1.28 * np.sqrt((1 + 2 * sum(r * r for r in acf[:-1])) / n)
    if abs(acf[-1]) <= limit:
        return np.zeros(1), False
    kernel = np.ones(season)
    if season % 2 == 0:
        kernel = np.concatenate(([0.5], np.ones(season - 1), [0.5]))
    trend = np.convolve(y, kernel / season, mode="valid")
    start = (len(kernel) - 1) // 2
    middle = y[start : start + len(trend)]
    multiplicative = bool(y.min() > 0 and trend.min() > 0)
    parts = middle / trend if multiplicative else middle - trend
    place = (start + np.arange(len(trend))) % season
    factor = np.array([np.median(parts[place == p]) for p in range(season)])
    return (factor / factor.mean(), True) if multiplicative else (factor - factor.mean(), False)
