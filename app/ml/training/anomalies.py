"""Rebuild the anomaly models from public card transactions and invented households, with anomalies put in by hand."""

from __future__ import annotations

import csv
import gzip
import math
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.ml import artifacts
from app.ml.memory import Row
from app.ml.trees import Floats, Forest
from app.ml.user_baseline import DUPLICATE_FEATURES, FEATURES, UserBaseline, payee_of

CARDS = "categorisation/bham_cards.csv.gz"
FEWEST = 30  # rows of a card that is of use
SEEN = 0.6  # share of a card's rows, the oldest, that is its history
RATE = 0.025  # of each of the three kinds of anomaly among the scored rows
ALARMS = {"amount": 0.01, "duplicate": 0.005}  # share of rows in order that may be told
CARD_ROUNDS, HOUSEHOLD_ROUNDS = 6, 2  # injections into each
HOUSEHOLDS = 60
KINDS = ("amount", "payee", "duplicate")
Case = tuple[Row, str]


def cards(data_dir: Path) -> dict[str, list[Row]]:
    """The rows of every card with enough of them, oldest first."""
    users: dict[str, list[Row]] = defaultdict(list)
    with gzip.open(data_dir / CARDS, "rt", newline="") as file:
        for line in csv.DictReader(file):
            amount = -float(line["amount"])
            if amount:
                users[line["user"]].append(
                    Row(line["merchant"], amount, date.fromisoformat(line["date"]), line["category"])
                )
    return {u: sorted(rows, key=lambda r: r.date) for u, rows in sorted(users.items()) if len(rows) >= FEWEST}


def household(seed: int) -> list[Row]:
    """An invented household, as private accounts differ from purchase cards: fixed prices that repeat by nature.

    Each payee draws its own habits: visits a week, prices of a menu or any, payments twice a day, a weekday, and
    texts with a reference number or without.
    """
    rng = random.Random(seed)  # noqa: S311 - to be repeated, not secret
    first, rows = date(2023, 1, 1), []
    for payee in range(rng.randint(8, 18)):
        name = "".join(rng.choices("ABCDEFGHIKLMNOPRSTUVW", k=8))
        with_number, per_week = rng.random() < 0.4, math.exp(rng.uniform(math.log(0.1), math.log(5)))
        again = rng.choice((0.0, 0.0, 0.05, 0.2, 0.5))
        weekday = rng.randrange(7) if rng.random() < 0.15 else None
        centre, spread = math.exp(rng.uniform(0.5, 4.5)), rng.uniform(0.2, 0.9)
        step = rng.choice((0.01, 0.01, 0.05, 0.1, 0.5, 1, 5, 10))
        menu = [max(step, round(rng.lognormvariate(math.log(centre), 0.5) / step) * step) for _ in range(6)]
        menu = menu[: rng.randint(1, 6)] if rng.random() < 0.5 else []
        for on in (first + timedelta(days=n) for n in range(500)):
            visits = int(on.weekday() == weekday if weekday is not None else rng.random() < per_week / 7)
            while 0 < visits < 4 and rng.random() < again:
                visits += 1
            for _visit in range(visits):
                price = (
                    rng.choice(menu)
                    if menu
                    else max(step, round(rng.lognormvariate(math.log(centre), spread) / step) * step)
                )
                text = f"{name} {rng.randrange(100, 10**6)}" if with_number else name
                rows.append(Row(text, -round(price, 2), on, f"category {payee % 7}"))
    return sorted(rows, key=lambda r: r.date)


def split(users: Sequence[str]) -> tuple[list[str], list[str]]:
    """Whole cards for training (60 %) and for measuring (40 %), always the same ones."""
    shuffled = sorted(users)
    random.Random(2024).shuffle(shuffled)  # noqa: S311 - to be repeated, not secret
    cut = int(0.6 * len(shuffled))
    return shuffled[:cut], shuffled[cut:]


def inject(rows: Sequence[Row], strangers: Sequence[str], rng: random.Random) -> tuple[list[Row], list[Case]]:
    """History and scored rows of one card; each scored row is said to be "" or one of KINDS.

    amount: a row with its amount times 2 to 8 (log-uniform). payee: a payee the card has never paid, with the
    90th to 99th percentile of its amounts times 1 to 2.5, in the category of the row at hand, a new one or none.
    duplicate: the row once more within three days.
    """
    cut = int(SEEN * len(rows))
    history, scored = list(rows[:cut]), [(row, "") for row in rows[cut:]]
    sizes = sorted(-r.amount for r in history if r.amount < 0) or [1.0]
    known = {r.text for r in rows}
    cases: list[Case] = []
    for row, _kind in scored:
        draw = rng.random() / RATE
        if row.amount > 0 or draw >= len(KINDS):
            cases.append((row, ""))
        elif draw < 1:
            cases.append(
                (
                    row._replace(amount=round(row.amount * math.exp(rng.uniform(math.log(2), math.log(8))), 2)),
                    "amount",
                )
            )
        elif draw < 2:
            size = sizes[min(len(sizes) - 1, int(rng.uniform(0.90, 0.99) * len(sizes)))] * rng.uniform(1, 2.5)
            name = next(n for n in iter(lambda: rng.choice(strangers), None) if n not in known)
            cases += [
                (row, ""),
                (Row(name, -round(size, 2), row.date, rng.choice((row.label, "never used", None))), "payee"),
            ]
        else:
            copy = row._replace(date=row.date + timedelta(days=rng.choice((0, 0, 1, 2, 3))))
            cases += [(row, ""), (copy, "duplicate")]
    return history, sorted(cases, key=lambda c: c[0].date)


def streams(users: dict[str, list[Row]], chosen: Sequence[str], seed: int) -> Iterator[tuple[list[Row], list[Case]]]:
    """One injected stream per card, reproducible by seed."""
    rng = random.Random(seed)  # noqa: S311 - to be repeated, not secret
    strangers = sorted({r.text for rows in users.values() for r in rows})
    for user in chosen:
        yield inject(users[user], strangers, rng)


def frames(streamed: Iterable[tuple[list[Row], list[Case]]]) -> dict[str, Any]:
    """Feature rows and answers of both models, each row scored with all before it as its past."""
    amount: list[list[float]] = []
    kinds: list[str] = []
    duplicate: list[list[float]] = []
    is_duplicate: list[bool] = []
    for history, cases in streamed:
        past = UserBaseline()
        for row in history:
            past.add(row)
        for row, kind in cases:
            if kind != "duplicate":
                amount.append(past.features(row))
                kinds.append(kind)
            twins = past.payees[payee_of(row)].twins(row)
            if twins:
                duplicate.append(past.duplicate_features(row, twins))
                is_duplicate.append(kind == "duplicate")
            past.add(row)
    return {
        "amount": (np.array(amount), np.array([k != "" for k in kinds])),
        "duplicate": (np.array(duplicate), np.array(is_duplicate)),
    }


# No sign may turn around: a larger surprise never makes a row look more usual.
RISING = {
    "z": 1,
    "z_label": 1,
    "z_user": 1,
    "over_payee_max": 1,
    "over_label_max": 1,
    "over_user_max": 1,
    "amount_seen": -1,
}
RISING_DUPLICATE = {
    "gap": -1,
    "same_amount_share": -1,
    "repeats_payee": -1,
    "repeats_user": -1,
    "as_close_before": -1,
    "expected_by_chance": -1,
    "same_amount_user": -1,
    "same_text": 1,
}


def fit(users: dict[str, list[Row]], chosen: Sequence[str]) -> dict[str, Forest]:
    """Both models on several different injections into the chosen cards and into invented households."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    households = {f"household {seed}": household(seed) for seed in range(HOUSEHOLDS)}
    made = [frames(streams(users, chosen, seed)) for seed in range(CARD_ROUNDS)]
    made += [frames(streams(households, list(households), seed)) for seed in range(HOUSEHOLD_ROUNDS)]
    forests = {}
    for name, names, signs in (
        ("amount", FEATURES, RISING),
        ("duplicate", DUPLICATE_FEATURES, RISING_DUPLICATE),
    ):
        x = np.concatenate([m[name][0] for m in made])
        y = np.concatenate([m[name][1] for m in made])
        model = HistGradientBoostingClassifier(
            max_iter=120,
            learning_rate=0.06,
            max_leaf_nodes=12,
            min_samples_leaf=60,
            l2_regularization=5.0,
            monotonic_cst=[signs.get(n, 0) for n in names],
            random_state=0,
        ).fit(x, y)
        forests[name] = Forest.from_boosting(model)
    return forests


def recall_at(scores: Floats, answers: NDArray[np.bool_], clean: int, alarms: float = 0.01) -> float:
    """Share of the true ones above the threshold that at most `alarms` of all clean rows pass."""
    wrong = np.sort(scores[~answers])[::-1]
    allowed = int(alarms * clean)
    threshold = wrong[allowed] if allowed < len(wrong) else -np.inf
    return float((scores[answers] > threshold).mean())


def precision_at_k(scores: Floats, answers: NDArray[np.bool_]) -> float:
    """Precision among the k highest scores, k being how many are true."""
    return float(answers[np.argsort(-scores, kind="stable")[: answers.sum()]].mean())


def average_precision(scores: Floats, answers: NDArray[np.bool_]) -> float:
    """Area under the precision-recall curve as a step function."""
    hits = answers[np.argsort(-scores, kind="stable")]
    return float((np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits].mean())


def main(data_dir: Path | str, folder: Path = artifacts.FOLDER) -> dict[str, Any]:
    """Train, write the artefact and report on held-out cards."""
    users = cards(Path(data_dir))
    training, held_out = split(list(users))
    forests = fit(users, training)
    arrays = {key: array for name, forest in forests.items() for key, array in forest.arrays(name).items()}
    scores = measure(frames(streams(users, held_out, seed=99)), forests)
    card = {
        "version": "2",
        "data": "Birmingham City Council purchase card transactions, 2014-2018, and invented households, "
        "with anomalies put in",
        "licence": "OGL-UK-3.0",
        "rows": sum(len(users[user]) for user in training),
        "scores": {key: round(value, 4) for key, value in scores.items()},
    }
    stored = arrays | thresholds(users, training, forests)
    return {"name": "anomalies", **card, "sha256": artifacts.write("anomalies", stored, card, folder)}


def thresholds(
    users: dict[str, list[Row]], chosen: Sequence[str], forests: dict[str, Forest]
) -> dict[str, NDArray[np.float64]]:
    """The log odds that only a share of ALARMS of all rows that are in order pass, per model.

    Measured on cards, whose thresholds are the stricter ones: on households fewer rows pass.
    """
    made = frames(streams(users, chosen, seed=50))
    clean = int((~made["amount"][1]).sum())
    found = {}
    for name, forest in forests.items():
        x, answers = made[name]
        passing = np.sort(forest.predict(x[~answers]))[::-1]
        found[f"{name}/alert"] = passing[[min(len(passing) - 1, int(ALARMS[name] * clean))]]
    return found


def measure(made: dict[str, Any], forests: dict[str, Forest]) -> dict[str, float]:
    """The figures of both models on frames that were not trained on, beside a plain z-score and the gap."""
    x, answers = made["amount"]
    scores, plain = forests["amount"].predict(x), x[:, FEATURES.index("z")]
    copies, true = made["duplicate"]
    return {
        "rows": len(x),
        "pr_auc": average_precision(scores, answers),
        "precision_at_k": precision_at_k(scores, answers),
        "pr_auc_z_score": average_precision(plain, answers),
        "precision_at_k_z_score": precision_at_k(plain, answers),
        "duplicate_recall": recall_at(forests["duplicate"].predict(copies), true, len(x)),
        "duplicate_recall_gap": recall_at(-copies[:, DUPLICATE_FEATURES.index("gap")], true, len(x)),
    }
