"""Reports of a month or any other period."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from litestar import Controller, Response, get
from litestar.response import Template

from app.domain.period import DAY, Period, shift_month
from app.i18n import _
from app.models import CategoryKind
from app.services import Member
from app.services.forecasts.savings import combine
from app.services.insights import Share
from app.services.reports import Report
from app.services.transaction_list import UNFILED, FilterReader
from app.web import charts
from app.web.filters import weekday_name
from app.web.guards import MEMBER
from app.web.presenters import reports
from app.web.presenters.report_markdown import report_markdown
from app.web.query import FIRST_MONTH, LAST_MONTH, get_month
from app.web.render import page, page_or_partial
from app.web.types import AnyRequest, MemberDep, ServicesDep

MONTHS_AHEAD = 6  # months of savings that are shown
MAX_DAYS = 366 * 50  # of a report


@dataclass(frozen=True)
class ReportQuery:
    """What the URL of a report asks for. ``preset`` is empty for a month and for days of one's own choice."""

    period: Period
    preset: str
    accounts: Sequence[int]
    tag: str
    values: dict[str, str]
    problems: dict[str, str]


def presets(member: Member) -> dict[str, tuple[str, Period]]:
    """The periods to choose from, by their names in URLs. They end with the running month."""
    month = member.book.months.of(member.today)
    until, january = shift_month(month, 1), month.replace(month=1)
    return {
        "this-month": (_("This month"), Period(month, until)),
        "last-month": (_("Last month"), Period(shift_month(month, -1), month)),
        "last-3-months": (_("Last 3 months"), Period(shift_month(month, -2), until)),
        "this-year": (_("This year"), Period(january, until)),
        "last-year": (_("Last year"), Period(shift_month(january, -12), january)),
    }


def read_report_query(request: AnyRequest, member: Member) -> ReportQuery:
    """Read ``?period=last-year``, ``?from=2026-01-01&to=2026-03-31`` or ``?month=2026-10``, accounts and tag.

    A period that is not valid is replaced with the month and has a message in ``problems``.
    """
    read = FilterReader(request.query_params.dict())
    known = presets(member)
    preset = read.one("period")
    accounts = [each for each in read.ids("account") if isinstance(each, int)]
    values = {name: read.one(name) for name in ("from", "to")}
    period = known[preset][1] if preset in known else member.book.months.period(get_month(request, member))
    if any(values.values()):
        preset = ""
        first, last = read.day("from"), read.day("to")
        for name, day in (("from", first), ("to", last)):
            if day is None:
                read.problems.setdefault(name, _("Enter a date."))
            elif not FIRST_MONTH <= day < LAST_MONTH:
                read.problems[name] = _("Enter a year from 1900 to 2999.")
        if first and last and not read.problems:
            if last < first:
                read.problems["to"] = _("This is before the first day.")
            elif (last - first).days > MAX_DAYS:
                read.problems["to"] = _("Choose at most 50 years.")
            else:
                period = Period(first, last + DAY)
    else:
        values = {"from": period.since.isoformat(), "to": period.last.isoformat()}
    return ReportQuery(period, preset if preset in known else "", accounts, read.one("tag"), values, read.problems)


def filter_query(accounts: Iterable[int], tag: str) -> str:
    """The accounts and the tag of a report as a part of its URL."""
    return urlencode([*(("account", each) for each in accounts), *([("tag", tag)] if tag else [])])


class ReportLinks:
    """URLs of the transactions that each figure of a report adds up, ``before`` for the period before."""

    def __init__(self, report: Report) -> None:
        earlier = replace(report.rows, since=report.before.since, until=report.before.last)
        self.periods = [f"/transactions?{each.query}" for each in (report.rows, earlier)]

    def net(self, before: bool = False) -> str:
        return f"{self.periods[before]}&transfer=no"

    def kind(self, kind: CategoryKind, before: bool = False) -> str:
        return f"{self.periods[before]}&kind={kind}"

    def categories(self, shares: Sequence[Share], kind: CategoryKind, before: bool = False) -> str:
        return f"{self.kind(kind, before)}&category={','.join(str(each.label.id or UNFILED) for each in shares)}"

    def payee(self, payee_id: int) -> str:
        return f"{self.kind(CategoryKind.EXPENSE)}&payee={payee_id}"


class ReportsController(Controller):
    path = "/reports"
    opt = MEMBER

    @get("/", name="reports", opt={"cached": True})
    async def show_report(self, request: AnyRequest, services: ServicesDep, member: MemberDep) -> Template:
        """A month, or any period of some accounts or with a tag, by category beside the period before."""
        asked = read_report_query(request, member)
        accounts = [each for each in await services.accounts.all() if each.id in asked.accounts]
        tags = [name for _id, name in await services.tags.all()]
        tag = next((each for each in tags if each.casefold() == asked.tag.casefold()), "")
        found = await services.reports.get_period(asked.period, [each.id for each in accounts], tag)
        history, running = found.history, member.book.months.of(services.today)
        start, currency = found.period.since, member.book.base_currency
        is_month = member.book.months.count(found.period) == 1
        links = ReportLinks(found)
        return page(
            "reports",
            report=found,
            links=links,
            asked=asked,
            presets=presets(member),
            accounts=await services.accounts.all(),
            chosen_accounts=accounts,
            tags=[(each, each) for each in tags],
            tag=tag,
            filter_query=filter_query([each.id for each in accounts], tag),
            is_month=is_month,
            is_new=found.has_history and start >= running and not any(each.count for each in history.months),
            period=found.period,
            running=running,
            currency=currency,
            previous_month=shift_month(start, -1),
            last_month=member.book.months.of(found.period.last),
            next_month=shift_month(start, 1),
            flow=reports.money_flow(
                shares(found, CategoryKind.INCOME),
                shares(found, CategoryKind.EXPENSE),
                found.totals,
                currency,
                links.categories,
            ),
            year=reports.year_figure(history.months[1:], currency) if found.has_history else None,
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
