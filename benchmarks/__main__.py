"""Runs the measurements one after the other: the pages' speed, then every row of the table of the estimators."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import speed
from benchmarks.targets import TARGETS, Figures, table


def quality(data: Path | None, sample: int) -> Figures:
    """Every part in its turn: details as they come, the table at the end."""
    os.environ["OMP_NUM_THREADS"] = "1"  # before NumPy is loaded: more threads than that only wait for each other
    from benchmarks import quality_categories, quality_forecast, quality_pace, quality_sentences, quality_signs

    figures: Figures = {}
    parts: dict[str, Callable[[], Figures]] = {
        "sentences": quality_sentences.measure,
        "recurring payments, anomalies, duplicates, budgets": lambda: quality_signs.measure(data),
        "pace": quality_pace.measure,
        "forecasts": lambda: quality_forecast.measure(data, sample),
    }
    if data is not None:
        parts["categories"] = lambda: quality_categories.measure(data)
    for title, measure in parts.items():
        print(f"\n## {title}", flush=True)
        begun = time.process_time()
        figures |= measure()
        print(f"({time.process_time() - begun:.0f} s of processor time)", flush=True)
    return figures


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    arguments.add_argument("--sizes", default="1000,10000,100000", help="transactions, separated by commas")
    arguments.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the development data")
    arguments.add_argument("--sample", type=int, default=4, help="every Nth series of the larger forecasting sets")
    arguments.add_argument("--only", choices=("speed", "quality"), help="one half of it")
    wish = arguments.parse_args()
    if wish.only != "quality":
        speed.main([int(size) for size in wish.sizes.split(",")])
    if wish.only == "speed":
        return
    data = wish.data if wish.data.is_dir() else None
    figures = quality(data, wish.sample)
    absent = f"the development data is not at {wish.data}"
    print(f"\n## Estimators: python -m benchmarks --only quality --data {wish.data} --sample {wish.sample}")
    if data is None:
        print(f"Note: {absent}; only what needs none of it was measured (--data FOLDER).")
    print(table(figures, {target.key: absent for target in TARGETS}))


main()
