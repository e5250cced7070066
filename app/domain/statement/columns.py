"""Detect the role of each column by its name and content."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.money import currencies
from app.domain.statement import amounts, dates
from app.domain.statement.identity import normalise
from app.domain.statement.vocabulary import FOREIGN, STATES, fold, roles_of, sides_of

ACCOUNT_NUMBER = re.compile(r"[A-Z]{0,2}\d[\dA-Z* -]{7,}")
#: Kinds of bookings, which are no payees.
BOOKING_KIND = re.compile(
    r"(?:(?:eftpos|pos|atm|visa|mastercard|maestro|debit|credit|card|direct|inter|bank|interest|transfer|payment|purchase"
    r"|deposit|withdrawal|fees?|charge|cheque|standing|order|sepa|lastschrift|gutschrift|uberweisung|dauerauftrag|karte"
    r"|kartenzahlung|entgelt|lohn|virement|prelevement|carte|achat|retrait|cheque|transferencia|recibo|compra|tarjeta"
    r"|incasso|betaalautomaat|overboeking|kortkop|autogiro|insattning|overforing|misc|miscellaneous|bill|online|mobile"
    r"|b|d|dd|so|bgc|fpi|fpo|chq|deb|bp|cpt|tfr)(?: |$))+"
)
MIN_ID_SCORE = 196  # names below are references that the payer may have written
MAX_HEADER = 60  # characters; longer is no name of a column


@dataclass(frozen=True, slots=True)
class Shape:
    """Content of a column: shares of its filled cells, 0 to 100. ``constant``: one value in all rows."""

    filled: int = 0
    dates: int = 0
    short_dates: int = 0
    amounts: int = 0
    signed: int = 0
    currency: int = 0
    sides: int = 0
    states: int = 0
    numbers: int = 0
    words: int = 0
    distinct: int = 0
    length: int = 0
    kinds: int = 0
    constant: bool = False


EMPTY = Shape()


def count_roles(cells: Sequence[str]) -> int:
    """Return the number of different roles that the cells of a header row name."""
    return len(
        {
            max(found, key=lambda role: found[role])
            for cell in cells
            if len(cell) < MAX_HEADER and (found := roles_of(cell))
        }
    )


def shape(cells: Sequence[str]) -> Shape:
    """Summarize a column of a sample."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled:
        return EMPTY
    part = 100 / len(filled)
    known = currencies()
    values = set(filled)
    return Shape(
        filled=round(100 * len(filled) / len(cells)),
        dates=round(part * sum(map(dates.is_date, filled))),
        short_dates=round(part * sum(map(dates.is_short_date, filled))),
        amounts=round(part * sum(map(amounts.is_amount, filled))),
        signed=round(part * sum(1 for cell in filled if "," in cell or "." in cell or cell[0] in "-+(−$€£¥")),
        currency=round(part * sum(1 for cell in filled if cell.upper() in known)),
        sides=_sides(cells) if len(values) <= 4 else 0,
        states=round(part * sum(1 for cell in filled if fold(cell) in STATES)),
        numbers=round(part * sum(1 for cell in filled if ACCOUNT_NUMBER.fullmatch(cell))),
        words=round(part * sum(1 for cell in filled if sum(map(str.isalpha, cell)) * 2 >= len(cell))),
        distinct=round(part * len(values)),
        length=round(sum(map(len, filled)) / len(filled)),
        kinds=round(part * sum(1 for cell in filled if BOOKING_KIND.fullmatch(fold(cell[:80])))),
        constant=len(values) == 1 and len(filled) > 2,
    )


def _sides(cells: Sequence[str]) -> int:
    """Return 100 if a column has words for debit and credit, 60 for words of one side only."""
    found = sides_of(cells)
    return 100 if len(set(found.values())) == 2 and "" not in found else 60 if found else 0


def guess(
    header: Sequence[str], shapes: Sequence[Shape], taken: dict[str, int], absent: frozenset[str]
) -> dict[str, int]:
    """Return the column of each role. ``taken`` ones stay; the others get the best remaining name and content."""
    names = [roles_of(header[at]) if at < len(header) else {} for at in range(len(shapes))]
    found, free = dict(taken), set(range(len(shapes))) - set(taken.values())
    free -= {at for at, name in enumerate(header) if not FOREIGN.isdisjoint(normalise(name).split())}

    def best(role: str, least: int) -> None:
        if role in found or role in absent:
            return
        scores = {at: score for at in free if (score := _score(role, names[at], shapes[at])) >= least}
        if scores:
            found[role] = max(scores, key=lambda at: (scores[at], -at))
            free.discard(found[role])

    best("date", 60)
    paired = "debit" in found or "credit" in found
    if "amount" not in found and not paired:
        pair = [max((_score(role, names[at], shapes[at]) for at in free), default=0) for role in ("debit", "credit")]
        amount = max((_score("amount", names[at], shapes[at]) for at in free), default=0)
        paired = min(pair) > 100 and (amount < 230 or min(pair) >= amount)
    best("balance", 150)
    if paired:
        best("debit", 80)
        best("credit", 80)
    else:
        best("amount", 60)
        if "amount" not in found and "amount" not in absent:  # a file of spending only, or of income only
            best("debit", 150)
            best("credit", 150)
    best("fee", 200)
    best("currency", 90)
    if "amount" in found:
        best("direction", 160)
    best("state", 150)
    best("payee", 40)
    if "payee" in found and header:
        best("payer", 180)
    best("external_id", 150)
    best("category", 150)
    best("memo", 100)
    best("account", 150)
    return found


def _score(role: str, names: dict[str, int], column: Shape) -> int:
    """Score a column for a role: up to 200 for the name, up to 100 for the content. Impossible content excludes it."""
    name = names.get(role, 0)
    if role == "date":
        if name and column.short_dates >= 90 and column.dates < 50:
            return name + 40
        return name + column.dates if column.dates >= 50 or (not column.filled and name) else 0
    if role in ("amount", "debit", "credit", "balance", "fee"):
        if column.dates > 50 or (column.filled and column.amounts < 60):
            return 0
        if not name:
            return (
                column.amounts // 2 + column.signed // 2 if role == "amount" and not names and column.filled > 50 else 0
            )
        return name + (column.amounts if column.filled else 50)
    if role == "currency":
        return name + column.currency if column.currency >= 60 or (not column.filled and name) else 0
    if role == "direction":
        if names and not name and column.length < 2:
            return 0  # letters in a column that is something else by its name
        if column.sides == 100 and column.filled >= 95:
            return name + 170
        return name + column.sides
    if role == "state":
        if column.states >= 95 and column.filled >= 95 and not column.constant:
            return name + column.states
        return name + 100 if name > 140 and column.states else 0  # a state that we do not know is taken as booked
    if role in ("payee", "payer", "memo"):
        return _text_score(role, name, names, column)
    if role == "external_id" and column.filled and (column.distinct < 100 or column.filled < 90):
        return _repeating_id(name, column)
    if role == "external_id" and name < MIN_ID_SCORE and column.words >= 30:
        return 0
    return name + 1 if name and column.dates < 50 else 0


def _repeating_id(name: int, column: Shape) -> int:
    """An id column may hold some lines twice; a reference that repeats is none of the bank's."""
    return (
        name + 1 if name >= MIN_ID_SCORE and column.filled >= 90 and column.distinct >= 50 and column.length >= 4 else 0
    )


def _text_score(role: str, name: int, names: dict[str, int], column: Shape) -> int:
    if column.dates > 50 or column.currency > 60 or (column.amounts > 60 and column.filled):
        return 0
    if (column.sides and (column.length > 1 or not name)) or column.states >= 95 or column.numbers >= 60:
        return 0  # the kind of a booking, or the number of an account
    if column.constant and role == "payee":
        return name // 4 + 40 if name or not names else 0  # the account holder's own name, if there is another
    if not column.filled:
        return name if role == "memo" else name // 4
    if name:
        return name + column.filled // 4 + column.distinct // 10
    if names or role in ("memo", "payer"):
        return 0
    score = column.words // 4 + column.distinct // 4 + min(column.length, 30) - column.kinds // 2
    return max(0, score) * column.filled // 100
