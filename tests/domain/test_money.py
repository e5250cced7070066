"""Money in whole minor units."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.money import Money, check_currency
from app.errors import CurrencyMismatch, Invalid, InvalidAmount
from tests.support.cases import each_case

amounts = st.integers(-(10**15) + 1, 10**15 - 1)


@given(amounts, st.sampled_from(["EUR", "JPY", "KWD", "DZD"]))
def test_the_wire_form_comes_back_as_the_same_money(minor: int, currency: str) -> None:
    assert Money.parse(Money(minor, currency).wire, currency) == Money(minor, currency)


@each_case(
    ("text", "currency", "minor"),
    [
        ("12.5", "EUR", 1250),
        ("-0.05", "EUR", -5),
        ("12.5000", "EUR", 1250),
        ("7.0", "JPY", 7),
        ("1.234", "KWD", 1234),
    ],
)
def test_wire_amounts_are_read_exactly(text: str, currency: str, minor: int) -> None:
    assert Money.parse(text, currency) == Money(minor, currency)


@each_case(
    "text",
    [
        "",
        " ",
        "1E+400",
        "1e5",
        "NaN",
        "Infinity",
        "-Infinity",
        "１２",
        "١٢",
        "1_000",
        " 12 ",
        "12\n",
        "+5",
        "1,5",
        ".5",
        "5.",
        "--5",
        "0x10",
        "12.345",
        "9" * 39,
        "9" * 10_000,
        "\x00",
        "\ud800",
        "1 000",
        "−5",
        "1000000000000000",
    ],
)
def test_anything_else_on_the_wire_is_refused_at_its_field(text: str) -> None:
    with pytest.raises(InvalidAmount) as refused:
        Money.parse(text, "EUR", field="total")
    assert "total" in refused.value.errors


@given(amounts, st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any))
def test_shares_add_up_to_the_whole(minor: int, weights: list[int]) -> None:
    assert sum(share.minor for share in Money(minor, "EUR").share(weights)) == minor


def test_currencies_do_not_mix() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(1, "EUR") + Money(1, "USD")


def test_conversion_rounds_half_even_to_the_other_currency() -> None:
    assert Money(1250, "EUR").to("JPY", Decimal("162.36")) == Money(2030, "JPY")  # 2029.5
    assert Money(25, "EUR").times(Decimal("0.5")) == Money(12, "EUR")


@each_case("code", ["", "EU", "EURO", "XYZ", "€", "ÉUR", "1$2"])
def test_an_unknown_currency_is_refused(code: str) -> None:
    with pytest.raises(Invalid):
        check_currency(code)
    assert check_currency(" eur ") == "EUR"
