"""Output of reports and activity: decimal text in the base currency."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel

from app.models import Actor


class Named(BaseModel):
    """A thing that is referred to."""

    id: int
    name: str


class Figures(BaseModel):
    """Income, expenses and savings. ``savings_rate`` is a share of income, null without income."""

    month: str
    currency: str
    income: str
    expenses: str
    savings: str
    savings_rate: float | None


class MonthlySummary(Figures):
    """A month and the one before."""

    previous: Figures


class CategoryAmount(BaseModel):
    """``category`` is null for uncategorized transactions; ``share`` is of all spending, 0 to 1."""

    category: Named | None
    amount: str
    share: float


class CategoryBreakdown(BaseModel):
    month: str
    currency: str
    breakdown: list[CategoryAmount]


class MonthSaved(BaseModel):
    month: str
    income: str
    expense: str
    saved: str


class SavingsHistory(BaseModel):
    currency: str
    months: list[MonthSaved]


class ProjectedMonth(BaseModel):
    """Projected savings of a month with the 80 % range."""

    month: str
    value: str
    lower: str
    upper: str


class GoalProjection(BaseModel):
    id: int
    projected_on: date | None
    earliest: date | None
    latest: date | None


class Projections(BaseModel):
    """Projected months, starting with the current one; empty with less than three months of history."""

    currency: str
    points: list[ProjectedMonth]
    goals: list[GoalProjection]


class Savings(BaseModel):
    """``rate`` is over the last ``months`` full months; ``trend`` compares their later half with the earlier."""

    months: int
    rate: float | None
    trend: Literal["up", "neutral", "down"]
    tips: list[str]


class Recommendation(BaseModel):
    title: str
    reason: str
    figures: dict[str, str]


class PeriodOut(BaseModel):
    """``until`` is the day after the last."""

    since: date
    until: date


class Totals(BaseModel):
    currency: str
    income: str
    expenses: str
    savings: str
    savings_rate: float | None
    net_worth: str


class BudgetFigure(BaseModel):
    """Planned amount and spending of a category in the month."""

    category: Named
    budgeted: str
    spent: str


class Summary(BaseModel):
    period: PeriodOut
    totals: Totals
    budgets: list[BudgetFigure]
    recommendations: list[Recommendation]


class ChangeSetOut(BaseModel):
    """A change in the activity. ``undoes`` is the change that it undid."""

    id: int
    actor: Actor
    user: str
    label: str
    created_at: datetime
    undone: bool
    undoes: int | None


class Undone(BaseModel):
    """``id`` is the change made by undoing, which can be undone in turn."""

    id: int | None
    undone: int


class HealthFigure(BaseModel):
    """One figure; ``value`` is a share of 1, or a number of months."""

    name: Literal["savings_rate", "months_of_reserve", "debt_to_income", "fixed_cost_share"]
    title: str
    value: float | None
    formula: str
    sentence: str
    figures: dict[str, str]


class HealthOut(BaseModel):
    currency: str
    figures: list[HealthFigure]


class BudgetSuggestion(BaseModel):
    category: Named
    amount: str
    low: str
    high: str
    reason: str


class BudgetSuggestions(BaseModel):
    currency: str
    suggestions: list[BudgetSuggestion]
