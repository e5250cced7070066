"""API routes for recurring bills and income, and what is due."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Controller, Response, delete, get, patch, post
from litestar.params import FromPath, JSONBody, QueryParameter

from app.schemas.paging import PageNumber, PageSize, paged
from app.schemas.recurring import BillOut, RecurringIn, RecurringOut, RecurringPatch
from app.schemas.transactions import Named
from app.services import Services
from app.services.recurring import MAX_DAYS_AHEAD, Bill, Rule
from app.web.guards import MEMBER
from app.web.idempotency import respond_once
from app.web.types import AnyRequest, ServicesDep

Days = Annotated[int, QueryParameter(name="days", ge=1, le=MAX_DAYS_AHEAD)]


def payee_of(rule: Rule) -> Named:
    """Return the payee's id, or 0 if the payee has been deleted."""
    return Named(id=rule.payee_id or 0, name=rule.name)


async def out(services: Services, rules: list[Rule]) -> list[RecurringOut]:
    accounts = {each.id: Named(id=each.id, name=each.name) for each in await services.accounts.all()}
    categories = {each.id: Named(id=each.id, name=each.name) for each in (await services.categories.by_id()).values()}
    today = services.today
    return [
        RecurringOut(
            id=each.id,
            payee=payee_of(each),
            kind=each.kind,
            amount=each.low.wire,
            amount_max=each.high.wire,
            currency=each.currency,
            account=accounts.get(each.account_id or 0),
            category=categories.get(each.category_id or 0),
            cadence=each.cadence,
            interval=each.interval,
            starts_on=each.starts_on,
            ends_on=each.ends_on,
            count=each.count,
            notice_days=each.notice_days,
            state=each.state(today),
            next_due=None if each.is_paused else each.schedule.next(today),
        )
        for each in rules
    ]


def bill_out(bill: Bill) -> BillOut:
    return BillOut(
        id=bill.id,
        recurring=bill.rule.id,
        payee=payee_of(bill.rule),
        due_on=bill.due_on,
        amount_low=bill.rule.low.wire,
        amount_high=bill.rule.high.wire,
        currency=bill.rule.currency,
        status=bill.status,
        transaction=bill.transaction,
    )


class RecurringApi(Controller):
    path = "/v1/recurring"
    tags = ["Bills"]
    opt = MEMBER

    @get("/", operation_id="ListRecurring")
    async def list_recurring(self, services: ServicesDep, page: PageNumber = 1, limit: PageSize = 50) -> dict[str, Any]:
        """List recurring bills and income, paused and ended ones included."""
        return paged("recurring", await out(services, await services.recurring.all()), page, limit)

    @post("/", operation_id="AddRecurring", status_code=201)
    async def add_recurring(
        self, request: AnyRequest, services: ServicesDep, data: JSONBody[RecurringIn]
    ) -> Response[RecurringOut]:
        """Add a recurring bill or income. Amounts are magnitudes."""

        async def add() -> RecurringOut:
            return (await out(services, [await services.recurring.add(data)]))[0]

        return await respond_once(request, services, add)

    @get("/{recurring_id:int}", operation_id="GetRecurring")
    async def get_recurring(self, services: ServicesDep, recurring_id: FromPath[int]) -> RecurringOut:
        """Return one recurring bill or income."""
        return (await out(services, [await services.recurring.get(recurring_id)]))[0]

    @patch("/{recurring_id:int}", operation_id="ChangeRecurring")
    async def change_recurring(
        self, services: ServicesDep, recurring_id: FromPath[int], data: JSONBody[RecurringPatch]
    ) -> RecurringOut:
        """Change the fields that are sent."""
        return (await out(services, [await services.recurring.change(recurring_id, data)]))[0]

    @delete("/{recurring_id:int}", operation_id="DeleteRecurring")
    async def delete_recurring(self, services: ServicesDep, recurring_id: FromPath[int]) -> None:
        """Delete a recurring bill or income. Its payments remain."""
        await services.recurring.delete(recurring_id)

    @post("/{recurring_id:int}/pause", operation_id="PauseRecurring", status_code=200)
    async def pause_recurring(self, services: ServicesDep, recurring_id: FromPath[int]) -> RecurringOut:
        """Pause: no bills are due until it is resumed."""
        return (await out(services, [await services.recurring.pause(recurring_id)]))[0]

    @post("/{recurring_id:int}/resume", operation_id="ResumeRecurring", status_code=200)
    async def resume_recurring(self, services: ServicesDep, recurring_id: FromPath[int]) -> RecurringOut:
        """Resume a paused bill or income."""
        return (await out(services, [await services.recurring.pause(recurring_id, paused=False)]))[0]


class BillsApi(Controller):
    path = "/v1/bills"
    tags = ["Bills"]
    opt = MEMBER

    @get("/upcoming", operation_id="UpcomingBills")
    async def upcoming(self, services: ServicesDep, days: Days = 30) -> dict[str, list[BillOut]]:
        """List bills due in the coming days and overdue ones. Paid bills appear only if they were paid early."""
        return {"bills": [bill_out(each) for each in await services.recurring.upcoming(days)]}

    @post("/{bill_id:int}/paid", operation_id="MarkBillPaid", status_code=200)
    async def mark_paid(self, services: ServicesDep, bill_id: FromPath[int]) -> BillOut:
        """Mark a bill as paid without a transaction."""
        return bill_out(await services.recurring.pay(bill_id))
