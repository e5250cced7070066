"""Rebuild the budget models from a public household panel."""

from __future__ import annotations

import csv
import gzip
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from app.ml import artifacts, budget_suggestions
from app.ml.households import GROUPS, SHARES, TYPICAL, features
from app.ml.trees import Floats, Forest

PANEL = "budget/ce.csv.gz"
COLUMNS = {"food": "FOODCQ", "housing": "EHOUSNGC", "health": "HEALTHCQ"}
TENURE = {"1": "mortgage", "2": "own", "3": "own", "4": "rent", "5": "free", "6": "rent"}


@dataclass(frozen=True, slots=True)
class Interview:
    """One household in one quarter: its profile and its monthly spending per group, in US dollars."""

    household: str
    profile: dict[str, Any]
    spent: dict[str, float]


def interviews(data_dir: Path) -> dict[str, list[Interview]]:
    """The interviews of every household in order.

    The panel gives what was spent in the part of the calendar quarter before the interview: no month, one or two.
    """
    households: dict[str, list[Interview]] = defaultdict(list)
    with gzip.open(data_dir / PANEL, "rt", newline="") as file:
        lines = sorted(csv.DictReader(file), key=lambda line: (line["cu"], int(line["intv"])))
    for line in lines:
        months = (int(line["QINTRVMO"]) - 1) % 3
        total = float(line["TOTEXPCQ"])
        if not months or total <= 0:
            continue
        spent = {group: max(0.0, float(line[column])) / months for group, column in COLUMNS.items()}
        spent["other"] = max(0.0, total / months - sum(spent.values()))
        income = float(line["FINCBTAX"]) / 12
        profile = {
            "monthly_income": income if income > 0 else None,
            "household_size": int(line["FAM_SIZE"]),
            "children": int(line["PERSLT18"]),
            "seniors": int(line["PERSOT64"]),
            "earners": int(line["NO_EARNR"]),
            "age": int(line["AGE"]),
            "housing": TENURE.get(line["CUTENURE"]),
            "currency": "USD",
        }
        households[line["cu"]].append(Interview(line["cu"], profile, spent))
    return dict(households)


def is_held_out(household: str) -> bool:
    """Three households in ten are never trained on."""
    return crc32(household.encode()) % 10 < 3


def newcomers(chosen: Sequence[list[Interview]], rng: random.Random | None = None) -> tuple[Floats, Floats, Floats]:
    """Features, spending as a multiple of the group's usual share, and dollars in one such multiple.

    With `rng`, values go missing from one profile in three, as people leave them out.
    """
    x, y, dollars = [], [], []
    for interview in (i for rows in chosen for i in rows):
        profile = sparse(interview.profile, rng)
        for group in GROUPS:
            unit = SHARES[group] * TYPICAL["USD"]
            x.append(features(profile, group))
            y.append(interview.spent[group] / unit)
            dollars.append(unit)
    return np.array(x), np.array(y), np.array(dollars)


def sparse(profile: dict[str, Any], rng: random.Random | None) -> dict[str, Any]:
    if rng is None or rng.random() > 0.33:
        return profile
    return {key: value for key, value in profile.items() if key == "currency" or rng.random() > 0.4}


def returners(
    chosen: Sequence[list[Interview]], newcomer: dict[str, Forest], rng: random.Random | None = None
) -> tuple[Floats, Floats, Floats, Floats]:
    """Features, next spending as a multiple of the scale, the scale and the plain mean of the past, in dollars."""
    cases, profiles = [], []
    for rows in chosen:
        for now in range(1, len(rows)):
            profile = sparse(rows[now].profile, rng)
            blank = rng is not None and rng.random() < 0.2
            alone = rng is not None and rng.random() < 0.3
            total = None if alone else sum(sum(r.spent.values()) for r in rows[:now]) / now
            for group in GROUPS:
                past = [r.spent[group] for r in rows[:now]]
                if any(past):
                    cases.append((group, past, total, rows[now].spent[group], blank))
                    profiles.append(features(profile, group))
    priors = budget_suggestions.predict_prior(newcomer, np.array(profiles), [c[0] for c in cases], TYPICAL["USD"])
    x, y, scales, means = [], [], [], []
    for (group, past, total, spent, blank), prior in zip(cases, priors, strict=True):
        row, scale = budget_suggestions.history_features(past, total, None if blank else prior, group)
        x.append(row)
        y.append(spent / scale)
        scales.append(scale)
        means.append(sum(past) / len(past))
    return np.array(x), np.array(y), np.array(scales), np.array(means)


def boost(x: Floats, y: Floats, weight: Floats, quantile: float) -> Forest:
    """Quantile regression whose loss counts dollars."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    model = HistGradientBoostingRegressor(
        loss="quantile", quantile=quantile, max_iter=140, learning_rate=0.07, max_leaf_nodes=12,
        min_samples_leaf=80, l2_regularization=1.0, early_stopping=False, random_state=0,
    )  # fmt: skip
    return Forest.from_boosting(model.fit(x, y, sample_weight=weight / weight.mean()))


def pinball(spent: Floats, predicted: Floats, quantile: float = budget_suggestions.BUDGET_QUANTILE) -> float:
    """Mean quantile loss, in dollars where spending is."""
    off = spent - predicted
    return float(np.maximum(quantile * off, (quantile - 1) * off).mean())


def main(data_dir: Path | str, folder: Path = artifacts.FOLDER) -> dict[str, Any]:
    """Train, write the artefact and report on households that were not trained on."""
    households = interviews(Path(data_dir))
    training = [rows for name, rows in households.items() if not is_held_out(name)]
    held_out = [rows for name, rows in households.items() if is_held_out(name)]
    rng = random.Random(1)  # noqa: S311 - to be repeated, not secret
    x, y, dollars = newcomers(training, rng)
    newcomer = {f"new/{q}": boost(x, y, dollars, q) for q in budget_suggestions.QUANTILES}
    x, y, scales, _means = returners(training, newcomer, rng)
    forests = newcomer | {f"past/{q}": boost(x, y, scales, q) for q in budget_suggestions.QUANTILES}
    arrays = {key: array for name, forest in forests.items() for key, array in forest.arrays(name).items()}
    card = {
        "version": "1",
        "data": "Consumer Expenditure Survey, public-use microdata of the US Bureau of Labor Statistics",
        "licence": "public domain",
        "rows": sum(len(rows) for rows in training),
        "scores": {key: round(value, 4) for key, value in measure(training, held_out, forests).items()},
    }
    return {"name": "budgets", **card, "sha256": artifacts.write("budgets", arrays, card, folder)}


def measure(
    training: Sequence[list[Interview]], held_out: Sequence[list[Interview]], forests: dict[str, Forest]
) -> dict[str, float]:
    """Loss at the budget quantile beside plain baselines, and how often the truth is under each quantile.

    New users: the 70th percentile of the family size. History: the mean of the past times the 70th percentile of
    spending over that mean. Both baselines are set per group on the training households.
    """
    name = f"{budget_suggestions.BUDGET_QUANTILE}"
    x, y, dollars = newcomers(held_out)
    new = np.maximum(0, forests[f"new/{name}"].predict(x)) * dollars
    tx, ty, tdollars = newcomers(training)
    spent, keys, tkeys = y * dollars, x[:, 0] * 100 + np.minimum(x[:, 2], 8), tx[:, 0] * 100 + np.minimum(tx[:, 2], 8)
    table = {
        key: float(np.quantile((ty * tdollars)[tkeys == key], budget_suggestions.BUDGET_QUANTILE))
        for key in np.unique(tkeys)
    }
    by_size = np.array([table[key] for key in keys])
    hx, hy, scales, means = returners(held_out, forests)
    thx, thy, tscales, tmeans = returners(training, forests)
    past = budget_suggestions.predict_amounts(forests, hx, scales)
    truth, group, tgroup = hy * scales, hx[:, -1], thx[:, -1]
    ratio = {
        g: float(np.quantile((thy * tscales / tmeans)[tgroup == g], budget_suggestions.BUDGET_QUANTILE))
        for g in np.unique(tgroup)
    }
    by_mean = means * np.array([ratio[g] for g in group])
    report: dict[str, float] = {
        "new_loss": pinball(spent, new),
        "new_baseline": pinball(spent, by_size),
        "history_loss": pinball(truth, past),
        "history_baseline": pinball(truth, by_mean),
    }
    report["new_change"] = report["new_loss"] / report["new_baseline"] - 1
    report["history_change"] = report["history_loss"] / report["history_baseline"] - 1
    for i, g in enumerate(GROUPS):
        new_here, here = x[:, 0] == i, group == i
        report[f"new_change_{g}"] = (
            pinball(spent[new_here], new[new_here]) / pinball(spent[new_here], by_size[new_here]) - 1
        )
        report[f"history_change_{g}"] = pinball(truth[here], past[here]) / pinball(truth[here], by_mean[here]) - 1
    for q in budget_suggestions.QUANTILES:
        report[f"new_under_{q}"] = float((y <= forests[f"new/{q}"].predict(x)).mean())
        report[f"history_under_{q}"] = float((hy <= forests[f"past/{q}"].predict(hx)).mean())
    return report
