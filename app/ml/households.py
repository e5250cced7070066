"""What households of a kind spend: profiles as numbers, groups of categories, and what is typical in a currency."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

# Household spending is published in few groups; a group is divided into categories by the usual proportions
# (rounded from the tables of national expenditure surveys).
GROUPS: dict[str, dict[str, float]] = {
    "food": {"groceries": 0.62, "dining_out": 0.31, "coffee": 0.07},
    "housing": {"housing": 0.66, "utilities": 0.20, "phone_internet": 0.07, "household": 0.07},
    "health": {"health": 1.0},
    "other": {
        "transport": 0.05, "fuel": 0.12, "car": 0.16, "personal_care": 0.04, "clothing": 0.08, "shopping": 0.08,
        "leisure": 0.09, "subscriptions": 0.03, "sport": 0.03, "travel": 0.09, "education": 0.04, "children": 0.05,
        "gifts": 0.04, "donations": 0.02, "insurance": 0.08,
    },
}  # fmt: skip
SHARES = {"food": 0.16, "housing": 0.39, "health": 0.08, "other": 0.43}  # of the typical income, on average
WITH_CHILDREN = ("children", "education")  # not proposed to households without any
ESSENTIAL = frozenset(
    (
        "housing",
        "utilities",
        "phone_internet",
        "groceries",
        "health",
        "insurance",
        "transport",
        "children",
        "education",
        "taxes",
    )
)
GROUP_OF = {category: group for group, parts in GROUPS.items() for category in parts}

# The order of a typical monthly household income in each currency, to place an income and to start without one.
TYPICAL = {
    "USD": 4000, "EUR": 2800, "GBP": 2700, "CHF": 6500, "CAD": 4800, "AUD": 5500, "NZD": 5200, "JPY": 420_000,
    "CNY": 9000, "INR": 35_000, "BRL": 4000, "MXN": 17_000, "ZAR": 15_000, "DZD": 75_000, "MAD": 8000,
    "TND": 1800, "EGP": 14_000, "TRY": 45_000, "PLN": 7500, "CZK": 52_000, "HUF": 550_000, "RON": 6500,
    "SEK": 36_000, "NOK": 46_000, "DKK": 34_000, "ILS": 17_000, "AED": 16_000, "SAR": 12_000, "KRW": 4_800_000,
    "IDR": 6_500_000, "PHP": 27_000, "THB": 28_000, "VND": 14_000_000, "SGD": 8500, "HKD": 28_000,
    "NGN": 180_000, "KES": 50_000, "ARS": 900_000, "CLP": 950_000, "COP": 2_600_000, "PEN": 2800, "UAH": 25_000,
}  # fmt: skip

FEATURES = ("group", "income", "size", "children", "seniors", "earners", "age", "owner", "mortgage")
TENURES = {"rent": (0.0, 0.0), "mortgage": (1.0, 1.0), "own": (1.0, 0.0), "free": (0.0, 0.0)}
TENURE_WORDS = {"renting": "rent", "rented": "rent", "tenant": "rent", "renter": "rent", "owned": "own",
    "owner": "own", "family": "free", "parents": "free"}  # fmt: skip


def typical_income(profile: Mapping[str, Any]) -> float | None:
    """The typical income of the profile's currency; its own income where the currency is not known."""
    known = TYPICAL.get(str(profile.get("currency") or "").upper())
    return known or number(profile, "monthly_income") or None


def number(profile: Mapping[str, Any], name: str) -> float | None:
    """A value of a profile that is a number, if it is there. Raises ValueError when it is none or negative."""
    value = profile.get(name)
    if value is None or value == "":
        return None
    try:
        read = float(value)
    except (TypeError, ValueError):
        read = math.nan
    if not math.isfinite(read) or read < 0:
        raise ValueError(f"{name} must be a number of 0 or more, not {value!r}.")
    return read


def features(profile: Mapping[str, Any], group: str) -> list[float]:
    """The values of FEATURES, NaN for what is missing; the income is a multiple of the typical one."""

    def read(name: str) -> float:
        value = number(profile, name)
        return math.nan if value is None else value

    tenure = str(profile.get("housing") or "").casefold()
    owner, mortgage = TENURES.get(TENURE_WORDS.get(tenure, tenure), (math.nan, math.nan))
    typical, income = typical_income(profile), number(profile, "monthly_income")
    level = income / typical if income and typical else math.nan
    rest = [read(name) for name in ("household_size", "children", "seniors", "earners", "age")]
    return [float(list(GROUPS).index(group)), level, *rest, owner, mortgage]
