"""API routes for conversions and custom exchange rates."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Controller, Response, delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.domain.money import Money, check_currency
from app.models import Rate
from app.schemas.currencies import ConversionOut, Day, RateIn, RateOut
from app.schemas.paging import PageNumber, PageSize, paged
from app.web.guards import MEMBER
from app.web.idempotency import respond_once
from app.web.types import AnyRequest, ServicesDep


def out(row: Rate) -> RateOut:
    return RateOut(id=row.id, base=row.base, quote=row.quote, rate=row.rate, as_of=row.as_of, source=row.source)


class CurrencyApi(Controller):
    path = "/v1/currency"
    tags = ["Currency"]
    opt = MEMBER

    @get("/convert", operation_id="Convert")
    async def convert(
        self,
        services: ServicesDep,
        amount: FromQuery[str],
        base: Annotated[str, QueryParameter(name="from")],
        quote: Annotated[str, QueryParameter(name="to")],
        on: FromQuery[Day | None] = None,
    ) -> ConversionOut:
        """Convert an amount at the latest rate on or before a date, by default today."""
        money = Money.parse(amount, check_currency(base, "from"))
        found = await services.currencies.convert(money, check_currency(quote, "to"), on or services.today, field="to")
        return ConversionOut(
            amount=found.amount.wire,
            currency=found.amount.currency,
            rate=found.text,
            as_of=found.as_of,
            source=found.source,
            is_approximate=found.is_approximate,
        )

    @get("/rates", operation_id="ListRates")
    async def list_rates(self, services: ServicesDep, page: PageNumber = 1, limit: PageSize = 50) -> dict[str, Any]:
        """List custom rates. Rates of the European Central Bank and approximate rates are built in."""
        return paged("rates", [out(row) for row in await services.currencies.own()], page, limit)

    @post("/rates", operation_id="AddRate", status_code=201)
    async def add_rate(self, request: AnyRequest, services: ServicesDep, data: JSONBody[RateIn]) -> Response[RateOut]:
        """Add a custom rate: units of ``quote`` for one ``base`` from a date on.

        It takes precedence over other sources.
        """

        async def add() -> RateOut:
            return out(await services.currencies.add(data))

        return await respond_once(request, services, add)

    @get("/rates/{rate_id:int}", operation_id="GetRate")
    async def get_rate(self, services: ServicesDep, rate_id: FromPath[int]) -> RateOut:
        """Return one custom rate."""
        return out(await services.currencies.get(rate_id))

    @patch("/rates/{rate_id:int}", operation_id="ChangeRate")
    async def change_rate(self, services: ServicesDep, rate_id: FromPath[int], data: JSONBody[RateIn]) -> RateOut:
        """Replace a custom rate."""
        return out(await services.currencies.change(rate_id, data))

    @delete("/rates/{rate_id:int}", operation_id="DeleteRate")
    async def delete_rate(self, services: ServicesDep, rate_id: FromPath[int]) -> None:
        """Delete a custom rate. Amounts that were converted with it do not change."""
        await services.currencies.delete(rate_id)
