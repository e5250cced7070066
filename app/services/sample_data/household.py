"""Income and spending of the sample household over thirty months up to today, always the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from app.domain import payees
from app.domain.period import days_in_month, shift_month

MONTHS = 30
JOINT, SAVINGS, CARD, CASH, TRAVEL = "joint", "savings", "card", "cash", "travel"
OPENING_BALANCES = {JOINT: 4_310_00, SAVINGS: 7_200_00, CARD: 0, CASH: 140_00, TRAVEL: 350_00}


@dataclass(frozen=True, slots=True)
class SampleTransaction:
    """A transaction in cents, or a transfer if ``to`` names the other account."""

    day: date
    account: str
    minor: int
    payee: str
    category: str | None = None
    text: str = ""
    memo: str = ""
    tags: tuple[str, ...] = ()
    splits: tuple[tuple[str, int], ...] = ()
    to: str | None = None
    to_minor: int = 0


@dataclass(frozen=True, slots=True)
class Bill:
    """A payment due every ``every`` months. ``steps`` are (month number, new amount)."""

    day: int
    payee: str
    category: str
    minor: int
    account: str = JOINT
    every: int = 1
    offset: int = 0
    steps: tuple[tuple[int, int], ...] = ()

    def amount(self, month: int) -> int:
        return next((minor for since, minor in reversed(self.steps) if month >= since), self.minor)


@dataclass(frozen=True, slots=True)
class Habit:
    """A purchase made about ``times`` a month, for ``low`` to ``high`` cents, at one of the payees."""

    payees: tuple[str, ...]
    category: str
    times: float
    low: int
    high: int
    accounts: tuple[str, ...] = (CARD, CARD, JOINT)
    busy: tuple[int, ...] = ()  # calendar months with half as much again


BILLS = (
    Bill(1, "Northlight Studio", "salary", 2_760_00, steps=((7, 2_850_00), (19, 2_960_00))),
    Bill(15, "Harbour School", "salary", 1_690_00, steps=((12, 1_740_00), (24, 1_795_00))),
    Bill(3, "Linden Property", "housing", -1_180_00, steps=((15, -1_225_00),)),
    Bill(5, "Fibrenet", "phone_internet", -39_90),
    Bill(12, "Mobil One", "phone_internet", -38_00),
    Bill(3, "Streambox", "subscriptions", -12_99, CARD, steps=((11, -13_99), (MONTHS - 1, -17_99))),
    Bill(9, "Tunewave", "subscriptions", -10_99, CARD, steps=((17, -11_99),)),
    Bill(14, "Cloudbox", "subscriptions", -2_99, CARD),
    Bill(18, "The Morning Paper", "subscriptions", -14_90),
    Bill(2, "City Transit", "transport", -49_00),
    Bill(2, "City Transit", "transport", -49_00),
    Bill(6, "Gym One", "sport", -34_90),
    Bill(15, "Riverwater", "utilities", -58_40, every=3, offset=1),
    Bill(8, "Shelter International", "donations", -20_00),
    Bill(11, "Safeharbour Insurance", "insurance", -148_60, every=12, offset=9),
    Bill(20, "Safeharbour Insurance", "insurance", -72_00, every=12, offset=3),
    Bill(10, "Broadcasting Fee", "fees", -55_08, every=3),
    Bill(30, "Savings interest", "interest", 31_20, SAVINGS, every=3, steps=((12, 44_75), (21, 58_10))),
)
HABITS = (
    Habit(("Grünmarkt", "Grünmarkt", "Fresco", "Fresco", "Biohof Lenz"), "groceries", 13, 18_00, 74_00, busy=(12,)),
    Habit(("Corner Bakery", "Saturday Market"), "groceries", 6, 3_80, 24_00, (CASH, CASH, CARD)),
    Habit(("Trattoria Lina", "Noodle House", "Zum Anker", "Taquería Sol"), "dining_out", 5, 19_00, 68_00, busy=(7, 8)),
    Habit(("Lunchbox", "Falafel Haus"), "dining_out", 5, 8_50, 15_50),
    Habit(("Kaffee Klatsch", "Third Wave"), "coffee", 9, 3_20, 9_80, (CASH, CARD)),
    Habit(("Hertz & Sohn", "Papermill", "Techport"), "shopping", 2.2, 12_00, 119_00, busy=(11, 12)),
    Habit(("Nordic Thread", "Second Chance"), "clothing", 1.2, 24_00, 138_00, (CARD,), busy=(3, 9)),
    Habit(("Drogerie Plus", "Home & Garden"), "household", 2.5, 8_00, 46_00),
    Habit(("Löwen Pharmacy", "Dr. Amari"), "health", 1.4, 6_50, 62_00, (JOINT,), busy=(1, 2)),
    Habit(("Salon Mira", "Drogerie Plus"), "personal_care", 1.6, 9_00, 56_00),
    Habit(("Odeon Cinema", "Book Corner", "Kletterhalle"), "leisure", 3, 9_00, 42_00, busy=(10, 11)),
    Habit(("Paws & Claws",), "pets", 1.3, 17_00, 48_00),
    Habit(("Blumen Weber", "Papermill"), "gifts", 0.8, 15_00, 55_00, busy=(12, 12, 5)),
    Habit(("ShareCar", "City Bikes", "Regional Rail"), "transport", 2, 4_20, 38_00),
)
TRACKED_PAYEES = frozenset(
    {"Northlight Studio", "Harbour School", "Linden Property", "Fibrenet", "Mobil One", "Gym One", "Riverwater"}
    | {"Safeharbour Insurance"}
)  # the others are left for detection
UNCATEGORISED_LINES = (
    ("SQ *KIOSK 22", -6_40, CARD, 1),
    ("PAYPAL *HJM SERVICES", -23_90, CARD, 3),
    ("PARKHAUS MITTE 0417", -8_50, CARD, 6),
    ("REF 882134 M. OKAFOR", 45_00, JOINT, 9),
    ("VND*LOBBY 3", -2_20, CARD, 13),
)


def build_transactions(today: date) -> list[SampleTransaction]:
    """Return all transactions up to today, oldest first."""
    start = shift_month(today.replace(day=1), 1 - MONTHS)
    simulated = Household(today)
    for number in range(MONTHS):
        simulated.simulate_month(number, shift_month(start, number))
    simulated.leave_questions()
    return sorted(simulated.entries, key=lambda each: (each.day, -each.minor))


def tracked_bills(today: date) -> list[tuple[Bill, int, date]]:
    """Return the bills and income that the household has added as recurring, with amount and last date."""
    start = shift_month(today.replace(day=1), 1 - MONTHS)
    found = []
    for bill in BILLS:
        if bill.payee in TRACKED_PAYEES:
            months = range(bill.offset % bill.every, MONTHS, bill.every)
            came = [(n, day) for n in months if (day := day_of_month(shift_month(start, n), bill.day)) <= today]
            found.append((bill, bill.amount(came[-1][0]), came[-1][1]))
    return found


class Household:
    """Simulates month after month, so that card payments and savings follow from spending."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.entries: list[SampleTransaction] = []
        self.balance = dict(OPENING_BALANCES)

    def add(self, entry: SampleTransaction) -> None:
        if entry.day > self.today:
            return
        self.entries.append(entry)
        self.balance[entry.account] += entry.minor
        if entry.to:
            self.balance[entry.to] += entry.to_minor

    def transfer(self, day: date, account: str, to: str, minor: int, memo: str = "", to_minor: int = 0) -> None:
        self.add(SampleTransaction(day, account, -minor, memo, memo=memo, to=to, to_minor=to_minor or minor))

    def simulate_month(self, number: int, month: date) -> None:
        chance = Random(f"household {number}")  # noqa: S311 – a sample, not a secret
        card_bill = -self.balance[CARD]
        for entry in (*self.bills(number, month), *self.energy(month, chance), *self.habits(month, chance)):
            self.add(entry)
        for entry in (*self.occasions(number, month, chance), *self.holiday(number, month, chance)):
            self.add(entry)
        self.transfer(day_of_month(month, 2), JOINT, SAVINGS, 350_00 if number < 14 else 450_00, "Monthly saving")
        if card_bill > 0:
            self.transfer(day_of_month(month, 5), JOINT, CARD, card_bill, "Card bill")
        for _ in range(4):
            if self.balance[CASH] < 110_00:
                self.transfer(day_of_month(month, chance.choice((4, 11, 17, 24))), JOINT, CASH, 80_00, "Cash machine")
        if self.balance[JOINT] > 6_200_00:
            spare = (self.balance[JOINT] - 5_000_00) // 100_00 * 100_00
            self.transfer(day_of_month(month, 29), JOINT, SAVINGS, spare, "Put aside")
        elif self.balance[JOINT] < 3_200_00:
            self.transfer(day_of_month(month, 21), SAVINGS, JOINT, 600_00, "Back from savings")

    def bills(self, number: int, month: date) -> Iterator[SampleTransaction]:
        for bill in BILLS:
            if (number - bill.offset) % bill.every == 0:
                minor = bill.amount(number)
                yield SampleTransaction(
                    day_of_month(month, bill.day), bill.account, minor, bill.payee, bill.category, bank_text(bill.payee)
                )
        if month.month == 12:
            yield SampleTransaction(
                day_of_month(month, 10), JOINT, 900_00, "Northlight Studio", "salary", memo="Year-end bonus"
            )
        if month.month == 6:
            yield SampleTransaction(
                day_of_month(month, 16),
                JOINT,
                412_37,
                "Tax Office",
                "taxes",
                bank_text("Tax Office"),
                "Refund for last year",
            )

    def energy(self, month: date, chance: Random) -> Iterator[SampleTransaction]:
        """Yield the energy bill: three times as high in January as in July."""
        cold = abs(month.month - 7) / 6
        minor = -round((62_00 + 96_00 * cold) * chance.uniform(0.93, 1.07))
        yield SampleTransaction(
            day_of_month(month, 15), JOINT, minor, "Stadtwerke", "utilities", bank_text("Stadtwerke")
        )

    def habits(self, month: date, chance: Random) -> Iterator[SampleTransaction]:
        last = days_in_month(month.year, month.month)
        for habit in HABITS:
            times = habit.times * 1.08 * (1.5 ** habit.busy.count(month.month))
            for _ in range(int(times) + (chance.random() < times % 1)):
                day = day_of_month(month, chance.randint(1, last))
                minor = -round(chance.triangular(habit.low, habit.high, habit.low * 0.7 + habit.high * 0.3))
                payee, account = chance.choice(habit.payees), chance.choice(habit.accounts)
                entry = SampleTransaction(
                    day, account, minor, payee, habit.category, bank_text(payee) if account != CASH else ""
                )
                yield with_splits(entry, chance)

    def occasions(self, number: int, month: date, chance: Random) -> Iterator[SampleTransaction]:
        """Yield irregular transactions: freelance income, a return, a larger purchase."""
        if number % 3 == 1:
            minor = chance.randrange(280_00, 760_00, 20_00)
            yield SampleTransaction(
                day_of_month(month, 19),
                JOINT,
                minor,
                "Atelier Weiss",
                "freelance",
                bank_text("Atelier Weiss"),
                tags=("jo",),
            )
        if number % 5 == 2:
            price = chance.randrange(39_90, 129_90, 10_00)
            yield SampleTransaction(
                day_of_month(month, 7), CARD, -price, "Nordic Thread", "clothing", bank_text("Nordic Thread")
            )
            yield SampleTransaction(
                day_of_month(month, 16), CARD, price, "Nordic Thread", "clothing", "NORDIC THREAD RETURN", "Sent back"
            )
        if number % 6 == 4:
            yield SampleTransaction(
                day_of_month(month, 22), JOINT, -chance.randrange(58_00, 96_00), "Vet Dr. Sommer", "pets"
            )
        if number in (5, 16, 25):
            payee, minor = {5: ("Techport", -899_00), 16: ("Hertz & Sohn", -642_00), 25: ("Sofa & Co", -780_00)}[number]
            yield SampleTransaction(
                day_of_month(month, 13),
                CARD,
                minor,
                payee,
                "sport" if payee == "Bikeworks" else "household",
                bank_text(payee),
            )
        if month.month in (4, 10):
            yield SampleTransaction(
                day_of_month(month, 23), JOINT, -96_00, "Evening College", "education", tags=("jo",)
            )

    def holiday(self, number: int, month: date, chance: Random) -> Iterator[SampleTransaction]:
        """Yield holidays: booked two months ahead, in summer, in winter and in some springs."""
        ahead = {6: ("Skyways", -412_00), 12: ("Alpenbahn", -148_00), 2: ("Skyways", -684_00)}
        if month.month in ahead and (month.month != 2 or number % 24 >= 12):
            payee, minor = ahead[month.month]
            yield SampleTransaction(
                day_of_month(month, 12), CARD, minor, payee, "travel", bank_text(payee), tags=("holiday",)
            )
        if month.month in (8, 2):
            stay = "Casa do Rio" if month.month == 8 else "Haus Bergblick"
            yield SampleTransaction(
                day_of_month(month, 9),
                CARD,
                -chance.randrange(420_00, 620_00),
                stay,
                "travel",
                bank_text(stay),
                "",
                ("holiday",),
            )
            for day in range(10, 17):
                payee = chance.choice(("Mercado Central", "Pizzeria Luce", "Beach Bar", "Museum Shop"))
                minor = -chance.randrange(9_00, 58_00)
                yield SampleTransaction(
                    day_of_month(month, day), CARD, minor, payee, "travel", bank_text(payee), "", ("holiday",)
                )
        if month.month == 4 and number % 24 >= 12:
            self.transfer(day_of_month(month, 6), JOINT, TRAVEL, 900_00, "Travel money", to_minor=972_00)
            for day in range(11, 20):
                payee = chance.choice(("Joe's Diner", "Subway MTA", "Brooklyn Deli", "The Strand", "Pier Hotel"))
                minor = -chance.randrange(120_00, 190_00) if payee == "Pier Hotel" else -chance.randrange(5_00, 64_00)
                yield SampleTransaction(
                    day_of_month(month, day),
                    TRAVEL,
                    minor,
                    payee,
                    "travel",
                    bank_text(payee),
                    "",
                    ("holiday", "new york"),
                )

    def leave_questions(self) -> None:
        """Add a few uncategorized transactions and a pair that looks like a transfer."""
        for text, minor, account, ago in UNCATEGORISED_LINES:
            self.add(
                SampleTransaction(self.today - timedelta(days=ago), account, minor, payees.clean(text), None, text)
            )
        day = self.today - timedelta(days=4)
        self.add(SampleTransaction(day, JOINT, -120_00, "Own Account", None, "TRANSFER OWN ACCOUNT"))
        self.add(
            SampleTransaction(
                day + timedelta(days=1), SAVINGS, 120_00, "Incoming Transfer", None, "TRANSFER JOINT ACCOUNT"
            )
        )


def with_splits(entry: SampleTransaction, chance: Random) -> SampleTransaction:
    """Split some of the larger grocery purchases into two categories."""
    if entry.category != "groceries" or entry.minor > -45_00 or chance.random() > 0.22:
        return entry
    other = round(entry.minor * chance.uniform(0.15, 0.35))
    kind = chance.choice(("household", "personal_care", "pets"))
    return replace(entry, category=None, splits=(("groceries", entry.minor - other), (kind, other)))


def day_of_month(month: date, day: int) -> date:
    """Return that day of the month, or its last day."""
    return month.replace(day=min(day, days_in_month(month.year, month.month)))


def bank_text(payee: str) -> str:
    """Return the payee as a bank prints it."""
    return f"{payee.upper()} BERLIN"
