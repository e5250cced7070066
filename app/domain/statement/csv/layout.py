"""The layout of one CSV file, traits of the account, and open questions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from app.domain.statement.mapping import Mapping
from app.i18n import _


class SignExample(NamedTuple):
    """A row whose sign is asked: its text, and its amount in minor units when positive is income."""

    payee: str
    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Question:
    """What the file leaves open. The answer, one of ``choices``, goes to the mapping's ``field``."""

    field: str
    choices: tuple[str, ...]
    sample: str
    examples: tuple[SignExample, ...] = ()


@dataclass(frozen=True, slots=True)
class Traits:
    """What is known of an account before its file is read.

    ``expected_sign`` says of a row's text whether it is usually money out (-1), in (+1) or unknown (0).
    ``today`` gives dates without a year their year.
    """

    is_card: bool = False
    today: date | None = None
    expected_sign: Callable[[str], int] | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """How one file is read, by column numbers. ``Inspection.mapping`` has it for users and for the next file."""

    encoding: str
    delimiter: str
    header_line: int  # physical line, 0 = none
    first_line: int
    header: tuple[str, ...]
    width: int
    has_short_rows: bool  # many rows lack their last cells
    columns: dict[str, int]
    order: str
    decimal: str
    currency: str  # of amounts without a currency of their own
    debit_adds: bool = False  # debits are written with a minus
    credit_adds: bool = True
    flipped: bool = False
    sides: tuple[tuple[str, int], ...] = ()  # sign by the direction column's values
    own_names: frozenset[str] = frozenset()
    first_near: date | None = None  # dates have no year: the first row is near this day
    is_formula: bool = False  # cells are written ="2026-02-27"
    keeps_pending: bool = False
    cut: bool = False  # the last line ends in the middle of an amount

    @property
    def is_own_export(self) -> bool:
        """Whether the file was exported by Saldo, so that its payees are names already."""
        return {"payee", "statement_text", "original_amount", "external_id"} <= {each.strip() for each in self.header}


@dataclass(frozen=True, slots=True)
class Inspection:
    """The result of an inspection. With open questions, the file cannot be read yet.

    ``currency`` is the one in the file's header or cells, or empty.
    """

    mapping: Mapping
    header: tuple[str, ...]
    header_line: int
    fingerprint: str  # the same for two files of one bank
    sample: list[list[str]]
    questions: tuple[Question, ...]
    row_count_estimate: int
    warnings: tuple[str, ...]
    layout: Layout
    currencies: frozenset[str] = frozenset()
    own_account: str = ""
    title: str = ""  # the first line above the table, where it has one cell


def open_question(question: Question) -> str:
    """Return a question as a sentence."""
    if question.field == "decimal":
        return _("“{sample}” can be read in two ways. Is the decimal mark a dot or a comma?", sample=question.sample)
    if question.field == "date_format":
        return _(
            "“{sample}” can be read in two ways. Are the dates {choices}?",
            sample=question.sample,
            choices=_(" or ").join(question.choices),
        )
    if question.field == "flipped":
        return _("Are positive amounts spending or income?")
    if question.field == "debit":
        return _("Which column is money out?")
    if question.field == "account":
        return _("Which account does this file belong to? {sample}", sample=question.sample)
    return _("Which column is the {field}?", field=question.field)
