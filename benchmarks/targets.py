"""The table of what the estimators must reach, and how a measured figure stands to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

Better = Literal["more", "less", "within"]


class Target(NamedTuple):
    """One row. ``ship`` and ``aim`` are limits, or (low, high) where a figure should lie within."""

    key: str
    task: str
    better: Better
    ship: float | tuple[float, float] | None = None
    aim: float | tuple[float, float] | None = None


class Figure(NamedTuple):
    """What was measured, and in words what plain methods reach on the same rows."""

    value: float
    baseline: str = ""


Figures = dict[str, Figure]

COVER: dict[str, tuple[float, float]] = {"ship": (0.77, 0.85), "aim": (0.78, 0.82)}
# key in the table and title; each is also a row of coverage
FORECASTS = {
    "spending": "spending, series left out, h6",
    "spending all": "spending, all series, unseen months, h6",
    "spending cuts": "spending, series left out, five cut-offs, h6",
    "household": "invented households, 36 months, h3",
    "household short": "invented households, 14 months, h3",
    "m3": "M3 monthly, h12",
    "m3 long": "M3 monthly, h18",
    "tourism": "tourism monthly, h12",
    "nn5": "NN5 daily, h56",
}
SPENDING = (0.81, 0.77)
MASE = {
    "spending": SPENDING,
    "spending all": SPENDING,
    "spending cuts": SPENDING,
    "household": (1.15, 1.05),
    "m3": (0.70, 0.66),
}

TARGETS = (
    Target("category 0", "category accuracy, 0 corrections", "more", 0.48, 0.52),
    Target("category 10", "category accuracy, 10 corrections", "more", 0.61, 0.66),
    Target("category 50", "category accuracy, 50 corrections", "more", 0.68, 0.72),
    Target("category 200", "category accuracy, 200 corrections", "more", 0.72, 0.78),
    Target("alone 200", "filed alone at >= 95 % right, 200 corrections", "more", 0.40, 0.55),
    *(Target(key, f"MASE, {title}", "less", *MASE.get(key, (None, None))) for key, title in FORECASTS.items()),
    *(Target(f"{key} cover", f"80 % interval, {title}", "within", **COVER) for key, title in FORECASTS.items()),
    Target("anomaly area", "anomalies, PR-AUC", "more", 0.42, 0.55),
    Target("anomaly at k", "anomalies, precision@k", "more", 0.52, 0.62),
    Target("duplicates", "duplicate recall at <= 1 % false alarms", "more", 0.50, 0.80),
    Target("budget past", "budgets with history, loss against baseline", "less", -0.05, -0.12),
    Target("budget new", "budgets of new users, loss against baseline", "less", -0.13, -0.30),
    Target("sentences", "sentences, amount + currency + date, 36 of them", "more", 0.95, 0.99),
    Target("recurring 0", "recurring F1, dates exact", "more", 0.97, 0.99),
    Target("recurring 2", "recurring F1, 2 days of jitter", "more", 0.95, 0.98),
    Target("recurring 4", "recurring F1, 4 days of jitter", "more", 0.88, 0.93),
    Target("pace texts", "10,000 different texts categorised, s", "less", 2.0),
    Target("pace row", "one transaction scored, ms", "less", 5.0),
    Target("pace refresh", "nightly refresh, 30 categories, 36 months, s", "less", 20.0),
    Target("pace page", "forecast page, a year and a what-if, ms", "less", 50.0),
    Target("heavy", "heavy libraries in the web process", "less", 0.0),
)


def missed(value: float, better: Better, limit: float | tuple[float, float]) -> float:
    """By how much a limit is missed, 0 when it is met."""
    if isinstance(limit, tuple):
        low, high = limit
        return max(low - value, value - high, 0.0)
    return max(limit - value if better == "more" else value - limit, 0.0)


def verdict(target: Target, value: float) -> str:
    """Met, or how far off, in the unit of the row and to its last shown figure."""
    if target.ship is None:
        return "no target"
    shown = round(value, 3)
    ship = missed(shown, target.better, target.ship)
    if ship > 0:
        return f"ship MISSED by {ship:.3f}"
    if target.aim is None:
        return "met"
    aim = missed(shown, target.better, target.aim)
    return "aim met" if aim <= 0 else f"ship met, aim off by {aim:.3f}"


def table(figures: Mapping[str, Figure], why_not: Mapping[str, str]) -> str:
    """Every row, measured or not; ``why_not`` says by the first word of a key why it was left out."""
    lines = [f"{'task':65}{'measured':>9}  {'ship':>9} {'aim':>9}  {'verdict':29}baseline on the same rows"]
    for target in TARGETS:
        head = f"{target.task:65}"
        limits = f"{_shown(target.ship):>9} {_shown(target.aim):>9}"
        figure = figures.get(target.key)
        if figure is None:
            reason = why_not.get(target.key, "left out")
            lines.append(f"{head}{'-':>9}  {limits}  not measured: {reason}")
            continue
        lines.append(
            f"{head}{figure.value:9.3f}  {limits}  {verdict(target, figure.value):29}{figure.baseline}".rstrip()
        )
    return "\n".join(lines)


def _shown(limit: float | tuple[float, float] | None) -> str:
    if limit is None:
        return ""
    return f"{limit[0]:.2f}-{limit[1]:.2f}" if isinstance(limit, tuple) else f"{limit:g}"
