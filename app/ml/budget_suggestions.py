"""Budgets proposed from a profile and past spending, made to fit the income less the savings goal."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from statistics import fmean, median, pstdev
from typing import Any

import numpy as np

from app.domain.categories import defaults
from app.i18n import _, ngettext
from app.ml import artifacts, households, wording
from app.ml.trees import Floats, Forest

QUANTILES = (0.1, 0.5, 0.7, 0.9)
NUMBERS = ("monthly_income", "household_size", "children", "seniors", "earners", "age", "savings_goal")
BUDGET_QUANTILE = 0.7  # a budget that would have been kept in seven months of ten
MODEL_ONLY_MONTHS = 4  # up to which the model alone is best; it was trained on as many
OWN_HALF_WEIGHT_MONTHS = 3.0  # further months after which the own percentile weighs as much as the model
MAX_MONTHS = 36  # months looked back
SETTLED_MONTHS = 3  # months after which a category nobody spends on is not proposed any more
ESSENTIAL_CUT_SHARE = 0.25  # how far essentials go towards their low end while the others go all the way


@dataclass(frozen=True, slots=True)
class SuggestedAmount:
    """A monthly budget for a category; spending is expected between low and high in eight months of ten."""

    category: str
    amount: float
    low: float
    high: float
    reason: str


def suggest(
    profile: Mapping[str, Any], history: Iterable[Mapping[str, Any]], *, fit: bool = True
) -> list[SuggestedAmount]:
    """Propose a full monthly budget in one currency, largest first.

    `profile` may have monthly_income, household_size, children, seniors, earners, age, currency, country, housing
    (rent, mortgage, own, free) and savings_goal (a monthly amount, or a share of the income when under 1).
    `history` is rows of month ("YYYY-MM"), category and amount. With neither a currency that is known nor an
    income nor history there is nothing to go by, and the budget is empty. `fit=False` leaves the amounts as the
    models give them, not lowered to the income less the savings goal. Raises ValueError for values that are no
    numbers or no months.
    """
    for name in NUMBERS:
        households.number(profile, name)
    months = _by_category(history)
    length = max((len(m) for m in months.values()), default=0)
    new = [] if length >= SETTLED_MONTHS else _for_newcomer(profile, set(months))
    found = [each for each in (*_from_history(profile, months), *new) if each.amount > 0]
    found.sort(key=lambda each: (-each.amount, each.category))
    return _fit_to_income(profile, found) if fit else found


# -- what a household of this kind spends ------------------------------------------------------


def predict_prior(forests: Mapping[str, Forest], rows: Floats, groups: Sequence[str], typical: float) -> Floats:
    """Quantiles of the monthly spending of groups, shape (n, len(QUANTILES)), for rows of household features."""
    shares = np.array([households.SHARES[g] for g in groups])[:, None]
    found = np.stack([forests[f"new/{q}"].predict(rows) for q in QUANTILES], axis=1)
    ordered: Floats = np.maximum.accumulate(np.maximum(found, 0), axis=1) * shares * typical
    return ordered


def _priors(profile: Mapping[str, Any], category: str) -> Floats | None:
    """The same for one category, its part of the group; nothing where nothing is known."""
    group, typical = households.GROUP_OF.get(category), households.typical_income(profile)
    if group is None or typical is None:
        return None
    rows = np.array([households.features(profile, group)])
    row: Floats = predict_prior(models(), rows, [group], typical)[0] * _part(profile, group, category)
    return row


def _part(profile: Mapping[str, Any], group: str, category: str) -> float:
    """The part of its group that a category has: without children theirs goes to the rest."""
    parts = households.GROUPS[group]
    if not households.number(profile, "children"):
        parts = {c: share for c, share in parts.items() if c not in households.WITH_CHILDREN}
    return parts.get(category, 0.0) / sum(parts.values())


def _for_newcomer(profile: Mapping[str, Any], known: set[str]) -> list[SuggestedAmount]:
    found = []
    for category in households.GROUP_OF:
        prior = None if category in known else _priors(profile, category)
        if prior is None:
            continue
        low, _median, amount, high = map(float, prior)
        if households.number(profile, "monthly_income"):
            text = _("Households like yours with a similar income keep to this in seven months of ten.")
        else:
            text = _("Based on households with a typical income. Add your income for a personal suggestion.")
        found.append(SuggestedAmount(category, round(amount, 2), round(low, 2), round(high, 2), text))
    return found


# -- what this user has spent -------------------------------------------------------------------


def history_features(
    past: Sequence[float], total: float | None, prior: Floats | None, group: str | None
) -> tuple[list[float], float]:
    """What the models see of the monthly amounts of one category, oldest first, and the scale they are divided by.

    `total` is the mean of all spending if more than this category is known, `prior` the quantiles of such households.
    """
    n, mean = len(past), fmean(past)
    scale = mean if prior is None else (n * mean + float(prior[1])) / (n + 1)
    scale = max(scale, 1e-6)
    shape = [mean, past[-1], median(past), min(past), max(past), fmean(past[-3:]), pstdev(past)]
    known = [math.nan] * len(QUANTILES) if prior is None else [float(p) / scale for p in prior]
    row = [math.log(n), *(v / scale for v in shape), *known, sum(not v for v in past) / n]
    row.append(math.nan if total is None else mean / max(total, 1e-6))
    return [*row, math.nan if group is None else float(list(households.GROUPS).index(group))], scale


def predict_amounts(
    forests: Mapping[str, Forest], rows: Floats, scales: Floats, quantile: float = BUDGET_QUANTILE
) -> Floats:
    """The model's quantile for rows of history features, in money."""
    found: Floats = np.maximum(forests[f"past/{quantile}"].predict(rows), 0) * scales
    return found


def _from_history(profile: Mapping[str, Any], months: Mapping[str, list[float]]) -> list[SuggestedAmount]:
    """Budgets of the categories with a past: the model's quantiles, more and more replaced by their own percentiles.

    The models learned groups of categories, and seven months in ten of a group are less than the sum of its
    categories' own. So each category's quantiles are scaled to add up to its group's.
    """
    if not months:
        return []
    groups: dict[str, list[str]] = defaultdict(list)
    for category in months:
        groups[households.GROUP_OF.get(category, category)].append(category)
    total = sum(fmean(past) for past in months.values()) if len(months) > 1 else None
    sums = [
        ([sum(column) for column in zip(*(months[c] for c in members), strict=True)], members)
        for members in groups.values()
    ]
    rows, scales = [], []
    for past, members in [*((past, [category]) for category, past in months.items()), *sums]:
        known = [prior for category in members if (prior := _priors(profile, category)) is not None]
        prior = np.sum(known, axis=0) if known else None
        row, scale = history_features(past, total, prior, households.GROUP_OF.get(members[0]))
        rows.append(row)
        scales.append(scale)
    predicted = np.stack([predict_amounts(models(), np.array(rows), np.array(scales), q) for q in QUANTILES], axis=1)
    of_category = dict(zip(months, np.maximum.accumulate(predicted, axis=1), strict=False))
    at = QUANTILES.index(BUDGET_QUANTILE)
    for (_past, members), whole in zip(sums, predicted[len(months) :], strict=True):
        added = sum(of_category[category][at] for category in members)
        for category in members:
            of_category[category] = of_category[category] * (whole[at] / added if added > 0 else 1.0)
    return [_suggestion(profile, category, past, of_category[category]) for category, past in months.items()]


def _suggestion(profile: Mapping[str, Any], category: str, past: Sequence[float], predicted: Floats) -> SuggestedAmount:
    n = len(past)
    further = max(0, n - MODEL_ONLY_MONTHS)
    weight = further / (further + OWN_HALF_WEIGHT_MONTHS)
    own = np.quantile(past, QUANTILES)
    low, _median, amount, high = map(float, (1 - weight) * predicted + weight * own)
    currency = profile.get("currency")

    def money(amount: float) -> str:
        return wording.money(amount, currency, whole=True)

    text = ngettext(
        "You spent {amount} here last month. The suggestion leaves a margin.",
        "You spent {mean} a month on average over {n} months, between {least} and {most}.",
        n,
        amount=money(past[-1]),
        mean=money(fmean(past)),
        least=money(min(past)),
        most=money(max(past)),
    )
    return SuggestedAmount(category, round(amount, 2), round(low, 2), round(high, 2), text)


def _by_category(history: Iterable[Mapping[str, Any]]) -> dict[str, list[float]]:
    """Spending per month of every category, oldest first, zero where nothing was spent, without incomes."""
    sums: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for row in history:
        amount = float(row["amount"])
        if not math.isfinite(amount):
            raise ValueError(f"The amount of {row['category']!r} in {row['month']} is not a finite number.")
        sums[str(row["category"])][_month(row["month"])] += amount
    spending = {c: by_month for c, by_month in sums.items() if c not in _incomes() and any(by_month.values())}
    if not spending:
        return {}
    last = max(m for by_month in spending.values() for m in by_month)
    first = max(min(m for by_month in spending.values() for m in by_month), last - MAX_MONTHS + 1)
    found = {}
    for category, by_month in sorted(spending.items()):
        sign = -1 if sum(by_month.values()) < 0 else 1
        months = [max(0.0, sign * by_month.get(m, 0.0)) for m in range(first, last + 1)]
        if any(months):
            found[category] = months
    return found


def _month(text: Any) -> int:
    """Months since year 0 of ``YYYY-MM``."""
    year, _dash, month = str(text).partition("-")
    if not (year.isdecimal() and month[:2].isdecimal() and 1 <= int(month[:2]) <= 12):
        raise ValueError(f"{text!r} is not a month like 2025-03.")
    return int(year) * 12 + int(month[:2]) - 1


@cache
def _incomes() -> frozenset[str]:
    return frozenset(c.key for g in defaults("en") if g.kind == "income" for c in g.categories)


# -- fitting ---------------------------------------------------------------------------------------


def _fit_to_income(profile: Mapping[str, Any], wanted: list[SuggestedAmount]) -> list[SuggestedAmount]:
    """Lower budgets until they fit: wishes first towards their low end, then everything alike."""
    income, goal = households.number(profile, "monthly_income"), households.number(profile, "savings_goal") or 0.0
    if not income:
        return wanted
    cap = max(0.0, income - (goal * income if goal < 1 else goal))
    total = sum(s.amount for s in wanted)
    if total <= cap:
        return wanted
    give = [(ESSENTIAL_CUT_SHARE if s.category in households.ESSENTIAL else 1.0) * (s.amount - s.low) for s in wanted]
    part = min(1.0, (total - cap) / sum(give)) if sum(give) else 0.0
    amounts = [s.amount - part * g for s, g in zip(wanted, give, strict=True)]
    scale = min(1.0, cap / sum(amounts))
    lowered = [
        _lowered(s, math.floor(amount * scale * 100) / 100, profile.get("currency"))
        for s, amount in zip(wanted, amounts, strict=True)
    ]
    return sorted(lowered, key=lambda s: (-s.amount, s.category))


def _lowered(suggestion: SuggestedAmount, amount: float, currency: str | None) -> SuggestedAmount:
    before = wording.money(suggestion.amount, currency, whole=True)
    text = _("Lowered from {amount} so that all budgets fit your income less your savings goal.", amount=before)
    return replace(suggestion, amount=amount, low=min(suggestion.low, amount), reason=f"{suggestion.reason} {text}")


@cache
def models() -> dict[str, Forest]:
    arrays = artifacts.arrays("budgets")
    return {name: Forest.from_arrays(arrays, name) for q in QUANTILES for name in (f"new/{q}", f"past/{q}")}
