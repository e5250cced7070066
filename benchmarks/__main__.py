"""Runs the measurements one after the other: speed always, quality where the development data is at hand."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path

from benchmarks import speed

QUALITY = ("quality_categories", "quality_signs", "quality_forecast")


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    arguments.add_argument("--sizes", default="1000,10000,100000", help="transactions, separated by commas")
    arguments.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the development data")
    arguments.add_argument("--only", choices=("speed", "quality"), help="one half of it")
    wish = arguments.parse_args()
    if wish.only != "quality":
        speed.main([int(size) for size in wish.sizes.split(",")])
    if wish.only == "speed":
        return
    if not wish.data.is_dir():
        print(f"\nThe development data is not at {wish.data}: the quality tables are left out.")
        return
    for name in QUALITY:
        print(f"\n## {name}")
        importlib.import_module(f"benchmarks.{name}").main([str(wish.data)])


main()
