"""How well recurrences, anomalies and budgets do on invented households and on people never trained on.

``python -m benchmarks.quality_signs [DATA_DIR]`` with the directory of the public development data.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Protocol

from app.ml import budget_suggestions
from app.ml.anomalies import models
from app.ml.features import payee_key
from app.ml.memory import Row
from app.ml.recurrences import detect
from app.ml.training import anomalies, budgets
from benchmarks import anomaly_ledgers
from benchmarks.recurring_households import TODAY, Truth, household
from benchmarks.recurring_ledgers import ledger
from benchmarks.targets import Figure, Figures

SEEDS = range(10_000, 10_100)  # the thresholds were set looking at seeds 0 to 99
OTHER_SEEDS = range(60)  # of the second generator, which nothing was tuned on
ANOMALY_SEEDS = range(30)  # of private households that neither training nor thresholds saw
JITTERS = (0, 2, 4)
Ledger = Callable[[int, int], tuple[list[Row], list[Truth]]]
DAYS = {"weekly": 7, "fortnightly": 14, "monthly": 30.4, "quarterly": 91.3, "yearly": 365.25}


class Found(Protocol):
    """What a recurrence is matched by."""

    @property
    def text(self) -> str: ...
    @property
    def cadence(self) -> str: ...
    @property
    def typical_amount(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Plain:
    text: str
    cadence: str
    typical_amount: float


def by_median_gap(rows: Sequence[Row]) -> list[Plain]:
    """The plain baseline: a payee whose median gap is near a cadence, most of its gaps within a tenth and a day."""
    payees: dict[tuple[str, bool], list[Row]] = defaultdict(list)
    for row in rows:
        payees[payee_key(row.text), row.amount > 0].append(row)
    found = []
    for group in payees.values():
        gaps = [(b.date - a.date).days for a, b in pairwise(group)]
        if not gaps:
            continue
        middle = median(gaps)
        cadence, days = min(DAYS.items(), key=lambda each: abs(each[1] - middle))
        steady = sum(abs(gap - days) <= 1 + 0.1 * days for gap in gaps) / len(gaps)
        if len(group) >= (2 if cadence == "yearly" else 3) and steady >= 0.7:
            found.append(Plain(group[0].text, cadence, median(abs(row.amount) for row in group)))
    return found


def matched(found: Sequence[Found], truths: Iterable[Truth]) -> int:
    """How many recurrences are true: payee and cadence agree, and each truth is found once."""
    left, hits = list(truths), 0
    for one in found:
        same = [t for t in left if one.text in t.texts and one.cadence == t.cadence]
        if same:
            left.remove(min(same, key=lambda t: abs(t.amount - one.typical_amount)))
            hits += 1
    return hits


def recurring(jitter: int, seeds: Iterable[int] = SEEDS, make: Ledger = household) -> dict[str, float]:
    """F1 over all households, and how often a true one that goes on or has ended is called so."""
    hits = found = true = status = plain_hits = plain_found = 0
    for seed in seeds:
        rows, truths = make(seed, jitter)
        recurrences = detect(rows, TODAY)
        hits += matched(recurrences, truths)
        found += len(recurrences)
        true += len(truths)
        plain = by_median_gap(rows)
        plain_hits += matched(plain, truths)
        plain_found += len(plain)
        for activity in (True, False):
            status += matched(
                [r for r in recurrences if r.active is activity], [t for t in truths if t.active is activity]
            )
    return {
        "f1": 2 * hits / (found + true),
        "precision": hits / found,
        "recall": hits / true,
        "active": status / hits,
        "f1_median_gap": 2 * plain_hits / (plain_found + true),
    }


def measure(data: Path | None) -> Figures:
    """Print the reports and give the rows of the table; without the data, those on invented households."""
    figures: Figures = {}
    for jitter in JITTERS:
        report = recurring(jitter)
        print(f"recurring, {jitter} days of jitter  {_shown(report)}")
        other = recurring(jitter, OTHER_SEEDS, ledger)
        print(f"  a generator with other habits  {_shown(other)}")
        figures[f"recurring {jitter}"] = Figure(report["f1"], f"median gap of a payee {report['f1_median_gap']:.3f}")
    print(f"anomalies, a generator with other habits  {_shown(other_anomalies())}")
    return figures if data is None else figures | _anomalies(data) | _budgets(data)


def other_anomalies(seeds: Iterable[int] = ANOMALY_SEEDS) -> dict[str, float]:
    """The figures of the anomaly models on invented private households."""
    made = anomalies.frames(anomaly_ledgers.ledger(seed) for seed in seeds)
    return anomalies.measure(made, {name: each[0] for name, each in models().items()})


def _anomalies(data: Path) -> Figures:
    users = anomalies.cards(data)
    _training, held_out = anomalies.split(list(users))
    made = anomalies.frames(anomalies.streams(users, held_out, seed=99))
    report = anomalies.measure(made, {name: each[0] for name, each in models().items()})
    print(f"anomalies, {len(held_out)} cards never trained on  {_shown(report)}")
    return {
        "anomaly area": Figure(report["pr_auc"], f"z-score {report['pr_auc_z_score']:.3f}"),
        "anomaly at k": Figure(report["precision_at_k"], f"z-score {report['precision_at_k_z_score']:.3f}"),
        "duplicates": Figure(report["duplicate_recall"], f"nearest twin first {report['duplicate_recall_gap']:.3f}"),
    }


def _budgets(data: Path) -> Figures:
    households = budgets.interviews(data)
    kept = [rows for name, rows in households.items() if not budgets.is_held_out(name)]
    new = [rows for name, rows in households.items() if budgets.is_held_out(name)]
    report = budgets.measure(kept, new, budget_suggestions.models())
    print(f"budgets, {len(new)} households never trained on  {_shown(report)}")
    past, blank = report["history_baseline"], report["new_baseline"]
    return {
        "budget past": Figure(
            report["history_change"], f"mean x 70 % ratio: {past:.1f} against {report['history_loss']:.1f}"
        ),
        "budget new": Figure(
            report["new_change"], f"family-size percentile: {blank:.1f} against {report['new_loss']:.1f}"
        ),
    }


def _shown(report: dict[str, float]) -> str:
    return "  ".join(
        f"{name} {value:.3f}" if isinstance(value, float) else f"{name} {value}" for name, value in report.items()
    )


if __name__ == "__main__":
    measure(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
