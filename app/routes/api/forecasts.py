"""API routes for forecasts."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from litestar import Controller, get
from litestar.params import QueryParameter

from app.domain.money import Money, wire
from app.domain.period import shift_month
from app.errors import Invalid
from app.i18n import _
from app.schemas.forecasts import (
    BacktestOut,
    ForecastOut,
    PlainForecast,
    PlainPoint,
    PlainSeries,
    PointOut,
    SeriesOut,
)
from app.services import Services
from app.services.forecasts import ALL, INCOME, SPENDABLE, SPENDING, Band, Outlook, Quality
from app.services.forecasts.scenarios import Scenario, apply_to_balance
from app.web.guards import MEMBER
from app.web.types import AnyRequest, ServicesDep

Months = Annotated[int, QueryParameter(name="months", ge=1, le=12)]
Target = Annotated[Literal["spending", "income", "balance"], QueryParameter(name="target")]
Unit = Annotated[Literal["day", "month"] | None, QueryParameter(name="unit")]
CategoryId = Annotated[int | None, QueryParameter(name="category", ge=0, le=2**63 - 1)]
AccountId = Annotated[int | None, QueryParameter(name="account", ge=1, le=2**63 - 1)]
What = Annotated[
    list[str] | None, QueryParameter(name="what", description="Scenarios, such as “rent +100”; at most six.")
]


def backtest(quality: Quality) -> BacktestOut:
    def share(value: float | None) -> float | None:
        return None if value is None else round(value, 4)

    return BacktestOut(
        mase=share(quality.mase), smape=share(quality.smape), coverage=share(quality.coverage), months=quality.months
    )


def point(band: Band, currency: str) -> PointOut:
    mean, lo50, hi50, lo80, hi80, lo95, hi95 = (wire(minor, currency) for minor in band.values)
    return PointOut(
        date=band.on, value=mean, lower=lo80, upper=hi80, lower_50=lo50, upper_50=hi50, lower_95=lo95, upper_95=hi95
    )


def plain(name: str, bands: list[Band], currency: str) -> PlainSeries:
    def number(minor: int) -> float:
        return float(Money(minor, currency).decimal)

    return PlainSeries(
        name=name,
        points=[
            PlainPoint(date=each.on, value=number(each.mean), lower=number(each.lo80), upper=number(each.hi80))
            for each in bands
        ],
    )


class LegacyForecastApi(Controller):
    path = "/forecast"
    tags = ["Forecast"]
    opt = MEMBER

    @get("/", operation_id="GetLegacyForecast")
    async def forecast(self, services: ServicesDep, months: Months = 3) -> PlainForecast:
        """Forecast spending of the coming full months: the total, then each category."""
        total = await services.forecasts.monthly(SPENDING)
        names = await services.categories.by_id()
        series = [plain("total", list(total.points[1 : months + 1]), total.currency)]
        for category_id, outlook in (await services.forecasts.by_category()).items():
            if category_id in names and names[category_id].kind.value == "expense":
                series.append(plain(names[category_id].name, list(outlook.points[1 : months + 1]), outlook.currency))
        return PlainForecast(
            currency=total.currency,
            horizon=months,
            series=series,
            method=total.method,
            backtest=backtest(total.quality),
        )


class ForecastsApi(Controller):
    path = "/v1/forecasts"
    tags = ["Forecast"]
    opt = MEMBER

    @get("/", operation_id="GetForecasts")
    async def forecasts(
        self,
        request: AnyRequest,
        services: ServicesDep,
        target: Target = "spending",
        category: CategoryId = None,
        account: AccountId = None,
        months: Months = 3,
        unit: Unit = None,
        what: What = None,
    ) -> ForecastOut:
        """Forecast spending, income or a balance, optionally with scenarios.

        Spending and income are monthly, for all or one category (0 is uncategorized). A balance is daily or monthly,
        for one account or all accounts to spend from.
        """
        chosen = unit or ("day" if target == "balance" else "month")
        if target != "balance" and account is not None:
            raise Invalid(_("Only the balance forecast accepts an account."), field="account")
        if target == "balance" and category is not None:
            raise Invalid(_("The balance forecast has no categories."), field="category")
        scenarios = await services.scenarios.parse_all(what or [])
        if target == "balance":
            return await _balance(services, account, months, chosen, scenarios)
        return await _flow(services, target, category, months, chosen, scenarios)


async def _flow(
    services: Services,
    target: Literal["spending", "income"],
    category: int | None,
    months: int,
    unit: Literal["day", "month"],
    scenarios: list[Scenario],
) -> ForecastOut:
    forecasts, names = services.forecasts, await services.categories.by_id()
    key = SPENDING if target == "spending" else INCOME
    if category is not None:
        key = await forecasts.category_target(category)
        wanted = "income" if target == "income" else "expense"
        if category and names[category].kind.value != wanted:
            raise Invalid(_("This category doesn’t belong to {target}.", target=target), field="category")
    outlook = await forecasts.monthly(key)
    bands = services.scenarios.apply_to_months(outlook, scenarios)
    shown = bands[1 : months + 1]
    if unit == "day":
        shown = await forecasts.daily(outlook, bands[: months + 1])
    series = [_series("total" if category is None else _name(names, category), outlook, shown, category=category)]
    if category is None and unit == "month":
        for id_, other in (await forecasts.by_category()).items():
            kind = names[id_].kind.value if id_ in names else "expense"
            if (kind == "income") == (target == "income"):
                moved = services.scenarios.apply_to_months(other, scenarios)[1 : months + 1]
                series.append(_series(_name(names, id_), other, moved, category=id_))
    return _answer(target, unit, months, outlook, series, scenarios, bands[0] if bands else None)


async def _balance(
    services: Services,
    account: int | None,
    months: int,
    unit: Literal["day", "month"],
    scenarios: list[Scenario],
) -> ForecastOut:
    forecasts = services.forecasts
    if account is None:
        kinds = await forecasts.balance(SPENDABLE)
        outlook = kinds if kinds.points else await forecasts.balance(ALL)
    else:
        outlook = await forecasts.balance(await forecasts.account_target(account))
    base = services.member.book.base_currency
    quote = await services.currencies.find(base, outlook.currency, services.today)
    bands = apply_to_balance(outlook, scenarios, quote.rate if quote else Decimal(1), base)
    end = shift_month(services.today, months)
    shown = [each for each in bands[1:] if each.on <= end]
    if unit == "month":
        calendar = services.member.book.months
        shown = [each for each in shown if calendar.period(calendar.of(each.on)).last == each.on]
    names = {each.id: each.name for each in await services.accounts.all()}
    series = [_series(names[account] if account else "total", outlook, shown, account=account)]
    return _answer("balance", unit, months, outlook, series, scenarios, None)


def _name(names: dict[int, Any], category_id: int) -> str:
    return names[category_id].name if category_id in names else _("Uncategorized")


def _series(
    name: str, outlook: Outlook, bands: list[Band], *, category: int | None = None, account: int | None = None
) -> SeriesOut:
    return SeriesOut(
        name=name,
        category=category,
        account=account,
        currency=outlook.currency,
        points=[point(each, outlook.currency) for each in bands],
        method=outlook.method,
        backtest=backtest(outlook.quality),
    )


def _answer(
    target: Literal["spending", "income", "balance"],
    unit: Literal["day", "month"],
    months: int,
    outlook: Outlook,
    series: list[SeriesOut],
    scenarios: list[Scenario],
    running: Band | None,
) -> ForecastOut:
    return ForecastOut(
        target=target,
        unit=unit,
        horizon=months,
        currency=outlook.currency,
        quality="quick" if outlook.is_quick else "full",
        computed_at=outlook.computed_at,
        history_months=outlook.quality.history,
        running=point(running, outlook.currency) if running else None,
        booked=wire(outlook.booked, outlook.currency) if running else None,
        what=[each.text for each in scenarios],
        series=series,
        method=outlook.method,
        backtest=backtest(outlook.quality),
    )
