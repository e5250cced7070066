"""A computed forecast of one series, and the names of the series."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

SPENDING, INCOME, ITEMS = "spending", "income", "items"
ALL, SPENDABLE = "balance:all", "balance:spendable"
BANDS = ("lo50", "hi50", "lo80", "hi80", "lo95", "hi95")
MONTHS_AHEAD = 13  # the running month and the twelve after it


@dataclass(frozen=True, slots=True)
class Result:
    """A row of the forecast table."""

    target: str
    currency: str
    up_to: date
    method: str = ""
    points: dict[str, Any] = field(default_factory=dict)
    backtest: dict[str, Any] = field(default_factory=dict)


def category_target(category_id: int) -> str:
    return f"category:{category_id}"


def account_target(account_id: int) -> str:
    return f"balance:{account_id}"
