"""How many sentences nobody tuned on are read with amount, currency and date all right."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from app.domain.phrases import parse
from benchmarks.targets import Figure, Figures
from tests.domain.sentences import HELD_OUT

TODAY = date(2026, 11, 21)
Read = list[tuple[Decimal, str, int]]


def meant(text: str) -> Read:
    """The entries of a line of the table, without their kinds."""
    parts = [part.split() for part in text.split(";") if part.strip()]
    return [(Decimal(amount), currency, int(days)) for amount, currency, days, _kind in parts]


def first_number(text: str, currency: str) -> Read:
    """The plain baseline: the first number, in the currency of the book, today."""
    found = re.search(r"\d+(?:[.,]\d+)?", text)
    return [(Decimal(found[0].replace(",", ".")), currency, 0)] if found else []


def measure() -> Figures:
    right = plainly = 0
    lines = [[part.strip() for part in line.split("|")] for line in HELD_OUT.strip().splitlines()]
    for locale, currency, text, wanted in lines:
        entries = parse(text, TODAY, currency, locale)
        read = [(Decimal(each.amount.wire), each.currency, (each.date - TODAY).days) for each in entries]
        if read == meant(wanted):
            right += 1
        else:
            print(f"  {locale} {text}: {read}, meant was {wanted or 'nothing'}")
        plainly += first_number(text, currency) == meant(wanted)
    count = len(lines)
    print(f"{right} of {count} sentences; the first number in the book's currency today: {plainly}")
    return {"sentences": Figure(right / count, f"first number, today {plainly / count:.3f}")}


if __name__ == "__main__":
    measure()
