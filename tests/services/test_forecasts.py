"""Forecasts by figures that can be worked out by hand, and the job that stores them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from app import db
from app.domain.period import shift_month
from app.errors import NotFound
from app.models import AccountKind, BookCursor, Forecast, Job
from app.models.base import now
from app.schemas.transactions import TransactionIn
from app.schemas.transfers import TransferIn
from app.services import Services, member_of, unit_of_work
from app.services.forecasts import SPENDABLE, compute, inputs, items
from app.tasks import forecasts as tasks
from app.tasks import runner
from tests.support.forecasts import account, book
from tests.support.quiet import once_quiet

TODAY = date(2026, 6, 10)
SHOPS = [
    "Alder",
    "Birch",
    "Cedar",
    "Dogwood",
    "Elm",
    "Fir",
    "Ginkgo",
    "Hazel",
    "Ivy",
    "Juniper",
    "Larch",
    "Maple",
    "Oak",
]


@pytest.fixture
def on(run):
    """Run ``verb(services)`` as somebody, with the tenth of June 2026 as today."""

    def work(person, verb, today=TODAY):
        async def inside():
            async with db.read_session() as session:
                member = await member_of(session, person.user_id)
            async with unit_of_work(member, today=today) as services:
                return await verb(services)

        return run(inside)

    return work


async def half_a_year(services: Services) -> None:
    """Rent of 900 on the 3rd, a salary of 2,000 on the 28th, 100 for food on the 12th and the 20th of each month."""
    categories = await services.categories.by_key()
    groceries, salary, rent = (categories[key].id for key in ("groceries", "salary", "housing"))
    for n in range(6, 0, -1):
        month = shift_month(TODAY.replace(day=1), -n)
        await book(services, month.replace(day=3), "-900", "Linden Property", category=rent)
        await book(services, month.replace(day=12), "-100", SHOPS[n], category=groceries)
        await book(services, month.replace(day=20), "-100", SHOPS[-n], category=groceries)
        await book(services, month.replace(day=28), "2000", "Harbour School", category=salary)
    await book(services, TODAY.replace(day=3), "-900", "Linden Property", category=rent)
    await book(services, TODAY.replace(day=5), "-40", "Corner shop", category=groceries)


async def gathered(services: Services) -> inputs.Inputs:
    return await inputs.read_inputs(services, entries=True)


def test_only_whole_months_are_learned_from(alice, on):
    on(alice, half_a_year)
    read = on(alice, gathered)

    assert read.complete_months() == [date(2025, 12, 1), *(date(2026, m, 1) for m in range(1, 6))]
    assert read.running == date(2026, 6, 1)


def test_regular_payments_go_on_by_their_own_dates(alice, on):
    on(alice, half_a_year)
    found = {each.payee: each for each in items.find_items(on(alice, gathered), 60)}

    assert found["Linden Property"].dates == (date(2026, 7, 3), date(2026, 8, 3))
    assert (found["Linden Property"].minor, found["Linden Property"].kind) == (-90000, "bill")
    assert found["Harbour School"].dates == (date(2026, 6, 28), date(2026, 7, 28))


def test_a_payment_that_is_booked_ahead_is_not_expected_twice(alice, on):
    async def ahead(services):
        await half_a_year(services)
        rent = (await services.categories.by_key())["housing"].id
        await book(services, date(2026, 7, 2), "-900", "Linden Property", category=rent)

    on(alice, ahead)
    read = on(alice, gathered)
    rent = next(each for each in items.find_items(read, 60) if each.payee == "Linden Property")
    spending = {each.target: each for each in compute.compute_all(read)}["spending"]

    assert rent.dates == (date(2026, 8, 3),)
    assert spending.points["mean"][1] == 90000 + 20000


def test_a_bill_that_somebody_keeps_is_expected_before_its_first_payment(alice, on):
    from app.schemas.recurring import RecurringIn

    async def insured(services):
        await half_a_year(services)
        bill = {"payee": "Safeharbour", "kind": "bill", "amount": "55", "cadence": "monthly", "starts_on": "2026-07-15"}
        await services.recurring.add(RecurringIn.model_validate(bill))
        rent = {
            "payee": "Linden Property",
            "kind": "bill",
            "amount": "900",
            "cadence": "monthly",
            "starts_on": "2026-07-03",
        }
        rule = await services.recurring.add(RecurringIn.model_validate(rent))
        return rule.id

    rent = on(alice, insured)
    found = {each.payee: each for each in items.find_items(on(alice, gathered), 60)}
    assert found["Safeharbour"].dates[:2] == (date(2026, 7, 15), date(2026, 8, 15))
    assert (found["Safeharbour"].minor, found["Linden Property"].minor) == (-5500, -90000)

    on(alice, lambda services: services.recurring.pause(rent))
    assert "Linden Property" not in {each.payee for each in items.find_items(on(alice, gathered), 60)}


def test_a_month_ends_with_what_is_booked_and_what_is_left(alice, on):
    """940 are booked by the 10th, the rent among them; 20 of 30 days of 200 for food are left: 133.33."""
    on(alice, half_a_year)
    made = {each.target: each for each in compute.compute_all(on(alice, gathered))}

    assert made["spending"].points["booked"] == 94000
    assert made["spending"].points["mean"][:3] == [94000 + 13333, 110000, 110000]
    assert made["income"].points["mean"][:3] == [200000, 200000, 200000]


def test_a_balance_falls_with_the_rent_and_rises_on_payday(alice, on):
    on(alice, half_a_year)
    read = on(alice, gathered)
    points = {each.target: each for each in compute.compute_all(read)}[SPENDABLE].points
    balance = {TODAY + timedelta(days=n): value for n, value in enumerate(points["mean"])}
    a_day = 20000 / 30.4

    assert balance[TODAY] == 6 * (2000 - 900 - 200) * 100 - 94000
    assert balance[date(2026, 6, 28)] - balance[date(2026, 6, 27)] == pytest.approx(200000 - a_day, abs=a_day)
    assert balance[date(2026, 7, 3)] - balance[date(2026, 7, 2)] == pytest.approx(-90000 - a_day, abs=a_day)
    after_a_year = balance[date(2027, 6, 10)] - balance[TODAY]
    assert after_a_year == pytest.approx(12 * 90000, abs=4000)


def test_transfers_are_neither_spent_nor_lost(alice, on):
    async def with_savings(services):
        await half_a_year(services)
        savings = await account(services, "Savings")
        cash = (await services.accounts.all())[0].id
        for n in range(6, -1, -1):
            day = shift_month(TODAY.replace(day=4), -n)
            entry = {"from": cash, "to": savings, "amount": "300", "booked_on": day}
            await services.transfers.add(TransferIn.model_validate(entry))
        return savings

    savings = on(alice, with_savings)
    made = {each.target: each for each in compute.compute_all(on(alice, gathered))}

    assert made["spending"].points["mean"][1] == 110000
    assert made["balance:all"].points["mean"][-1] - made["balance:all"].points["mean"][0] > 900000
    assert made[f"balance:{savings}"].points["mean"][0] == 210000
    rises = made[f"balance:{savings}"].points["mean"]
    assert rises[60] - rises[0] == pytest.approx(2 * 30000, abs=200)


def test_each_month_counts_at_its_own_rate(alice, on):
    from app.schemas.currencies import RateIn

    async def abroad(services):
        dollars = await account(services, "Dollars", AccountKind.CHECKING, "USD")
        for month, rate in ((3, "0.5"), (4, "0.8"), (5, "0.9")):
            day = date(2026, month, 28)
            await services.currencies.add(RateIn(base="USD", quote="EUR", rate=rate, as_of=day))
            await book(services, day, "-100", f"Shop {month}", account=dollars, currency="USD")
        await book(services, date(2026, 3, 1), "-10", "Alder")

    on(alice, abroad)
    read = on(alice, gathered)

    spent = {month.month: 0 for flow in read.flows.values() for month in flow}
    for flow in read.flows.values():
        for month, minor in flow.items():
            spent[month.month] -= minor
    assert spent == {3: 6000, 4: 8000, 5: 9000}
    assert read.missing == ()


def test_an_empty_book_has_no_forecast(alice, on):
    outlook = on(alice, lambda services: services.forecasts.monthly("spending"))
    balance = on(alice, lambda services: services.forecasts.balance())

    assert [each.mean for each in outlook.points] == [0] * 13
    assert {each.mean for each in balance.points} == {0}
    assert outlook.is_short


def test_a_quick_forecast_reads_no_transactions(alice, on):
    on(alice, half_a_year)
    outlook = on(alice, lambda services: services.forecasts.monthly("spending"))

    assert outlook.is_quick
    assert outlook.points[1].mean == 110000


def test_the_job_stores_once_however_often_it_runs(alice, run):
    alice.work(half_a_year)

    async def both() -> list[int]:
        async with db.write_session() as session, session.begin():
            job = await tasks.queue(session, 2, alice.user_id, "now")
        assert job is not None
        counts = []
        for _again in range(2):
            await tasks.run(job)
            async with db.read_session() as session:
                counts.append(len((await session.scalars(select(Forecast))).all()))
        return counts

    first, second = run(both)

    assert first == second > 5


def test_the_sweep_asks_once_for_a_book_that_has_changed(alice, bob, run):
    alice.work(half_a_year)

    async def sweep_twice() -> list[str]:
        with once_quiet():
            await tasks.queue_forecasts()
            await tasks.queue_forecasts()
        async with db.read_session() as session:
            rows = (await session.scalars(select(Job).where(Job.kind == "forecast"))).all()
            job_id = rows[0].id
        await runner.perform(job_id)
        with once_quiet():
            await tasks.queue_forecasts()
        async with db.read_session() as session:
            rows = (await session.scalars(select(Job).where(Job.kind == "forecast"))).all()
            return [each.state.value for each in rows]

    assert run(sweep_twice) == ["done"]


def test_stored_forecasts_are_shown_until_the_books_change(alice, run):
    alice.work(half_a_year)

    async def compute_it() -> None:
        async with db.write_session() as session, session.begin():
            job = await tasks.queue(session, 2, alice.user_id, "now")
        await tasks.run(job)

    run(compute_it)
    assert alice.work(lambda services: services.forecasts.freshness()).is_current
    before = alice.work(lambda services: services.forecasts.balance())
    alice.work(lambda services: book(services, services.today, "-50", "Book shop"))
    after = alice.work(lambda services: services.forecasts.balance())

    assert not before.is_quick
    assert not alice.work(lambda services: services.forecasts.freshness()).is_current
    assert [one.mean - other.mean for one, other in zip(before.points, after.points, strict=True)] == [5000] * 366


def test_another_books_account_does_not_exist(alice, bob):
    cash = bob.work(lambda services: services.accounts.all())[0].id

    with pytest.raises(NotFound):
        alice.work(lambda services: services.forecasts.account_target(cash))


def test_a_book_without_transactions_left_is_computed_without_a_fault(alice, run):
    entry = TransactionIn(amount="-50", payee="Book shop")
    row = alice.work(lambda services: services.transactions.add(entry))

    async def sweep() -> list[str]:
        with once_quiet():
            await tasks.queue_forecasts()
        async with db.read_session() as session:
            job_id = await session.scalar(select(Job.id).where(Job.kind == "forecast").order_by(Job.id.desc()))
        await runner.perform(job_id)
        async with db.read_session() as session:
            return [each.state.value for each in await session.scalars(select(Job).where(Job.kind == "forecast"))]

    assert run(sweep) == ["done"]
    alice.work(lambda services: services.transactions.delete(row.id))

    async def an_hour_later() -> None:
        async with db.write_session() as session, session.begin():
            await session.execute(update(BookCursor).values(advanced_at=now() - timedelta(hours=2)))

    run(an_hour_later)
    assert run(sweep) == ["done", "done"]
