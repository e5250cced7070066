"""A second generator of ledgers with known recurring payments, with other habits than ``recurring_households``.

Texts carry branches, cities and card noise, bills begin and end at any time, salaries come on the last working day,
card bills vary, and some shopping is nearly regular without being a bill. The thresholds were not tuned on it.
"""

from __future__ import annotations

import random
from datetime import date, timedelta

from app.domain.period import days_in_month
from app.ml.memory import Row
from benchmarks.recurring_households import Truth

STARTS, TODAY = date(2023, 9, 1), date(2025, 6, 30)
STEP = {"weekly": 7, "fortnightly": 14}
MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}
FEWEST = {"yearly": 2, "monthly": 3, "quarterly": 3, "weekly": 4, "fortnightly": 4}
# texts of one payee, cadence, amount, spread of its logarithm
BILLS = (
    (("DISNEY PLUS", "DISNEY PLUS LONDON GB"), "monthly", 8.99, 0.0),
    (("Wohnbau eG Miete {month}",), "monthly", 780.0, 0.0),
    (("PRLV SEPA TOTALENERGIES {n}", "TOTALENERGIES"), "monthly", 96.0, 0.3),
    (("LASTSCHRIFT Telekom Deutschland GmbH", "TELEKOM"), "monthly", 39.95, 0.0),
    (("AMEX CARD BILL {n}",), "monthly", 640.0, 0.45),
    (("HUK COBURG VERSICHERUNG",), "yearly", 389.0, 0.03),
    (("Rundfunk ARD ZDF Beitrag {n}",), "quarterly", 55.08, 0.0),
    (("TV LICENSING TVL {n}",), "yearly", 169.5, 0.0),
    (("UBER ONE MEMBERSHIP", "UBER ONE MEMBERSHIP HELP.UBER.COM"), "monthly", 4.99, 0.0),
    (("NURSERY LITTLE OAKS",), "weekly", 165.0, 0.0),
    (("WINDOW CLEANER DAVE",), "fortnightly", 14.0, 0.0),
    (("THAMES WATER UTILITIES {n}",), "quarterly", 118.0, 0.2),
    (("MORTGAGE 00{n} NATIONWIDE",), "monthly", 1043.27, 0.0),
    (("OPENAI *CHATGPT SUBSCR", "OPENAI *CHATGPT SUBSCR SAN FRANCISCO"), "monthly", 20.0, 0.02),
    (("YOGA STUDIO BREATHE",), "weekly", 16.0, 0.0),
)
INCOMES = (
    (("GEHALT MUSTER GMBH {month}",), "monthly", 2870.0, 0.0),
    (("BACS PAYROLL NHS TRUST",), "monthly", 2240.0, 0.03),
    (("PAYROLL DELI {n}",), "fortnightly", 930.0, 0.1),
    (("CHILD BENEFIT HMRC",), "weekly", 25.6, 0.0),
)
SHOPS = (  # text, visits a week, amount, spread, a weekday that is kept
    ("REWE SAGT DANKE {n}", 1.0, 62.0, 0.4, 5),
    ("ALDI {n}", 1.3, 34.0, 0.5, None),
    ("GREGGS", 2.2, 4.2, 0.3, None),
    ("ARAL TANKSTELLE {n}", 0.45, 58.0, 0.25, None),
    ("ZALANDO SE {n}", 0.3, 48.0, 0.7, None),
    ("PARKING RINGGO", 1.0, 3.2, 0.1, None),
    ("ATM WITHDRAWAL {n}", 0.4, 60.0, 0.5, None),
    ("TAVERNA ELENA", 0.25, 41.0, 0.35, None),
    ("SWIMMING POOL CITY", 0.6, 5.5, 0.0, None),
    ("TFL TRAVEL CHARGE", 3.0, 2.9, 0.35, None),
)


def ledger(seed: int, jitter: int) -> tuple[list[Row], list[Truth]]:
    """The rows of one ledger up to TODAY and what recurs in them; dates move up to `jitter` days either way."""
    rng = random.Random(seed)
    rows: list[Row] = []
    truths: list[Truth] = []
    for sign, chosen in ((-1, rng.sample(BILLS, 7)), (1, rng.sample(INCOMES, rng.choice((1, 1, 2))))):
        for texts, cadence, amount, spread in chosen:
            made, truth = _payments(rng, texts, cadence, round(amount * rng.uniform(0.7, 1.4), 2), spread, jitter, sign)
            rows += made
            truths += truth
    for text, per_week, amount, spread, weekday in rng.sample(SHOPS, 7):
        day = STARTS
        while (day := day + timedelta(days=max(1, round(rng.expovariate(per_week / 7))))) <= TODAY:
            on = day + timedelta(days=(weekday - day.weekday()) % 7) if weekday is not None else day
            if on <= TODAY:
                rows.append(Row(_text(rng, text, on), -round(amount * rng.lognormvariate(0, spread), 2), on))
    return sorted(rows, key=lambda row: row.date), truths


def _payments(
    rng: random.Random, texts: tuple[str, ...], cadence: str, amount: float, spread: float, jitter: int, sign: int
) -> tuple[list[Row], list[Truth]]:
    begins = STARTS + timedelta(days=rng.choice((0, 0, 0, rng.randrange(500))))
    ends = TODAY if rng.random() < 0.85 or cadence == "yearly" else TODAY - timedelta(days=rng.randrange(120, 300))
    rises = begins + timedelta(days=rng.randrange(100, 500)) if rng.random() < 0.35 and not spread else None
    skip = 0.05 if rng.random() < 0.2 and cadence in STEP else 0.0
    last_workday = sign > 0 and cadence == "monthly" and rng.random() < 0.5
    rows = []
    for due in _due_dates(rng, cadence, begins, last_workday):
        on = due + timedelta(days=rng.randint(-jitter, jitter))
        if not begins <= on <= ends or rng.random() < skip:
            continue
        price = amount * (1.08 if rises and on >= rises else 1) * (rng.lognormvariate(0, spread) if spread else 1)
        rows.append(Row(_text(rng, rng.choice(texts), on), sign * round(price, 2), on))
    found = [Truth(frozenset(row.text for row in rows), cadence, amount, ends == TODAY)]
    return rows, found if len(rows) >= FEWEST[cadence] else []


def _due_dates(rng: random.Random, cadence: str, begins: date, last_workday: bool) -> list[date]:
    if cadence in STEP:
        return [begins + timedelta(days=STEP[cadence] * n + 3) for n in range(100)]
    day, first = rng.randint(1, 31), rng.randrange(MONTHS[cadence])
    dates = []
    for month in range(first, 24, MONTHS[cadence]):
        year, month_of_year = STARTS.year + (STARTS.month - 1 + month) // 12, (STARTS.month - 1 + month) % 12 + 1
        last = days_in_month(year, month_of_year)
        due = date(year, month_of_year, last if last_workday else min(day, last))
        while last_workday and due.weekday() > 4:
            due -= timedelta(days=1)
        dates.append(due)
    return dates


def _text(rng: random.Random, text: str, on: date) -> str:
    return text.format(n=rng.randrange(1000, 99999), month=on.strftime("%m/%y"))
