"""API routes for accounts."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Response, delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody

from app.domain.money import Money
from app.models import Account
from app.schemas.accounts import AccountIn, AccountOut, AccountPatch
from app.schemas.currencies import Day
from app.schemas.paging import PageNumber, PageSize, paged
from app.web.guards import MEMBER
from app.web.idempotency import respond_once
from app.web.types import AnyRequest, ServicesDep


def out(row: Account, balance: Money) -> AccountOut:
    return AccountOut(
        id=row.id,
        name=row.name,
        kind=row.kind,
        currency=row.currency,
        opening_balance=row.opening_balance.wire,
        balance=balance.wire,
        is_default=row.is_default,
        archived=row.archived_at is not None,
    )


class AccountsApi(Controller):
    path = "/v1/accounts"
    tags = ["Accounts"]
    opt = MEMBER

    @get("/", operation_id="ListAccounts")
    async def list_accounts(self, services: ServicesDep, page: PageNumber = 1, limit: PageSize = 50) -> dict[str, Any]:
        """List all accounts with their balances, archived ones included."""
        rows = await services.accounts.listed()
        return paged("accounts", [out(row, balance) for row, balance in rows], page, limit)

    @post("/", operation_id="AddAccount", status_code=201)
    async def add_account(
        self, request: AnyRequest, services: ServicesDep, data: JSONBody[AccountIn]
    ) -> Response[AccountOut]:
        """Add an account. ``opening_balance`` is signed; a debt is negative."""

        async def add() -> AccountOut:
            row = await services.accounts.add(data)
            return out(row, await services.accounts.balance(row))

        return await respond_once(request, services, add)

    @get("/{account_id:int}", operation_id="GetAccount")
    async def get_account(
        self, services: ServicesDep, account_id: FromPath[int], on: FromQuery[Day | None] = None
    ) -> AccountOut:
        """Return one account. With ``on``, the balance is that of the end of this day."""
        row = await services.accounts.get(account_id)
        return out(row, await services.accounts.balance(row, on))

    @patch("/{account_id:int}", operation_id="ChangeAccount")
    async def change_account(
        self, services: ServicesDep, account_id: FromPath[int], data: JSONBody[AccountPatch]
    ) -> AccountOut:
        """Change the fields that are sent. The currency can change only while there are no transactions."""
        row = await services.accounts.change(account_id, data)
        return out(row, await services.accounts.balance(row))

    @delete("/{account_id:int}", operation_id="DeleteAccount")
    async def delete_account(self, services: ServicesDep, account_id: FromPath[int]) -> None:
        """Delete an account without transactions. Answers 409 for others, which can be archived."""
        await services.accounts.delete(account_id)
