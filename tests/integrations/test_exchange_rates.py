"""The shipped rates of the European Central Bank."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from app.integrations.exchange_rates import bundled


def test_a_days_fixing_is_what_the_bank_published():
    assert bundled().per_euro("USD", date(2026, 10, 30)) == (Decimal("1.1172"), date(2026, 10, 30))
    assert bundled().per_euro("USD", date(1999, 1, 4)) == (Decimal("1.1789"), date(1999, 1, 4))


def test_a_weekend_has_the_friday_before():
    assert bundled().per_euro("GBP", date(2026, 10, 25)).as_of == date(2026, 10, 23)


def test_a_currency_that_is_not_fixed_any_more_keeps_its_last_rate_for_a_year():
    assert bundled().per_euro("RUB", date(2023, 1, 1)).as_of == date(2022, 3, 1)
    assert bundled().per_euro("RUB", date(2026, 1, 1)) is None


def test_there_is_nothing_before_the_euro_nor_of_unknown_currencies():
    assert bundled().per_euro("USD", date(1998, 12, 31)) is None
    assert bundled().per_euro("RON", date(1999, 1, 4)) is None
    assert bundled().per_euro("DZD", date(2026, 1, 1)) is None


def test_forty_one_currencies_and_the_euro_are_there():
    assert len(bundled().currencies) == 42
