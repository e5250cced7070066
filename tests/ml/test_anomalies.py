"""What stands out is told with its reason; what is usual or called normal is not."""

from __future__ import annotations

import json
import random
import time
from datetime import date, timedelta

import pytest

from app.ml.anomalies import Detector, alerts
from app.ml.memory import Row
from benchmarks.quality_signs import other_anomalies

TODAY = date(2025, 6, 30)


def shopping(days: int = 360, last: date = TODAY) -> list[Row]:
    rng = random.Random(1)
    shops = [("LIDL", 30.0, 0.4, "groceries"), ("COSTA", 4.0, 0.2, "coffee"), ("SHELL", 50.0, 0.2, "fuel")]
    rows = []
    for back in range(days, 0, -2):
        name, size, spread, label = rng.choice(shops)
        rows.append(Row(name, -round(size * rng.lognormvariate(0, spread), 2), last - timedelta(days=back), label))
    return rows


def subscription(amount: float, months: int, last: date) -> list[Row]:
    starts = last.year * 12 + last.month - months
    return [
        Row("NETFLIX.COM", -amount, date((m := starts + i) // 12, m % 12 + 1, last.day), "subscriptions")
        for i in range(months)
    ]


@pytest.fixture
def detector() -> Detector:
    return Detector.fit(shopping(), currency="EUR")


def test_a_usual_amount_is_no_anomaly(detector: Detector) -> None:
    finding = detector.score(Row("LIDL", -31.0, TODAY, "groceries"))
    assert not finding.is_anomaly
    assert finding.expected_low < 31 < finding.expected_high


def test_ten_times_the_usual_amount_is_one_and_says_why(detector: Detector) -> None:
    finding = detector.score(Row("LIDL", -300.0, TODAY, "groceries"))
    assert finding.is_anomaly
    assert finding.reasons[0].kind == "amount_high"
    assert "€300.00 is more than usual for LIDL" in finding.reasons[0].sentence
    assert all(r.text == "LIDL" for r in finding.reasons[0].comparable)


def test_more_is_never_less_unusual(detector: Detector) -> None:
    scores = [detector.score(Row("LIDL", -amount, TODAY, "groceries")).score for amount in (60, 120, 240, 900)]
    assert scores == sorted(scores)


def test_a_new_payee_with_a_large_amount_is_told(detector: Detector) -> None:
    finding = detector.score(Row("CRYPTO EXCHANGE", -900.0, TODAY, "shopping"))
    assert finding.is_anomaly
    assert finding.reasons[0].kind == "new_payee"


def test_a_new_payee_with_a_small_amount_is_not(detector: Detector) -> None:
    assert not detector.score(Row("BAKERY", -4.2, TODAY, "coffee")).is_anomaly


def test_the_same_payment_twice_is_a_duplicate(detector: Detector) -> None:
    paid = Row("SHELL", -61.37, TODAY, "fuel")
    detector.observe(paid)
    finding = detector.score(Row("SHELL", -61.37, TODAY + timedelta(days=1), "fuel"))
    assert finding.is_anomaly
    assert finding.reasons[0].kind == "duplicate"
    assert finding.reasons[0].comparable == (paid,)


def test_the_same_reference_number_twice_is_a_duplicate() -> None:
    """Two rides of one price on one day are usual; the same reference number twice is not."""
    rides = [Row(f"UBER TRIP {1000 + i}", -9.5, TODAY - timedelta(days=i // 2), "transport") for i in range(30, 1, -1)]
    detector = Detector.fit([*rides, Row("UBER TRIP 77731", -9.5, TODAY, "transport")])
    again, other = (detector.score(Row(f"UBER TRIP {n}", -9.5, TODAY, "transport")) for n in (77731, 88842))
    assert again.score > other.score
    assert not other.is_anomaly


def test_duplicates_of_households_of_another_kind_are_found() -> None:
    """At most 1 % of clean rows rank above the threshold; half of the duplicates must."""
    report = other_anomalies(range(6))
    assert report["duplicate_recall"] >= 0.5
    assert report["precision_at_k"] >= 0.52


def test_a_ticket_bought_twice_a_day_is_not_a_duplicate() -> None:
    tickets = [Row("BUS", -2.0, TODAY - timedelta(days=i // 2), "transport") for i in range(80, 1, -1)]
    assert not Detector.fit(tickets).score(Row("BUS", -2.0, TODAY, "transport")).is_anomaly


def test_a_weekly_payment_is_not_a_duplicate_of_the_last() -> None:
    lessons = [Row("PIANO", -35.0, TODAY - timedelta(days=7 * i)) for i in range(1, 20)]
    assert not Detector.fit(lessons).score(Row("PIANO", -35.0, TODAY)).is_anomaly


def test_a_subscription_that_grows_has_a_new_price() -> None:
    detector = Detector.fit(shopping() + subscription(13.49, 10, date(2025, 5, 12)))
    finding = detector.score(Row("NETFLIX.COM", -15.99, date(2025, 6, 12), "subscriptions"))
    assert finding.is_anomaly
    assert "price_rise" in {r.kind for r in finding.reasons}


def test_what_is_called_normal_is_not_told_again(detector: Detector) -> None:
    row = Row("LIDL", -300.0, TODAY, "groceries")
    detector.learn(row)
    again = Row("LIDL", -290.0, TODAY + timedelta(days=9), "groceries")
    assert not detector.score(again).is_anomaly
    assert detector.score(Row("LIDL", -3000.0, again.date, "groceries")).is_anomaly


def test_a_duplicate_called_normal_is_not_told_again(detector: Detector) -> None:
    paid = Row("SHELL", -61.37, TODAY, "fuel")
    detector.observe(paid)
    detector.learn(paid)
    assert not detector.score(paid).is_anomaly


def test_a_detector_is_the_same_after_storage(detector: Detector) -> None:
    detector.learn(Row("LIDL", -300.0, TODAY, "groceries"))
    stored = Detector.from_dict(json.loads(json.dumps(detector.to_dict())))
    for row in (Row("LIDL", -90.0, TODAY, "groceries"), Row("NEW", -90.0, TODAY), Row("COSTA", -4.0, TODAY)):
        assert stored.score(row) == detector.score(row)


def test_scoring_changes_nothing(detector: Detector) -> None:
    row = Row("NEW", -90.0, TODAY, "unknown")
    before = detector.to_dict()
    assert detector.score(row) == detector.score(row)
    assert detector.to_dict() == before


@pytest.mark.parametrize("history", [[], [Row("LIDL", -30.0, TODAY)], [Row("LIDL", -30.0, TODAY, "a")] * 50])
def test_little_or_equal_history_gives_a_finding(history: list[Row]) -> None:
    finding = Detector.fit(history).score(Row("LIDL", -35.0, TODAY + timedelta(days=30)))
    assert 0 <= finding.score <= 1
    assert finding.expected_low <= finding.expected_high


def test_a_zero_amount_says_nothing(detector: Detector) -> None:
    detector.learn(Row("LIDL", 0.0, TODAY))
    assert detector.score(Row("LIDL", 0.0, TODAY)).reasons == ()


@pytest.mark.parametrize("amount", [float("nan"), float("inf")])
def test_an_amount_that_is_no_number_is_refused(amount: float) -> None:
    with pytest.raises(ValueError, match="not a finite number"):
        Detector.fit([]).score(Row("LIDL", amount, TODAY))
    with pytest.raises(ValueError, match="not a finite number"):
        Detector.fit([Row("LIDL", amount, TODAY)])


def test_a_row_is_scored_in_a_few_milliseconds(detector: Detector) -> None:
    rows = [Row("LIDL", -20.0 - i, TODAY, "groceries") for i in range(100)]
    detector.score(rows[0])
    started = time.process_time()
    for row in rows:
        detector.score(row)
    assert (time.process_time() - started) / len(rows) < 0.005


def test_alerts_keep_to_the_week_and_to_their_number() -> None:
    odd = [Row(f"SHOP {'ABCDEFGHIJ'[i] * 5}", -4000.0, TODAY - timedelta(days=i), "other") for i in range(10)]
    found = alerts(shopping(last=TODAY - timedelta(days=13)) + odd, TODAY)
    assert len(found) == 3
    assert all(TODAY - timedelta(days=7) < a.on <= TODAY for a in found)


def test_alerts_tell_of_a_bill_that_did_not_come() -> None:
    rows = subscription(13.49, 10, date(2025, 5, 25))
    (alert,) = alerts(rows, TODAY)
    assert (alert.row, alert.on, alert.payee) == (None, date(2025, 6, 25), "Netflix")
    assert alert.finding.reasons[0].sentence == "Netflix was due on 25 Jun 2025 and has not been paid."


def test_alerts_of_nothing_or_of_the_future_are_none() -> None:
    assert alerts([], TODAY) == []
    assert alerts([Row("LIDL", -30.0, TODAY + timedelta(days=3))], TODAY) == []


def test_a_bill_called_normal_to_miss_is_not_told_again() -> None:
    rows = subscription(13.49, 10, date(2025, 5, 25))
    detector = Detector.fit(rows)
    detector.accept(rows[-1], "missing_bill")
    assert detector.alerts(rows, TODAY) == []


def test_twenty_years_make_a_small_state() -> None:
    detector = Detector.fit(shopping(days=365 * 20))
    assert len(json.dumps(detector.to_dict())) < 50_000
