"""The same made-up books every time: five years, six accounts, forty categories, three hundred payees."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

ACCOUNTS = ("Checking", "Savings", "CreditCard", "Joint", "Travel", "Wallet")
INCOME = tuple(f"Income{n:02d}" for n in range(1, 5))
EXPENSE = tuple(f"Expense{n:02d}" for n in range(1, 37))
PAYEES = tuple(f"Payee {n:03d}" for n in range(300))
WORDS = [
    "market",
    "rent",
    "coffee",
    "bus",
    "ticket",
    "repair",
    "gift",
    "book",
    "phone",
    "water",
    "power",
    "lunch",
    "dinner",
    "fuel",
    "insurance",
    "garden",
]
FIRST, DAYS = date(2021, 1, 1), 1826


class Entry(NamedTuple):
    day: date
    account: str
    payee: str
    category: str
    cents: int
    memo: str
    ref: str


def entries(count: int) -> Iterator[Entry]:
    """``count`` entries, evenly spread over the years, oldest first."""
    chance = random.Random(count)
    for place in range(count):
        number = int(chance.random() ** 2 * len(PAYEES))
        income = number % 25 == 0
        category = INCOME[number % 4] if income else EXPENSE[number % 36]
        cents = 5000 + int(chance.random() * 300_000) if income else -(100 + int(chance.random() ** 3 * 40_000))
        memo = f"{chance.choice(WORDS)} {chance.choice(WORDS)} {place}"
        account = ACCOUNTS[int(chance.random() ** 2 * len(ACCOUNTS))]
        yield Entry(
            FIRST + timedelta(days=place * DAYS // count),
            account,
            PAYEES[number],
            category,
            cents,
            memo,
            f"r{place:07d}",
        )


def csv_of(account: str, count: int) -> bytes:
    """A statement of one account, as a bank would write it."""
    lines = ["date,payee,category,amount,note,ref"]
    lines += [
        f"{each.day},{each.payee},{each.category},{each.cents / 100:.2f},{each.memo},{each.ref}"
        for each in entries(count)
        if each.account == account
    ]
    return "\n".join(lines).encode()
