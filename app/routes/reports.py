"""The month report."""

from __future__ import annotations

from litestar import Controller, Response, get
from litestar.response import Template

from app.domain.period import shift_month
from app.models import CategoryKind
from app.services.forecasts.savings import combine
from app.services.insights import Share
from app.services.reports import Report
from app.web import charts
from app.web.filters import weekday_name
from app.web.guards import MEMBER
from app.web.presenters import reports
from app.web.presenters.report_markdown import report_markdown
from app.web.query import get_month
from app.web.render import page, page_or_partial
from app.web.types import AnyRequest, MemberDep, ServicesDep

MONTHS_AHEAD = 6  # months of savings that are shown


class ReportsController(Controller):
    path = "/reports"
    opt = MEMBER

    @get("/", name="reports", opt={"cached": True})
    async def month(self, request: AnyRequest, services: ServicesDep, member: MemberDep) -> Template:
        """A month by category, beside the month before and the usual."""
        start = get_month(request, member)
        found = await services.reports.get(start)
        history, running = found.history, member.book.months.of(services.today)
        currency = member.book.base_currency
        return page(
            "reports",
            report=found,
            is_new=start >= running and not any(each.count for each in history.months),
            period=member.book.months.period(start),
            running=running,
            currency=currency,
            previous_month=shift_month(start, -1),
            next_month=shift_month(start, 1),
            flow=reports.money_flow(
                shares(found, CategoryKind.INCOME), shares(found, CategoryKind.EXPENSE), found.month, currency
            ),
            year=reports.year_figure(history.months[1:], currency),
            treemap=reports.spending_treemap(found.sides[0], currency),
            rates_of=history.in_base.as_of,
            missing_rates=sorted(history.in_base.missing),
            approximate_rates=sorted(history.in_base.approximate),
        )

    @get("/report.md", name="reports:markdown", media_type="text/markdown")
    async def markdown(self, request: AnyRequest, services: ServicesDep, member: MemberDep) -> Response[str]:
        """The month as a file of text."""
        start = get_month(request, member)
        found = await services.reports.get(start)
        return Response(
            report_markdown(found, member.book.base_currency),
            media_type="text/markdown",
            headers={
                "Content-Disposition": f'attachment; filename="saldo-{start:%Y-%m}.md"',
                "Cache-Control": "no-store",
            },
        )

    @get("/year", name="reports:year", opt={"cached": True})
    async def year(self, request: AnyRequest, services: ServicesDep, member: MemberDep) -> Template:
        """A year by day, its habits, and what was and will be left of each month."""
        start = get_month(request, member)
        currency = member.book.base_currency
        habits = await services.habits.get_year(start)
        history = await services.insights.history(start)
        running = member.book.months.of(services.today)
        over = [each for each in history.months if each.count and each.start < running]
        ahead = (await services.savings_forecast.get())[:MONTHS_AHEAD] if start >= running else []
        week_start = member.book.first_day_of_week
        return page_or_partial(
            request,
            "year",
            "reports/year",
            habits=habits,
            currency=currency,
            month=start,
            running=running,
            week=[each for at in range(7) for each in habits.weekdays if each.number == (week_start + at) % 7],
            day_name=weekday_name,
            bar=charts.hbar,
            calendar=reports.calendar_figure(habits, currency, week_start),
            savings=reports.net_income_figure(over, ahead, currency) if len(over) > 1 else None,
            saved=sum(each.saved for each in over),
            saved_months=len(over),
            together=combine(ahead),
            ahead=len(ahead),
        )


def shares(found: Report, kind: CategoryKind) -> list[Share]:
    """The report's categories of a kind, without their groups, the largest first."""
    side = next(each for each in found.sides if each.kind is kind)
    return sorted((share for group in side.groups for share in group.shares), key=lambda each: -each.minor)
