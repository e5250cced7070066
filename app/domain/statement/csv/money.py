"""Find the amount columns of a CSV file and their signs.

Names come first. If they fail, the content decides: a running balance proves the amount column and its signs, two
columns that are never filled together are debit and credit, and known payees tell spending from income. What none of
this decides is asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from app.domain.amounts import currency_of
from app.domain.statement import amounts, vocabulary
from app.domain.statement.csv.layout import Layout, Question, SignExample
from app.domain.statement.csv.reading import numbers
from app.domain.statement.lines import Line, printable
from app.i18n import _

if TYPE_CHECKING:
    from app.domain.statement.csv.inspection import _Inspector

MIN_ROWS = 3  # fewer rows prove nothing, and are not worth a question
MIN_BALANCE_STEPS = 2  # changes of the balance that prove an amount column
MAX_NUMERIC_COLUMNS = 12  # columns of numbers that are tried against the balance
MONEY = ("amount", "debit", "credit")
CARD_PAYMENT = re.compile(
    r"\b(?:auto\s?pay|payment thank you|thank you|paiement recu|einzahlung|zahlung erhalten|besten dank|pago recibido"
    r"|direct debit payment|payment received|payment - thank)\b|\bpayment\b[^a-z]{0,3}(?:received|thank)",
    re.IGNORECASE,
)
INCOME = re.compile(
    r"\b(?:salary|payroll|wages?|lohn|gehalt|bezuge|salaire|nomina|stipendio|salario|salaris|loon|lonn?|palkka|pensja"
    r"|wynagrodzenie|maas|refund|retoure|remboursement|reembolso|rimborso|erstattung|ruckerstattung|gutschrift"
    r"|interest (?:paid|earned)|dividend|cashback|зарплата|给料|給料|工资|退款|返金)\b"
)
INR = frozenset(("rs", "rs.", "inr"))


class Proof(NamedTuple):
    """How well amounts explain a running balance: share of its steps (0 to 1), and the sign of each row."""

    share: float
    steps: int
    signs: list[int | None]

    @property
    def holds(self) -> bool:
        return self.steps >= MIN_BALANCE_STEPS and self.share >= 0.6


NO_PROOF = Proof(0.0, 0, [])


def follow_balance(series: Sequence[int | None], balances: Sequence[int | None]) -> Proof:
    """Compare amounts, with or without a sign, with a running balance in either direction."""
    rows = [at for at, balance in enumerate(balances) if balance is not None]
    best = NO_PROOF
    for is_forward in (True, False):
        signs: list[int | None] = [None] * len(series)
        steps = matches = 0
        for one, other in pairwise(rows):
            here, before = (other, one) if is_forward else (one, other)
            amount = series[here]
            if not amount:
                continue
            delta = balances[here] - balances[before]  # type: ignore[operator]
            steps += 1
            if abs(delta) == abs(amount):
                matches += 1
                signs[here] = 1 if delta > 0 else -1
        if steps and matches / steps > best.share:
            best = Proof(matches / steps, steps, signs)
    return best


def header_currency(name: str, currency: str) -> str | None:
    """The currency that a column's name gives, as in ``Betrag (€)`` and ``Amount(in Rs)``; None if there is none.

    A sign of several currencies, such as ``$``, is the account's if it is one of them.
    """
    for word in reversed(re.findall(r"[^\s()\[\]（）,;:/]+", name)):
        code = symbol_currency(word, currency)
        if code and (word.isupper() or not word.isalpha() or word.casefold() in INR or len(word) == 1):
            return code
    return None


def symbol_currency(symbol: str, currency: str) -> str | None:
    """The currency of a sign or code beside an amount."""
    if symbol.casefold() in INR:
        return "INR"
    if symbol == "元" and currency in ("CNY", "TWD", "HKD"):
        return currency
    if symbol.casefold().rstrip(".") == "kr":
        return currency if currency in ("NOK", "SEK", "DKK", "ISK") else None
    return currency_of(symbol, currency)


# -- which columns


def find_columns(it: _Inspector, taken: dict[str, int], table: list[list[str]]) -> None:
    """Settle on the columns of money, by content where names are missing or proved wrong."""
    if taken.keys() & set(MONEY) or not table:
        _complete_pair(it, taken, table)
        _choose_fee(it, taken, table)
        return
    read = _reader(it, table)
    numeric = [at for at, each in enumerate(it.shapes) if each.amounts >= 90 and each.dates < 50][:MAX_NUMERIC_COLUMNS]
    series = {at: numbers(table, at, read) for at in numeric}
    if len(table) >= MIN_ROWS and not _is_proved(it, series):
        _search_by_balance(it, numeric, series, table)
    if "amount" not in it.found or not _role_score(it, "amount", it.found["amount"]):
        pair = _exclusive_pair(it, numeric, series) if not it.found.keys() & {"debit", "credit"} else None
        if pair and it.found.get("balance") not in pair:
            it.found.pop("amount", None)
            it.found["debit"], it.found["credit"] = pair
    _choose_own_currency(it, taken, numeric, table)
    _choose_fee(it, taken, table)


def _reader(it: _Inspector, table: list[list[str]]) -> Any:
    cells = [cell.strip() for row in table for cell in row if "." in cell or "," in cell]
    mark, _example = amounts.decimal_mark((cell for cell in cells if amounts.is_amount(cell)), 2)
    return amounts.reader(it.given.decimal or mark or ".", it.currency)


def _role_score(it: _Inspector, role: str, at: int) -> int:
    return vocabulary.roles_of(it.header[at]).get(role, 0) if at < len(it.header) else 0


def _amounts_of(found: dict[str, int], series: dict[int, list[int | None]]) -> list[int | None]:
    if "amount" in found:
        return series.get(found["amount"], [])
    debit, credit = series.get(found.get("debit", -1), []), series.get(found.get("credit", -1), [])
    if not debit or not credit:
        return debit or credit
    return [one or other for one, other in zip(debit, credit, strict=True)]


def _is_proved(it: _Inspector, series: dict[int, list[int | None]]) -> bool:
    balance = series.get(it.found.get("balance", -1))
    if balance is None:
        return False
    chosen = _amounts_of(it.found, series)
    fees = series.get(it.found.get("fee", -1))
    return follow_balance(chosen, balance).holds or bool(fees and follow_balance(_less(chosen, fees), balance).holds)


def _less(chosen: Sequence[int | None], fees: Sequence[int | None]) -> list[int | None]:
    return [None if one is None else one - abs(fee or 0) for one, fee in zip(chosen, fees, strict=True)]


def _search_by_balance(
    it: _Inspector, numeric: list[int], series: dict[int, list[int | None]], table: list[list[str]]
) -> None:
    """Replace the columns of money by those that a balance proves, if there are such."""
    given = it.found.get("balance")
    candidates = [given] if given in series else [at for at in numeric if it.shapes[at].filled >= 60]
    best: tuple[float, int, int] = (0.0, 0, 0)
    chosen: dict[str, int] = {}
    for balance in candidates:
        others = [at for at in numeric if at != balance and at not in _reserved(it)]
        options = [{"amount": at} for at in others]
        options += [
            {"debit": one, "credit": two} for one, two in combinations(others, 2) if _is_exclusive(series, one, two)
        ]
        for option in options:
            values = _amounts_of(option, series)
            if len({value for value in values if value}) < 2:
                continue
            proof = follow_balance(values, series[balance])
            filled = sum(value is not None for value in values)
            rank = (proof.share, filled, sum(_role_score(it, role, at) for role, at in option.items()))
            if proof.steps >= MIN_BALANCE_STEPS and proof.share >= 0.9 and filled * 2 > len(table) and rank > best:
                best, chosen = rank, option | {"balance": balance}
    if chosen:
        for role in (*MONEY, "balance"):
            it.found.pop(role, None)
        it.found |= chosen


def _reserved(it: _Inspector) -> set[int]:
    return {at for role, at in it.found.items() if role not in (*MONEY, "balance", "fee", "external_id", "account")}


def _is_exclusive(series: dict[int, list[int | None]], one: int, two: int) -> bool:
    pairs = list(zip(series[one], series[two], strict=True))
    return (
        all(bool(a) != bool(b) for a, b in pairs if a or b)
        and sum(bool(a or b) for a, b in pairs) * 10 >= len(pairs) * 9
        and any(a for a, _b in pairs)
        and any(b for _a, b in pairs)
    )


def _exclusive_pair(it: _Inspector, numeric: list[int], series: dict[int, list[int | None]]) -> tuple[int, int] | None:
    """Two columns of which each row fills one: debit and credit, the debit first if anything says so."""
    reserved = _reserved(it) | {it.found.get("balance", -1)}
    pairs = [
        (one, two)
        for one, two in combinations([at for at in numeric if at not in reserved], 2)
        if _is_exclusive(series, one, two)
    ]
    return pairs[0] if len(pairs) == 1 else None


def _complete_pair(it: _Inspector, taken: dict[str, int], table: list[list[str]]) -> None:
    """With one column of a pair given, the other is the one that is filled where this is not."""
    given = [role for role in ("debit", "credit") if role in taken]
    if len(given) != 1 or "amount" in taken or not table:
        return
    role, other = given[0], "credit" if given[0] == "debit" else "debit"
    it.found.pop("amount", None)
    if other in it.found or other in it.given.absent:
        return
    read = _reader(it, table)
    numeric = [at for at, each in enumerate(it.shapes) if each.amounts >= 90 and each.dates < 50]
    series = {at: numbers(table, at, read) for at in numeric}
    fitting = [
        at
        for at in numeric
        if at != taken[role] and at != it.found.get("balance") and taken[role] in series
        and _is_exclusive(series, at, taken[role])
    ]  # fmt: skip
    if len(fitting) == 1:
        it.found[other] = fitting[0]


def _choose_own_currency(it: _Inspector, taken: dict[str, int], numeric: list[int], table: list[list[str]]) -> None:
    """Prefer the amount that the account was charged to the one at the shop, where both have a currency."""
    at = it.found.get("amount")
    if at is None or "currency" in taken:
        return

    def written(place: int) -> tuple[set[str], int | None]:
        """The currencies of a column, and the column that names them."""
        if place < len(it.header) and (code := header_currency(it.header[place], it.currency)):
            return {code}, None
        for beside in (place - 1, place + 1):
            if 0 <= beside < len(it.shapes) and it.shapes[beside].currency >= 90:
                return {row[beside].strip().upper() for row in table if beside < len(row)}, beside
        own = it.found.get("currency")
        return ({row[own].strip().upper() for row in table if own < len(row)} if own is not None else set()), own

    if all(role != "currency" for role in it.found) and not written(at)[0]:
        return
    places = [place for place in numeric if place not in _reserved(it) and place != it.found.get("balance")]
    # Each amount has its own currency column: the one before it in some files, the one behind it in others.
    beside = _currency_side(it, places)
    choices = {place: _beside(it, place, beside, table) or written(place) for place in places}
    if it.currency and choices.get(at, (set(), None))[0] == {it.currency}:
        if choices[at][1] is not None:
            it.found["currency"] = choices[at][1]  # type: ignore[assignment]
        return
    own = [
        place
        for place, (codes, _column) in choices.items()
        if codes == {it.currency} and place != at and it.shapes[place].filled >= 95 and _is_named_amount(it, place)
    ]
    if own:
        place = max(own, key=lambda each: (_role_score(it, "amount", each), -each))
        it.found["amount"] = place
        it.found.pop("currency", None)
        if (column := choices[place][1]) is not None:
            it.found["currency"] = column


def _is_named_amount(it: _Inspector, at: int) -> bool:
    return at < len(it.header) and _role_score(it, "amount", at) > 0


def _currency_side(it: _Inspector, places: list[int]) -> int:
    """-1 where currencies stand before their amounts, +1 behind."""
    named = [at for at in places if _is_named_amount(it, at)]

    def count(step: int) -> int:
        return sum(0 <= at + step < len(it.shapes) and it.shapes[at + step].currency >= 90 for at in named)

    return -1 if count(-1) > count(1) else 1


def _beside(it: _Inspector, at: int, step: int, table: list[list[str]]) -> tuple[set[str], int] | None:
    if not 0 <= at + step < len(it.shapes) or it.shapes[at + step].currency < 90:
        return None
    if at < len(it.header) and header_currency(it.header[at], it.currency):
        return None
    return {row[at + step].strip().upper() for row in table if at + step < len(row)} - {""}, at + step


def _choose_fee(it: _Inspector, taken: dict[str, int], table: list[list[str]]) -> None:
    """Keep a column of fees only where they are charged beside the amount."""
    if "fee" not in it.found or "fee" in taken or not table:
        return
    read = _reader(it, table)
    fees = numbers(table, it.found["fee"], read)
    if not any(fees):
        it.found.pop("fee")
        return
    net = next(
        (at for at, name in enumerate(it.header) if vocabulary.fold(name) in ("net", "net amount", "netto")), None
    )
    if net is not None and it.shapes[net].amounts >= 90:
        it.found.pop("fee")
        it.found["amount"] = net
        return
    places = {*it.found.values()}
    series = {at: numbers(table, at, read) for at in places if it.shapes[at].amounts >= 90}
    balance = series.get(it.found.get("balance", -1))
    chosen = _amounts_of(it.found, series)
    if balance and chosen:
        if follow_balance(_less(chosen, fees), balance).share <= follow_balance(chosen, balance).share:
            it.found.pop("fee")
        return
    if vocabulary.fold(it.header[it.found["fee"]]).startswith("total"):
        it.found.pop("fee")  # the sum of fees in the amount
    else:
        it.warnings.append(_("Fees are added to the amounts. If they are included already, change the columns."))


# -- which sign


def find_signs(it: _Inspector, layout: Layout) -> dict[str, Any]:
    """What the pair of columns, or the column of sides, says of money out and in."""
    table = [cells for _line, cells in it.body]
    read = partial(numbers, table, read=amounts.reader(layout.decimal, layout.currency))
    balances = read(it.found["balance"]) if "balance" in it.found else []
    if "amount" not in it.found:
        return _signs_of_pair(it, layout, table, read, balances)
    return _find_sides(it, table, read(it.found["amount"]), balances)


def _signs_of_pair(
    it: _Inspector, layout: Layout, table: list[list[str]], read: Any, balances: list[int | None]
) -> dict[str, Any]:
    if not it.found.keys() & {"debit", "credit"}:
        return {}
    debit = read(it.found["debit"]) if "debit" in it.found else []
    credit = read(it.found["credit"]) if "credit" in it.found else []
    named = any(_role_score(it, role, it.found[role]) for role in ("debit", "credit") if role in it.found)
    given = it.given.debit is not None or it.given.credit is not None
    if debit and credit and not named and not given:
        is_debit = _is_debit_first(it, table, debit, credit, balances)
        if is_debit is None:
            places = it.found["debit"], it.found["credit"]
            sample = layout.delimiter.join(table[0])
            it.questions.append(Question("debit", it.names(places), printable(sample)[:120]))
        elif not is_debit:
            it.found["debit"], it.found["credit"] = it.found["credit"], it.found["debit"]
            debit, credit = credit, debit
    return {"debit_adds": _is_mostly_negative(debit), "credit_adds": not _is_mostly_negative(credit)}


def _is_mostly_negative(values: Sequence[int | None]) -> bool:
    signed = [value for value in values if value]
    return sum(value < 0 for value in signed) * 2 > len(signed)


def _is_debit_first(
    it: _Inspector,
    table: list[list[str]],
    one: list[int | None],
    two: list[int | None],
    balances: list[int | None],
) -> bool | None:
    """Whether the first of two unnamed columns is money out; None where nothing tells."""
    if _is_mostly_negative(one) != _is_mostly_negative(two):
        return _is_mostly_negative(one)
    votes = 0
    if balances:
        proof = follow_balance([a or b for a, b in zip(one, two, strict=True)], balances)
        if proof.holds:
            turn = -1 if _is_debt(it, balances, proof.signs) else 1
            votes = sum(turn * (sign or 0) * (-1 if first else 1) for sign, first in zip(proof.signs, one, strict=True))
            return votes > 0
    for cells, first, second in zip(table, one, two, strict=True):
        if first or second:
            votes += _expected_sign(it, _payee_text(it, cells)) * (-1 if first else 1)
    if votes == 0 and it.traits.is_card:  # a card has more charges than payments
        votes = sum(map(bool, one)) - sum(map(bool, two))
    return votes > 0 if votes else None


def _payee_text(it: _Inspector, cells: list[str]) -> str:
    places = [it.found[role] for role in ("payee", "memo") if role in it.found]
    return " ".join(cells[at].strip() for at in places if at < len(cells))


def _expected_sign(it: _Inspector, text: str) -> int:
    """Whether a text is usually money out (-1) or in (+1), by words that statements use and by known payees."""
    if not text:
        return 0
    if CARD_PAYMENT.search(vocabulary.fold(text)) or CARD_PAYMENT.search(text):
        return 1
    if INCOME.search(vocabulary.fold(text)):
        return 1
    return it.traits.expected_sign(text) if it.traits.expected_sign else 0


def _is_debt(it: _Inspector, balances: Sequence[int | None], signs: Sequence[int | None]) -> bool:
    """Whether a card's balance is what is owed, so that it rises with spending."""
    known = [balance for balance in balances if balance]
    owed = sum(balance > 0 for balance in known) * 2 > len(known)
    return it.traits.is_card and owed and sum(sign or 0 for sign in signs) > 0


def _find_sides(
    it: _Inspector, table: list[list[str]], series: list[int | None], balances: list[int | None]
) -> dict[str, Any]:
    """The column that says in or out, if the amounts do not say it themselves."""
    has_minus = _has_minus(it, series)
    at = it.found.get("direction")
    values = [cells[at].strip() if at is not None and at < len(cells) else "" for cells in table]
    sides = {side: -1 if word == "out" else 1 for side, word in (it.given.sides or {}).items()}
    if at is not None:
        filled = [value for value, amount in zip(values, series, strict=True) if amount is not None]
        sides = sides or vocabulary.sides_of(filled)
    proof = follow_balance(series, balances) if balances else NO_PROOF
    if not has_minus and not sides and proof.holds and {1, -1} <= set(proof.signs):
        at, sides = _learn_sides(it, table, proof.signs)
        if at is not None:
            it.found["direction"] = at
    if at is None or not sides:
        it.found.pop("direction", None)
        return {}
    if has_minus and it.given.direction is None and not _agree(values, series, sides):
        it.found.pop("direction", None)  # the kind of a booking; the amounts say in or out themselves
        return {}
    return {"sides": tuple(sorted(sides.items()))}


def _has_minus(it: _Inspector, series: Sequence[int | None]) -> bool:
    return any(value is not None and value < 0 for value in series)


def _agree(values: list[str], series: list[int | None], sides: dict[str, int]) -> bool:
    """Whether each side has one sign, be it the usual or the other one."""
    signs: dict[int, set[bool]] = {}
    for value, amount in zip(values, series, strict=True):
        if amount and value in sides:
            signs.setdefault(sides[value], set()).add(amount > 0)
    return all(len(each) == 1 for each in signs.values()) and (len(signs) < 2 or signs[1] != signs[-1])


def _learn_sides(
    it: _Inspector, table: list[list[str]], signs: Sequence[int | None]
) -> tuple[int | None, dict[str, int]]:
    """A column of few words that agrees with the balance on each row, and what its words mean."""
    for at in range(it.width):
        if at in it.found.values() or it.shapes[at].amounts > 50:
            continue
        learned: dict[str, int] = {}
        for cells, sign in zip(table, signs, strict=True):
            value = cells[at].strip() if at < len(cells) else ""
            if sign is not None and learned.setdefault(value, sign) != sign:
                break
        else:
            everything = {cells[at].strip() if at < len(cells) else "" for cells in table}
            if len(learned) <= 4 and set(learned.values()) == {1, -1} and everything <= learned.keys():
                return at, learned
    return None, {}


def decide_sign(it: _Inspector, layout: Layout) -> Layout:
    """Whether positive amounts are spending. Adds a question where neither balance nor texts tell."""
    if it.given.flipped is not None or "amount" not in layout.columns or "direction" in layout.columns:
        return layout
    lines = it.sample_lines(layout)
    known = [line for line in lines if line.minor]
    if "balance" in layout.columns:
        balances = [line.balance_minor for line in lines]
        proof = follow_balance([line.minor for line in lines], balances)
        if proof.holds:
            turn = -1 if _is_debt(it, balances, proof.signs) else 1
            pairs = [(sign * turn, line.minor) for sign, line in zip(proof.signs, lines, strict=True) if sign]
            agree = sum((sign > 0) == (minor > 0) for sign, minor in pairs)
            if agree * 10 >= len(pairs) * 8:
                return layout
            if agree * 10 <= len(pairs) * 2 and proof.steps >= MIN_ROWS:
                return replace(layout, flipped=True)
        if (proof.steps >= MIN_ROWS and proof.share < 0.5) or (proof.holds and not proof.share < 0.5):
            it.warnings.append(_("The amounts do not agree with the balance. Check the signs."))
    if len(known) < MIN_ROWS or _has_plus(it):
        return layout
    return _decide_by_text(it, layout, known)


def _has_plus(it: _Inspector) -> bool:
    return any(cell.lstrip("$€£¥ ")[:1] == "+" for cell in it.column("amount"))


def _decide_by_text(it: _Inspector, layout: Layout, known: list[Line]) -> Layout:
    count = len(known)
    charges = sum(line.minor > 0 for line in known)
    votes = [_expected_sign(it, f"{line.payee_text} {line.memo}".strip()) for line in known]
    straight = sum(vote * line.minor > 0 for vote, line in zip(votes, known, strict=True))
    flipped = sum(vote * line.minor < 0 for vote, line in zip(votes, known, strict=True))
    is_card = it.traits.is_card
    if charges * 2 <= count:  # at least half is negative: the usual way, unless payees say otherwise
        turned = flipped >= MIN_ROWS and flipped > 4 * straight and not is_card
        return _ask_sign(it, layout, known) if turned else layout
    has_payment = any(
        line.minor < 0 and CARD_PAYMENT.search(f"{line.payee_text} {line.memo}") for line in known
    ) and not any(line.minor > 0 and CARD_PAYMENT.search(f"{line.payee_text} {line.memo}") for line in known)
    if flipped > 2 * straight and (has_payment or is_card or (flipped >= 2 and flipped * 2 >= count)):
        it.warnings.append(_("Positive amounts are read as spending. If that is wrong, change it before you import."))
        return replace(layout, flipped=True)
    if straight > 2 * flipped and straight * 2 >= count:
        return layout
    if charges == count or charges * 5 >= count * 4 or is_card:
        return _ask_sign(it, layout, known)
    if flipped or not straight:
        it.warnings.append(_("Most amounts are positive. If they are spending, change it before you import."))
    return layout


def _ask_sign(it: _Inspector, layout: Layout, known: list[Line]) -> Layout:
    """Ask with two rows, one of each sign where the file has both."""
    if not it.asks_sign:
        it.warnings.append(_("Most amounts are positive. If they are spending, change it before you import."))
        return layout
    first = known[0]
    other = next((line for line in known if (line.minor > 0) != (first.minor > 0)), known[-1])
    examples = tuple(SignExample(line.payee_text, line.minor, line.currency) for line in (first, other))
    it.questions.append(Question("flipped", ("true", "false"), printable(first.payee_text)[:120], examples))
    return layout
