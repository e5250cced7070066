"""Pages of accounts: the list, an account with its balance and register, and forms."""

from __future__ import annotations

from datetime import date
from typing import Any

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from app.domain.period import shift_month
from app.errors import Invalid
from app.i18n import _
from app.models import Account
from app.schemas.accounts import AccountIn, AccountPatch
from app.services import Services
from app.services.accounts import Point
from app.services.transaction_list import date_of_cursor
from app.services.valuations import VALUED_KINDS, check_valued
from app.web import charts
from app.web.crud_pages import EDIT_PAGE, check_unchanged, editor, parse_amount, with_etag
from app.web.filters import amount_text, day, day_month
from app.web.forms import rerender_on_error
from app.web.guards import MEMBER
from app.web.htmx import is_partial
from app.web.presenters.labels import KIND_ICONS, account_kinds
from app.web.presenters.reports import format_axis
from app.web.render import page, page_or_partial, partial
from app.web.transaction_forms import parse_required_amount
from app.web.types import AnyRequest, Form, FormBody, Reply, ServicesDep
from app.web.undo import get_flashes, redirect_with_undo, respond_with_undo

LIST = "/accounts"
RANGES = {"3m": 3, "1y": 12, "all": 0}


def choices() -> dict[str, Any]:
    """Return the choices of the form."""
    return {"kinds": [(kind.value, name) for kind, name in account_kinds().items()]}


def signed(data: Form, currency: str) -> str:
    """Return the typed opening balance in wire format."""
    money = parse_amount(data.get("opening_balance", ""), currency, "opening_balance")
    return money.wire if money else "0"


def values_of(row: Account) -> Form:
    return {
        "name": row.name,
        "kind": row.kind.value,
        "currency": row.currency,
        "opening_balance": str(row.opening_balance.decimal),
    }


async def overview(services: Services) -> dict[str, Any]:
    found = await services.accounts.overview(services.today)
    return {
        "overview": found,
        "kinds": account_kinds(),
        "icons": KIND_ICONS,
        "sparkline": lambda line: charts.sparkline(line.trend, _("Balance of the last 90 days"), height=32),
    }


def _asked(text: str) -> date | None:
    try:
        asked = date.fromisoformat(text)
    except ValueError:
        return None
    return asked if 1900 <= asked.year <= 2200 else None


def chart(points: list[Point], row: Account) -> Any:
    """Return the chart of the balance, with a text alternative."""
    label = _(
        "Balance of {name} from {since} to {until}: {first} to {last}.",
        name=row.name,
        since=day(points[0].day),
        until=day(points[-1].day),
        first=amount_text(points[0].minor, row.currency),
        last=amount_text(points[-1].minor, row.currency),
    )
    return charts.balance(
        [point.minor for point in points],
        [day_month(point.day) for point in points],
        label,
        format_axis(row.currency),
    )


class AccountsController(Controller):
    path = "/accounts"
    opt = MEMBER
    include_in_schema = False

    @get("/", name="accounts", opt={"cached": True})
    async def show_accounts(self, request: AnyRequest, services: ServicesDep) -> Template:
        """Show all accounts by kind, with balance and trend."""
        return page_or_partial(
            request,
            "accounts/index",
            "accounts/list",
            **await overview(services),
            flashes=await get_flashes(request, services),
        )

    @get("/new", name="accounts:new")
    async def new_account(self, request: AnyRequest, services: ServicesDep) -> Template:
        values = {"kind": "checking", "currency": services.member.book.base_currency}
        return editor(request, "accounts/form", _("New account"), values=values, action=LIST, used=False, **choices())

    @post("/", name="accounts:add", status_code=200)
    async def add_account(self, request: AnyRequest, services: ServicesDep, data: FormBody) -> Reply:
        with self._form(data, LIST, _("New account")):
            entry = AccountIn.model_validate(self._entry(data) | {"opening_balance": "0"})
            entry.opening_balance = signed(data, entry.currency)
            await services.accounts.add(entry)
        return await self._listed(request, services)

    @get("/{account_id:int}", name="accounts:show", opt={"cached": True})
    async def show_account(
        self,
        request: AnyRequest,
        services: ServicesDep,
        account_id: FromPath[int],
        span: FromQuery[str] = "1y",
        on: FromQuery[str] = "",
        after: FromQuery[str] = "",
    ) -> Template:
        """Show an account: its balance over time and at any date, and its register."""
        row = await services.accounts.get(account_id)
        today = services.today
        register = await services.accounts.get_register(row, after or None)
        more_url = f"{LIST}/{account_id}?after={register.next}#register"
        previous_day = date_of_cursor(after)
        if after and is_partial(request):
            return partial(
                "accounts/register", register=register, today=today, more_url=more_url, previous_day=previous_day
            )
        months = RANGES.get(span, RANGES["1y"])
        points = await services.accounts.history(row, shift_month(today, -months) if months else None, today)
        asked = _asked(on)
        return page(
            "accounts/show",
            flashes=await get_flashes(request, services),
            account=row,
            kinds=account_kinds(),
            icon_name=KIND_ICONS[row.kind],
            has_valuations=row.kind in VALUED_KINDS,
            balance=await services.accounts.balance(row, today),
            count=(await services.accounts.counts()).get(row.id, 0),
            chart=chart(points, row),
            rows=[[day(point.day), amount_text(point.minor, row.currency)] for point in points],
            span=span if span in RANGES else "1y",
            on=asked or today,
            balance_on=await services.accounts.balance(row, asked or today),
            register=register,
            more_url=more_url,
            previous_day=None,
            is_continued=bool(after),
        )

    @get("/{account_id:int}/value", name="accounts:value")
    async def edit_value(
        self, request: AnyRequest, services: ServicesDep, account_id: FromPath[int], on: FromQuery[str] = ""
    ) -> Template:
        """Show the form that updates the value of an asset, loan or investment."""
        row = await services.accounts.get(account_id)
        check_valued(row)
        asked = _asked(on) or services.today
        value = await services.accounts.balance(row, asked)
        values = {"on": asked.isoformat(), "value": str(value.decimal)}
        return editor(request, "accounts/value", _("Value of {name}", name=row.name), values=values, account=row)

    @post("/{account_id:int}/value", name="accounts:set-value", status_code=200)
    async def set_value(
        self, request: AnyRequest, services: ServicesDep, account_id: FromPath[int], data: FormBody
    ) -> Reply:
        row = await services.accounts.get(account_id)
        title = _("Value of {name}", name=row.name)
        with rerender_on_error("accounts/value", data, page=EDIT_PAGE, form="accounts/value", title=title, account=row):
            if (on := _asked(data.get("on", ""))) is None:
                raise Invalid(_("This is not a date. Write it like 2026-03-31."), field="on")
            value = parse_required_amount(data.get("value", ""), row.currency, "value")
            await services.valuations.set_value(account_id, value, on)
        return await redirect_with_undo(request, services, f"{LIST}/{account_id}")

    @get("/{account_id:int}/edit", name="accounts:edit")
    async def edit_account(self, request: AnyRequest, services: ServicesDep, account_id: FromPath[int]) -> Template:
        row = await services.accounts.get(account_id)
        used = (await services.accounts.counts()).get(row.id, 0) > 0
        action = f"{LIST}/{account_id}"
        title = _("Edit {name}", name=row.name)
        return editor(
            request, "accounts/form", title, values=with_etag(values_of(row)), action=action, used=used, **choices()
        )

    @post("/{account_id:int}", name="accounts:change", status_code=200)
    async def change_account(
        self, request: AnyRequest, services: ServicesDep, account_id: FromPath[int], data: FormBody
    ) -> Reply:
        row = await services.accounts.get(account_id)
        with self._form(data, f"{LIST}/{account_id}", _("Edit {name}", name=row.name)):
            check_unchanged(data, values_of(row), {"kind": account_kinds()})
            entry = AccountPatch.model_validate(self._entry(data))
            entry.opening_balance = signed(data, entry.currency or row.currency)
            await services.accounts.change(account_id, entry)
        return await self._listed(request, services)

    @post("/{account_id:int}/archive", name="accounts:archive", status_code=200)
    async def archive_account(self, request: AnyRequest, services: ServicesDep, account_id: FromPath[int]) -> Reply:
        await services.accounts.archive(account_id)
        return await self._listed(request, services)

    @post("/{account_id:int}/restore", name="accounts:restore", status_code=200)
    async def restore_account(self, request: AnyRequest, services: ServicesDep, account_id: FromPath[int]) -> Reply:
        await services.accounts.archive(account_id, away=False)
        return await self._listed(request, services)

    @post("/{account_id:int}/up", name="accounts:move-up", status_code=200)
    async def move_account_up(self, request: AnyRequest, services: ServicesDep, account_id: FromPath[int]) -> Reply:
        await services.accounts.move(account_id, -1)
        return await self._listed(request, services)

    @post("/{account_id:int}/down", name="accounts:move-down", status_code=200)
    async def move_account_down(self, request: AnyRequest, services: ServicesDep, account_id: FromPath[int]) -> Reply:
        await services.accounts.move(account_id, 1)
        return await self._listed(request, services)

    @post("/{account_id:int}/default", name="accounts:make-default", status_code=200)
    async def make_default(self, request: AnyRequest, services: ServicesDep, account_id: FromPath[int]) -> Reply:
        await services.accounts.make_default(account_id)
        return await self._listed(request, services)

    @post("/{account_id:int}/delete", name="accounts:delete", status_code=200)
    async def delete_account(self, request: AnyRequest, services: ServicesDep, account_id: FromPath[int]) -> Reply:
        """Delete an account that no transaction uses."""
        await services.accounts.delete(account_id)
        return await self._listed(request, services)

    @staticmethod
    async def _listed(request: AnyRequest, services: Services) -> Reply:
        return await respond_with_undo(request, services, LIST, "accounts/list", **await overview(services))

    @staticmethod
    def _entry(data: Form) -> Form:
        return {name: data[name] for name in ("name", "kind", "currency") if name in data}

    @staticmethod
    def _form(data: Form, action: str, title: str) -> Any:
        return rerender_on_error(
            "accounts/form",
            data,
            page=EDIT_PAGE,
            form="accounts/form",
            title=title,
            action=action,
            used="currency" not in data,
            **choices(),
        )
