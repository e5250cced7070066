"""Reconcile an account with a bank statement."""

from __future__ import annotations

from typing import Any

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Template
from pydantic import ValidationError

from app.domain.ids import read_id
from app.domain.money import Money
from app.errors import Conflict, Invalid
from app.i18n import _
from app.models import Account, Status
from app.schemas.accounts import StatementIn
from app.services import Services
from app.services.reconciliation import OpenStatement
from app.web.crud_pages import parse_amount
from app.web.forms import sentences
from app.web.guards import MEMBER
from app.web.htmx import is_partial
from app.web.render import page, partial
from app.web.types import AnyRequest, Reply, ServicesDep
from app.web.undo import redirect_with_undo


async def read_statement(services: Services, account: Account, values: dict[str, str]) -> OpenStatement:
    """Return the account beside the statement that the form describes."""
    entry = StatementIn.model_validate(values)
    balance = parse_amount(entry.balance, account.currency, "balance") or Money(0, account.currency)
    if balance.currency != account.currency:
        raise Invalid(_("The statement’s currency is {currency}.", currency=account.currency), field="balance")
    return await services.reconciliation.get_open(account.id, entry.until, balance)


class ReconciliationController(Controller):
    path = "/accounts/{account_id:int}/reconcile"
    opt = MEMBER
    include_in_schema = False

    @get("/", name="reconcile")
    async def show_reconciliation(
        self, request: AnyRequest, services: ServicesDep, account_id: FromPath[int]
    ) -> Template:
        """Ask for the statement's date and balance, then show unlocked transactions."""
        account = await services.accounts.get(account_id)
        asked = {name: str(request.query_params.get(name, "")) for name in ("until", "balance")}
        values = asked if any(asked.values()) else {"until": services.today.isoformat(), "balance": ""}
        context: dict[str, Any] = {"account": account, "values": values, "errors": {}, "held": None}
        if any(asked.values()):
            try:
                context |= self._shown(await read_statement(services, account, asked), None)
            except ValidationError as error:
                context["errors"] = sentences(error)
            except Invalid as error:
                context["errors"] = error.errors
        return page("accounts/reconcile", status=422 if context["errors"] else 200, **context)

    @post("/difference", name="reconcile:difference", status_code=200)
    async def show_difference(self, request: AnyRequest, services: ServicesDep, account_id: FromPath[int]) -> Template:
        """Show the difference with the selected rows."""
        account = await services.accounts.get(account_id)
        values, ticked, _adjust = await self._read(request)
        open_statement = await read_statement(services, account, values)
        return partial("accounts/difference", **self._shown(open_statement, ticked))

    @post("/", name="reconcile:finish", status_code=200)
    async def finish_reconciliation(
        self, request: AnyRequest, services: ServicesDep, account_id: FromPath[int]
    ) -> Reply:
        """Lock the selected rows, and add an adjustment if the user wants one."""
        account = await services.accounts.get(account_id)
        values, ticked, adjust = await self._read(request)
        open_statement = await read_statement(services, account, values)
        try:
            await services.reconciliation.finish(open_statement, ticked, adjust=adjust)
        except Conflict as conflict:  # nothing has been written before
            if not is_partial(request):
                raise
            return partial("accounts/difference", problem=conflict.message, **self._shown(open_statement, ticked))
        return await redirect_with_undo(request, services, f"/accounts/{account_id}")

    @staticmethod
    async def _read(request: AnyRequest) -> tuple[dict[str, str], list[int], bool]:
        form = await request.form()
        ticked = [found for each in form.getall("row", []) if (found := read_id(each)) is not None]
        values = {name: str(form.get(name, "")) for name in ("until", "balance")}
        return values, ticked, bool(form.get("adjust"))

    @staticmethod
    def _shown(open_statement: OpenStatement, ticked: list[int] | None) -> dict[str, Any]:
        """Return the rows with their selection; at first the cleared ones are selected."""
        if ticked is None:
            ticked = [row.id for row in open_statement.rows if row.status is Status.CLEARED]
        return {
            "account": open_statement.account,
            "held": open_statement,
            "ticked": set(ticked),
            "cleared_balance": open_statement.cleared_balance(ticked),
            "difference": open_statement.difference(ticked),
        }
