"""Rates of a day, conversion, and totals in the book's own currency."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.domain.money import Money, currencies
from app.errors import Conflict, Invalid, NotFound
from app.schemas.currencies import RateIn

DAY = date(2026, 10, 30)
GAP = date(2012, 1, 2)  # the ECB quoted no Icelandic krona from 2009 to 2018


def dinar(rate="150", base="EUR", quote="DZD", as_of=date(2026, 10, 1)):
    return RateIn(base=base, quote=quote, rate=rate, as_of=as_of)


def convert(person, minor, of, to, on=DAY):
    return person.work(lambda services: services.currencies.convert(Money(minor, of), to, on))


def test_an_amount_is_converted_at_the_shipped_rate_of_its_day(alice):
    found = convert(alice, 10000, "EUR", "USD")

    assert (found.amount, found.rate, found.as_of, found.source) == (Money(11172, "USD"), Decimal("1.1172"), DAY, "ecb")


def test_two_currencies_meet_in_the_euro(alice):
    assert convert(alice, 10000, "USD", "GBP").amount == Money(7463, "GBP")  # 0.8338 / 1.1172


def test_a_later_day_has_the_latest_rate_before_it(alice):
    assert convert(alice, 100, "EUR", "USD", date(2026, 11, 21)).as_of == DAY


def test_an_unknown_pair_is_named(alice):
    with pytest.raises(Invalid, match="No rate is known from EUR to ISK on 2012-01-02"):
        convert(alice, 100, "EUR", "ISK", GAP)


def test_currencies_that_the_ecb_does_not_quote_have_approximate_rates(alice):
    found = convert(alice, 50000, "DZD", "EUR")
    assert (found.source, found.is_approximate, found.as_of) == ("approximate", True, date(2025, 12, 31))
    assert 3 < found.amount.decimal < 4
    assert convert(alice, 10000, "AED", "SAR").amount == Money(10211, "SAR")  # both pegged to the dollar
    assert convert(alice, 65596, "XOF", "EUR").amount.decimal.to_integral_value() == 100
    assert convert(alice, 100, "EUR", "RUB").is_approximate  # last quoted in 2022
    assert not convert(alice, 100, "EUR", "USD").is_approximate


def test_every_iso_currency_can_be_converted(alice):
    async def find_all(services):
        return {code: await services.currencies.find(code, "EUR", DAY) for code in currencies()}

    found = alice.work(find_all)
    assert [code for code, quote in found.items() if quote is None] == []


def test_own_rates_join_approximate_ones(alice):
    alice.work(lambda services: services.currencies.add(dinar()))
    found = convert(alice, 150_00, "DZD", "MAD")
    assert found.source == "own, approximate"
    assert found.amount == Money(10_75, "MAD")


def test_the_books_own_rate_wins_both_ways_and_joins_the_shipped_ones(alice):
    alice.work(lambda services: services.currencies.add(dinar()))
    alice.work(lambda services: services.currencies.add(dinar("2", quote="USD")))

    assert convert(alice, 100, "EUR", "DZD").amount == Money(15000, "DZD")
    assert convert(alice, 15000, "DZD", "EUR").amount == Money(100, "EUR")
    assert convert(alice, 100, "EUR", "USD").amount == Money(200, "USD")
    joined = convert(alice, 8338, "GBP", "DZD")
    assert (joined.amount, joined.as_of, joined.source) == (Money(1500000, "DZD"), date(2026, 10, 1), "ecb, own")


def test_an_own_rate_counts_from_its_day_on(alice):
    alice.work(lambda services: services.currencies.add(dinar()))

    assert convert(alice, 100, "EUR", "DZD", date(2026, 9, 30)).source == "approximate"
    assert convert(alice, 100, "EUR", "DZD", date(2026, 10, 1)).source == "own"


def test_decimals_are_those_of_the_currency(alice):
    assert convert(alice, 10000, "EUR", "JPY").amount == Money(17568, "JPY")


def test_totals_name_what_has_no_rate(alice):
    amounts = [Money(1000, "EUR"), Money(50000, "DZD"), Money(500, "ISK")]
    total = alice.work(lambda services: services.currencies.totals_in_base(amounts, GAP))

    assert total.missing == ("ISK",)
    assert total.approximate == ("DZD",)
    assert total.as_of == date(2025, 12, 31)


def test_a_pair_has_one_rate_a_day(alice):
    alice.work(lambda services: services.currencies.add(dinar()))

    with pytest.raises(Conflict):
        alice.work(lambda services: services.currencies.add(dinar("151")))


def test_own_rates_are_private(alice, bob):
    async def add(services):
        return (await services.currencies.add(dinar())).id

    rate_id = alice.work(add)

    assert convert(bob, 100, "EUR", "DZD").source == "approximate"
    for verb in (lambda s: s.currencies.get(rate_id), lambda s: s.currencies.delete(rate_id)):
        with pytest.raises(NotFound):
            bob.work(verb)
