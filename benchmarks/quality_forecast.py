"""How good the forecasts are: every member and the ensemble on data that nothing here was trained on.

Reproduce with ``python -m benchmarks.quality_forecast --data <folder of the development data> [--sample 4]
[--no-prophet]``; ``--sample N`` takes every Nth of the larger sets. MASE: mean absolute error ÷ in-sample
error of the seasonal naive forecast (Hyndman & Koehler 2006). The difference column is the 95 % paired
bootstrap interval of ensemble − member.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.ml import baselines
from app.ml.forecaster import Forecast, Frequency, forecast, model_of
from app.ml.training.forecast import held_out, read
from benchmarks.targets import FORECASTS, Figure, Figures

Series = NDArray[np.float64]

DATA = Path(__file__).parents[1].parent / "shared" / "data"


class Task(NamedTuple):
    """Series cut into past and future, forecast ``horizon`` steps ahead."""

    key: str
    freq: Frequency
    horizon: int
    series: list[tuple[Series, Series]]

    @property
    def title(self) -> str:
        return FORECASTS[self.key]


def competition(path: Path) -> list[tuple[Series, Series]]:
    """Training and test part of each series of a forecasting competition; gaps are NaN."""
    parts: dict[str, tuple[list[float], list[float]]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            part = parts.setdefault(row["series"], ([], []))[row["part"] != "train"]
            part.append(float(row["y"]) if row["y"] else np.nan)
    return [(np.array(past), np.array(future)) for past, future in parts.values()]


def family(months: int, rng: np.random.Generator) -> Iterator[Series]:
    """Monthly category sums of one invented household, built purchase by purchase (another generator than
    that of the training): prices rise, habits change, December and summer are dearer, some months
    nothing is bought.
    """
    inflation = (1 + rng.uniform(0.0, 0.06)) ** (np.arange(months) / 12)
    december = np.where(np.arange(months) % 12 == 11, rng.uniform(1.0, 1.6), 1.0)
    for purchases, spread in ((14, 0.5), (5, 0.6), (2, 0.8), (1, 1.0), (0.5, 0.7)):
        habit = np.exp(np.cumsum(rng.normal(0, 0.06, months)))
        if rng.random() < 0.4:
            habit[rng.integers(6, months) :] *= rng.uniform(0.5, 1.8)
        counts = rng.poisson(purchases * habit * december)
        yield inflation * np.array([rng.lognormal(3, spread, count).sum() for count in counts])
    rent = 700 * np.cumprod(np.where(rng.random(months) < 0.05, 1.03, 1.0))
    yield np.asarray(rent, np.float64)
    wave = 1 + 0.5 * np.cos(2 * np.pi * (np.arange(months) - rng.integers(12)) / 12)
    yield 80 * inflation * wave * rng.lognormal(0, 0.15, months)


def tasks(data: Path | None, sample: int) -> Iterator[Task]:
    """Every task of the table; without the data, those on invented households."""
    rng = np.random.default_rng(2024)
    long, short = ([y for _ in range(15) for y in family(months, rng)] for months in (39, 17))
    if data is not None:
        cards = read(data / "forecasting" / "bham_monthly.csv.gz")
        unseen = [y for name, y in cards.items() if held_out(name)]
        yield Task("spending", "M", 6, [(y[:-6], y[-6:]) for y in unseen])
        yield Task("spending all", "M", 6, [(y[:-6], y[-6:]) for y in cards.values()])
        cuts = [(y[:at], y[at : at + 6]) for y in unseen for at in (23, 26, 29, 32, 35)]
        yield Task("spending cuts", "M", 6, cuts)
    yield Task("household", "M", 3, [(y[:36], y[36:]) for y in long])
    yield Task("household short", "M", 3, [(y[:14], y[14:]) for y in short])
    if data is not None:
        m3 = competition(data / "forecasting" / "m3_monthly.csv.gz")[::sample]
        yield Task("m3", "M", 12, m3)
        yield Task("m3 long", "M", 18, m3)
        yield Task("tourism", "M", 12, competition(data / "forecasting" / "tourism_monthly.csv.gz")[::sample])
        yield Task("nn5", "D", 56, competition(data / "forecasting" / "nn5_daily.csv.gz")[::sample])


def error(past: Series, future: Series, ahead: Series, season: int) -> float:
    """MASE of one series; NaN when its past repeats exactly."""
    scale = float(np.nanmean(np.abs(past[season:] - past[:-season]))) if len(past) > season else 0.0
    if scale < 1e-3 * float(np.nanmean(np.abs(past))):
        return np.nan
    return float(np.nanmean(np.abs(ahead[: len(future)] - future)) / scale)


def covered(result: Forecast, future: Series, level: int) -> float:
    low, high = np.array(getattr(result, f"lo{level}")), np.array(getattr(result, f"hi{level}"))
    known = ~np.isnan(future)
    return float(np.mean((low[known] - 1e-9 <= future[known]) & (future[known] <= high[known] + 1e-9)))


def bootstrap(difference: Series, rng: np.random.Generator) -> tuple[float, float]:
    """95 % interval of the mean difference, series drawn again with replacement."""
    draws = rng.choice(difference, (2000, len(difference))).mean(axis=1)
    low, high = np.percentile(draws, [2.5, 97.5])
    return float(low), float(high)


def members(task: Task, *, prophet: bool) -> Figures:
    """Print one task's table: the policy, and each member alone against it."""
    season = {"M": 12, "D": 7}[task.freq]
    names = ["median", "ets", "theta"] + ["lstm"] * (task.freq == "M") + ["prophet"] * prophet
    errors: dict[str, list[float]] = {name: [] for name in ("ensemble", "seasonal naive", *names)}
    inside: dict[int, list[float]] = {50: [], 80: [], 95: []}
    seconds = 0.0
    for past, future in task.series:
        future = future[: task.horizon]
        begun = time.process_time()
        result = forecast(past, task.horizon, task.freq, cheap=not prophet)
        seconds += time.process_time() - begun
        for level, shares in inside.items():
            shares.append(covered(result, future, level))
        filled = np.where(np.isnan(past), np.nanmedian(past), past)
        errors["ensemble"].append(error(past, future, np.array(result.mean), season))
        naive = baselines.seasonal_naive(filled, task.horizon, season)
        errors["seasonal naive"].append(error(past, future, naive, season))
        for name in names:
            ahead = model_of(name, task.freq)(filled, task.horizon)
            errors[name].append(error(past, future, ahead, season))
    table = {name: np.array(values) for name, values in errors.items()}
    usable = ~np.isnan(table["ensemble"])
    cover = ", ".join(f"{level} %: {np.mean(shares):.3f}" for level, shares in inside.items())
    print(f"\n{task.title} ({usable.sum()} series)")
    print(f"coverage {cover}; {1000 * seconds / len(task.series):.0f} ms of one core a series")
    rng = np.random.default_rng(1)
    for name, values in table.items():
        low, high = bootstrap((table["ensemble"] - values)[usable], rng)
        gap = "" if name == "ensemble" else f"   {low:+.3f} … {high:+.3f}{_said(low, high)}"
        print(f"  {name:16s} {values[usable].mean():.3f}{gap}", flush=True)
    means = {name: values[usable].mean() for name, values in table.items()}
    best = min(names, key=lambda name: means[name])
    plain = ", ".join(f"{name} {means[name]:.3f}" for name in ("seasonal naive", "median"))
    return {
        task.key: Figure(means["ensemble"], f"{plain}, best alone {best} {means[best]:.3f}"),
        f"{task.key} cover": Figure(
            float(np.mean(inside[80])), f"50 %: {np.mean(inside[50]):.3f}, 95 %: {np.mean(inside[95]):.3f}"
        ),
    }


def _said(low: float, high: float) -> str:
    return "   policy better" if high < 0 else "   policy WORSE" if low > 0 else ""


def measure(data: Path | None, sample: int = 4, *, prophet: bool = True, only: str = "") -> Figures:
    """Print every task's table and give the rows of the table."""
    if prophet:
        logging.getLogger("cmdstanpy").disabled = True
    print(f"every {sample}th series of M3, tourism and NN5; Prophet {'takes part' if prophet else 'is left out'}")
    figures: Figures = {}
    for task in tasks(data, sample):
        if only in task.title:
            figures |= members(task, prophet=prophet)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="the folder that holds forecasting/")
    parser.add_argument("--sample", type=int, default=4, help="take every Nth series of the larger sets")
    parser.add_argument("--no-prophet", action="store_true", help="leave Prophet out (faster)")
    parser.add_argument("--only", default="", help="tasks whose title contains this")
    options = parser.parse_args()
    measure(options.data, options.sample, prophet=not options.no_prophet, only=options.only)


if __name__ == "__main__":
    main()
