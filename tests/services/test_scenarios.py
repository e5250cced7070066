"""What if: sentences become dated changes, and the arithmetic is exact."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine

from app.errors import Invalid
from app.services.forecasts import scenarios
from tests.support.forecasts import computed, half_a_year

TODAY = date(2026, 6, 10)


@pytest.fixture
def books(alice):
    with time_machine.travel("2026-06-10T12:00:00Z", tick=True):
        alice.work(half_a_year)
        computed(alice)
        yield alice


def read(person, text):
    return person.work(lambda services: services.scenarios.parse(text))


def test_a_dearer_rent_is_paid_with_the_rent(books):
    supposed = read(books, "rent +100")

    assert (supposed.kind, supposed.name, supposed.minor) == ("more", "Rent and mortgage", 10000)
    assert supposed.changes[:2] == ((date(2026, 7, 3), -10000), (date(2026, 8, 3), -10000))


def test_a_purchase_happens_once(books):
    supposed = read(books, "laptop 1200 on 3 March")

    assert supposed.changes == ((date(2027, 3, 3), -120000),)
    assert (supposed.name, supposed.is_income) == ("laptop", False)


def test_one_offs_are_read_with_their_day(books):
    for text, day, minor in (
        ("one-off 480 on 12 December", date(2026, 12, 12), -48000),
        ("480.50 on 2026-07-01", date(2026, 7, 1), -48050),
        ("bonus +1000 in september", date(2026, 9, 1), 100000),
        ("receive 250 tomorrow", date(2026, 6, 11), 25000),
        ("sofa 900", date(2026, 6, 11), -90000),
    ):
        assert read(books, text).changes == ((day, minor),), text


def test_less_of_everything_is_a_share_to_the_cent(books):
    supposed = read(books, "income -10%")

    assert supposed.changes[0] == (date(2026, 6, 28), -20000)
    assert {minor for _day, minor in supposed.changes} == {-20000}


def test_nothing_of_a_category_gives_back_what_was_expected(books):
    supposed = read(books, "no groceries")
    target = books.work(lambda services: services.forecasts.monthly(f"category:{supposed.category_id}"))

    assert supposed.total == sum(each.mean for each in target.points) - target.booked


def test_spending_cannot_be_cut_below_nothing(books):
    supposed = read(books, "groceries -100000")
    target = books.work(lambda services: services.forecasts.monthly(f"category:{supposed.category_id}"))

    assert supposed.total == sum(each.mean for each in target.points[1:])


def test_a_balance_moves_by_exactly_what_is_supposed(books):
    async def both(services):
        outlook = await services.forecasts.balance()
        supposed = await services.scenarios.parse_all(["rent +100", "laptop 1200 on 3 July"])
        return outlook, scenarios.apply_to_balance(outlook, supposed, 1, "EUR")

    outlook, moved = books.work(both)
    change = {new.on: new.mean - old.mean for old, new in zip(outlook.points, moved, strict=True)}

    assert change[date(2026, 7, 2)] == 0
    assert change[date(2026, 7, 3)] == -130000
    assert change[date(2026, 8, 2)] == -130000
    assert change[date(2027, 6, 10)] == -130000 - 11 * 10000
    for old, new in zip(outlook.points, moved, strict=True):
        assert new.hi80 - new.lo80 == old.hi80 - old.lo80


def test_nothing_is_stored(books):
    before = books.work(lambda services: services.forecasts.balance())
    read(books, "rent +100")

    assert books.work(lambda services: services.forecasts.balance()).points == before.points


NONSENSE = [
    "rent",
    "asdf +3",
    "no such thing",
    "100 on 3 March 2031",
    "100 yesterday",
    "rent +99999%",
    "x" * 81,
    "a\0b 3",
]


def test_what_makes_no_sense_is_told_at_its_field(books):
    for text in NONSENSE:
        with pytest.raises(Invalid) as problem:
            read(books, text)
        assert problem.value.field == "what", text


def test_seven_suppositions_are_too_many(books):
    with pytest.raises(Invalid):
        books.work(lambda services: services.scenarios.parse_all([f"{n} on 1 July" for n in range(1, 8)]))
