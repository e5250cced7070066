"""CSV statements: finding out how a file is written, and reading its lines one by one."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise
from typing import Any, BinaryIO, Literal, NamedTuple, cast

from app.domain.money import check_currency, exponent
from app.domain.statement import amounts, columns, dates, decode
from app.domain.statement.identity import normalise
from app.domain.statement.lines import LONGEST_TEXT, MAX_BYTES, BadLine, Line, shown
from app.domain.statement.mapping import DELIMITERS, MOST_COLUMNS, Mapping, resolve
from app.domain.statement.records import Broken, records
from app.errors import Invalid, InvalidAmount, TooLarge, UnsupportedFile
from app.i18n import _

SAMPLE_LINES = 400  # physical lines looked at to guess
SAMPLE_CHARS = 1 << 19
LOOKED_AT = 200  # rows whose cells are looked at
SHOWN = 20  # rows in a preview
PREAMBLE = 60  # rows in which the header is looked for
FORMULA = frozenset("=+-@\t\r＝＋－＠|")
BLANKS = frozenset(("", "-", "–", "—"))
CARD_PAYMENT = re.compile(
    r"\b(?:auto\s?pay|(?:online |mobile |card |bill )?payment\b.*\b(?:thank|received)|payment thank you|paiement recu"
    r"|einzahlung|zahlung erhalten|pago recibido|direct debit payment)",
    re.IGNORECASE,
)
SEP = re.compile(r'"?sep=(.|\\t)"?\s*', re.IGNORECASE)
MANY_DATES = 20_000  # remembered date texts, so that a hostile file does not fill the memory


@dataclass(frozen=True, slots=True)
class Question:
    """What the file cannot decide; the answer, one of ``choices``, goes to the mapping's ``field``."""

    field: str
    choices: tuple[str, ...]
    sample: str


@dataclass(frozen=True, slots=True)
class Layout:
    """How one file is read, in numbers; ``Inspection.mapping`` says it for people and for the next file."""

    encoding: str
    delimiter: str
    header_line: int  # physical line, 0 = none
    first_line: int
    header: tuple[str, ...]
    width: int
    shorter: frozenset[int]
    columns: dict[str, int]
    order: str
    decimal: str
    debit_adds: bool  # what goes out stands with a minus already
    flipped: bool
    cut: bool  # the last line ends in the middle of an amount


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found out about a file; with questions it cannot be read yet."""

    mapping: Mapping
    header: tuple[str, ...]
    header_line: int
    fingerprint: str  # the same for two files of one bank
    sample: list[list[str]]
    questions: tuple[Question, ...]
    row_count_estimate: int
    warnings: tuple[str, ...]
    layout: Layout


def inspect(source: bytes | BinaryIO, *, mapping: Mapping | Dict[str, Any] | None = None, currency: str) -> Inspection:
    """Guess how a file is written, where ``mapping`` does not say it.

    ``source`` is bytes or a seekable stream, ``currency`` that of the account. Raises ``UnsupportedFile`` for
    what is no table, ``TooLarge``, and ``Invalid`` with the field of the mapping that does not fit the file.
    """
    given = mapping if isinstance(mapping, Mapping) else Mapping.of(mapping)
    return _Inspector(_stream(source), given, check_currency(currency)).inspect()


def read(source: bytes | BinaryIO, mapping: Mapping | Dict[str, Any] | None, currency: str) -> Iterator[Line | BadLine]:
    """Stream the lines of a file; raises what ``inspect`` does, and ``Invalid`` while a question is open."""
    stream = _stream(source)
    found = inspect(stream, mapping=mapping, currency=currency)
    for question in found.questions:
        raise Invalid(open_question(question), field=question.field)
    return lines(stream, found.layout, check_currency(currency))


def open_question(question: Question) -> str:
    """A question as a sentence."""
    if question.field == "decimal":
        return _(
            "“{sample}” can be read in two ways. Is the decimal mark a dot or a comma?",
            sample=question.sample,
        )
    if question.field == "date_format":
        return _(
            "“{sample}” can be read in two ways. Are the dates {choices}?",
            sample=question.sample,
            choices=_(" or ").join(question.choices),
        )
    return _("Which column is the {field}?", field=question.field)


def _stream(source: bytes | BinaryIO) -> BinaryIO:
    stream = io.BytesIO(source) if isinstance(source, (bytes, bytearray, memoryview)) else source
    size = stream.seek(0, io.SEEK_END)
    if size > MAX_BYTES:
        raise TooLarge(_("This file is larger than {n} MB. Export a shorter period.", n=MAX_BYTES >> 20), field="file")
    stream.seek(0)
    return stream


@dataclass(slots=True)
class _Inspector:
    """One inspection; each step leaves what it found for the next."""

    stream: BinaryIO
    given: Mapping
    currency: str
    encoding: str = ""
    delimiter: str = ""
    text: list[str] = field(default_factory=list)
    whole: bool = False  # the sample is the whole file
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    header: list[str] = field(default_factory=list)
    header_line: int = 0
    first_line: int = 1
    body: list[tuple[int, list[str]]] = field(default_factory=list)
    width: int = 0
    found: dict[str, int] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def inspect(self) -> Inspection:
        self._decode()
        self._delimit()
        self._find_header()
        self._find_columns()
        order, date_format = self._date_order()
        decimal = self._decimal()
        layout = self._layout(order, decimal)
        layout = replace(layout, flipped=self._flipped(layout), cut=self._cut(layout))
        return Inspection(
            mapping=self._mapping(date_format, layout),
            header=tuple(self.header),
            header_line=self.header_line,
            fingerprint=self._fingerprint(),
            sample=[cells for _line, cells in self.body[:SHOWN]],
            questions=tuple(self.questions),
            row_count_estimate=self._estimate(),
            warnings=tuple(self.warnings),
            layout=layout,
        )

    # -- text and table

    def _decode(self) -> None:
        guessed, mixed = decode.guess(self.stream) if not self.given.encoding else (self.given.encoding, False)
        if self.given.encoding:
            self.stream.seek(0)
            decode.refuse_other_formats(self.stream.read(decode.HEAD))
        self.encoding = guessed
        if mixed:
            self.warnings.append(_("Some characters of this file are in another encoding. Look at the payees."))
        size = 0
        for line in _sampled(decode.text_of(self.stream, self.encoding)):
            self.text.append(line)
            size += len(line)
            if len(self.text) >= SAMPLE_LINES or size >= SAMPLE_CHARS:
                break
        else:
            self.whole = True
        if not any(line.strip("\ufeff\x00 \t\r\n") for line in self.text):
            raise UnsupportedFile(
                _("There is nothing in this file. Download the statement from your bank again."), field="file"
            )

    def _delimit(self) -> None:
        told = SEP.fullmatch(self.text[0].lstrip("\ufeff"))
        if self.given.delimiter:
            self.delimiter = self.given.delimiter
        elif told and told[1].replace("\\t", "\t") in (*DELIMITERS, ":", "^", "~"):
            self.delimiter = told[1].replace("\\t", "\t")
        else:
            self.delimiter = max(DELIMITERS, key=lambda mark: _tabular(self._parse(mark)))
        self.rows = self._parse(self.delimiter)
        if told:
            self.rows = [row for row in self.rows if row[0] > 1]
        widest = max((len(_trimmed(cells)) for _line, cells in self.rows), default=0)
        if widest > MOST_COLUMNS:
            raise UnsupportedFile(
                _("This table has {width} columns, too many for a bank statement.", width=widest),
                field="file",
            )
        if widest < 2 and self.given.delimiter:
            raise Invalid(
                _(
                    "With “{delimiter}” as the delimiter this file has only one column.",
                    delimiter=self.delimiter,
                ),
                field="delimiter",
            )
        if widest < 2:
            raise UnsupportedFile(
                _("There is no table in this file. Export the statement as CSV and import that."),
                field="file",
            )

    def _parse(self, delimiter: str) -> list[tuple[int, list[str]]]:
        parsed = records(self.text, delimiter)
        rows = [(line, cells) for line, cells in parsed if not isinstance(cells, Broken) and any(map(str.strip, cells))]
        if rows and rows[0][1][0].startswith("\ufeff"):
            rows[0][1][0] = rows[0][1][0].lstrip("\ufeff")
        return rows

    def _find_header(self) -> None:
        at = self._header_at()
        if at is not None:
            self.header_line, cells = self.rows[at]
            self.header = [cell.strip() for cell in _trimmed(cells)]
        after = self.rows[at + 1 :] if at is not None else self.rows
        common = Counter(len(_trimmed(cells)) for _line, cells in after if _bookable(cells))
        usual = common.most_common(1)[0][0] if common else max((len(cells) for _line, cells in after), default=0)
        if at is None:  # lines before the first that looks like the table are a preamble
            first = next(
                (i for i, (_l, cells) in enumerate(after) if _bookable(cells) and len(_trimmed(cells)) >= usual),
                0,
            )
            after = after[first:]
        self.width = max(len(self.header), usual if common or not self.header else 0)
        self.first_line = self.header_line + 1 if self.header_line else (after[0][0] if after else 1)
        self.body = after[:LOOKED_AT]

    def _header_at(self) -> int | None:
        if self.given.header is False:
            return None
        top = self.rows[:PREAMBLE]
        named = [column.casefold() for column in self.given.columns().values() if isinstance(column, str)]
        if named:
            for at, (_line, cells) in enumerate(top):
                if {cell.strip().casefold() for cell in cells}.issuperset(named):
                    return at
        counted = [(columns.hits(cells) if not _bookable(cells) else 0, -at) for at, (_line, cells) in enumerate(top)]
        best, at = max(counted, default=(0, 0))
        if best >= 2:
            return -at
        first = next((at for at, (_line, cells) in enumerate(top) if _bookable(cells)), None)
        if first is None:
            first = next((at for at, (_line, cells) in enumerate(top) if any(map(dates.is_date, cells))), None)
        if first and self._names(top[first - 1][1], top[first][1]):
            return first - 1
        return 0 if self.given.header and top else None

    @staticmethod
    def _names(cells: list[str], row: list[str]) -> bool:
        """Whether a row above the first booking names its columns, in words we do not know."""
        texts = [cell.strip() for cell in _trimmed(cells)]
        return (
            len(texts) >= len(_trimmed(row)) - 1
            and sum(map(bool, texts)) * 2 > len(texts)
            and not any(dates.is_date(cell) or amounts.is_amount(cell) for cell in texts)
        )

    def _find_columns(self) -> None:
        taken = resolve(self.given, self.header, self.width)
        cells = [row for _line, row in self.body if len(row) * 2 >= self.width]
        across = [[row[at] if at < len(row) else "" for row in cells] for at in range(self.width)]
        shapes = [columns.shape(column) if column else columns.EMPTY for column in across]
        self.found = columns.guess(self.header, shapes, taken, self.given.absent)
        signs = self._column("amount")
        if "direction" not in taken and any("-" in cell or "−" in cell or "(" in cell for cell in signs):
            self.found.pop("direction", None)  # the amounts say it themselves
        if "state" not in taken and "statement_text" in self.header:
            self.found.pop("state", None)  # our own export: its pending lines are lines
        self._check_given(taken, shapes, across)
        if "date" not in self.found:
            self._ask_column("date")
        if not self.found.keys() & {"amount", "debit", "credit"}:
            self._ask_column("amount")
        if not self.body:
            self.warnings.append(_("The file has a header and no lines under it."))
        repeated = [name for name, count in Counter(filter(None, self.header)).items() if count > 1]
        if repeated:
            self.warnings.append(_("Several columns are called “{name}”.", name=repeated[0][:60]))
        if len({cell for cell in self._column("account") if cell}) > 1:
            self.warnings.append(_("This file holds lines of several accounts."))

    def _check_given(self, taken: dict[str, int], shapes: list[columns.Shape], across: list[list[str]]) -> None:
        for role, at in taken.items():
            seen = shapes[at]
            if not seen.filled or (self.given.header is False and not self.body):
                continue
            example = next(cell for cell in across[at] if cell.strip())
            if role == "date" and not seen.dates:
                raise Invalid(_("This column holds no dates but “{sample}”.", sample=shown(example)[:60]), field=role)
            if role in ("amount", "debit", "credit") and not seen.amounts:
                raise Invalid(_("This column holds no amounts but “{sample}”.", sample=shown(example)[:60]), field=role)

    def _ask_column(self, role: str) -> None:
        if not self.body:
            raise UnsupportedFile(
                _("There is no table with dates and amounts in this file. Export the statement as CSV."),
                field="file",
            )
        names = self.header + [""] * (self.width - len(self.header))
        choices = tuple(name if name and names.count(name) == 1 else str(at) for at, name in enumerate(names))
        self.questions.append(Question(role, choices, shown(self.delimiter.join(self.body[0][1]))[:120]))

    # -- how dates and amounts are written

    def _column(self, role: str) -> list[str]:
        at = self.found.get(role)
        return [] if at is None else [cells[at].strip() for _line, cells in self.body if at < len(cells)]

    def _everywhere(self, roles: Sequence[str]) -> Iterator[str]:
        """The cells of these columns in the whole file, for what the sample leaves open."""
        places = [self.found[role] for role in roles if role in self.found]
        if self.whole:
            yield from (cell for role in roles for cell in self._column(role))
            return
        for line, cells in records(decode.text_of(self.stream, self.encoding), self.delimiter, self.width):
            if line >= self.first_line and not isinstance(cells, Broken):
                yield from (cells[at].strip() for at in places if at < len(cells))

    def _date_order(self) -> tuple[str, str | None]:
        seen = [cell for cell in self._column("date") if dates.is_date(cell)]
        sample = seen[0] if seen else ""
        if self.given.date_format:
            order = dates.order_of(self.given.date_format)
            if seen and not any(order in dates.orders(cell) for cell in seen):
                raise Invalid(
                    _(
                        "“{sample}” is not a date written {format}.",
                        sample=sample,
                        format=self.given.date_format[:20],
                    ),
                    field="date_format",
                )
            return order, self.given.date_format
        if "date" not in self.found or not seen:
            return "ymd", None
        orders, example = dates.common_orders(seen)
        if len(orders) == 2:
            orders, example = dates.common_orders(self._everywhere(("date",)))
        if len(orders) == 2:
            choices = tuple(dates.pattern(order, example or sample) for order in sorted(orders))
            self.questions.append(Question("date_format", choices, example or sample))
        order = sorted(orders)[0] if orders else "ymd"
        return order, dates.pattern(order, sample) if len(orders) != 2 else None

    def _decimal(self) -> str:
        roles = ("amount", "debit", "credit", "balance")
        texts = [cell for role in roles for cell in self._column(role)]
        if self.given.decimal:
            return self.given.decimal
        places = exponent(self.currency)
        found, example = amounts.decimal_mark(texts, places)
        if found is None and not self.whole:
            found, example = amounts.decimal_mark(self._everywhere(roles), places)
        if found is None:
            self.questions.append(Question("decimal", (".", ","), example or ""))
        return found or "."

    def _layout(self, order: str, decimal: str) -> Layout:
        lengths = Counter(len(cells) for _line, cells in self.body if len(cells) < self.width)
        debits = [cell for cell in self._column("debit") if cell not in BLANKS]
        return Layout(
            encoding=self.encoding,
            delimiter=self.delimiter,
            header_line=self.header_line,
            first_line=self.first_line,
            header=tuple(self.header),
            width=self.width,
            shorter=frozenset(n for n, count in lengths.items() if count * 5 >= len(self.body) and count > 1),
            columns=self.found,
            order=order,
            decimal=decimal,
            debit_adds=sum(1 for cell in debits if "-" in cell or "−" in cell or "(" in cell) * 2 > len(debits),
            flipped=bool(self.given.flipped),
            cut=False,
        )

    def _flipped(self, layout: Layout) -> bool:
        """Whether the balance falls by what the amounts call positive, and rises by the negative."""
        if self.given.flipped is not None or self.questions or "amount" not in self.found:
            return bool(self.given.flipped)
        booked = [line for line in _rows(iter(self.body), layout, self.currency) if isinstance(line, Line)]
        if "balance" not in self.found:
            return "direction" not in self.found and self._charged(booked)
        steps = [(one, other) for one, other in pairwise(booked) if None not in (one[8], other[8])]
        straight = flipped = 0
        for one, other in steps:
            step = cast(int, other.balance_minor) - cast(int, one.balance_minor)
            straight += step == other.minor or step == -one.minor  # oldest first, or newest first
            flipped += step == -other.minor or step == one.minor
        if len(steps) >= 3 and max(straight, flipped) * 2 < len(steps):
            self.warnings.append(_("The amounts do not agree with the balance. Look at the signs."))
        return len(steps) >= 3 and flipped * 10 >= len(steps) * 8 and flipped > straight

    def _charged(self, booked: list[Line]) -> bool:
        """Whether a card's file writes what was spent without a sign, and the payments to the card with a minus."""
        charges = [line for line in booked if line.minor > 0]
        if len(booked) < 3 or len(charges) * 5 < len(booked) * 3:
            return False
        if len(charges) == len(booked):
            self.warnings.append(_("All amounts are positive. If this is money spent, say so before you import."))
            return False
        paid = [bool(CARD_PAYMENT.search(f"{line.payee_text} {line.memo}")) for line in booked]
        if any(told and line.minor < 0 for told, line in zip(paid, booked, strict=True)) and not any(
            told and line.minor > 0 for told, line in zip(paid, booked, strict=True)
        ):
            return True
        if len(charges) * 5 >= len(booked) * 4:
            self.warnings.append(_("Most amounts are positive. If this is money spent, say so before you import."))
        return False

    def _cut(self, layout: Layout) -> bool:
        """Whether the download broke off inside the last amount: it has not the decimals all others have."""
        at = layout.width - 1
        role = next((role for role, place in layout.columns.items() if place == at), "")
        if role not in ("amount", "debit", "credit", "balance"):
            return False
        self.stream.seek(0, io.SEEK_END)
        self.stream.seek(max(0, self.stream.tell() - 4096) & ~1)
        tail = self.stream.read().decode(self.encoding.replace("-sig", ""), "replace")
        last = re.split(r"[\r\n]", tail)[-1].rpartition(layout.delimiter)[2].strip().strip('"')
        mark = re.compile(re.escape(layout.decimal) + r"([0-9]+)$")
        endings = {len(found[1]) if (found := mark.search(cell)) else 0 for cell in self._column(role)[:-1] if cell}
        found = mark.search(last)
        return bool(last) and len(endings) == 1 and 0 not in endings and (len(found[1]) if found else 0) not in endings

    # -- what is remembered

    def _mapping(self, date_format: str | None, layout: Layout) -> Mapping:
        named = {
            role: self.header[at]
            if at < len(self.header) and self.header.count(self.header[at]) == 1 and self.header[at]
            else at
            for role, at in self.found.items()
        }
        asked = {question.field for question in self.questions}
        return Mapping(
            date_format=date_format,
            decimal=None if "decimal" in asked else cast(Literal[".", ","], layout.decimal),
            delimiter=self.delimiter,
            encoding=self.encoding,
            header=bool(self.header_line),
            flipped=layout.flipped or None,
            absent=self.given.absent,
        ).with_columns(named)

    def _fingerprint(self) -> str:
        if self.header:
            told = "\x1f".join(map(normalise, self.header))
        else:
            told = f"{self.width}\x1f" + "\x1f".join(f"{role}{at}" for role, at in sorted(self.found.items()))
        return blake2b(f"{self.delimiter}\x1f{told}".encode(), digest_size=8).hexdigest()

    def _estimate(self) -> int:
        above = sum(1 for line, _cells in self.rows if line < self.first_line)
        if self.whole:
            return len(self.rows) - above
        size = self.stream.seek(0, io.SEEK_END)
        sampled = sum(len(line.encode(self.encoding, "replace")) for line in self.text)
        return max(0, round(size * len(self.rows) / max(1, sampled)) - above)


def _sampled(text: Any) -> Iterator[str]:
    try:
        yield from text
    except UnicodeError:  # an encoding that was given and cannot be; what came so far is judged
        return


def _trimmed(cells: list[str]) -> list[str]:
    last = len(cells)
    while last and not cells[last - 1].strip():
        last -= 1
    return cells[:last]


def _bookable(cells: list[str]) -> bool:
    """Whether a row holds both a date and an amount."""
    if len(cells) > MOST_COLUMNS:
        return False
    at = {i for i, cell in enumerate(cells) if dates.is_date(cell.strip())}
    return bool(at) and any(i not in at and amounts.is_amount(cell.strip()) for i, cell in enumerate(cells))


def _tabular(rows: list[tuple[int, list[str]]]) -> tuple[int, int, int]:
    """How much of a table these rows are: those bookable, the header's names, and rows equally wide."""
    widths = Counter(len(_trimmed(cells)) for _line, cells in rows if len(cells) > 1)
    width, count = widths.most_common(1)[0] if widths else (0, 0)
    booked = sum(1 for _line, cells in rows[:60] if _bookable(cells))
    return (
        booked,
        max((columns.hits(cells) for _line, cells in rows[:PREAMBLE] if len(cells) <= MOST_COLUMNS), default=0),
        width * count,
    )


# -- reading


def lines(stream: BinaryIO, layout: Layout, currency: str) -> Iterator[Line | BadLine]:
    """Stream the lines of a file whose layout is known."""
    text = decode.text_of(stream, layout.encoding)
    rows = records(text, layout.delimiter, layout.width if not layout.shorter else 0)
    found = _rows(rows, layout, currency)
    return _without_last(found) if layout.cut else found


def _without_last(found: Iterator[Line | BadLine]) -> Iterator[Line | BadLine]:
    held: Line | BadLine | None = None
    for line in found:
        if held is not None:
            yield held
        held = line
    if isinstance(held, Line):
        yield BadLine(held.line, _("The file breaks off in this line."), shown(f"{held.booked_on} {held.payee_text}"))
    elif held is not None:
        yield held


class _Texts(NamedTuple):
    payee: int
    memo: int
    category: int
    external_id: int
    account: int


def _rows(rows: Iterator[tuple[int, Any]], layout: Layout, currency: str) -> Iterator[Line | BadLine]:
    """The lines of these rows. All that a row does not change is worked out before the first."""
    first, width, delimiter = layout.first_line, layout.width, layout.delimiter
    at = {
        role: layout.columns.get(role, -1)
        for role in ("date", "payee", "memo", "category", "external_id", "account", "state")
    }
    on, payee, memo, category, reference, account, state = at.values()
    paying = _money(layout, currency)
    days: dict[str, date] = {}
    make, repeated = Line._make, lru_cache(4096)(_text)  # payees and the like come again and again
    held = lru_cache(64)(_not_paid)
    for number, cells in rows:
        if number < first:
            continue
        try:
            if len(cells) != width or isinstance(cells, Broken):
                if not cells and not isinstance(cells, Broken):
                    continue
                cells = _fitted(cells, layout)
            if state >= 0 and (unpaid := held(cells[state])):
                raise Invalid(unpaid, field="state")
            written = cells[on]
            day = days.get(written)
            if day is None:
                day = dates.read(written, layout.order)
                if len(days) < MANY_DATES:
                    days[written] = day
            minor, code, balance = paying(cells)
            note = _text(cells[memo]) if memo >= 0 else ""
            yield make(
                (
                    number,
                    day,
                    minor,
                    code,
                    (repeated(cells[payee]) if payee >= 0 else "") or note,
                    note,
                    repeated(cells[category]) if category >= 0 else "",
                    _text(cells[reference]) if reference >= 0 else "",
                    balance,
                    repeated(cells[account]) if account >= 0 else "",
                )
            )
        except Invalid as error:
            if not _is_footer(cells, layout):
                raw = cells.raw if isinstance(cells, Broken) else delimiter.join(cell[:200] for cell in cells[:40])
                yield BadLine(number, error.message, shown(raw))


def _not_paid(state: str) -> str:
    """Why a line in this state is not booked; nothing if it is."""
    plain = normalise(state)
    if plain in columns.PENDING:
        return _("This payment is not through yet: {state}. A later file will have it.", state=shown(state)[:40])
    return _("This payment was not made: {state}.", state=shown(state)[:40]) if plain in columns.UNPAID else ""


def _fitted(cells: list[str] | Broken, layout: Layout) -> list[str]:
    """The row with as many cells as the table is wide, where what is more or less is nothing."""
    if isinstance(cells, Broken):
        raise Invalid(str(cells))
    width = layout.width
    if len(cells) > width and not any(map(str.strip, cells[width:])):
        return cells[:width]
    if len(cells) in layout.shorter:
        return cells + [""] * (width - len(cells))
    raise Invalid(_("This line has {n} cells and the table has {width}.", n=len(cells), width=width))


def _money(layout: Layout, currency: str) -> Callable[[list[str]], tuple[int, str, int | None]]:
    """A function from a row to its signed minor units, currency and balance."""
    at = layout.columns
    code_at, balance_at = at.get("currency", -1), at.get("balance", -1)
    amount = _signed(layout)
    readers: dict[str, tuple[str, Callable[[str], int]]] = {"": (currency, amounts.reader(layout.decimal, currency))}

    def money(cells: list[str]) -> tuple[int, str, int | None]:
        written = cells[code_at] if code_at >= 0 else ""
        known = readers.get(written)
        if known is None:
            code = check_currency(written) if written.strip() else currency
            known = code, amounts.reader(layout.decimal, code)
            if len(readers) < 1000:
                readers[written] = known
        code, reader = known
        minor = amount(cells, reader)
        if balance_at < 0:
            return minor, code, None
        try:
            return minor, code, reader(cells[balance_at])
        except InvalidAmount:  # a balance is a witness; without one the line is booked all the same
            return minor, code, None

    return money


def _signed(layout: Layout) -> Callable[[list[str], Callable[[str], int]], int]:
    at, sign = layout.columns, -1 if layout.flipped else 1
    if "amount" not in at:
        return _paired(at.get("debit", -1), at.get("credit", -1), 1 if layout.debit_adds else -1)
    amount_at, side_at = at["amount"], at.get("direction", -1)

    def amount(cells: list[str], reader: Callable[[str], int]) -> int:
        written = cells[amount_at]
        if not written or written.isspace():
            raise InvalidAmount("", why=_("There is no amount."))
        minor = reader(written)
        return sign * (minor if side_at < 0 else _sided(minor, cells[side_at]))

    return amount


def _sided(minor: int, side: str) -> int:
    plain = side.strip().casefold()
    if plain in columns.OUT:
        return -abs(minor)
    if plain in columns.IN:
        return abs(minor)
    raise Invalid(_("“{side}” says neither in nor out.", side=shown(side)[:40]), field="direction")


def _paired(debit_at: int, credit_at: int, debit_sign: int) -> Callable[[list[str], Callable[[str], int]], int]:
    def amount(cells: list[str], reader: Callable[[str], int]) -> int:
        debit = cells[debit_at].strip() if debit_at >= 0 else ""
        credit = cells[credit_at].strip() if credit_at >= 0 else ""
        out = 0 if debit in BLANKS else reader(debit)
        into = 0 if credit in BLANKS else reader(credit)
        if out and into:
            raise InvalidAmount("", why=_("This line has both a debit and a credit."))
        if debit in BLANKS and credit in BLANKS:
            raise InvalidAmount("", why=_("There is no amount."))
        return into if into else debit_sign * out

    return amount


def _text(cell: str) -> str:
    """A cell's text on one line, without the apostrophe that keeps spreadsheets from running it."""
    if len(cell) > LONGEST_TEXT:
        raise Invalid(_("A text on this line is longer than {n} characters.", n=LONGEST_TEXT))
    if not cell.isprintable():
        cell = _one_line(cell)
    cell = cell.strip()
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA else cell


def _one_line(cell: str) -> str:
    cell = " ".join(cell.split())
    for c in cell:
        if c < " " or "\x7f" <= c <= "\x9f" or "\ud800" <= c <= "\udfff":
            raise Invalid(_("A text on this line holds characters that are no text."))
    return "".join(c for c in cell if c.isprintable() or c.isspace())


def _is_footer(cells: list[str] | Broken, layout: Layout) -> bool:
    """Whether a row that cannot be booked is none: blank, a sum, a ruler, or the header once more."""
    if isinstance(cells, Broken):
        return False
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled or tuple(filled) == tuple(filter(None, layout.header)):
        return True
    on = layout.columns["date"]
    if on < len(cells) and dates.is_date(cells[on]):
        return False
    words = normalise(filled[0][:200])
    return not words or bool(columns.TOTALS.fullmatch(words))
