"""A book with half a year in it, worked out by hand, and its forecast computed as the worker does it."""

from __future__ import annotations

from datetime import date
from typing import Any

from app import db
from app.domain.period import shift_month
from app.models import Account, AccountKind
from app.schemas.transactions import TransactionIn
from app.services import Services, member_of, reading, unit_of_work
from app.services.forecasts import compute, inputs
from tests.support.event_loop import in_the_loop

SHOPS = "Alder Birch Cedar Dogwood Elm Fir Ginkgo Hazel Ivy Juniper Larch Maple Oak".split()  # noqa: SIM905


async def account(services: Services, name: str, kind: AccountKind = AccountKind.SAVINGS, currency: str = "EUR") -> int:
    row = Account(book_id=services.member.book.id, name=name, kind=kind, currency=currency)
    services.session.add(row)
    await services.session.flush()
    services.accounts.forget()
    return row.id


async def book(services: Services, day: date, amount: str, payee: str, **more: object) -> None:
    await services.transactions.add(
        TransactionIn.model_validate({"booked_on": day, "amount": amount, "payee": payee, **more})
    )


async def half_a_year(services: Services) -> None:
    """Rent of 900 on the 3rd, a salary of 2,000 on the 28th, 100 for food on the 12th and the 20th of each month.

    Of the running month only what is booked by today.
    """
    categories, today = await services.categories.by_key(), services.today
    groceries, salary, rent = (categories[key].id for key in ("groceries", "salary", "housing"))
    for n in range(6, -1, -1):
        month = shift_month(today.replace(day=1), -n)
        for day, amount, payee, category in (
            (3, "-900", "Linden Property", rent),
            (12, "-100", SHOPS[n], groceries),
            (20, "-100", SHOPS[-n - 1], groceries),
            (28, "2000", "Harbour School", salary),
        ):
            if month.replace(day=day) <= today:
                await book(services, month.replace(day=day), amount, payee, category=category)


def computed(person: Any) -> None:
    """Do the job's work for somebody's book by the median alone: nothing that is asserted depends on the models."""

    async def work() -> None:
        async with db.read_session() as session:
            member = await member_of(session, person.user_id)
        async with reading(member) as services:
            read = await inputs.read_inputs(services, entries=True)
        results = compute.compute_all(read, members=("median",))
        async with unit_of_work(member) as services:
            await services.forecasts.keep(results, (await inputs.read_inputs(services, entries=False)).version)

    in_the_loop(work)
