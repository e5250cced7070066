"""What goes out about months: figures as decimal text in the book's currency, and the journal."""

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
    """Income, expenses and what is left of them; ``savings_rate`` is a share of income, null without income."""

    month: str
    currency: str
    income: str
    expenses: str
    savings: str
    savings_rate: float | None


class MonthlySummary(Figures):
    """A month beside the one before."""

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
    """What the month will leave over; eight in ten outcomes lie between ``lower`` and ``upper``."""

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
    """``points`` begin with the projected running month; none before there are three months to go by."""

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
    """Half-open: ``until`` is the first day after."""

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
    """An envelope of the month: what was planned and what went out."""

    category: Named
    budgeted: str
    spent: str


class Summary(BaseModel):
    period: PeriodOut
    totals: Totals
    budgets: list[BudgetFigure]
    recommendations: list[Recommendation]


class ChangeSetOut(BaseModel):
    """A unit of work in the journal; ``undoes`` is the change that it took back."""

    id: int
    actor: Actor
    user: str
    label: str
    created_at: datetime
    undone: bool
    undoes: int | None


class Undone(BaseModel):
    """``id`` is the change set of the undoing itself, which can be undone in turn."""

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
