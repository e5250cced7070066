"""The overview, and the sample data of a new book."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from litestar import Controller, Response, get, post
from litestar.response import Template

from app.domain.period import shift_month
from app.services import Services
from app.services.forecasts import INCOME, ITEMS, SPENDABLE, SPENDING
from app.services.forecasts.safe_to_spend import SafeToSpend
from app.services.overview import Overview
from app.web.guards import MEMBER
from app.web.presenters import forecasts, reports
from app.web.presenters.labels import KIND_ICONS, due_words
from app.web.presenters.recurring import amount_of, timeline
from app.web.query import get_month
from app.web.render import page_or_partial, redirect
from app.web.types import AnyRequest, MemberDep, ServicesDep
from app.web.undo import get_flashes

BARS = 7  # categories under "Spending by category"
MONTHS_OF_FLOW = 6
DAYS_AHEAD = 30
PAST_DAYS = 22  # of the balance beside its forecast


class OverviewController(Controller):
    path = "/"
    opt = MEMBER

    @get("/", name="overview", opt={"cached": True})
    async def overview(self, request: AnyRequest, services: ServicesDep, member: MemberDep) -> Template:
        """The book at a glance, for one month."""
        found = await services.overview.get(get_month(request, member))
        sample = await services.sample_data.present()
        safe, month_end, is_current = None, None, True
        if found.is_running and not found.is_new:
            await services.forecasts.load(ITEMS, SPENDABLE, INCOME, SPENDING)
            safe = await services.safe_to_spend.get()
            month_end = next(iter(await services.savings_forecast.get()), None)
            is_current = (await services.forecasts.freshness()).is_current
        return page_or_partial(
            request,
            "overview",
            "overview/body",
            flashes=await get_flashes(request, services),
            **context(found, member.book.base_currency),
            **await coming(services),
            has_sample=bool(sample),
            setup_steps=await services.setup_checklist.get_steps() if found.is_running else [],
            **ahead(safe, found),
            month_end=month_end,
            is_current=is_current,
        )

    @post("/sample-data", name="sample:add", status_code=200)
    async def add_sample(self, request: AnyRequest, services: ServicesDep) -> Response[Any]:
        """Fill the book with a believable household."""
        await services.sample_data.fill()
        return redirect(request, "/")

    @post("/sample-data/remove", name="sample:remove", status_code=200)
    async def remove_sample(self, request: AnyRequest, services: ServicesDep) -> Response[Any]:
        """Take the sample household out again."""
        await services.sample_data.remove()
        return redirect(request, "/")


async def coming(services: Services) -> dict[str, Any]:
    """What is due in the next weeks, where bills are kept."""
    bills = [each for each in await services.recurring.upcoming(DAYS_AHEAD, kind=None) if each.status != "paid"]
    today = services.today
    return {
        "coming": bills,
        "coming_line": timeline(bills, today, DAYS_AHEAD) if bills else None,
        "coming_until": today + timedelta(days=DAYS_AHEAD),
        "due_words": lambda day: due_words(day, today),
        "amount_of": amount_of,
    }


def ahead(safe: SafeToSpend | None, found: Overview) -> dict[str, Any]:
    """What is safe to spend, once a forecast says so; before that the hero shows the balance alone."""
    past = list(zip(found.balance.days, found.balance.values, strict=True))[-PAST_DAYS:]
    return {"safe": safe, "safe_fan": forecasts.small_fan(safe, past, found.today) if safe else None}


def context(found: Overview, currency: str) -> dict[str, Any]:
    """What the page and its body are drawn from."""
    spent = [each for each in found.spent if each.minor > 0][:BARS]
    largest = max((max(each.minor, each.previous) for each in spent), default=0)
    return {
        "overview": found,
        "kind_icons": KIND_ICONS,
        "inbox": found.inbox,
        "account_names": {each.account.id: each.account.name for each in found.accounts},
        "guessing": True,
        "currency": currency,
        "previous_month": shift_month(found.period.since, -1),
        "next_month": shift_month(found.period.since, 1),
        "balance": reports.balance_figure(found.balance, currency),
        "net_worth": reports.net_worth_sparkline(found.net_worth[1:], currency),
        "cash_flow": reports.cash_flow_bars(found.history.months[-MONTHS_OF_FLOW:], currency),
        "savings": reports.savings_rate_bars(found.full_year),
        "spent": spent,
        "largest": largest,
        "spending_bar": reports.spending_bar,
        "flow": reports.money_flow(found.income, found.spent, found.month, currency),
    }
