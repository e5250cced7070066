"""How people and files write amounts."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.amounts import Reading, read
from app.domain.money import Money
from app.domain.statement.amounts import careful
from app.errors import InvalidAmount
from tests.support.cases import each_case


@each_case(
    ("text", "locale", "wire"),
    [
        ("12.50", "en-GB", "12.50"),
        ("12,5", "en-GB", "12.50"),
        ("1,234.56", "en-US", "1234.56"),
        ("1.234,56", "en-US", "1234.56"),
        ("1'234.50", "de-CH", "1234.50"),
        ("1 234,50", "fr-FR", "1234.50"),
        ("1\u202f234,50 €", "fr-FR", "1234.50"),
        ("1\u00a0234", "fr-FR", "1234.00"),
        ("1.234", "de-DE", "1234.00"),
        ("1,234", "en-US", "1234.00"),
        ("1.234.567", "en-US", "1234567.00"),
        ("12,34,567.00", "en-IN", "1234567.00"),
        ("−12.50", "en-GB", "-12.50"),
        ("12.50-", "de-DE", "-12.50"),
        ("(12.50)", "en-US", "-12.50"),
        ("12.50 DR", "en-GB", "-12.50"),
        ("12.50 CR", "en-GB", "12.50"),
        ("EUR 12.50", "en-GB", "12.50"),
        ("-€12.50", "en-GB", "-12.50"),
        ("€-12.50", "en-GB", "-12.50"),
        ("١٢٫٥٠", "ar-DZ", "12.50"),
        (".5", "en-GB", "0.50"),
        ("0.500", "en-GB", "0.50"),
        ("12.5000", "en-GB", "12.50"),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, locale: str, wire: str) -> None:
    reading = read(text, "EUR", locale)
    assert reading.money is not None
    assert (reading.money.wire, reading.sure) == (wire, True)


@pytest.mark.parametrize(("text", "locale"), [("1,234", "en"), ("1.234", "en-US"), ("1,234", "de-DE")])
def test_a_lone_separator_before_three_digits_is_asked(text: str, locale: str) -> None:
    assert read(text, "EUR", locale) == Reading(Money(123400, "EUR"), sure=False, others=(Money(123, "EUR"),))


def test_a_known_decimal_mark_decides() -> None:
    assert read("1,234", "KWD", "en-US", decimal=",") == Reading(Money(1234, "KWD"))
    assert read("1,234", "KWD", "en", decimal=".") == Reading(Money(1234000, "KWD"))


def test_a_written_currency_wins_and_a_shared_sign_leans_to_the_own() -> None:
    assert read("12 CHF", "EUR", "en-GB").money == Money(1200, "CHF")
    assert read("$12", "CAD", "en-CA").money == Money(1200, "CAD")
    assert read("$12", "EUR", "en-GB").money == Money(1200, "USD")
    assert read("¥1200", "EUR", "en-GB").money == Money(1200, "JPY")


@each_case(
    ("text", "minor"),
    [("1'000.-", 100000), ("12,-", 1200), ("5.–", 500), ("CHF 20.-", 2000), ("-12.--", -1200), ("$(12.34)", -1234)],
)
def test_a_dash_for_zero_cents_is_no_minus_in_forms_and_files(text: str, minor: int) -> None:
    found = read(text, "CHF", "de-CH").money
    assert found is not None
    assert found.minor == careful(text, "," if "," in text else ".", "CHF") == minor


def test_nothing_written_reads_as_nothing() -> None:
    assert read(" \u200f ", "EUR", "en-GB") == Reading(None)


@each_case(
    "text",
    [
        "1E+400",
        "NaN",
        "Infinity",
        "１２",
        "12.345.6",
        "1,2,3",
        "1_000",
        "--5",
        "(-5)",
        "5 5 5",
        "abc",
        "12 apples",
        "9" * 10_000,
        "9" * 39,
        "\x00",
        "\ud800",
        "12.3456",
        "+-5",
        "0x10",
        "½",
        "1..2",
        ".",
        "12 EUR USD",
    ],
)
def test_what_is_no_amount_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(InvalidAmount) as refused:
        read(text, "EUR", "en-GB")
    assert refused.value.message.endswith(".")


def test_decimals_in_yen_are_refused() -> None:
    with pytest.raises(InvalidAmount, match="JPY has no decimals"):
        read("12.50", "JPY", "en-GB")


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(InvalidAmount):
        read(text, "EUR", "en")


@given(st.integers(-(10**14), 10**14), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_the_wire_form_reads_back(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert read(money.wire, currency, "en-GB", decimal=".").money == money
