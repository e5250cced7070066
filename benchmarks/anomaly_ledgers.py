"""Ledgers with known duplicates and unusual amounts, of another kind than the cards that the models were trained on.

Private households: fares and coffees of fixed prices several times a day, cash in round amounts, bills, wages, texts
with reference numbers. A duplicate comes up to three days later, often with another text of the same shop.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.ml.memory import Row

FIRST_DAY, DAYS, SCORED_FROM = date(2022, 3, 1), 620, 0.6
ANOMALY_RATE = 0.02  # of each kind, among the scored rows
Case = tuple[Row, str]


@dataclass(frozen=True, slots=True)
class Shop:
    """Where a household pays: texts of it, visits a week, prices (a menu, or a centre and spread), a category."""

    texts: tuple[str, ...]
    per_week: float
    label: str
    menu: tuple[float, ...] = ()
    centre: float = 0.0
    spread: float = 0.0
    again: float = 0.0  # how likely a further payment is on the same day


SHOPS = (
    Shop(("TFL TRAVEL CH", "TFL.GOV.UK/CP"), 4.0, "transport", menu=(1.75, 2.8, 2.8, 3.4), again=0.5),
    Shop(("MVV Handyticket {n}", "MVV MUENCHEN"), 2.0, "transport", menu=(3.9, 3.9, 7.8), again=0.25),
    Shop(("Pret A Manger 0{n}", "PRET A MANGER LONDON"), 3.0, "coffee", menu=(3.25, 3.25, 3.75, 4.99, 7.2), again=0.1),
    Shop(("SELECTA AUTOMAT {n}",), 2.5, "dining_out", menu=(1.2, 1.5, 2.0), again=0.3),
    Shop(("MENSA UNI {n}", "STUDENTENWERK"), 3.0, "dining_out", menu=(2.95, 3.6, 4.4), again=0.05),
    Shop(("APPLE.COM/BILL", "APPLE.COM/BILL ITUNES.COM"), 0.7, "leisure", menu=(0.99, 2.99, 9.99), again=0.3),
    Shop(("GELDAUTOMAT {n}", "ATM SPARKASSE"), 0.5, "cash", menu=(50.0, 50.0, 100.0, 200.0), again=0.03),
    Shop(("PARKHAUS AM DOM",), 0.8, "car", menu=(2.0, 4.0, 6.0), again=0.05),
    Shop(("SCHOOL LUNCH PARENTPAY {n}",), 1.0, "children", menu=(12.5, 25.0), again=0.35),
    Shop(("EDEKA MUELLER {n}", "EDEKA MUELLER SAGT DANKE"), 1.8, "groceries", centre=31, spread=0.65),
    Shop(("SAINSBURYS S/MKTS", "SAINSBURYS SACAT {n}"), 1.4, "groceries", centre=24, spread=0.75),
    Shop(("BAECKEREI SCHMIDT",), 2.2, "groceries", centre=5.2, spread=0.4),
    Shop(("Amazon.de*{ref}", "AMZN Mktp DE*{ref}"), 1.0, "shopping", centre=21, spread=0.9, again=0.15),
    Shop(("TOTAL STATION {n}",), 0.5, "fuel", centre=55, spread=0.3),
    Shop(("DM DROGERIEMARKT {n}",), 0.6, "personal_care", centre=14, spread=0.6),
    Shop(("PAYPAL *EBAY {ref}", "PAYPAL EUROPE {n}"), 0.4, "shopping", centre=27, spread=1.0),
    Shop(("TRATTORIA ROMA",), 0.35, "dining_out", centre=43, spread=0.4),
    Shop(("UBER *TRIP {ref}", "UBER TRIP HELP.UBER.COM"), 0.8, "transport", centre=12, spread=0.45, again=0.25),
    Shop(("CINEPLEX KASSE {n}",), 0.3, "leisure", menu=(9.5, 12.0, 19.0), again=0.2),
    Shop(("IKEA {n}",), 0.1, "household", centre=80, spread=0.9),
)
BILLS = (
    ("MIETE {month}", "housing", 870.0), ("STADTWERKE ABSCHLAG {n}", "utilities", 91.0),
    ("O2 MOBILFUNK {n}", "phone_internet", 19.99), ("SPOTIFY P{ref}", "subscriptions", 10.99),
    ("VHV VERSICHERUNG", "insurance", 38.4), ("FITX BEITRAG", "sport", 24.0),
)  # fmt: skip
STRANGERS = (
    "HOTEL ADLON", "RYANAIR {ref}", "MEDIA MARKT {n}", "JUWELIER CHRIST", "BOOKING.COM {ref}", "SIXT {n}",
    "LOUIS VUITTON", "STEAM PURCHASE", "ZAHNARZT DR KLEIN", "WESTERN UNION {n}", "HORNBACH {n}", "OBI {n}",
)  # fmt: skip


def ledger(seed: int) -> tuple[list[Row], list[Case]]:
    """A household's history, and what follows it: each row with "" or "amount", "payee", "duplicate"."""
    rng = random.Random(seed)
    rows = [Row(_text(rng, "GEHALT {month}", on), 2450.0, on, "salary") for on in _month_days(27)]
    for text, label, amount in rng.sample(BILLS, 4):
        price, day = round(amount * rng.uniform(0.7, 1.4), 2), rng.randint(1, 28)
        rows += [Row(_text(rng, text, on), -price, on, label) for on in _month_days(day)]
        if label == "phone_internet":  # two contracts of one price
            rows += [Row(_text(rng, text, on), -price, on, label) for on in _month_days(day)]
    texts: dict[str, Sequence[str]] = {}
    scale = rng.uniform(0.7, 1.5)
    for shop in rng.sample(SHOPS, 11):
        menu = [round(price * scale, 1) for price in shop.menu]
        shown = shop.texts[: 1 if rng.random() < 0.6 else 2]
        texts[shop.label + shop.texts[0]] = shop.texts
        for on in (FIRST_DAY + timedelta(days=n) for n in range(DAYS)):
            visits = int(rng.random() < shop.per_week / 7)
            while visits and rng.random() < shop.again and visits < 4:
                visits += 1
            for _visit in range(visits):
                price = rng.choice(menu) if menu else round(shop.centre * scale * rng.lognormvariate(0, shop.spread), 2)
                rows.append(Row(_text(rng, rng.choice(shown), on), -max(price, 0.5), on, shop.label))
    rows.sort(key=lambda row: row.date)
    cut = int(SCORED_FROM * len(rows))
    return rows[:cut], _with_anomalies(rng, rows[:cut], rows[cut:])


def _with_anomalies(rng: random.Random, history: Sequence[Row], scored: Sequence[Row]) -> list[Case]:
    sizes = sorted(-row.amount for row in history if row.amount < 0)
    variants: dict[str, set[str]] = defaultdict(set)
    for shop in SHOPS:
        variants[shop.texts[0].split()[0]] |= set(shop.texts)
    cases: list[Case] = []
    for row in scored:
        draw = rng.random() / ANOMALY_RATE
        if row.amount > 0 or draw >= 3:
            cases.append((row, ""))
        elif draw < 1:
            cases.append((row._replace(amount=round(row.amount * rng.uniform(2.2, 7), 2)), "amount"))
        elif draw < 2:
            size = round(sizes[int(rng.uniform(0.9, 0.99) * len(sizes))] * rng.uniform(1, 2.5), 2)
            stranger = Row(_text(rng, rng.choice(STRANGERS), row.date), -size, row.date, rng.choice((row.label, None)))
            cases += [(row, ""), (stranger, "payee")]
        else:
            later = row.date + timedelta(days=rng.choice((0, 0, 1, 1, 2, 3)))
            other = sorted(variants.get(row.text.split()[0], ()))
            text = _text(rng, rng.choice(other), later) if other and rng.random() < 0.3 else row.text
            cases += [(row, ""), (row._replace(text=text, date=later), "duplicate")]
    return sorted(cases, key=lambda case: case[0].date)


def _month_days(day: int) -> list[date]:
    found = (FIRST_DAY + timedelta(days=n) for n in range(DAYS))
    return [on for on in found if on.day == day]


def _text(rng: random.Random, text: str, on: date) -> str:
    ref = "".join(rng.choices("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=7))
    return text.format(n=rng.randrange(100, 9999), ref=ref, month=on.strftime("%m/%y"))
