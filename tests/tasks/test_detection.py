"""What recurs and what stands out in a book: found by the job, answered by a person, taken back by undo."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app.domain.period import shift_month
from app.errors import Conflict, NotFound
from app.models import (
    ChangeSet,
)
from app.schemas.recurring import RecurringIn, RecurringPatch
from tests.support.detection import book, candidates, findings, first, look, monthly, today_of


def undo_last(person):
    async def work(services):
        last = await services.session.scalar(
            select(func.max(ChangeSet.id)).where(ChangeSet.book_id == services.member.book.id)
        )
        await services.journal.undo(last)

    person.work(work)


def test_a_subscription_is_found_once_however_often_is_looked(alice, run, streambox):
    assert alice.work(candidates) == [("Streambox", "bill", "monthly", "new")]
    assert look(run) == 0  # nothing has changed since

    book(alice, (today_of(alice), "Bakery", "-3"))
    assert look(run) == 1
    assert alice.work(candidates) == [("Streambox", "bill", "monthly", "new")]


def test_a_salary_is_an_income(alice, run):
    book(alice, *monthly(today_of(alice), "ACME Payroll", ["2500"] * 5))
    look(run)

    assert alice.work(candidates) == [("ACME Payroll", "income", "monthly", "new")]


def test_accepted_it_makes_bills_and_its_payments_count(alice, run, streambox):
    candidate = first(alice)

    async def accept(services):
        rule = await services.recurring_candidates.accept(candidate)
        return rule.id

    async def bills(services):
        since = services.today - timedelta(days=40)
        found = await services.recurring.bills(since, services.today + timedelta(days=40))
        return [(each.due_on, each.status, each.transaction) for each in found]

    alice.work(accept)
    last = today_of(alice) - timedelta(days=3)
    due = shift_month(last, 1)

    assert (due, "upcoming", None) in alice.work(bills)
    assert [row[1:] for row in alice.work(bills) if row[0] < last + timedelta(days=8)][-1] == ("paid", streambox[-1])

    # paid a little early, a little dearer: still this bill
    async def in_a_month(services):
        services.today = due
        return await services.recurring.upcoming(30)

    assert next(each.status for each in alice.work(in_a_month)) == "due"
    paid = book(alice, (due - timedelta(days=2), "Streambox", "-14.49"))
    assert (due, "paid", paid[0]) in alice.work(bills)


def test_accepting_is_taken_back_by_undo(alice, run, streambox):
    candidate = first(alice)

    async def accept(services):
        await services.recurring_candidates.accept(candidate)

    async def rules(services):
        return [each.name for each in await services.recurring.all()]

    alice.work(accept)
    assert alice.work(rules) == ["Streambox"]
    undo_last(alice)
    assert alice.work(rules) == []
    assert alice.work(candidates)[0][3] == "new"


def test_what_is_not_recurring_is_not_suggested_again(alice, run, streambox):
    candidate = first(alice)

    async def dismiss(services):
        await services.recurring_candidates.dismiss(candidate)

    async def open_ones(services):
        return await services.recurring_candidates.open()

    alice.work(dismiss)
    book(alice, (today_of(alice), "Bakery", "-3"))
    look(run)
    assert alice.work(open_ones) == []
    assert alice.work(candidates) == [("Streambox", "bill", "monthly", "dismissed")]


def test_a_deleted_rule_comes_back_by_undo_with_its_marks(alice, run, streambox):
    candidate = first(alice)

    async def accept_and_pay(services):
        rule = await services.recurring_candidates.accept(candidate)
        bill = next(each for each in await services.recurring.upcoming(60) if each.rule.id == rule.id)
        await services.recurring.pay(bill.id)
        return rule.id, bill.id

    rule_id, bill_id = alice.work(accept_and_pay)

    async def delete(services):
        await services.recurring.delete(rule_id)

    async def status(services):
        return (await services.recurring.bill(bill_id)).status

    alice.work(delete)
    with pytest.raises(NotFound):
        alice.work(status)
    undo_last(alice)
    assert alice.work(status) == "paid"
    assert alice.work(candidates)[0][3] == "accepted"


def rule(person, **more):
    async def work(services):
        data = {"payee": "Rent", "amount": "800", "starts_on": date(2026, 1, 31)} | more
        return await services.recurring.add(RecurringIn.model_validate(data))

    return person.work(work)


def test_a_rule_is_due_on_the_last_day_of_a_shorter_month(alice):
    rent = rule(alice)

    assert rent.schedule.between(date(2026, 1, 1), date(2026, 4, 30)) == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
    ]


@pytest.mark.parametrize(
    ("more", "dates"),
    [
        ({"cadence": "weekly", "interval": 2, "count": 3}, [date(2026, 1, 31), date(2026, 2, 14), date(2026, 2, 28)]),
        ({"cadence": "quarterly", "ends_on": date(2026, 5, 1)}, [date(2026, 1, 31), date(2026, 4, 30)]),
        ({"cadence": "yearly", "count": 1}, [date(2026, 1, 31)]),
    ],
)
def test_a_rule_ends_by_its_day_or_its_count(alice, more, dates):
    assert rule(alice, **more).schedule.between(date(2025, 1, 1), date(2026, 12, 31)) == dates


def test_one_payment_pays_one_date(alice):
    made = rule(alice, payee="Gym", amount="20", cadence="weekly", starts_on=date(2026, 3, 2))
    ids = book(
        alice, (date(2026, 3, 4), "Gym", "-20"), (date(2026, 3, 5), "Gym", "-20"), (date(2026, 3, 9), "Gym", "-200")
    )

    async def bills(services):
        return [
            (e.due_on.day, e.transaction) for e in await services.recurring.bills(date(2026, 3, 1), date(2026, 3, 16))
        ]

    # the 4th is nearest to the 2nd; the 5th goes to the 2nd no more, but is not within three days of the 9th
    assert made.tolerance == 3
    assert alice.work(bills) == [(2, ids[0]), (9, None), (16, None)]


def test_a_paused_rule_makes_no_bills(alice):
    made = rule(alice, starts_on=today_of(alice))

    async def pause(services, paused=True):
        await services.recurring.pause(made.id, paused)
        return len(await services.recurring.upcoming(20))

    async def resume(services):
        return await pause(services, False)

    assert alice.work(pause) == 0
    assert alice.work(resume) == 1


def test_the_price_of_a_rule_changes_as_one(alice):
    made = rule(alice)

    async def change(services):
        changed = await services.recurring.change(made.id, RecurringPatch(amount="900"))
        return changed.low.wire, changed.high.wire

    assert alice.work(change) == ("900.00", "900.00")


def test_a_new_price_is_said_with_the_old_one(alice, run, risen):
    assert alice.work(findings) == [("price_rise", "Streambox charged €17.99. Usually €13.99.", "open")]

    book(alice, (today_of(alice), "Bakery", "-4.20"))
    look(run)
    assert len(alice.work(findings)) == 1


def test_the_new_price_goes_into_the_bill_and_is_not_told_again(alice, run, risen):
    rule(alice, payee="Streambox", amount="13.99", starts_on=today_of(alice))
    finding = first(alice, "findings")

    async def accept(services):
        await services.anomalies.accept(finding)
        return (await services.recurring.all())[0].low.wire

    assert alice.work(accept) == "17.99"
    book(alice, (today_of(alice), "Bakery", "-4.20"))
    look(run)
    assert alice.work(findings) == []

    with pytest.raises(Conflict):
        alice.work(accept)


def test_what_is_not_mine_gets_a_tag_and_undo_takes_both_back(alice, run, risen):
    finding = first(alice, "findings")

    async def dispute(services):
        await services.anomalies.dispute(finding)

    async def tags(services):
        return [name for _id, name in await services.transactions.tags_of(risen[-1])]

    alice.work(dispute)
    assert alice.work(tags) == ["Disputed"]
    assert alice.work(findings) == []
    undo_last(alice)
    assert alice.work(tags) == []
    assert len(alice.work(findings)) == 1


def test_what_is_normal_teaches_until_it_is_undone(alice, run, risen):
    finding = first(alice, "findings")

    async def accept(services):
        await services.anomalies.accept(finding)

    async def lessons(services):
        return {currency: [row[1:] for row in rows] for currency, rows in (await services.anomalies.lessons()).items()}

    alice.work(accept)
    assert ("price_rise", 17.99) in alice.work(lessons)["EUR"]
    undo_last(alice)
    assert alice.work(lessons) == {}


def test_a_finding_goes_with_its_transaction(alice, run, risen):
    async def delete(services):
        await services.transactions.delete(risen[-1])

    alice.work(delete)
    assert alice.work(findings) == []


def test_a_missing_bill_is_told_and_forgotten_when_it_comes(alice, run):
    today = today_of(alice)
    late = shift_month(today - timedelta(days=5), -1)
    book(alice, *[(shift_month(late, -at), "Rent", "-800") for at in range(7, -1, -1)])
    look(run)
    found = alice.work(findings)
    assert [each[0] for each in found] == ["missing_bill"]
    assert "has not been paid" in found[0][1]

    book(alice, (today, "Rent", "-800"))
    look(run)
    assert alice.work(findings) == []


def test_findings_are_private(alice, bob, run, risen):
    finding, candidate = first(alice, "findings"), first(alice)

    async def theirs(services):
        for verb in ("accept", "dismiss", "dispute", "remove", "end"):
            with pytest.raises(NotFound):
                await getattr(services.anomalies, verb)(finding)
        for verb in ("accept", "dismiss"):
            with pytest.raises(NotFound):
                await getattr(services.recurring_candidates, verb)(candidate)
        return await services.anomalies.open(), await services.recurring_candidates.all()

    assert bob.work(theirs) == ([], [])
