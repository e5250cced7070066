"""The month report."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, get
from litestar.di import NamedDependency
from litestar.response import Template

from app.domain.period import shift_month
from app.routes.dashboard import month_asked
from app.services import Member, Services
from app.services.reports import report
from app.web import pictures
from app.web.guards import MEMBER
from app.web.render import page

YEAR = 13


class ReportsController(Controller):
    path = "/reports"
    opt = MEMBER

    @get("/", name="reports", opt={"kept": True})
    async def month(
        self, request: Request[Any, Any, Any], services: NamedDependency[Services], member: NamedDependency[Member]
    ) -> Template:
        """A month by category, beside the month before and the usual."""
        start = month_asked(request, member)
        history = await services.insights.history(start, YEAR)
        found = report(history)
        currency = member.book.base_currency
        return page(
            "reports",
            report=found,
            period=member.book.months.period(start),
            running=member.book.months.of(services.today),
            currency=currency,
            previous_month=shift_month(start, -1),
            next_month=shift_month(start, 1),
            year=pictures.year(history.months[1:], currency),
            treemap=pictures.spending_map(found.sides[0], currency),
            rates_of=history.in_base.as_of,
            missing_rates=sorted(history.in_base.missing),
        )
