"""Budgets proposed from what a person has told and spent, and four figures of financial health."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import anyio.to_thread
from sqlalchemy import select

from app.domain.money import Money, exponent
from app.i18n import _
from app.models import UNFILED, AccountKind, CategoryKind, Profile, RecurringKind
from app.services.base import Service
from app.services.insights import History, Label, Month

if TYPE_CHECKING:
    pass

MAX_MONTHS = 24  # months looked back for budgets
MONTHS_PER_YEAR = 12
LIQUID_KINDS = frozenset({AccountKind.CASH, AccountKind.CHECKING, AccountKind.SAVINGS})
DEBT_KINDS = frozenset({AccountKind.CREDIT_CARD, AccountKind.LOAN})
Name = Literal["savings_rate", "months_of_reserve", "debt_to_income", "fixed_cost_share"]


@dataclass(frozen=True, slots=True)
class BudgetSuggestion:
    """A monthly budget for a category; spending is expected from ``low`` to ``high`` in eight months of ten."""

    label: Label
    amount: Money
    low: Money
    high: Money
    reason: str


@dataclass(frozen=True, slots=True)
class HealthFigure:
    """A figure of health: a share of 1 or a number of months, nothing where it cannot be known yet."""

    name: Name
    title: str
    value: float | None
    formula: str
    sentence: str
    figures: Mapping[str, Money] = field(default_factory=dict)


class BudgetSuggestionService(Service):
    """Suggests budgets and computes financial health for one household."""

    @property
    def currency(self) -> str:
        return self.member.book.base_currency

    async def _over(self, count: int) -> tuple[History, Sequence[Month]]:
        """The months that are over and have entries before or in them, oldest first, at most ``count``."""
        running = self.member.book.months.of(self.services.today)
        history = await self.services.insights.history(running, count + 1)
        over = [each for each in history.months if each.start < running]
        first = next((at for at, each in enumerate(over) if each.count), len(over))
        return history, over[first:]

    # Budgets

    async def budgets(self) -> list[BudgetSuggestion]:
        """Return a budget for each category with enough data, largest first."""
        from app.ml.budget_suggestions import suggest

        history, months = await self._over(MAX_MONTHS)
        labels = {label.key or f"#{label.id}": label for label in history.labels.values() if label.id != UNFILED}
        rows = [
            {"month": f"{month.start:%Y-%m}", "category": key, "amount": self._major(month.of(label.id, label.kind))}
            for month in months
            for key, label in labels.items()
            if label.kind is CategoryKind.EXPENSE and label.id in month.flows
        ]
        profile = await self._profile(months)
        found = await anyio.to_thread.run_sync(partial(suggest, profile, rows))
        return [
            BudgetSuggestion(
                labels[each.category],
                self._money(each.amount),
                self._money(each.low),
                self._money(each.high),
                each.reason,
            )
            for each in found
            if each.category in labels
        ]

    async def _profile(self, months: Sequence[Month]) -> dict[str, Any]:
        """Return the person's profile. Without an entered income it has the average one."""
        told = await self.session.scalar(select(Profile).where(Profile.user_id == self.member.user.id))
        known: dict[str, Any] = {"currency": self.currency}
        income = sum(each.income for each in months) / len(months) if months else 0
        if told is not None and told.monthly_income_minor and told.currency == self.currency:
            known["monthly_income"] = self._major(told.monthly_income_minor)
        elif income > 0:
            known["monthly_income"] = self._major(income)
        if told is not None and told.savings_rate_permille:
            known["savings_goal"] = told.savings_rate_permille / 1000
        return known

    def _major(self, minor: float) -> float:
        return minor / float(10 ** exponent(self.currency))

    def _money(self, major: float) -> Money:
        return Money(round(major * 10 ** exponent(self.currency)), self.currency)

    # Health

    async def health(self) -> list[HealthFigure]:
        """Savings rate, months of reserve, debt to income and the share of fixed costs, with their formulas."""
        _history, months = await self._over(MONTHS_PER_YEAR)
        count = len(months)
        income = sum(each.income for each in months)
        spent = sum(each.expenses for each in months)
        liquid, owed, fixed = await self._held(LIQUID_KINDS), await self._held(DEBT_KINDS), await self._fixed()
        a_month = spent / count if count else 0.0
        a_year = income / count * MONTHS_PER_YEAR if count else 0.0
        owed_minor = max(0, -owed.minor)
        return [
            HealthFigure(
                "savings_rate",
                _("Savings rate"),
                (income - spent) / income if income > 0 else None,
                _("(income − spending) ÷ income, over up to twelve full months"),
                _("Share of income that you keep."),
                {"income": Money(income, self.currency), "spending": Money(spent, self.currency)},
            ),
            HealthFigure(
                "months_of_reserve",
                _("Months of reserve"),
                max(0, liquid.minor) / a_month if a_month > 0 else None,
                _("(cash + checking + savings) ÷ average spending a month"),
                _("How long your money lasts without income."),
                {"at_hand": liquid, "spending_a_month": Money(round(a_month), self.currency)},
            ),
            HealthFigure(
                "debt_to_income",
                _("Debt to income"),
                owed_minor / a_year if a_year > 0 else None,
                _("(credit cards + loans) ÷ income of a year"),
                _("Debt as a share of yearly income."),
                {"owed": Money(owed_minor, self.currency), "income_a_year": Money(round(a_year), self.currency)},
            ),
            HealthFigure(
                "fixed_cost_share",
                _("Fixed costs"),
                fixed.minor * MONTHS_PER_YEAR / a_year if a_year > 0 else None,
                _("bills and subscriptions a month ÷ average income a month"),
                _("Share of income for recurring payments."),
                {"bills_a_month": fixed, "income_a_month": Money(round(a_year / MONTHS_PER_YEAR), self.currency)},
            ),
        ]

    async def _held(self, kinds: frozenset[AccountKind]) -> Money:
        """What the accounts of these kinds hold together at the end of today, at today's rates."""
        accounts = [each for each in await self.services.accounts.as_of_today() if each.kind in kinds]
        held = (Money(each.balance_minor, each.currency) for each in accounts)
        return (await self.services.currencies.totals_in_base(held, self.services.today)).money

    async def _fixed(self) -> Money:
        """Return the monthly cost of bills and of suggested bills without a decision."""
        today = self.services.today
        kept = [
            each.monthly
            for each in await self.services.recurring.all()
            if each.kind is RecurringKind.BILL and each.state(today) == "active"
        ]
        found = [
            each.monthly for each in await self.services.recurring_candidates.open() if each.kind is RecurringKind.BILL
        ]
        return (await self.services.currencies.totals_in_base([*kept, *found], today)).money
