"""Bills, subscriptions and salaries are found; shopping is not."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from app.ml.memory import Row
from app.ml.recurrences import Recurrence, detect

TODAY = date(2025, 6, 30)


def monthly(text: str, amount: float, day: int, months: int = 12, until: date = TODAY) -> list[Row]:
    found = []
    for back in range(months):
        year, month = divmod(until.year * 12 + until.month - 1 - back, 12)
        last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
        on = date(year, month + 1, min(day, last))
        if on <= until:
            found.append(Row(text, amount, on))
    return found[::-1]


def every(days: int, text: str, amount: float, count: int, last: date = TODAY) -> list[Row]:
    return [Row(text, amount, last - timedelta(days=days * i)) for i in range(count)][::-1]


def only(rows: list[Row], today: date = TODAY) -> Recurrence:
    (found,) = detect(rows, today)
    return found


@pytest.mark.parametrize("rows", [[], [Row("Netflix", -9.99, TODAY)]])
def test_nothing_is_regular_in_one_row_or_none(rows: list[Row]) -> None:
    assert detect(rows, TODAY) == []


def test_a_monthly_subscription_tells_its_payee_price_and_next_date() -> None:
    found = only(monthly("NETFLIX.COM 866-579-7172", -13.49, 12))
    assert (found.payee, found.cadence, found.kind) == ("Netflix", "monthly", "bill")
    assert (found.amount_low, found.typical_amount, found.amount_high) == (13.49, 13.49, 13.49)
    assert (found.next_date, found.active, found.count) == (date(2025, 7, 12), True, 12)
    assert found.text == "NETFLIX.COM 866-579-7172"


@pytest.mark.parametrize(("days", "cadence"), [(7, "weekly"), (14, "fortnightly"), (91, "quarterly"), (365, "yearly")])
def test_every_cadence_is_told_apart(days: int, cadence: str) -> None:
    found = only(every(days, "Maria Cleaning", -40.0, 5, TODAY - timedelta(days=3)))
    assert found.cadence == cadence
    assert found.next_date is not None
    assert abs((found.next_date - TODAY).days - (days - 3)) <= 1


@pytest.mark.parametrize(
    ("short", "longer"),
    [("NETFLIX", "NETFLIX PARIS FR"), ("VODAFONE", "VODAFONE LTD NEWBURY GB"), ("TELEKOM", "Telekom Deutschland GmbH")],
)
def test_a_payee_printed_with_more_or_fewer_words_is_one(short: str, longer: str) -> None:
    rows = monthly(short, -13.49, 12)
    found = only([row._replace(text=longer) if at % 2 else row for at, row in enumerate(rows)])
    assert (found.cadence, found.count) == ("monthly", 12)


def test_a_subscription_is_not_mixed_with_shopping_at_the_same_name() -> None:
    rng = random.Random(3)
    shopping = [Row("AMAZON", -round(rng.lognormvariate(3, 0.8), 2), TODAY - timedelta(days=9 * n)) for n in range(40)]
    found = only(monthly("AMAZON PRIME", -8.99, 5) + shopping)
    assert (found.count, found.typical_amount) == (12, 8.99)


def test_a_double_payment_is_no_new_price() -> None:
    rows = monthly("SALARY ACME", 2000.0, 25)
    rows[-1] = rows[-1]._replace(amount=4000.0)
    assert only(rows).typical_amount == 2000


def test_a_salary_is_an_income() -> None:
    assert only(monthly("SALARY ACME MAY", 2600.0, 25)).kind == "income"


def test_a_bill_on_the_last_day_stays_on_the_last_day() -> None:
    found = only(monthly("Landlord", -900.0, 31, until=date(2025, 2, 28)), date(2025, 3, 2))
    assert found.next_date == date(2025, 3, 31)


def test_a_bill_that_moves_off_weekends_is_expected_on_the_monday() -> None:
    rows = [
        Row(r.text, r.amount, r.date + timedelta(days=(7 - r.date.weekday()) if r.date.weekday() > 4 else 0))
        for r in monthly("Council Tax", -141.0, 2, 24)
    ]
    assert only(rows, date(2025, 7, 3)).next_date == date(2025, 8, 4)


def test_a_price_step_keeps_one_subscription_and_says_what_changed() -> None:
    rows = monthly("Spotify", -12.99, 3, 4)
    rows = monthly("Spotify", -10.99, 3, 10, date(2025, 2, 28)) + rows
    found = only(rows)
    assert found.price_change is not None
    assert (found.price_change.before, found.price_change.after) == (10.99, 12.99)
    assert found.price_change.on == date(2025, 3, 3)
    assert (found.amount_low, found.amount_high) == (12.99, 12.99)


def test_a_first_payment_at_the_new_price_is_already_a_change() -> None:
    rows = [*monthly("Spotify", -10.99, 3, 10, date(2025, 5, 31)), Row("Spotify", -12.99, date(2025, 6, 3))]
    change = only(rows).price_change
    assert change is not None
    assert round(change.percent) == 18


def test_a_bill_whose_amount_moves_has_a_range() -> None:
    rows = [Row("EDF", -80.0 - 5 * (i % 4), r.date) for i, r in enumerate(monthly("EDF", -1.0, 8))]
    found = only(rows)
    assert (found.amount_low, found.amount_high, found.price_change) == (80.0, 95.0, None)


def test_two_subscriptions_at_one_payee_are_two() -> None:
    rows = monthly("APPLE.COM/BILL 12", -2.99, 5) + monthly("APPLE.COM/BILL 98", -9.99, 20)
    assert sorted(r.typical_amount for r in detect(rows, TODAY)) == [2.99, 9.99]


def test_a_skipped_month_does_not_end_a_subscription() -> None:
    rows = monthly("Gym", -25.0, 10)
    del rows[6]
    assert only(rows).active


def test_a_cancelled_subscription_is_over() -> None:
    found = only(monthly("Gym", -25.0, 10, until=date(2025, 2, 28)))
    assert (found.active, found.next_date, found.last_date) == (False, None, date(2025, 2, 10))


def test_a_late_bill_is_missed_and_still_active() -> None:
    found = only(monthly("Gym", -25.0, 10, until=date(2025, 5, 31)))
    assert (found.active, found.missed, found.next_date) == (True, date(2025, 6, 10), date(2025, 7, 10))


def test_shopping_twice_a_week_is_not_a_subscription() -> None:
    rng = random.Random(7)
    day, rows = date(2024, 1, 1), []
    while day < TODAY:
        rows.append(Row(f"LIDL {rng.randrange(999)}", -round(rng.lognormvariate(3.3, 0.6), 2), day))
        day += timedelta(days=rng.choice((3, 4)))
    assert detect(rows, TODAY) == []


def test_a_ticket_of_one_price_bought_now_and_then_is_not_a_subscription() -> None:
    rng = random.Random(3)
    day, rows = date(2024, 1, 1), []
    while day < TODAY:
        rows.append(Row("City Parking", -4.0, day))
        day += timedelta(days=1 + int(rng.expovariate(1 / 6)))
    assert detect(rows, TODAY) == []


def test_rows_after_today_and_zero_amounts_are_not_evidence() -> None:
    rows = [*monthly("Gym", -25.0, 10), Row("Gym", -25.0, date(2026, 1, 10)), Row("Gym", 0.0, TODAY)]
    assert only(rows).last_date == date(2025, 6, 10)


def test_the_same_row_many_times_is_not_regular() -> None:
    assert detect([Row("Bus", -2.0, TODAY)] * 30, TODAY) == []


def test_twenty_years_of_rent_are_one_recurrence() -> None:
    assert only(monthly("Rent", -700.0, 1, 240)).count == 240


def test_an_amount_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="not a finite number"):
        detect([Row("Gym", float("nan"), TODAY)], TODAY)


def test_the_order_of_the_rows_does_not_matter() -> None:
    rows = monthly("Gym", -25.0, 10) + every(7, "Cleaner", -40.0, 12)
    plain = [(r.payee, r.next_date, r.confidence) for r in detect(rows, TODAY)]
    assert [(r.payee, r.next_date, r.confidence) for r in detect(rows[::-1], TODAY)] == plain
