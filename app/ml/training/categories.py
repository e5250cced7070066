"""Rebuilds the shipped categoriser from public card lines and the seed table: ``main(data_dir)``."""

from __future__ import annotations

import csv
import gzip
import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from app.domain.categories import KEYS, KIND_OF
from app.ml import artifacts, seed_table
from app.ml.categoriser import Categoriser
from app.ml.combiner import Weights
from app.ml.global_model import GlobalModel
from app.ml.memory import Memory, Row
from app.ml.training import linear, train_combiner

NAME, VERSION = "categories", "1"
SOURCE = "Birmingham City Council purchase card transactions 2014-2018, and the seed table of Saldo"
LICENCE = "Open Government Licence v3.0 (card lines), MIT (table)"
DAY = date(2026, 1, 1)
FOLDS = 3
LABELS = 30  # most frequent labels of the cards, on which the weights between the layers are trained
Cards = dict[str, list[Row]]

# where a council's heading means what a household would call it; the others are left out
HOUSEHOLD = {
    "Vehicle Fuel": "fuel", "Purchases Food": "groceries", "Books": "shopping", "Stationery": "shopping",
    "Travel Bus/Rail": "transport", "Travel Taxis": "transport", "Postage": "fees",
    "Electricity": "utilities", "Gas": "utilities", "Water Services": "utilities",
    "Phon NonCentrx Lines": "phone_internet",
    "Mobiles/Radios/Pagrs": "phone_internet", "Car Parking": "car", "Vehicle OthrunCosts": "car",
    "Vehicle R&M": "car", "Clothing&Uniforms": "clothing", "N'Papers&Periodicals": "shopping",
    "Cleaning Materials": "household", "Bldg RM Departmental": "household", "Subscriptions": "subscriptions",
    "Travel Foreign": "travel", "Training Other": "education", "Visits Expenditure": "leisure",
    "Bank & Goro ChgsS": "fees", "Legal Fee Other": "fees",
}  # fmt: skip

# what tills and banks put around a merchant's name
BEFORE = ("", "", "", "sq *", "sumup *", "paypal *", "card payment to ", "carte 12/03 ", "compra tarjeta ")
AFTER = (
    "",
    "",
    " 5504",
    " 0231 london",
    " gb",
    " paris 12",
    " madrid es",
    " berlin de",
    " ltd",
    " sarl",
    " gmbh",
)
SIZES = {
    "housing": 900,
    "salary": 2400,
    "groceries": 45,
    "coffee": 4,
    "dining_out": 25,
    "fuel": 55,
    "travel": 180,
}
USUAL = 40.0


def main(data_dir: Path | str, folder: Path = artifacts.FOLDER) -> dict[str, Any]:
    """Train, measure on what was left out and write the artefact; equal data give equal bytes."""
    holders = cards(Path(data_dir))
    general, known = household(holders)
    used = frequent(holders)
    train = {user: rows for user, rows in used.items() if crc32(user.encode()) % 5}
    weights = between_layers(train)
    test = {user: rows for user, rows in used.items() if user not in train}
    scores = {**known, **accuracy(train, test, weights)}
    scale = np.abs(general.weights).max(axis=0) / 127 if general.weights is not None else np.ones(len(KEYS))
    small = np.round(np.asarray(general.weights) / scale).astype(np.int8)
    stored = {
        "labels": np.array(general.labels),
        "weights": small,
        "scale": scale.astype(np.float32),
        "bias": np.asarray(general.bias, dtype=np.float32),
        "shares": np.asarray(general.base, dtype=np.float32),
        "into": weights.into.astype(np.float32),
        "hidden": weights.bias.astype(np.float32),
        "out": weights.out.astype(np.float32),
        "line": weights.line.astype(np.float32),
    }
    rows = sum(map(len, holders.values()))
    card = {"version": VERSION, "data": SOURCE, "licence": LICENCE, "rows": rows, "scores": scores}
    return {"name": NAME, **card, "sha256": artifacts.write(NAME, stored, card, folder)}


def cards(data_dir: Path) -> Cards:
    """The rows of each card holder in order of time, under the council's headings; spending is negative."""
    holders: Cards = defaultdict(list)
    with gzip.open(data_dir / "categorisation" / "bham_cards.csv.gz", "rt", encoding="utf-8") as lines:
        for line in csv.DictReader(lines):
            amount = -float(line["amount"])
            row = Row(line["merchant"], amount, date.fromisoformat(line["date"]), line["category"])
            holders[line["user"]].append(row)
    for rows in holders.values():
        rows.sort(key=lambda row: row.date)
    return holders


def household(holders: Cards) -> tuple[GlobalModel, dict[str, float]]:
    """The general model over the default keys, and its score on merchants left out of a first fit."""
    mapped = [row for rows in holders.values() for row in mapped_rows(rows)]
    made = synthetic()
    kept = [row for row in (*mapped, *made) if not left_out(row.text)]
    asked = [row for row in mapped if left_out(row.text)]
    first = linear.fit(kept)
    right = sum(first.labels[int(first.log_probabilities(r.text, r.amount).argmax())] == r.label for r in asked)
    general = linear.fit([*mapped, *made])
    return general, {"new_merchants": round(right / max(len(asked), 1), 4)}


def left_out(text: str) -> bool:
    return crc32(" ".join(text.split()[:1]).encode()) % 10 == 0


def mapped_rows(rows: Iterable[Row]) -> Iterable[Row]:
    """Card lines under household keys; where the table knows the merchant by name, the table is right."""
    for row in rows:
        sure = [hint.key for hint in seed_table.hints(row.text) if hint.sure]
        key = sure[0] if sure else HOUSEHOLD.get(str(row.label))
        if key is not None and row.amount < 0:
            yield Row(row.text, row.amount, row.date, key)


def synthetic(copies: int = 3) -> list[Row]:
    """The phrases of the table as banks would print them; refunds are money back from shops."""
    rng = random.Random(7)  # noqa: S311
    rows = []
    for phrase, hints in sorted(seed_table.table().items()):
        for hint in hints:
            for _copy in range(copies):
                text = rng.choice(BEFORE) + phrase + rng.choice(AFTER)
                amount = round(SIZES.get(hint.key, USUAL) * rng.lognormvariate(0, 0.6), 2)
                income = KIND_OF[hint.key] == "income"
                rows.append(Row(text, amount if income else -amount, DAY, hint.key))
                if not income and rng.random() < 0.15:
                    rows.append(Row(text, amount, DAY, "refunds"))
    return rows


def between_layers(holders: Cards) -> Weights:
    """The weights of the combiner, from holders that each fold's general model has not seen."""
    found = []
    for fold in range(FOLDS):
        others = [
            row
            for user, rows in holders.items()
            if crc32(b"fold" + user.encode()) % FOLDS != fold
            for row in rows
            if crc32(row.text.encode()) % 4 != fold  # some merchants are new to the model too
        ]
        apart = {u: rows for u, rows in holders.items() if crc32(b"fold" + u.encode()) % FOLDS == fold}
        found += list(train_combiner.samples(apart, linear.fit(others), fold))
    return train_combiner.fit(found)


def frequent(holders: Cards) -> Cards:
    counted = Counter(str(row.label) for rows in holders.values() for row in rows)
    kept = {label for label, _count in counted.most_common(LABELS)}
    return {user: [row for row in rows if row.label in kept] for user, rows in sorted(holders.items())}


def accuracy(train: Cards, test: Cards, weights: Weights) -> dict[str, float]:
    """The share filed rightly for holders left out of the training of every layer."""
    categoriser = Categoriser(linear.fit([row for rows in train.values() for row in rows]), weights)
    scores = {}
    for taught in (0, 10, 50, 200):
        right = asked = 0
        for rows in test.values():
            memory = Memory()
            for row in rows[:taught]:
                memory.learn(row, str(row.label))
            later = rows[taught : taught + 100]
            guessed = categoriser.predict_many(memory, later)
            right += sum(found[0].label == row.label for found, row in zip(guessed, later, strict=True))
            asked += len(later)
        scores[f"accuracy_after_{taught}"] = round(right / max(asked, 1), 4)
    return scores
