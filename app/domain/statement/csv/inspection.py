"""Detect the format of a CSV statement: encoding, table, columns, signs, dates and decimals."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import blake2b
from typing import Any, BinaryIO, Literal, cast

from app.domain.amounts import currency_of
from app.domain.money import check_currency, currencies, exponent
from app.domain.statement import amounts, columns, dates, decode
from app.domain.statement.csv import money
from app.domain.statement.csv.layout import Inspection, Layout, Question, Traits, open_question
from app.domain.statement.csv.reading import BLANKS, read_lines, read_rows
from app.domain.statement.identity import normalise
from app.domain.statement.lines import MAX_BYTES, BadLine, Line, printable
from app.domain.statement.mapping import DELIMITERS, MAX_COLUMNS, Mapping, resolve
from app.domain.statement.records import Broken, records
from app.errors import Invalid, TooLarge, UnsupportedFile
from app.i18n import _

SAMPLE_LINES = 400  # physical lines that are read to guess
SAMPLE_CHARS = 1 << 19
SAMPLE_ROWS = 200  # rows whose cells are read to guess
PREVIEW_ROWS = 20
PREAMBLE_ROWS = 60  # rows in which the header is searched
SEP = re.compile(r'"?sep=(.|\\t)"?\s*', re.IGNORECASE)
MONEY_ROLES = ("amount", "debit", "credit", "balance", "fee")
FORMULA_CELL = re.compile(r'(?:^|[,;\t|])="')
ACCOUNT_TEXT = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9 ]{8,40}|[0-9Xx*][0-9Xx* .-]{3,30}[0-9]")
OWN_NAME_SHARE = 60  # per cent of rows that hold one name in one column, from where it is the account holder's


def inspect(
    source: bytes | BinaryIO,
    *,
    mapping: Mapping | Dict[str, Any] | None = None,
    currency: str,
    traits: Traits | None = None,
) -> Inspection:
    """Detect the format of a file as far as ``mapping`` does not define it.

    ``source`` is bytes or a seekable stream, ``currency`` that of the account. Without the account's ``traits`` signs
    that the file leaves open are taken as they stand, with a warning. Raises ``UnsupportedFile`` for
    what is no table, ``TooLarge``, and ``Invalid`` with the field of the mapping that does not fit the file.
    """
    given = mapping if isinstance(mapping, Mapping) else Mapping.of(mapping)
    return _Inspector(
        _stream(source), given, check_currency(currency), traits or Traits(), asks_sign=traits is not None
    ).inspect()


def read(
    source: bytes | BinaryIO,
    mapping: Mapping | Dict[str, Any] | None,
    currency: str,
    traits: Traits | None = None,
) -> Iterator[Line | BadLine]:
    """Stream the lines of a file. Raises what ``inspect`` does, and ``Invalid`` while a question is open."""
    stream = _stream(source)
    found = inspect(stream, mapping=mapping, currency=currency, traits=traits)
    for question in found.questions:
        raise Invalid(open_question(question), field=question.field)
    return read_lines(stream, found.layout)


def _stream(source: bytes | BinaryIO) -> BinaryIO:
    stream = io.BytesIO(source) if isinstance(source, (bytes, bytearray, memoryview)) else source
    size = stream.seek(0, io.SEEK_END)
    if size > MAX_BYTES:
        raise TooLarge(_("This file is larger than {n} MB. Export a shorter period.", n=MAX_BYTES >> 20), field="file")
    stream.seek(0)
    return stream


@dataclass(slots=True)
class _Inspector:
    """One inspection. Each step stores its results for the next."""

    stream: BinaryIO
    given: Mapping
    currency: str
    traits: Traits
    asks_sign: bool
    encoding: str = ""
    delimiter: str = ""
    is_formula: bool = False
    text: list[str] = field(default_factory=list)
    is_whole: bool = False  # the sample is the whole file
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    header: list[str] = field(default_factory=list)
    header_line: int = 0
    first_line: int = 1
    body: list[tuple[int, list[str]]] = field(default_factory=list)
    width: int = 0
    found: dict[str, int] = field(default_factory=dict)
    shapes: list[columns.Shape] = field(default_factory=list)
    own_names: frozenset[str] = frozenset()
    questions: list[Question] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def inspect(self) -> Inspection:
        self._decode()
        self._split_cells()
        self._find_header()
        self._find_columns()
        order, date_format, first_near = self._date_order()
        decimal = self._decimal()
        layout = self._layout(order, decimal, first_near)
        signs = money.find_signs(self, layout)
        layout = replace(layout, **signs)
        layout = replace(layout, columns=self.found, own_names=self._find_own_names(layout))
        if not self.questions:
            layout = money.decide_sign(self, layout)
        layout = replace(layout, cut=self._is_cut(layout))
        return Inspection(
            mapping=self._mapping(date_format, layout),
            header=tuple(self.header),
            header_line=self.header_line,
            fingerprint=self._fingerprint(),
            sample=[cells for _line, cells in self.body[:PREVIEW_ROWS]],
            questions=tuple(self.questions),
            row_count_estimate=self._estimate(),
            warnings=tuple(self.warnings),
            layout=layout,
            currencies=self._currencies(layout),
            own_account=self._own_account(),
            title=self._title(),
        )

    # -- text and table

    def _decode(self) -> None:
        guessed, mixed = decode.guess(self.stream) if not self.given.encoding else (self.given.encoding, False)
        if self.given.encoding:
            self.stream.seek(0)
            decode.refuse_other_formats(self.stream.read(decode.HEAD_BYTES))
        self.encoding = guessed
        if mixed:
            self.warnings.append(_("Some characters of this file are in another encoding. Check the payees."))
        size = 0
        for line in _sampled(decode.text_of(self.stream, self.encoding)):
            self.text.append(line)
            size += len(line)
            if len(self.text) >= SAMPLE_LINES or size >= SAMPLE_CHARS:
                break
        else:
            self.is_whole = True
        if not any(line.strip("\ufeff\x00 \t\r\n") for line in self.text):
            raise UnsupportedFile(_("This file is empty. Download the statement from your bank again."), field="file")
        dressed = sum(1 for line in self.text if FORMULA_CELL.search(line))
        self.is_formula = dressed > 0 and dressed * 3 >= len(self.text)
        if self.is_formula:
            self.text = [line.replace('="', '"') for line in self.text]

    def _split_cells(self) -> None:
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
        if widest > MAX_COLUMNS:
            raise UnsupportedFile(
                _("This table has {width} columns, too many for a bank statement.", width=widest),
                field="file",
            )
        if widest < 2 and self.given.delimiter:
            raise Invalid(
                _("With “{delimiter}” as the delimiter this file has only one column.", delimiter=self.delimiter),
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
            if cells and not cells[-1].strip() and len(cells) == len(self.header) + 1:
                self.header.append("")  # the last column has no name and may say in or out
        after = self.rows[at + 1 :] if at is not None else self.rows
        booked = [cells for _line, cells in after if _is_bookable(cells)]
        usual = Counter(map(len, booked)).most_common(1)[0][0] if booked else 0
        usual = max((len(_trimmed(cells)) for cells in booked if len(cells) == usual), default=usual)
        if not usual:
            usual = max((len(cells) for _line, cells in after), default=0)
        if at is None:  # lines before the first that looks like the table are a preamble
            first = next((i for i, (_l, cells) in enumerate(after) if _is_bookable(cells) and len(cells) >= usual), 0)
            after = after[first:]
        self.width = max(len(self.header), usual if booked or not self.header else 0)
        if (
            self.header
            and not self.header[-1]
            and not any(len(c) > self.width - 1 and c[self.width - 1] for c in booked)
        ):
            self.header = list(_trimmed(self.header))
            self.width = max(len(self.header), min(usual, self.width - 1) if booked else 0)
        self.first_line = self.header_line + 1 if self.header_line else (after[0][0] if after else 1)
        self.body = after[:SAMPLE_ROWS]

    def _header_at(self) -> int | None:
        """Return the header row: the one with most known names just above the first transactions."""
        if self.given.header is False:
            return None
        top = self.rows[:PREAMBLE_ROWS]
        named = [column.casefold() for column in self.given.columns().values() if isinstance(column, str)]
        if named:
            for at, (_line, cells) in enumerate(top):
                if {cell.strip().casefold() for cell in cells}.issuperset(named):
                    return at
        bookable = [_is_bookable(cells) for _line, cells in top]
        counted = [0 if bookable[at] else columns.count_roles(cells) for at, (_line, cells) in enumerate(top)]
        starts = [at for at, count in enumerate(counted) if count >= 2]
        if starts:
            ends = [*starts[1:], len(top)]
            followed = [sum(bookable[at:end]) for at, end in zip(starts, ends, strict=True)]
            return max(zip(starts, followed, strict=True), key=lambda each: (each[1] > 0, counted[each[0]], -each[0]))[
                0
            ]
        first = next((at for at in range(len(top)) if bookable[at]), None)
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
        table = [row for row in cells if _is_bookable(row)] or cells
        across = [[row[at] if at < len(row) else "" for row in table] for at in range(self.width)]
        self.shapes = [columns.shape(column) if column else columns.EMPTY for column in across]
        self.found = columns.guess(self.header, self.shapes, taken, self.given.absent)
        if "statement_text" in self.header and "state" not in taken:
            self.found.pop("state", None)  # our own export: its pending lines are lines
        self._check_given(taken, across)
        money.find_columns(self, taken, table)
        if "date" not in self.found:
            self._ask_column("date")
        if not self.found.keys() & {"amount", "debit", "credit"}:
            self._ask_column("amount")
        if not self.body:
            self.warnings.append(_("This file has a header but no lines."))
        repeated = [name for name, count in Counter(filter(None, self.header)).items() if count > 1]
        if repeated:
            self.warnings.append(_("Several columns are called “{name}”.", name=repeated[0][:60]))
        if len({cell for cell in self.column("account") if cell}) > 1:
            self.warnings.append(_("This file has lines of several accounts."))

    def _check_given(self, taken: dict[str, int], across: list[list[str]]) -> None:
        """Refuse a column that cannot be what it is said to be, as long as another one can."""
        for role, at in taken.items():
            seen = self.shapes[at]
            if not seen.filled or (self.given.header is False and not self.body):
                continue
            example = printable(next(cell for cell in across[at] if cell.strip()))[:60]
            if role == "date" and not (seen.dates or seen.short_dates) and any(each.dates for each in self.shapes):
                raise Invalid(_("“{sample}” in this column is not a date.", sample=example), field=role)
            if (
                role in ("amount", "debit", "credit", "fee")
                and not seen.amounts
                and any(each.amounts and not each.dates for each in self.shapes)
            ):
                raise Invalid(_("“{sample}” in this column is not an amount.", sample=example), field=role)

    def _ask_column(self, role: str) -> None:
        if not self.body:
            raise UnsupportedFile(
                _("There is no table with dates and amounts in this file. Export the statement as CSV."),
                field="file",
            )
        fitting = [
            at
            for at, each in enumerate(self.shapes)
            if (each.dates if role == "date" else each.amounts and not each.dates)
        ]
        choices = self.names(fitting or range(self.width))
        self.questions.append(Question(role, choices, printable(self.delimiter.join(self.body[0][1]))[:120]))

    def names(self, places: Sequence[int]) -> tuple[str, ...]:
        """Return how the mapping refers to these columns: by name if it is unique, else by number."""
        names = self.header + [""] * (self.width - len(self.header))
        return tuple(names[at] if names[at] and names.count(names[at]) == 1 else str(at) for at in places)

    # -- how dates and amounts are written

    def column(self, role: str) -> list[str]:
        at = self.found.get(role)
        return [] if at is None else [cells[at].strip() for _line, cells in self.body if at < len(cells)]

    def _everywhere(self, roles: Sequence[str]) -> Iterator[str]:
        """The cells of these columns in the whole file, for what the sample leaves open."""
        places = [self.found[role] for role in roles if role in self.found]
        if self.is_whole:
            yield from (cell for role in roles for cell in self.column(role))
            return
        text = decode.text_of(self.stream, self.encoding)
        for line, cells in records(
            (each.replace('="', '"') for each in text) if self.is_formula else text, self.delimiter, self.width
        ):
            if line >= self.first_line and not isinstance(cells, Broken):
                yield from (cells[at].strip() for at in places if at < len(cells))

    def _date_order(self) -> tuple[str, str | None, date | None]:
        seen = [cell for cell in self.column("date") if dates.is_date(cell)]
        sample = seen[0] if seen else ""
        short = [cell for cell in self.column("date") if dates.is_short_date(cell)]
        if short and not seen:
            return self._short_date_order(short)
        if self.given.date_format:
            order = dates.order_of(self.given.date_format)
            if seen and not any(order in dates.orders(cell) for cell in seen):
                raise Invalid(
                    _("“{sample}” is not a date written {format}.", sample=sample, format=self.given.date_format[:20]),
                    field="date_format",
                )
            return order, self.given.date_format, None
        if "date" not in self.found or not seen:
            return "ymd", None, None
        orders, example = dates.common_orders(seen)
        if len(orders) == 2:
            orders, example = dates.common_orders(self._everywhere(("date",)))
        if len(orders) == 2:
            choices = tuple(dates.pattern(order, example or sample) for order in sorted(orders))
            self.questions.append(Question("date_format", choices, example or sample))
        order = sorted(orders)[0] if orders else "ymd"
        return order, dates.pattern(order, sample) if len(orders) != 2 else None, None

    def _short_date_order(self, short: list[str]) -> tuple[str, str | None, date | None]:
        """Order and year of dates that have no year: the file ends on or before today, without gaps of a year."""
        orders = dates.short_orders(short)
        chosen = dates.order_of(self.given.date_format) if self.given.date_format else None
        if chosen is None and len(orders) == 2:
            self.questions.append(Question("date_format", ("DD/MM", "MM/DD"), short[0]))
        order = chosen or sorted(orders)[0]
        today = self.traits.today or date(2000, 12, 31)
        near = first = dates.latest_before(short[0], order, today)
        latest = first
        for cell in self._everywhere(("date",)):
            if dates.is_short_date(cell):
                near = dates.with_year(cell, order, near)
                latest = max(latest, near)
        while latest > today:
            latest, first = (_year_earlier(each) for each in (latest, first))
        if not self.traits.today:
            return order, None, first
        self.warnings.append(_("The dates have no year. The first line is read as {day}.", day=first.isoformat()))
        return order, {"dmy": "DD/MM", "mdy": "MM/DD"}[order], first

    def _decimal(self) -> str:
        if self.given.decimal:
            return self.given.decimal
        places = exponent(self.currency)
        texts = [cell for role in MONEY_ROLES for cell in self.column(role)]
        found, example = amounts.decimal_mark(texts, places)
        if found is None and not self.is_whole:
            found, example = amounts.decimal_mark(self._everywhere(MONEY_ROLES), places)
        if found is None:
            self.questions.append(Question("decimal", (".", ","), example or ""))
        return found or "."

    def _layout(self, order: str, decimal: str, first_near: date | None) -> Layout:
        lengths = Counter(len(cells) for _line, cells in self.body if len(cells) < self.width)
        return Layout(
            encoding=self.encoding,
            delimiter=self.delimiter,
            header_line=self.header_line,
            first_line=self.first_line,
            header=tuple(self.header),
            width=self.width,
            has_short_rows=any(count * 5 >= len(self.body) and count > 1 for count in lengths.values()),
            columns=self.found,
            order=order,
            decimal=decimal,
            currency=self._written_currency(),
            flipped=bool(self.given.flipped),
            first_near=first_near,
            is_formula=self.is_formula,
            keeps_pending=bool(self.given.pending),
        )

    def _written_currency(self) -> str:
        """The currency that the amount's header names, ``Betrag (€)``, or all its cells; else the account's."""
        roles = [role for role in ("amount", "debit", "credit") if role in self.found]
        for role in roles:
            at = self.found[role]
            if at < len(self.header) and (code := money.header_currency(self.header[at], self.currency)):
                return code
        cells = [cell for role in roles for cell in self.column(role) if cell not in BLANKS]
        symbols = {written.symbol for cell in cells if (written := amounts.split(cell))}
        if len(symbols) == 1 and (symbol := symbols.pop()):
            return money.symbol_currency(symbol, self.currency) or self.currency
        return self.currency

    def _currencies(self, layout: Layout) -> frozenset[str]:
        """The currencies that the first lines name, in a column of their own or with the amounts."""
        written = {cell for cell in self.column("currency") if cell}
        named = {currency_of(cell, self.currency) or "" for cell in written} & currencies()
        return frozenset(named) or frozenset({layout.currency} - {self.currency})

    def _own_account(self) -> str:
        """The number of the account that the file is of: its own column, or one in the lines above the table."""
        column = {cell for cell in self.column("account") if cell}
        if len(column) == 1 and ACCOUNT_TEXT.fullmatch(own := column.pop()):
            return own[-40:]
        for line, cells in self.rows:
            if line >= self.first_line:
                break
            for cell in cells:
                if re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9 ]{10,40}", cell.strip()):
                    return cell.strip()[-40:]
        return ""

    def _title(self) -> str:
        line, cells = self.rows[0] if self.rows else (0, [])
        return printable(cells[0])[:80] if line < self.first_line and len(_trimmed(cells)) == 1 else ""

    # -- payees

    def _find_own_names(self, layout: Layout) -> frozenset[str]:
        """The account holder's names: the one name that fills a column of senders or recipients."""
        if "payer" not in self.found or "payee" not in self.found:
            return frozenset()
        found = set()
        for role in ("payee", "payer"):
            names = Counter(normalise(cell) for cell in self.column(role) if cell)
            if names and sum(names.values()) > 2:
                name, count = names.most_common(1)[0]
                other = Counter(normalise(cell) for cell in self.column("payer" if role == "payee" else "payee"))
                if count * 100 >= sum(names.values()) * OWN_NAME_SHARE or other[name]:
                    found.add(name)
        return frozenset(found)

    # -- what is remembered

    def _is_cut(self, layout: Layout) -> bool:
        """Whether the download broke off inside the last amount: it has not the decimals all others have."""
        at = layout.width - 1
        role = next((role for role, place in layout.columns.items() if place == at), "")
        if role not in MONEY_ROLES:
            return False
        self.stream.seek(0, io.SEEK_END)
        self.stream.seek(max(0, self.stream.tell() - 4096) & ~1)
        tail = self.stream.read().decode(self.encoding.replace("-sig", ""), "replace")
        last = re.split(r"[\r\n]", tail)[-1].rpartition(layout.delimiter)[2].strip().strip('"')
        mark = re.compile(re.escape(layout.decimal) + r"([0-9]+)$")
        endings = {len(found[1]) if (found := mark.search(cell)) else 0 for cell in self.column(role)[:-1] if cell}
        found = mark.search(last)
        return bool(last) and len(endings) == 1 and 0 not in endings and (len(found[1]) if found else 0) not in endings

    def _mapping(self, date_format: str | None, layout: Layout) -> Mapping:
        names = self.names(range(self.width))
        named = {role: name if not name.isdigit() else at for role, at in self.found.items() for name in (names[at],)}
        asked = {question.field for question in self.questions}
        return Mapping(
            date_format=date_format,
            decimal=None if "decimal" in asked else cast(Literal[".", ","], layout.decimal),
            delimiter=self.delimiter,
            encoding=self.encoding,
            header=bool(self.header_line),
            flipped=layout.flipped or self.given.flipped,
            pending=self.given.pending or None,
            sides={side: "out" if sign < 0 else "in" for side, sign in layout.sides} or None,
            absent=self.given.absent,
        ).with_columns(cast(Any, named))

    def _fingerprint(self) -> str:
        if self.header:
            told = "\x1f".join(map(normalise, _trimmed(self.header)))
        else:
            told = f"{self.width}\x1f" + "\x1f".join(f"{role}{at}" for role, at in sorted(self.found.items()))
        return blake2b(f"{self.delimiter}\x1f{told}".encode(), digest_size=8).hexdigest()

    def _estimate(self) -> int:
        above = sum(1 for line, _cells in self.rows if line < self.first_line)
        if self.is_whole:
            return len(self.rows) - above
        size = self.stream.seek(0, io.SEEK_END)
        sampled = sum(len(line.encode(self.encoding, "replace")) for line in self.text)
        return max(0, round(size * len(self.rows) / max(1, sampled)) - above)

    def sample_lines(self, layout: Layout) -> list[Line]:
        """The lines of the sample as this layout reads them."""
        return [line for line in read_rows(iter(self.body), layout) if isinstance(line, Line)]


def _year_earlier(day: date) -> date:
    return day.replace(year=day.year - 1, day=min(day.day, 28) if day.month == 2 else day.day)


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


def _is_bookable(cells: list[str]) -> bool:
    """Return whether a row has both a date and an amount."""
    if len(cells) > MAX_COLUMNS:
        return False
    stripped = [cell.strip() for cell in cells]
    at = {i for i, cell in enumerate(stripped) if dates.is_date(cell)}
    if not at and stripped and dates.is_short_date(stripped[0]):
        at = {0}
    return bool(at) and any(i not in at and amounts.is_amount(cell) for i, cell in enumerate(stripped))


def _tabular(rows: list[tuple[int, list[str]]]) -> tuple[int, int, int]:
    """Score how much these rows look like a table: transactions, known names, and equal width."""
    widths = Counter(len(_trimmed(cells)) for _line, cells in rows if len(cells) > 1)
    width, count = widths.most_common(1)[0] if widths else (0, 0)
    booked = sum(1 for _line, cells in rows[:60] if _is_bookable(cells))
    return (
        booked,
        max(
            (columns.count_roles(cells) for _line, cells in rows[:PREAMBLE_ROWS] if len(cells) <= MAX_COLUMNS),
            default=0,
        ),
        width * count,
    )
