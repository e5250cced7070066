"""Figures of months equal what one adds up by hand."""

from __future__ import annotations

from datetime import date

from app.models import UNFILED, CategoryKind
from app.services import advice
from tests.support.entries import account, cash, category, enter, looked, transfer

TODAY = date(2026, 3, 20)
MARCH = date(2026, 3, 1)


def history(person, month=MARCH, count=3):
    return looked(person, lambda services: services.insights.history(month, count), TODAY)


def spent(person, month=MARCH):
    found = history(person, month)
    return {each.label.name: each.minor for each in found.breakdown(found.last, CategoryKind.EXPENSE) if each.minor}


def test_income_and_spending_are_told_apart_by_category_and_not_by_sign(alice):
    enter(alice, "2026-03-01", "2000.00", "salary")
    enter(alice, "2026-03-02", "-80.00", "groceries")
    enter(alice, "2026-03-05", "30.00", "groceries")  # something was sent back

    month = history(alice).last

    assert (month.income, month.expenses, month.saved) == (200_000, 5_000, 195_000)
    assert month.savings_rate == 0.975


def test_a_split_counts_in_each_of_its_categories(alice):
    enter(alice, "2026-03-02", "-50.00", parts={"groceries": "-35.00", "household": "-15.00"})

    assert spent(alice) == {"Groceries": 3_500, "Household": 1_500}


def test_transfers_are_neither_income_nor_spending(alice):
    transfer(alice, "2026-03-03", "400.00", cash(alice), account(alice, "Savings"))

    month = history(alice).last

    assert (month.income, month.expenses, month.count) == (0, 0, 0)


def test_what_is_not_filed_counts_by_its_sign(alice):
    enter(alice, "2026-03-03", "-9.00")
    enter(alice, "2026-03-04", "4.00")

    found = history(alice)

    assert (found.last.income, found.last.expenses) == (400, 900)
    assert [each.label.id for each in found.breakdown(found.last, CategoryKind.EXPENSE)] == [UNFILED]


def test_another_currency_counts_at_the_rate_of_the_months_last_day(alice):
    dollars = account(alice, "Travel", "USD")
    enter(alice, "2026-01-05", "-100.00", "travel", account=dollars)

    async def rate(services):
        return (await services.currencies.find("USD", "EUR", date(2026, 1, 31))).rate

    expected = round(100_00 * alice.work(rate))
    found = history(alice, date(2026, 1, 1))

    assert found.last.expenses == expected
    assert found.in_base.as_of == date(2026, 1, 30)  # the last fixing of that month


def test_a_currency_with_an_approximate_rate_is_named(alice):
    dinars = account(alice, "Algiers", "DZD")
    enter(alice, "2026-03-05", "-1000.00", "travel", account=dinars)

    found = history(alice)

    assert 6_00 < found.last.expenses < 8_00
    assert found.in_base.approximate == {"DZD"}
    assert found.in_base.missing == set()


def test_shares_add_up_and_the_largest_comes_first(alice):
    enter(alice, "2026-03-02", "-25.00", "coffee")
    enter(alice, "2026-03-02", "-75.00", "groceries")

    found = history(alice)
    shares = found.breakdown(found.last, CategoryKind.EXPENSE)

    assert [(each.label.key, each.share) for each in shares] == [("groceries", 0.75), ("coffee", 0.25)]


def test_part_of_a_month_is_summed_from_its_days(alice):
    enter(alice, "2026-02-10", "-10.00", "coffee")
    enter(alice, "2026-02-20", "-50.00", parts={"groceries": "-35.00", "coffee": "-15.00"})
    enter(alice, "2026-02-21", "-99.00", "coffee")

    part = looked(alice, lambda services: services.insights.between(date(2026, 2, 1), date(2026, 2, 21)), TODAY)

    assert part.of(category(alice, "coffee"), CategoryKind.EXPENSE) == 2_500
    assert part.expenses == 6_000


def test_the_report_sets_a_month_beside_the_last_and_the_usual(alice):
    for day, amount in (("2026-01-10", "-30.00"), ("2026-02-10", "-50.00"), ("2026-03-10", "-70.00")):
        enter(alice, day, amount, "groceries")

    side = looked(alice, lambda services: services.reports.get(MARCH), TODAY).sides[0]

    assert (side.minor, side.previous, side.average) == (7_000, 5_000, 4_000)
    assert [(group.name, group.minor, group.average) for group in side.groups] == [("Everyday", 7_000, 4_000)]


def test_a_category_that_jumped_is_remarked_on_with_its_figures(alice):
    enter(alice, "2026-02-10", "-50.00", "groceries")
    enter(alice, "2026-03-10", "-90.00", "groceries")
    found = history(alice)

    (remark,) = advice.remarks(found, found.months[-2], "EUR")

    assert remark.title == "More on Groceries"
    assert {name: amount.minor for name, amount in remark.figures.items()} == {"now": 9_000, "before": 5_000}


def test_the_savings_trend_compares_the_halves(alice):
    for month, amount in (("01", "-900.00"), ("02", "-500.00")):
        enter(alice, f"2026-{month}-01", "1000.00", "salary")
        enter(alice, f"2026-{month}-02", amount, "groceries")

    months = history(alice, date(2026, 2, 1), 2).months

    assert advice.trend(months) == 1
    assert advice.trend(months[::-1]) == -1
    assert advice.trend(months[:1]) == 0
