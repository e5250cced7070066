"""Stream the lines of a CSV file with a known layout."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import Any, BinaryIO

from app.domain.amounts import currency_of
from app.domain.money import check_currency
from app.domain.statement import amounts, dates, decode, vocabulary
from app.domain.statement.csv.layout import Layout
from app.domain.statement.identity import normalise
from app.domain.statement.lines import MAX_TEXT, BadLine, Line, printable
from app.domain.statement.records import Broken, records
from app.errors import Invalid, InvalidAmount
from app.i18n import _

FORMULA_STARTS = frozenset("=+-@\t\r\n|%＝＋－＠")
BLANKS = frozenset(("", "-", "–", "—"))
MAX_DATES = 20_000  # remembered date texts, so that a hostile file does not fill the memory
TEXTS = ("payee", "payer", "memo", "category", "external_id", "account", "state")
PAIRED_DELIMITERS = frozenset(";\t|")  # marks that do not stand inside amounts

ReadAmount = Callable[[str], int]


class NotBooked(Invalid):
    """A readable line that is no booked transaction: pending, failed, or a balance."""

    kind = "not_booked"


class Pending(NotBooked):
    kind = "pending"


def read_lines(stream: BinaryIO, layout: Layout) -> Iterator[Line | BadLine]:
    """Yield each line in file order, without balances and totals."""
    text = undress(decode.text_of(stream, layout.encoding), layout)
    found = read_rows(records(text, layout.delimiter, 0 if layout.has_short_rows else layout.width), layout)
    return _without_last(found) if layout.cut else found


def undress(text: Iterable[str], layout: Layout) -> Iterable[str]:
    """Remove the formula that some banks put around each cell, ``="2026-02-27"``."""
    return (line.replace('="', '"') for line in text) if layout.is_formula else text


def _without_last(found: Iterator[Line | BadLine]) -> Iterator[Line | BadLine]:
    held: Line | BadLine | None = None
    for line in found:
        if held is not None:
            yield held
        held = line
    if isinstance(held, Line):
        yield BadLine(held.line, _("The file ends within this line."), printable(f"{held.booked_on} {held.payee_text}"))
    elif held is not None:
        yield held


def read_rows(rows: Iterable[tuple[int, Any]], layout: Layout) -> Iterator[Line | BadLine]:
    """The lines of these rows. Everything that is the same for all rows is worked out before the first."""
    first, width, delimiter = layout.first_line, layout.width, layout.delimiter
    on = layout.columns["date"]
    payee, payer, memo, category, reference, account, state = (layout.columns.get(role, -1) for role in TEXTS)
    read_money, read_day = _money_reader(layout), _day_reader(layout)
    make, repeated = Line._make, lru_cache(4096)(_text)  # payees and the like come again and again
    check_state, is_balance = lru_cache(64)(_check_state), lru_cache(4096)(vocabulary.is_balance_row)
    has_names = layout.is_own_export
    named = _payee_reader(layout, repeated) if payer >= 0 or layout.own_names else None
    for number, cells in rows:
        if number < first:
            continue
        try:
            if len(cells) != width or isinstance(cells, Broken):
                if not cells and not isinstance(cells, Broken):
                    continue
                cells = _fitted(cells, layout)
            is_pending = state >= 0 and check_state(cells[state], layout.keeps_pending)
            day = read_day(cells[on])
            note = _text(cells[memo]) if memo >= 0 else ""
            minor, code, balance = read_money(cells)
            if named:
                name = named(cells, minor) or note
            else:
                name = (repeated(cells[payee]) if payee >= 0 else "") or note
            if is_balance(name) if name else any(map(is_balance, cells)):
                continue
            yield make(
                (
                    number,
                    day,
                    minor,
                    code,
                    name,
                    note,
                    repeated(cells[category]) if category >= 0 else "",
                    _text(cells[reference]) if reference >= 0 else "",
                    balance,
                    repeated(cells[account]) if account >= 0 else "",
                    is_pending,
                    has_names,
                )
            )
        except NotBooked as error:
            yield BadLine(number, error.message, printable(delimiter.join(cells[:40])), error.kind)  # type: ignore[arg-type]
        except Invalid as error:
            if not _is_footer(cells, layout):
                raw = cells.raw if isinstance(cells, Broken) else delimiter.join(cell[:200] for cell in cells[:40])
                yield BadLine(number, error.message, printable(raw))


def _day_reader(layout: Layout) -> Callable[[str], date]:
    days: dict[str, date] = {}
    near = layout.first_near

    def read_day(written: str) -> date:
        day = days.get(written)
        if day is None:
            day = dates.read(written, layout.order)
            if len(days) < MAX_DATES:
                days[written] = day
        return day

    def read_day_without_year(written: str) -> date:
        nonlocal near
        near = dates.with_year(written, layout.order, near)  # type: ignore[arg-type]
        return near

    return read_day if near is None else read_day_without_year


def _payee_reader(layout: Layout, text: Callable[[str], str]) -> Callable[[list[str], int], str]:
    """A function from a row and its amount to the other party, which is never the account holder."""
    payee, payer = layout.columns.get("payee", -1), layout.columns.get("payer", -1)

    def read_payee(cells: list[str], minor: int) -> str:
        order = (payer, payee) if minor > 0 else (payee, payer)
        names = [name for at in order if at >= 0 and (name := text(cells[at]))]
        return next((name for name in names if normalise(name) not in layout.own_names), "")

    return read_payee


def _check_state(state: str, keeps_pending: bool) -> bool:
    """Whether a line in this state is pending. Raises ``NotBooked`` if it is not to be imported."""
    plain = vocabulary.fold(state)
    if plain in vocabulary.PENDING:
        if keeps_pending:
            return True
        raise Pending(_("This payment is pending: {state}. A later file will include it.", state=printable(state)[:40]))
    if plain in vocabulary.UNPAID:
        raise NotBooked(_("This payment was not made: {state}.", state=printable(state)[:40]))
    return False


def _fitted(cells: list[str] | Broken, layout: Layout) -> list[str]:
    """The row with as many cells as the table has columns.

    What a shorter row lacks is blank, as long as its date and amount are there. A longer row is refused where its
    extra cells may be the rest of an amount or a text with a delimiter in it.
    """
    if isinstance(cells, Broken):
        raise Invalid(str(cells))
    width = layout.width
    if len(cells) > width and (
        not any(map(str.strip, cells[width:])) or (not layout.header_line and layout.delimiter in PAIRED_DELIMITERS)
    ):
        return cells[:width]
    if len(cells) < width:
        columns = layout.columns
        needed = [columns["date"], *(columns[role] for role in ("amount", "direction") if role in columns)]
        pair = [columns[role] for role in ("debit", "credit") if role in columns]
        if len(cells) > max(needed) and (not pair or len(cells) > min(pair)):
            return cells + [""] * (width - len(cells))
    raise Invalid(_("This line has {n} cells and the table has {width}.", n=len(cells), width=width))


def _money_reader(layout: Layout) -> Callable[[list[str]], tuple[int, str, int | None]]:
    """A function from a row to its signed minor units, currency and balance."""
    at = layout.columns
    code_at, balance_at, fee_at = at.get("currency", -1), at.get("balance", -1), at.get("fee", -1)
    signed = _pair_reader(layout) if "amount" not in at else _amount_reader(layout)
    own = layout.currency
    readers: dict[str, tuple[str, ReadAmount]] = {"": (own, amounts.reader(layout.decimal, own))}

    def read_money(cells: list[str]) -> tuple[int, str, int | None]:
        written = cells[code_at] if code_at >= 0 else ""
        known = readers.get(written)
        if known is None:
            code = (currency_of(written.strip(), own) or check_currency(written)) if written.strip() else own
            known = code, amounts.reader(layout.decimal, code)
            if len(readers) < 1000:
                readers[written] = known
        code, read = known
        minor = signed(cells, read)
        if fee_at >= 0 and (fee := cells[fee_at].strip()) not in BLANKS:
            minor -= abs(read(fee))
        if balance_at < 0:
            return minor, code, None
        try:
            return minor, code, read(cells[balance_at])
        except InvalidAmount:  # a balance is a witness; without one the line is booked all the same
            return minor, code, None

    return read_money


def _amount_reader(layout: Layout) -> Callable[[list[str], ReadAmount], int]:
    amount_at, side_at = layout.columns["amount"], layout.columns.get("direction", -1)
    sign, sides = -1 if layout.flipped else 1, dict(layout.sides)

    def read_amount(cells: list[str], read: ReadAmount) -> int:
        written = cells[amount_at]
        if not written or written.isspace():
            raise InvalidAmount("", why=_("The amount is missing."))
        minor = read(written)
        if side_at < 0:
            return sign * minor
        side = cells[side_at].strip()
        direction = sides.get(side) or vocabulary.sides_of((side,)).get(side)
        if direction is None:
            raise Invalid(
                _("“{side}” means neither money in nor money out.", side=printable(side)[:40]), field="direction"
            )
        return direction * abs(minor)

    return read_amount


def _pair_reader(layout: Layout) -> Callable[[list[str], ReadAmount], int]:
    debit_at, credit_at = layout.columns.get("debit", -1), layout.columns.get("credit", -1)
    debit_sign, credit_sign = 1 if layout.debit_adds else -1, 1 if layout.credit_adds else -1

    def read_pair(cells: list[str], read: ReadAmount) -> int:
        debit = cells[debit_at].strip() if debit_at >= 0 else ""
        credit = cells[credit_at].strip() if credit_at >= 0 else ""
        out = 0 if debit in BLANKS else read(debit)
        into = 0 if credit in BLANKS else read(credit)
        if out and into:
            raise InvalidAmount("", why=_("This line has both a debit and a credit."))
        if debit in BLANKS and credit in BLANKS:
            raise InvalidAmount("", why=_("The amount is missing."))
        return credit_sign * into if into else debit_sign * out

    return read_pair


def _text(cell: str) -> str:
    """A cell's text on one line, without the apostrophe that keeps spreadsheets from running it."""
    if len(cell) > MAX_TEXT:
        raise Invalid(_("A text on this line is longer than {n} characters.", n=MAX_TEXT))
    if not cell.isprintable():
        cell = _one_line(cell)
    cell = cell.strip()
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA_STARTS else cell


def _one_line(cell: str) -> str:
    cell = " ".join(cell.split())
    for c in cell:
        if c < " " or "\x7f" <= c <= "\x9f" or "\ud800" <= c <= "\udfff":
            raise Invalid(_("This line has characters that are not text."))
    return "".join(c for c in cell if c.isprintable() or c.isspace())


def _is_footer(cells: list[str] | Broken, layout: Layout) -> bool:
    """Return whether a row that cannot be imported is no line: blank, a sum, a ruler, a remark or the header again."""
    if isinstance(cells, Broken):
        return False
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled or tuple(filled) == tuple(filter(None, layout.header)):
        return True
    if any(map(vocabulary.is_balance_row, filled)):
        return True
    on = layout.columns["date"]
    if on < len(cells) and dates.is_date(cells[on]):
        return False
    words = normalise(filled[0][:200])
    is_remark = len(filled) == 1 and len(words.split()) > 5 and on < len(cells) and layout.width > 3
    return not words or is_remark or bool(vocabulary.TOTALS.fullmatch(words))


def numbers(rows: Iterable[list[str]], at: int, read: ReadAmount) -> list[int | None]:
    """A column's amounts in minor units; None where a cell is blank or no amount."""

    def one(cells: list[str]) -> int | None:
        written = cells[at].strip() if at < len(cells) else ""
        try:
            return None if written in BLANKS else read(written)
        except InvalidAmount:
            return None

    return list(map(one, rows))
