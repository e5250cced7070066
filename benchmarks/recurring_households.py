"""Invented households whose regular payments are known, to measure what finds them."""

from __future__ import annotations

import random
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from app.ml.memory import Row

STARTS = date(2023, 1, 2)
TODAY = date(2025, 6, 30)
STEP = {"weekly": 7, "fortnightly": 14}
MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}
BILLS = (
    ("NETFLIX.COM 866-579-7172", "monthly", 13.49, 0.0),
    ("Spotify P1A2B{n}", "monthly", 10.99, 0.0),
    ("EDF CLIENTS PART. PRLV {n}", "monthly", 84.0, 0.25),
    ("VODAFONE DD REF {n}", "monthly", 32.0, 0.05),
    ("RENT {month} LANDLORD SMITH", "monthly", 950.0, 0.0),
    ("SEVERN TRENT WATER", "quarterly", 96.0, 0.15),
    ("CITY COUNCIL TAX", "monthly", 141.0, 0.0),
    ("AXA INSURANCE {n}", "yearly", 412.0, 0.0),
    ("AMAZON PRIME*{n}", "yearly", 95.0, 0.0),
    ("PUREGYM LTD", "monthly", 24.99, 0.0),
    ("CLEANER MARIA", "weekly", 45.0, 0.0),
    ("PIANO LESSON J BROWN", "fortnightly", 35.0, 0.0),
    ("GARDENER {n}", "fortnightly", 40.0, 0.0),
    ("VEG BOX FARM", "weekly", 18.5, 0.0),
    ("STUDENT LOAN SLC", "monthly", 120.0, 0.0),
    ("HOME ENERGY CARE", "quarterly", 60.0, 0.0),
)
INCOMES = (("SALARY ACME LTD {month}", "monthly", 2600.0, 0.02), ("WAGES CORNER SHOP", "weekly", 410.0, 0.08))
SHOPS = (
    ("LIDL {n}", 2.0, 28.0, 0.6),
    ("TESCO STORES {n}", 1.0, 40.0, 0.7),
    ("COSTA COFFEE", 1.5, 3.6, 0.2),
    ("SHELL {n}", 0.5, 48.0, 0.3),
    ("AMZN MKTP {n}", 0.6, 22.0, 0.9),
    ("PIZZA EXPRESS", 0.25, 34.0, 0.4),
    ("CITY PARKING", 1.2, 4.0, 0.0),
    ("TRAINLINE", 0.35, 18.0, 0.5),
    ("BOOTS", 0.3, 12.0, 0.7),
    ("BUS TICKET", 2.5, 2.0, 0.0),
)


@dataclass(frozen=True, slots=True)
class Truth:
    """A regular payment that is there to be found."""

    texts: frozenset[str]
    cadence: str
    amount: float
    active: bool


def household(seed: int, jitter: int) -> tuple[list[Row], list[Truth]]:
    """The rows of one household up to TODAY and what is regular in them; dates move up to `jitter` days either way."""
    rng = random.Random(seed)
    rows: list[Row] = []
    truths: list[Truth] = []
    for bill in rng.sample(BILLS, 8):
        made, truth = _regular(rng, bill, jitter, -1)
        rows += made
        truths += truth
    made, truth = _regular(rng, rng.choice(INCOMES), jitter, 1)
    rows += made
    truths += truth
    if rng.random() < 0.4:  # two subscriptions at one payee
        for amount in (2.99, 9.99):
            made, truth = _regular(rng, ("APPLE.COM/BILL {n}", "monthly", amount, 0.0), jitter, -1)
            rows += made
            truths += truth
    for text, per_week, amount, spread in rng.sample(SHOPS, 7):
        day = STARTS
        while (day := day + timedelta(days=max(1, round(rng.expovariate(per_week / 7))))) <= TODAY:
            rows.append(Row(_text(rng, text, day), -round(amount * rng.lognormvariate(0, spread), 2), day))
    return sorted(rows, key=lambda r: r.date), truths


def _regular(
    rng: random.Random, bill: tuple[str, str, float, float], jitter: int, sign: int
) -> tuple[list[Row], list[Truth]]:
    text, cadence, amount, spread = bill
    amount = round(amount * rng.uniform(0.8, 1.25), 2)
    step_at = STARTS + timedelta(days=rng.randrange(200, 800)) if rng.random() < 0.3 and not spread else None
    ends = TODAY - timedelta(days=rng.randrange(150, 400)) if rng.random() < 0.15 and cadence != "yearly" else TODAY
    skip = 0.06 if rng.random() < 0.25 and cadence not in ("yearly", "quarterly") else 0.0
    weekend = rng.choice((0, 0, 1))
    rows = []
    for due in _dates(rng, cadence):
        on = due + timedelta(days=rng.randint(-jitter, jitter))
        if weekend and not jitter and on.weekday() > 4 and cadence in MONTHS:
            on += timedelta(days=7 - on.weekday())
        if not STARTS <= on <= ends or rng.random() < skip:
            continue
        price = amount * 1.15 if step_at and on >= step_at else amount
        price *= rng.lognormvariate(0, spread) if spread else 1
        rows.append(Row(_text(rng, text, on), sign * round(price, 2), on))
    fewest = {"yearly": 2, "monthly": 3, "quarterly": 3}.get(cadence, 4)
    truth = Truth(frozenset(r.text for r in rows), cadence, amount, ends == TODAY)
    return rows, [truth] if len(rows) >= fewest else []


def _dates(rng: random.Random, cadence: str) -> list[date]:
    if cadence in STEP:
        first = STARTS + timedelta(days=rng.randrange(STEP[cadence]))
        return [first + timedelta(days=STEP[cadence] * i) for i in range(140)]
    day, month, dates = rng.randint(1, 31), rng.randrange(MONTHS[cadence]), []
    for m in range(month, 31, MONTHS[cadence]):
        year, of_year = STARTS.year + m // 12, m % 12 + 1
        dates.append(date(year, of_year, min(day, monthrange(year, of_year)[1])))
    return dates


def _text(rng: random.Random, text: str, on: date) -> str:
    return text.format(n=rng.randrange(100, 9999), month=on.strftime("%b").upper())
