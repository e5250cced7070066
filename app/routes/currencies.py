"""Page of currencies: a converter and custom rates."""

from __future__ import annotations

from typing import Any

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Template
from pydantic import ValidationError

from app.domain.money import currencies
from app.errors import Invalid
from app.i18n import _
from app.integrations.exchange_rates import bundled
from app.schemas.currencies import ConvertIn, RateIn
from app.services import Services
from app.web.crud_pages import EDIT_PAGE, editor, parse_amount
from app.web.forms import rerender_on_error, sentences
from app.web.guards import MEMBER
from app.web.presenters.labels import rate_source
from app.web.render import page_or_partial, partial
from app.web.types import AnyRequest, Form, FormBody, Reply, ServicesDep
from app.web.undo import get_flashes, respond_with_undo

LIST = "/currencies"
FORM = "currencies/form"


async def listing(services: Services) -> dict[str, Any]:
    return {"rates": await services.currencies.own()}


async def converted(services: Services, asked: Form) -> dict[str, Any]:
    """Return the result of the converter, or its error."""
    base = services.member.book.base_currency
    today = services.today.isoformat()
    other = "USD" if base == "EUR" else "EUR"
    values = {"amount": "100", "base": base, "quote": other, "on": today} | {k: v for k, v in asked.items() if v}
    found: dict[str, Any] = {"values": values, "errors": {}, "conversion": None, "of": None, "source": ""}
    try:
        entry = ConvertIn.model_validate({name: values[name] for name in ("amount", "base", "quote", "on")})
        money = parse_amount(entry.amount, entry.base, "amount")
        if money is not None:
            on = entry.on or services.today
            conversion = await services.currencies.convert(money, entry.quote, on, field="quote")
            found |= {"conversion": conversion, "of": money, "source": rate_source(conversion.source)}
    except ValidationError as error:
        found["errors"] = sentences(error)
    except Invalid as error:
        found["errors"] = error.errors
    own = {code for rate in await services.currencies.own() for code in (rate.base, rate.quote)}
    codes = sorted(currencies() | bundled().currencies | own)
    return found | {"codes": [(code, code) for code in codes]}


class CurrenciesController(Controller):
    path = LIST
    opt = MEMBER
    include_in_schema = False

    @get("/", name="currencies")
    async def show_currencies(self, request: AnyRequest, services: ServicesDep) -> Template:
        """Show the converter with its result, and custom rates."""
        asked = {name: str(request.query_params.get(name, ""))[:40] for name in ("amount", "base", "quote", "on")}
        context = await converted(services, asked)
        source = bundled()
        context |= {"first": source.first, "last": source.last} | await listing(services)
        return page_or_partial(
            request, "currencies/index", "currencies/converter", flashes=await get_flashes(request, services), **context
        )

    @get("/rates", name="currencies:rates")
    async def show_rates(self, services: ServicesDep) -> Template:
        """Show only the list of custom rates, to refresh it."""
        return partial("currencies/list", **await listing(services))

    @get("/rates/new", name="currencies:new")
    async def new_rate(self, request: AnyRequest, services: ServicesDep) -> Template:
        values = {"base": services.member.book.base_currency, "as_of": services.today.isoformat()}
        return editor(request, FORM, _("New rate"), values=values, action=f"{LIST}/rates")

    @post("/rates", name="currencies:add", status_code=200)
    async def add_rate(self, request: AnyRequest, services: ServicesDep, data: FormBody) -> Reply:
        with rerender_on_error(FORM, data, page=EDIT_PAGE, form=FORM, title=_("New rate"), action=f"{LIST}/rates"):
            await services.currencies.add(RateIn.model_validate(_entry(data)))
        return await respond_with_undo(request, services, LIST, "currencies/list", **await listing(services))

    @get("/rates/{rate_id:int}/edit", name="currencies:edit")
    async def edit_rate(self, request: AnyRequest, services: ServicesDep, rate_id: FromPath[int]) -> Template:
        row = await services.currencies.get(rate_id)
        values = {"base": row.base, "quote": row.quote, "rate": row.rate, "as_of": row.as_of.isoformat()}
        return editor(request, FORM, _("Edit rate"), values=values, action=f"{LIST}/rates/{rate_id}")

    @post("/rates/{rate_id:int}", name="currencies:change", status_code=200)
    async def change_rate(
        self, request: AnyRequest, services: ServicesDep, rate_id: FromPath[int], data: FormBody
    ) -> Reply:
        await services.currencies.get(rate_id)
        with rerender_on_error(
            FORM, data, page=EDIT_PAGE, form=FORM, title=_("Edit rate"), action=f"{LIST}/rates/{rate_id}"
        ):
            await services.currencies.change(rate_id, RateIn.model_validate(_entry(data)))
        return await respond_with_undo(request, services, LIST, "currencies/list", **await listing(services))

    @post("/rates/{rate_id:int}/delete", name="currencies:delete", status_code=200)
    async def delete_rate(self, request: AnyRequest, services: ServicesDep, rate_id: FromPath[int]) -> Reply:
        await services.currencies.delete(rate_id)
        return await respond_with_undo(request, services, LIST, "currencies/list", **await listing(services))


def _entry(data: Form) -> Form:
    return {name: data.get(name, "") for name in ("base", "quote", "rate", "as_of")}
