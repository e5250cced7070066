"""What people and banks write, made up by the thousand: read as it was meant, or refused in words, and soon."""

from __future__ import annotations

import csv
import io
import time
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from babel.dates import format_date
from babel.numbers import format_decimal
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain import amounts, phrases
from app.domain.money import Money, exponent
from app.domain.statement import dates
from app.domain.statement.csv import inspect, read
from app.domain.statement.lines import BadLine, Line
from app.errors import Invalid, SaldoError
from tests.support.cases import each_case
from tests.support.fuzzing import tried

pytestmark = pytest.mark.fuzz

LOCALES = ["en-GB", "en-US", "de-DE", "fr-FR", "es-ES", "ar-DZ"]
DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
ORDERS = {"dmy": "%d{0}%m{0}%Y", "mdy": "%m{0}%d{0}%Y", "ymd": "%Y{0}%m{0}%d"}
WORDS = st.text(st.characters(codec="cp1252", exclude_categories=["Cc", "Cf", "Zl", "Zp"]), min_size=1, max_size=30)
DIALECTS = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from([",", ";", "\t", "|"]),
        "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
        "lineterminator": st.sampled_from(["\n", "\r\n"]),
    }
)
ROWS = st.lists(st.tuples(DAYS, WORDS, st.integers(-(10**9), 10**9).filter(bool)), min_size=1, max_size=12)


@tried(60, 20_000)
@given(ROWS, DIALECTS, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]), st.sampled_from([".", ","]),
       st.sampled_from(sorted(ORDERS)), st.sampled_from(["/", "-", "."]))  # fmt: skip
def test_a_file_of_any_dialect_is_read_as_it_was_written(
    rows: list[tuple[date, str, int]], dialect: Any, encoding: str, decimal: str, order: str, between: str
) -> None:
    assume(order != "mdy" or between != ".")  # nobody puts dots after a month
    rows = [(day, f"x{text.strip()}x", minor) for day, text, minor in rows]
    file = io.StringIO(newline="")
    writer = csv.writer(file, **dialect)
    writer.writerow(["Date", "Payee", "Amount"])
    for day, text, minor in rows:
        written = f"{'-' if minor < 0 else ''}{abs(minor) // 100}{decimal}{abs(minor) % 100:02d}"
        writer.writerow([day.strftime(ORDERS[order].format(between)), text, written])
    mapping = {
        "date": "Date",
        "payee": "Payee",
        "amount": "Amount",
        "date_format": ORDERS[order].format(between),
        "decimal": decimal,
        "delimiter": dialect["delimiter"],
        "encoding": encoding.removesuffix("-sig"),
    }
    data = file.getvalue().encode(encoding)
    found = list(read(data, mapping, "EUR"))
    assert all(isinstance(each, Line) for each in found), found
    assert [(each.booked_on, each.minor) for each in found] == [(day, minor) for day, _text, minor in rows]

    # found out by itself: the same, or a question; never something else
    guessed = inspect(data, currency="EUR")
    if not guessed.questions:
        alone = list(read(data, None, "EUR"))
        if not any(isinstance(each, BadLine) for each in alone):
            assert sum(each.minor for each in alone) == sum(minor for _day, _text, minor in rows)


@tried(60, 20_000)
@given(st.integers(-(10**12), 10**12), st.sampled_from(["EUR", "JPY", "KWD"]), st.sampled_from(LOCALES[:-1]))
def test_an_amount_as_the_reader_writes_it_reads_back(minor: int, currency: str, locale: str) -> None:
    money = Money(minor, currency)
    digits = exponent(currency)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    value = Decimal(minor).scaleb(-digits)
    for group in (True, False):
        written = format_decimal(value, pattern, locale=locale.replace("-", "_"), group_separator=group)
        found = amounts.read(written, currency, locale)
        assert money in (found.money, *found.others), written
        assert not found.sure or found.money == money, written


@tried(60, 20_000)
@given(DAYS, st.sampled_from(sorted(ORDERS)), st.sampled_from(["/", "-", ".", " "]))
def test_a_date_of_any_order_reads_back(day: date, order: str, between: str) -> None:
    written = day.strftime(ORDERS[order].format(between))
    assume(dates.is_date(written) and (order != "mdy" or between != "."))
    assert dates.read(written, order) == day
    assert order in dates.orders(written)


@tried(100, 20_000)
@given(st.text(max_size=40) | st.text("0123456789/-.: TZjanfebmärzéè", max_size=20), st.sampled_from(sorted(ORDERS)))
def test_any_text_is_a_date_or_refused(text: str, order: str) -> None:
    dates.is_date(text)
    with suppress(Invalid):
        assert isinstance(dates.read(text, order), date)


@tried(60, 20_000)
@given(st.integers(1, 10**7), DAYS, st.sampled_from(LOCALES[:-1]), st.sampled_from(["Zurp", "Kwix", "Brolp"]))
def test_a_sentence_with_amount_and_day_says_both(minor: int, day: date, locale: str, word: str) -> None:
    written = format_decimal(Decimal(minor).scaleb(-2), "0.00", locale=locale.replace("-", "_"))
    said = format_date(day, "d MMMM yyyy", locale=locale.replace("-", "_"))
    entries = phrases.parse(f"{word} {written} {said}", day, "EUR", locale)
    assert [(each.amount.minor, each.date) for each in entries] == [(minor, day)], f"{word} {written} {said}"


@tried(60, 20_000)
@given(st.text(max_size=300), DAYS, st.sampled_from(LOCALES))
def test_any_sentence_in_any_language_is_read_soon(text: str, day: date, locale: str) -> None:
    begun = time.process_time()
    for entry in phrases.parse(text, day, "EUR", locale):
        assert entry.amount.minor > 0
    assert time.process_time() - begun < 1


NASTY = ['"', ",", ";", "\n", "1,", '"\n', "a,b\n", "1.", "12/", "é", "\x00", "''", " ", "1 ", "-", "(", "١"]


@each_case("part", NASTY)
def test_a_hundred_kilobytes_of_anything_take_less_than_a_second(part: str) -> None:
    data = ("Date,Payee,Amount\n" + part * (100_000 // len(part))).encode()
    begun = time.process_time()
    with suppress(SaldoError):
        for line in read(data, None, "EUR"):
            assert isinstance(line, Line | BadLine)
    assert time.process_time() - begun < 1
