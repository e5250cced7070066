"""API routes for reports and the figures of a month or year."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from litestar import Controller, get
from litestar.params import QueryParameter

from app.domain.money import wire
from app.domain.period import shift_month
from app.models import UNFILED, Candidate, CategoryKind, Finding
from app.schemas.anomalies import CandidateOut, Expected, FindingOut, PriceChangeOut
from app.schemas.insights import (
    CategoryAmount,
    CategoryBreakdown,
    Figures,
    HealthFigure,
    HealthOut,
    MonthlySummary,
    MonthSaved,
    Named,
    PeriodOut,
    ProjectedMonth,
    Projections,
    Recommendation,
    Savings,
    SavingsHistory,
    Summary,
    Totals,
)
from app.services import Services, advice
from app.services.anomalies import sentence
from app.services.forecasts import INCOME, SPENDING
from app.services.insights import Month
from app.web.guards import MEMBER
from app.web.types import ServicesDep

Year = Annotated[int | None, QueryParameter(name="year", ge=1900, le=2999)]
MonthNumber = Annotated[int | None, QueryParameter(name="month", ge=1, le=12)]
Count = Annotated[int, QueryParameter(name="months", ge=1, le=60)]
FULL_YEAR = 12


def asked(services: Services, year: int | None, month: int | None) -> date:
    """Return the budget month of a year and a month number. Missing values are those of today."""
    months = services.member.book.months
    running = months.of(services.today)
    return date(year or running.year, month or running.month, months.first_day)


def share(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def figures(month: Month, currency: str) -> dict[str, object]:
    return {
        "month": month.start.strftime("%Y-%m"),
        "currency": currency,
        "income": wire(month.income, currency),
        "expenses": wire(month.expenses, currency),
        "savings": wire(month.saved, currency),
        "savings_rate": share(month.savings_rate),
    }


def finding_out(row: Finding) -> FindingOut:
    currency = row.currency
    return FindingOut(
        id=row.id,
        kind=row.kind,
        on=row.on,
        payee=row.payee,
        sentence=sentence(row),
        amount=wire(row.amount_minor, currency),
        currency=currency,
        expected=Expected(low=wire(row.low_minor, currency), high=wire(row.high_minor, currency)),
        score=row.score / 1000,
        transaction=row.transaction_id,
        comparable=row.comparable,
        state=row.state,
    )


def candidate_out(row: Candidate) -> CandidateOut:
    currency = row.currency
    change = None
    if row.changed_on is not None and row.before_minor is not None and row.after_minor is not None:
        before, after = wire(row.before_minor, currency), wire(row.after_minor, currency)
        change = PriceChangeOut(before=before, after=after, on=row.changed_on)
    return CandidateOut(
        id=row.id,
        payee=row.name,
        kind=row.kind,
        cadence=row.cadence,
        amount_low=wire(row.low_minor, currency),
        amount_high=wire(row.high_minor, currency),
        currency=currency,
        next_on=row.next_on,
        last_on=row.last_on,
        count=row.count,
        confidence=row.confidence / 1000,
        active=row.next_on is not None,
        price_change=change,
        missed_on=row.missed_on,
        state=row.state.value,
        recurring=row.recurring_id,
    )


class InsightsApi(Controller):
    path = "/v1/insights"
    tags = ["Insights"]
    opt = MEMBER

    @get("/summary", operation_id="GetInsightSummary")
    async def summary(self, services: ServicesDep, year: Year = None, month: MonthNumber = None) -> Summary:
        """Return the totals, budgets and insights of a month."""
        found = await services.overview.get(asked(services, year, month))
        currency = services.member.book.base_currency
        shown = found.month
        return Summary(
            period=PeriodOut(since=found.period.since, until=found.period.until),
            totals=Totals(
                currency=currency,
                income=wire(shown.income, currency),
                expenses=wire(shown.expenses, currency),
                savings=wire(shown.saved, currency),
                savings_rate=share(shown.savings_rate),
                net_worth=wire(found.net_worth[-1], currency),
            ),
            budgets=[],
            recommendations=[
                Recommendation(
                    title=each.title,
                    reason=each.reason,
                    figures={name: amount.wire for name, amount in each.figures.items()},
                )
                for each in advice.remarks(found.history, found.before, currency)
            ],
        )

    @get("/monthly-summary", operation_id="GetMonthlySummary")
    async def monthly_summary(
        self, services: ServicesDep, year: Year = None, month: MonthNumber = None
    ) -> MonthlySummary:
        """Return income, expenses and savings of a month and of the month before. Transfers are neither."""
        start = asked(services, year, month)
        history = await services.insights.history(start, 2)
        currency = services.member.book.base_currency
        previous = Figures.model_validate(figures(history.at(shift_month(start, -1)), currency))
        return MonthlySummary.model_validate({**figures(history.last, currency), "previous": previous})

    @get("/category-breakdown", operation_id="GetCategoryBreakdown")
    async def category_breakdown(
        self, services: ServicesDep, year: Year = None, month: MonthNumber = None
    ) -> CategoryBreakdown:
        """Return a month's spending by category, largest first, including uncategorized transactions."""
        history = await services.insights.history(asked(services, year, month), 2)
        currency = services.member.book.base_currency
        return CategoryBreakdown(
            month=history.last.start.strftime("%Y-%m"),
            currency=currency,
            breakdown=[
                CategoryAmount(
                    category=None if each.label.id == UNFILED else Named(id=each.label.id, name=each.label.name),
                    amount=wire(each.minor, currency),
                    share=round(each.share, 4),
                )
                for each in history.breakdown(history.last, CategoryKind.EXPENSE)
                if each.minor
            ],
        )

    @get("/savings", operation_id="GetSavings")
    async def savings(self, services: ServicesDep) -> Savings:
        """Return the savings rate over at most twelve full months."""
        found = await services.overview.get(services.member.book.months.of(services.today))
        currency = services.member.book.base_currency
        going = advice.trend(found.full_year)
        return Savings(
            months=len(found.full_year),
            rate=share(found.savings_rate),
            trend="up" if going > 0 else "down" if going < 0 else "neutral",
            tips=[f"{each.title}: {each.reason}" for each in advice.remarks(found.history, found.before, currency)],
        )

    @get("/projections", operation_id="GetSavingsProjections")
    async def projections(self, services: ServicesDep) -> Projections:
        """Return projected savings for each of the next months, from the stored forecasts."""
        currency = services.member.book.base_currency
        await services.forecasts.load(INCOME, SPENDING)
        return Projections(
            currency=currency,
            points=[
                ProjectedMonth(
                    month=f"{each.month:%Y-%m}",
                    value=wire(each.mean, currency),
                    lower=wire(each.low, currency),
                    upper=wire(each.high, currency),
                )
                for each in await services.savings_forecast.get()
            ],
            goals=[],
        )

    @get("/savings-history", operation_id="GetSavingsHistory")
    async def savings_history(self, services: ServicesDep, count: Count = FULL_YEAR) -> SavingsHistory:
        """Return the savings of each month up to the current one, oldest first."""
        history = await services.insights.history(services.member.book.months.of(services.today), count)
        currency = services.member.book.base_currency
        return SavingsHistory(
            currency=currency,
            months=[
                MonthSaved(
                    month=each.start.strftime("%Y-%m"),
                    income=wire(each.income, currency),
                    expense=wire(each.expenses, currency),
                    saved=wire(each.saved, currency),
                )
                for each in history.months
            ],
        )

    @get("/anomalies", operation_id="GetAnomalies")
    async def anomalies(self, services: ServicesDep) -> dict[str, list[FindingOut]]:
        """List unusual activity, latest first; at most about three a week."""
        return {"anomalies": [finding_out(each) for each in await services.anomalies.open()]}

    @get("/recurring", operation_id="GetRecurrences")
    async def recurring(self, services: ServicesDep) -> dict[str, list[CandidateOut]]:
        """List recurring payments found in the last two years, most certain first, including those that have ended."""
        return {"recurring": [candidate_out(each) for each in await services.recurring_candidates.all()]}

    @get("/health", operation_id="GetFinancialHealth")
    async def health(self, services: ServicesDep) -> HealthOut:
        """Return four figures of financial health with their formulas; null where data is missing."""
        found = await services.budget_suggestions.health()
        return HealthOut(
            currency=services.member.book.base_currency,
            figures=[
                HealthFigure(
                    name=each.name,
                    title=each.title,
                    value=None if each.value is None else round(each.value, 4),
                    formula=each.formula,
                    sentence=each.sentence,
                    figures={name: money.wire for name, money in each.figures.items()},
                )
                for each in found
            ],
        )
