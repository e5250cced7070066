"""The forecaster: a policy that lets every series' own past choose and weigh the models that forecast it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from app.ml import baselines, conformal, prophet_model, sequence

Series = NDArray[np.float64]
Frequency = Literal["M", "D"]
Model = Callable[[Series, int], Series]

SEASON = {"M": 12, "D": 7}
MAX_POINTS = {"M": 240, "D": 1460}  # older points are not read
HORIZON_LIMIT = {"M": 120, "D": 730}
ORIGINS = {"M": 12, "D": 8}
BACKTEST_STEPS = {"M": 6, "D": 28}
PROPHET_ORIGINS = 2
# weights ∝ MASE^−6, less when the backtest is short: plain 1/MASE lets a weak member spoil a clear winner
SHARPNESS = 6
EQUAL_SHARE = 0.1  # and a tenth of the way back to equal weights
# what a member's word counts before its errors are known: on short noisy series, and from LONG_MONTHS on
PRIOR = {"median": 1.0, "lstm": 2.0, "ets": 0.4, "theta": 0.4}
PRIOR_LONG = {"median": 0.5}
LONG_MONTHS = 60  # points from which on trend and season can be told from noise
MIN_COMPARED_ORIGINS = 4
OVERLAP = 3  # past forecasts from neighbouring months share errors: so many count as one
# how much worse than the median a member may be before it is dropped; more when the backtest is short
TOLERANCE = 0.15
OUTLIER = 6.0  # robust deviations
EPOCH = date(2020, 1, 1)  # where a series without a date is thought to begin
# from how many points on a member may speak
MIN_POINTS = {
    "M": {"median": 3, "lstm": 3, "ets": 12, "theta": 24, "prophet": 24},
    "D": {"median": 3, "ets": 14, "theta": 28, "prophet": 60},
}
MAX_VALUE = 1e30  # squares of larger numbers may overflow
MIN_POOL_RATIOS = 20  # ratios that other series must bring before they stand for the shipped ones


@dataclass(frozen=True, slots=True)
class Backtest:
    """How the same policy would have done on this series' own last points.

    ``mase`` is the mean absolute error ÷ that of the seasonal naive forecast in the past (None when the
    past never moves), ``smape`` a share of 0…2, ``coverage`` the share of points inside the 80 % interval,
    ``points`` how many different months or days were forecast. ``ratios`` (|error| ÷ typical deviation) may
    be handed to other series as ``pool``.
    """

    mase: float | None = None
    smape: float | None = None
    coverage: float | None = None
    points: int = 0
    by_member: dict[str, float] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)
    ratios: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Forecast:
    """One value a step with its 50, 80 and 95 % intervals; ``method`` names the members used, as in
    ``"median + lstm"``.
    """

    mean: list[float]
    lo50: list[float]
    hi50: list[float]
    lo80: list[float]
    hi80: list[float]
    lo95: list[float]
    hi95: list[float]
    method: str
    backtest: Backtest


def forecast(
    y: Iterable[float | None],
    horizon: int,
    freq: Frequency = "M",
    *,
    start: date | str | None = None,
    known: Sequence[float] | None = None,
    pool: Sequence[float] | None = None,
    members: Sequence[str] | None = None,
    cheap: bool = False,
) -> Forecast:
    """Forecast a monthly or daily series of amounts in any unit, oldest first.

    ``None`` or NaN is a gap; infinities and a horizon below 0 or beyond the limit raise ``ValueError``.
    ``start`` is the day of the first point. ``known`` are amounts certain beforehand (bills by their
    dates): for every step ahead, or for every point of history and every step ahead, when they are also
    taken out of the history; they are added as they are. ``pool`` are the ``backtest.ratios`` of the user's
    other series. ``members`` limits the models; ``cheap`` leaves out Prophet.
    """
    if freq not in SEASON:
        raise ValueError(f"The frequency must be “M” or “D”, not “{freq}”.")
    if not 0 <= horizon <= HORIZON_LIMIT[freq]:
        raise ValueError(f"The horizon must be between 0 and {HORIZON_LIMIT[freq]}.")
    raw = _to_array(y)
    certain, taken = np.zeros(horizon), np.zeros(len(raw))
    if known is not None:
        whole = raw
        raw, certain = _split_known(raw, known, horizon)
        taken = np.nan_to_num(whole - raw)
    series, first = _fill_gaps(raw, SEASON[freq])
    series = series[-MAX_POINTS[freq] :]
    begin = _shift_start(_day(start), len(raw) - len(series), freq) if first is not None else _day(start)
    if not len(series):
        return _build_forecast(
            certain,
            {level: np.zeros(horizon) for level in conformal.LEVELS},
            "none",
            Backtest(),
            False,
            certain,
        )

    smooth = winsorise(series, SEASON[freq])
    models = {name: model_of(name, freq, begin) for name in _eligible(len(series), freq, members, cheap)}
    trial = _Backtester(series, smooth, freq, horizon, taken[len(taken) - len(series) :])
    for name, model in models.items():
        trial.add(name, model, dear=name == "prophet")
        if name == "theta" and freq == "M" and not trial.structured():
            break  # nothing here beats the median: Prophet would cost a second and be dropped
    ahead, used = trial.combine(models, smooth, max(horizon, 1))
    ahead = ahead[:horizon]
    errors, targets = trial.errors(used)
    deviation = conformal.deviation(smooth)
    pool = pool if pool is not None and len(pool) >= MIN_POOL_RATIOS else sequence.error_ratios()
    widths = conformal.half_widths(errors, horizon, deviation, pool, targets)
    backtest = trial.report(used, errors, deviation, pool, targets)
    ahead = np.where(np.isfinite(ahead), ahead, float(np.median(smooth)))
    method = " + ".join(used) or "mean"
    return _build_forecast(ahead + certain, widths, method, backtest, bool(series.min() >= 0), certain)


def winsorise(y: Series, season: int) -> Series:
    """Pull single points back that lie far outside their surroundings, unless the same season has seen the
    like: a yearly insurance is a pattern, one new roof is not.
    """
    n = len(y)
    if n < 5:
        return y
    window = min(n, 2 * season + 1)
    half = window // 2
    result = y.copy()
    for t in range(n):
        low = min(max(0, t - half), n - window)
        around = np.delete(y[low : low + window], t - low)
        middle = float(np.median(around))
        spread = float(np.median(np.abs(around - middle))) * 1.4826
        spread = max(spread, float(np.abs(around - middle).mean()) * 0.8, 0.05 * abs(middle))
        limit = OUTLIER * spread
        if abs(y[t] - middle) <= limit:
            continue
        echoes = [y[s + d] for s in (t - season, t + season) for d in (-1, 0, 1) if 0 <= s + d < n]
        if any(abs(e - middle) > limit / 2 and (e > middle) == (y[t] > middle) for e in echoes):
            continue
        result[t] = middle + math.copysign(min(limit, 3 * spread), y[t] - middle)
    return result


def _to_array(y: Iterable[float | None]) -> Series:
    series = np.array([math.nan if value is None else float(value) for value in y], np.float64)
    if (np.abs(series) > MAX_VALUE).any():
        raise ValueError("The history must be finite numbers, none beyond 1e30.")
    return series


def _day(start: date | str | None) -> date:
    if start is None:
        return EPOCH
    return date.fromisoformat(start if len(start) > 7 else f"{start}-01") if isinstance(start, str) else start


def _shift_start(start: date, steps: int, freq: Frequency) -> date:
    if freq == "D":
        return date.fromordinal(start.toordinal() + steps)
    year, month = divmod(start.year * 12 + start.month - 1 + steps, 12)
    return date(year, month + 1, 1)


def _split_known(raw: Series, known: Sequence[float], horizon: int) -> tuple[Series, Series]:
    """History without the known part, and the known part of the future."""
    amounts = np.asarray(known, np.float64)
    if not (np.abs(amounts) <= MAX_VALUE).all():
        raise ValueError("Known amounts must be finite numbers, none beyond 1e30.")
    if len(amounts) == horizon:
        return raw, amounts
    if len(amounts) == len(raw) + horizon:
        return raw - amounts[: len(raw)], amounts[len(raw) :]
    raise ValueError("Known amounts must cover the horizon, or history and horizon.")


def _fill_gaps(raw: Series, season: int) -> tuple[Series, int | None]:
    """Drop gaps before the first point and fill later ones: same season's neighbours if there are any, else
    in line.
    """
    seen = np.flatnonzero(~np.isnan(raw))
    if not len(seen):
        return np.zeros(0), None
    series = raw[seen[0] :].copy()
    gaps = np.flatnonzero(np.isnan(series))
    if len(gaps):
        places = np.flatnonzero(~np.isnan(series))
        level = np.interp(gaps, places, series[places])
        for gap, value in zip(gaps, level, strict=True):
            alike = raw[seen[0] :][[s for s in (gap - season, gap + season) if 0 <= s < len(series)]]
            alike = alike[~np.isnan(alike)]
            series[gap] = alike.mean() if len(alike) else value
    return series, int(seen[0])


def model_of(name: str, freq: Frequency, start: date = EPOCH) -> Model:
    """One member alone: history (without gaps) and horizon in, values out."""
    season = SEASON[freq]
    if name == "prophet":
        return lambda y, horizon: prophet_model.predict(y, horizon, freq, start)
    if name == "lstm":
        return lambda y, horizon: sequence.predict(sequence.load(), y[None], horizon)[0]
    estimator = {"median": baselines.median, "ets": baselines.ets, "theta": baselines.theta}[name]
    return lambda y, horizon: estimator(y, horizon, season)


def _eligible(n: int, freq: Frequency, members: Sequence[str] | None, cheap: bool) -> list[str]:
    """Which members may speak at this length of history, from cheap to dear."""
    names = [name for name, least in MIN_POINTS[freq].items() if n >= least and not (cheap and name == "prophet")]
    return [name for name in names if name == "median" or members is None or name in members]


class _Backtester:
    """A rolling-origin backtest: every member forecasts from the same past days, on what was known then."""

    def __init__(self, actual: Series, smooth: Series, freq: Frequency, horizon: int, known: Series) -> None:
        self.actual, self.smooth, self.freq, self.known = actual, smooth, freq, known
        self.steps = min(BACKTEST_STEPS[freq], max(horizon, 3))
        self.made: dict[str, dict[int, Series]] = {}
        self.scale = _naive_error(smooth + known, SEASON[freq])

    def origins(self, dear: bool) -> list[int]:
        """From which past points to forecast, latest first; for a dear model few that lie a horizon apart."""
        n, count = len(self.actual), ORIGINS[self.freq]
        least = min(3 if self.freq == "M" else 7, n - 1)
        stride = 1 if self.freq == "M" else max(1, min(7, (n - least) // count))
        every = list(range(n - stride, least - 1, -stride))[:count]
        if not dear:
            return every
        apart = max(1, min(self.steps // stride, len(every)))
        return [origin for origin in every[apart - 1 :: apart] if origin >= n // 2][:PROPHET_ORIGINS]

    def add(self, name: str, model: Model, *, dear: bool) -> None:
        """Let one member forecast from each origin; one that fails is left out."""
        n, made = len(self.actual), {}
        try:
            for origin in self.origins(dear):
                made[origin] = model(self.smooth[:origin], min(self.steps, n - origin))
        except prophet_model.ProphetFailed:
            return
        if made:
            self.made[name] = made

    def loss(self, name: str, against: str = "median") -> float:
        """The member's mean absolute error ÷ the median's at the same origins, × the median's error
        overall.
        """
        clipped = {m: self._clipped(m) for m in {name, against}}
        shared = [o for o in clipped[name] if o in clipped[against]]
        if not shared:
            return math.inf
        ours, theirs = (np.concatenate([clipped[m][o] for o in shared]).mean() for m in (name, against))
        everywhere = np.concatenate(list(clipped[against].values())).mean()
        return float(ours / theirs * everywhere) if theirs > 0 else float(ours)

    def _clipped(self, name: str) -> dict[int, Series]:
        """Absolute errors against the series without its outliers: one freak month must not elect the
        model.
        """
        return {o: np.abs(self.smooth[o : o + len(f)] - f) for o, f in self.made[name].items()}

    def structured(self) -> bool:
        """Whether a model with trend or season beats the median clearly here."""
        floor = self.loss("median")
        return any(self.loss(name) < 0.9 * floor for name in self.made if name in ("ets", "theta"))

    def weights(self) -> dict[str, float]:
        """Weigh the members by a prior and by their errors, as far as these can be told from chance.

        A year of noisy months says nearly nothing of which member is better: weights that follow such a backtest
        follow its noise, and the ensemble is then no better than the median. So a short series moves from the prior
        only where a member's advantage is larger than its standard error, or where the median is never wrong: months
        that are all alike repeat to the cent.
        """
        if "median" not in self.made:
            return {}
        floor = self.loss("median")
        tiny = 1e-6 * (float(np.abs(self.smooth).mean()) or 1.0)
        is_long = self.freq == "D" or len(self.actual) >= LONG_MONTHS
        seen = min(len(self.smooth) - min(self.made["median"]), ORIGINS[self.freq]) / ORIGINS[self.freq]
        power = {}
        for name in self.made:
            ratio = (self.loss(name) + tiny) / (floor + tiny)
            trust = seen if is_long else self._significance(name) if floor > tiny else 1.0
            if is_long and ratio > 1 + TOLERANCE / trust:
                continue
            power[name] = ratio ** (-SHARPNESS * trust)
        total = sum(power.values())
        prior, equal = (PRIOR_LONG, EQUAL_SHARE) if is_long else (PRIOR, 0.0)
        weights = {
            name: (prior.get(name, 1.0) if self.freq == "M" else 1.0) * ((1 - equal) * p / total + equal / len(power))
            for name, p in power.items()
        }
        return {name: weight / sum(weights.values()) for name, weight in weights.items()}

    def _significance(self, name: str) -> float:
        """From 0 (may be chance) to 1: how far the mean difference to the median exceeds its standard error."""
        ours, median = self._clipped(name), self._clipped("median")
        gains = np.array([median[o].mean() - errors.mean() for o, errors in ours.items() if o in median])
        if len(gains) < MIN_COMPARED_ORIGINS:
            return 0.0
        spread = float(gains.std(ddof=1)) / math.sqrt(max(len(gains) / OVERLAP, 1.5))
        return float(np.clip(abs(gains.mean()) / spread - 1, 0.0, 1.0)) if spread else float(gains.any())

    def combine(self, models: dict[str, Model], y: Series, horizon: int) -> tuple[Series, dict[str, float]]:
        """The weighed forecast and the weights that made it."""
        if not models:
            return baselines.mean(y, horizon, 1), {}
        weights, parts = self.weights() or {"median": 1.0}, {}
        for name in weights:
            try:
                parts[name] = models[name](y, horizon)
            except prophet_model.ProphetFailed:
                continue
        total = sum(weights[name] for name in parts)
        used = {name: weights[name] / total for name in parts}
        ahead: Series = np.sum([weight * parts[name] for name, weight in used.items()], axis=0)
        return ahead, used

    def errors(self, used: dict[str, float]) -> tuple[conformal.Errors, int]:
        """The combination's errors over all origins, and how many different points they speak about."""
        values, steps, origins = [], [], []
        for origin in self.made.get("median", {}):
            here = {name: weight for name, weight in used.items() if origin in self.made[name]}
            total = sum(here.values())
            if not total:
                continue
            mixed = np.sum([w / total * self.made[name][origin] for name, w in here.items()], axis=0)
            values.append(self.actual[origin : origin + len(mixed)] - mixed)
            steps.append(np.arange(1.0, len(mixed) + 1))
            origins.append(np.full(len(mixed), origin))
        if not values:
            return conformal.Errors(*(np.zeros(0),) * 3), 0
        errors = conformal.Errors(*(np.concatenate(part) for part in (values, steps, origins)))
        return errors, len(self.actual) - int(errors.origin.min())

    def report(
        self,
        used: dict[str, float],
        errors: conformal.Errors,
        deviation: float,
        pool: Sequence[float],
        targets: int,
    ) -> Backtest:
        """What the user is told of this backtest. Coverage is by intervals made without the origin they
        judge.
        """
        if not len(errors.value):
            return Backtest()
        actuals = self._actuals(used)
        size = np.abs(actuals) + np.abs(actuals - errors.value)
        inside = conformal.covered_points(errors, 0.8, deviation, pool, targets)
        power = conformal.growth(errors)
        unit = deviation * errors.step**power
        return Backtest(
            mase=float(np.abs(errors.value).mean() / self.scale) if self.scale else None,
            smape=float(np.mean(np.divide(2 * np.abs(errors.value), size, out=np.zeros_like(size), where=size > 0))),
            coverage=float(inside.mean()),
            points=targets,
            by_member={name: self.loss(name) / self.scale for name in self.made} if self.scale else {},
            weights={name: round(weight, 4) for name, weight in used.items()},
            ratios=(np.abs(errors.value) / unit).tolist() if deviation else [],
        )

    def _actuals(self, used: dict[str, float]) -> Series:
        origins = [o for o in self.made["median"] if any(o in self.made[name] for name in used)]
        whole = self.actual + self.known  # errors are told as shares of all that was paid, bills included
        return np.concatenate([whole[o : o + len(self.made["median"][o])] for o in origins])


def _naive_error(y: Series, season: int) -> float:
    """In-sample error of the seasonal naive forecast, the unit of MASE; of the naive one on short
    histories.
    """
    lag = season if len(y) > season else 1
    return float(np.abs(y[lag:] - y[:-lag]).mean()) if len(y) > lag else 0.0


def _build_forecast(
    mean: Series,
    widths: dict[float, Series],
    method: str,
    backtest: Backtest,
    positive: bool,
    certain: Series,
) -> Forecast:
    """Put the intervals around the mean; what was never negative stays so."""
    floor = np.minimum(certain, 0.0) if positive else np.full(len(mean), -np.inf)
    mean = np.maximum(mean, floor)
    edges = {}
    for level, width in widths.items():
        edges[level] = (np.maximum(mean - width, floor).tolist(), (mean + width).tolist())
    (lo50, hi50), (lo80, hi80), (lo95, hi95) = (edges[level] for level in conformal.LEVELS)
    return Forecast(mean.tolist(), lo50, hi50, lo80, hi80, lo95, hi95, method, backtest)
