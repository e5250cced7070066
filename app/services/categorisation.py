"""Choose category, payee and tags of transactions for quick add, imports and corrections.

The user's rules come first, then the category in the file, then the user's past choices, then the general model.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from sqlalchemy import FromClause, bindparam, func, or_, select, union
from sqlalchemy.sql.elements import ColumnElement

from app.domain import payees
from app.domain.money import exponent
from app.domain.rules import Matcher, Then
from app.domain.search import fold
from app.errors import Conflict
from app.i18n import _, ngettext
from app.models import Actor, CategorisedBy, Payee, Transaction
from app.services.base import Service

if TYPE_CHECKING:
    from app.ml.categoriser import Because, Categoriser, Guess, Memory
    from app.services import Services

LEARNED_FROM = (CategorisedBy.PERSON, CategorisedBy.FILE, CategorisedBy.RULE)
MIN_UNANIMOUS_ROWS = 2  # transactions of a payee in one category, and none in another, that are certain
MAX_CATEGORY_NAMES = 10_000  # cached category names of a file
MAX_LEARNED_ROWS = 20_000  # latest categorized rows that are learned from
#: Limits for one row: the latest rows of the book, and of payees that share a word with its payee.
MAX_NEARBY_ROWS, MAX_NEARBY_PAYEES, MIN_WORD_CHARACTERS = 200, 10, 4


class CategorisableRow(Protocol):
    """The fields that a category is chosen by; a statement line has them."""

    @property
    def payee_text(self) -> str: ...
    @property
    def memo(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def minor(self) -> int: ...
    @property
    def currency(self) -> str: ...
    @property
    def booked_on(self) -> date: ...


class RowText(NamedTuple):
    """The text and amount of one row to categorize."""

    payee_text: str
    minor: int
    currency: str
    booked_on: date
    memo: str = ""
    category: str = ""


class Suggestion(NamedTuple):
    """A suggested category; ``probability`` is over all categories, 0 to 1."""

    category_id: int
    probability: float
    reason: str


@dataclass(frozen=True, slots=True)
class Categorised:
    """A chosen category, with source, confidence (per mille) and reason.

    Without a category, nothing was certain enough; ``confidence`` and ``reason`` are then those of the first of
    ``top``.
    """

    category_id: int | None = None
    by: CategorisedBy | None = None
    confidence: int | None = None
    reason: str | None = None
    payee: str = ""
    tags: tuple[str, ...] = ()
    transfer: int | None = None  # the other account, by a rule
    top: tuple[Suggestion, ...] = ()


OPEN = Categorised()


@dataclass(slots=True)
class BookCategoriser:
    """Categorizes rows from memory, so that it can run in a thread."""

    model: Categoriser
    memory: Memory
    rules: Matcher
    labels: dict[str, int]  # category by the label that models know it by
    names: dict[str, int]  # category by its name in small letters
    _answers: dict[int, Categorised] = field(default_factory=dict)
    _said: dict[str, Categorised | None] = field(default_factory=dict)  # by what a file calls a category
    _kept: list[object] = field(default_factory=list)  # answers whose ids are in use

    def categorise(self, lines: Sequence[CategorisableRow], account_id: int | None = None) -> list[Categorised]:
        """Return the category of each row, in order. Equal rows are computed once."""
        from app.ml.categoriser import Row

        places = {code: exponent(code) for code in {line.currency for line in lines}}
        sizes = {code: 10.0**-digits for code, digits in places.items()}
        given = [self._from_file(line.category) for line in lines]
        guesses = iter(
            self.model.predict_many(
                self.memory,
                [
                    Row(line.payee_text, line.minor * sizes[line.currency], line.booked_on)
                    for line, known in zip(lines, given, strict=True)
                    if known is None  # what the file says need not be guessed
                ],
            )
        )
        answers = [
            known or self._from_models(line.payee_text, next(guesses)) for line, known in zip(lines, given, strict=True)
        ]
        self._by_memo(lines, answers, sizes)
        _align_payees(lines, answers)
        if len(self.rules) > 0:
            for at, line in enumerate(lines):
                text = f"{line.payee_text} {line.memo}" if line.memo else line.payee_text
                payee = payees.clean(line.payee_text)
                then = self.rules.first(text, payee, account_id, line.minor, places[line.currency])
                answers[at] = _apply_rule(then, answers[at]) if then else answers[at]
        return answers

    def _by_memo(self, lines: Sequence[CategorisableRow], answers: list[Categorised], sizes: dict[str, float]) -> None:
        """Try again with the memo for rows whose payee is not conclusive, such as “Gehalt”."""
        from app.ml.categoriser import Row
        from app.ml.seed_table import hints

        for at, (line, answer) in enumerate(zip(lines, answers, strict=True)):
            if answer.category_id is None and line.memo and (known := hints(line.memo)):
                # the known words alone: numbers and names would make each memo another one to work out
                text = " ".join((line.payee_text, *(hint.phrase for hint in known)))
                row = Row(text, line.minor * sizes[line.currency], line.booked_on)
                found = self._from_models(text, self.model.predict(self.memory, row))
                if found.category_id is not None:
                    answers[at] = found

    def _from_file(self, name: str) -> Categorised | None:
        """Return the category that the file names. Cached, because most lines repeat few names."""
        if not name:
            return None
        if name not in self._said:
            if len(self._said) >= MAX_CATEGORY_NAMES:
                self._said.clear()
            category_id = self.names.get(name.casefold())
            self._said[name] = Categorised(category_id, CategorisedBy.FILE) if category_id else None
        return self._said[name]

    def _always(self, text: str, why: Because) -> bool:
        """Whether the user has put this payee in this category more than once and in no other."""
        from app.ml.features import payee_key

        filed = self.memory.payees.get(payee_key(text), {})
        return why.kind == "payee" and why.count >= MIN_UNANIMOUS_ROWS and len(filed) == 1

    def _from_models(self, text: str, guesses: Sequence[Guess]) -> Categorised:
        known = self._answers.get(id(guesses))
        if known is None:
            known = self._answers[id(guesses)] = self._weigh(text, guesses)
            self._kept.append(guesses)
        return known

    def _weigh(self, text: str, guesses: Sequence[Guess]) -> Categorised:
        from app.ml.categoriser import Outcome, decide

        top = tuple(
            Suggestion(self.labels[guess.label], guess.probability, guess.reason.sentence)
            for guess in guesses
            if guess.label in self.labels
        )
        what = decide(guesses)
        if not top or what is Outcome.ASK or guesses[0].label not in self.labels:
            return Categorised(top=top)
        sure = round(guesses[0].probability * 1000)
        reason = top[0].reason[:200]
        why = guesses[0].reason
        if what is Outcome.SUGGEST and not self._always(text, why):
            return Categorised(None, None, sure, reason, top=top)
        taught = why.kind in ("payee", "similar")
        return Categorised(
            top[0].category_id, CategorisedBy.MEMORY if taught else CategorisedBy.MODEL, sure, reason, top=top
        )


def _align_payees(lines: Sequence[CategorisableRow], answers: list[Categorised]) -> None:
    """Give rows of one payee and direction the same category where most of them are certain.

    Otherwise the amount alone may categorize one coffee and not the next.
    """
    groups = defaultdict[tuple[str, bool], list[int]](list)
    for at, line in enumerate(lines):
        if line.payee_text:
            groups[line.payee_text, line.minor > 0].append(at)
    for group in groups.values():
        sure = [answers[at] for at in group if answers[at].category_id is not None]
        if len(sure) == len(group) or len(sure) * 2 <= len(group) or len({each.category_id for each in sure}) > 1:
            continue
        for at in group:
            answer = answers[at]
            if answer.category_id is None and answer.top and answer.top[0].category_id == sure[0].category_id:
                answers[at] = replace(sure[0], confidence=answer.confidence, top=answer.top)


def _apply_rule(then: Then, answer: Categorised) -> Categorised:
    """Apply a rule: its category replaces any other; payee, tags and transfer are added."""
    ruled = replace(answer, payee=then.payee, tags=then.tags, transfer=then.transfer)
    if then.category is None:
        return ruled
    return replace(ruled, category_id=then.category, by=CategorisedBy.RULE, confidence=None, reason=_("your rule"))


#: Transactions whose category is known from a user, a file or a rule and not predicted.
TAUGHT = (
    Transaction.book_id == bindparam("book_id"),
    Transaction.category_id.is_not(None),
    Transaction.categorised_by.in_(LEARNED_FROM),
)
NEWEST = (Transaction.booked_on.desc(), Transaction.id.desc())


def _select_learned(rows: FromClause) -> Any:
    """Select the labeled examples of these rows (``id``), equal ones counted."""
    text = func.coalesce(func.nullif(Transaction.statement_text, ""), Payee.name)
    return (
        select(
            text,
            Transaction.category_id,
            Transaction.currency,
            func.count(),
            func.max(Transaction.booked_on),
            func.max(Transaction.amount_minor),
        )
        .where(*TAUGHT)
        .join(rows, rows.c.id == Transaction.id)
        .join(Payee, Payee.id == Transaction.payee_id)
        .group_by(text, Transaction.category_id, Transaction.currency)
    )


def _select_nearby(*alike: ColumnElement[bool]) -> Any:
    """Select the examples of the latest rows, and of a payee and ``alike`` payees."""
    own = select(Payee.id).where(Payee.book_id == bindparam("book_id"), or_(Payee.id == bindparam("payee_id"), *alike))
    kin = own.order_by((Payee.id == bindparam("payee_id")).desc(), Payee.id.desc()).limit(MAX_NEARBY_PAYEES)
    lately = select(Transaction.id).where(Transaction.book_id == bindparam("book_id"))
    theirs = select(Transaction.id).where(Transaction.payee_id.in_(kin))
    rows = [each.order_by(*NEWEST).limit(MAX_NEARBY_ROWS).subquery() for each in (lately, theirs)]
    return _select_learned(union(*(select(each.c.id) for each in rows)).subquery())


LEARNED_RECENTLY = _select_learned(
    select(Transaction.id).where(*TAUGHT).order_by(*NEWEST).limit(MAX_LEARNED_ROWS).subquery()
)
NEARBY, NEARBY_ALIKE = _select_nearby(), _select_nearby(Payee.key.like(bindparam("alike"), escape="/"))


def escape_like(word: str) -> str:
    """Escape a word for LIKE with “/”."""
    return word.replace("/", "//").replace("%", "/%").replace("_", "/_")


class CategorisationService(Service):
    """Categorizes rows of one book. Corrections count at once, because it reads them from the ledger."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._ready: BookCategoriser | None = None

    async def load(self) -> BookCategoriser:
        """Load rules, categories and examples once for the life of the service."""
        if self._ready is None:
            self._ready = await self._load_from(LEARNED_RECENTLY, {})
        return self._ready

    async def load_nearby(self, row: Transaction, payee: str) -> BookCategoriser:
        """Load what categorizes one row: examples of its payee, of similar payees, and the latest ones.

        The number of rows it reads is bounded, whatever the size of the book.
        """
        if self._ready is not None:
            return self._ready
        word = max(fold(payee).split(), key=len, default="")
        if len(word) < MIN_WORD_CHARACTERS:
            return await self._load_from(NEARBY, {"payee_id": row.payee_id})
        return await self._load_from(NEARBY_ALIKE, {"payee_id": row.payee_id, "alike": f"%{escape_like(word)}%"})

    async def _load_from(self, taught: Any, parameters: dict[str, Any]) -> BookCategoriser:
        """Build a categorizer with these examples."""
        from app.ml.categoriser import Categoriser, Learned, Memory

        labels, names = dict[str, int](), dict[str, int]()
        for each in (await self.services.categories.by_id()).values():
            if not each.is_archived:
                labels[each.key or str(each.id)] = each.id
                names.setdefault(each.name.casefold(), each.id)
        matcher = await self.services.rules.matcher()
        label_of = {category_id: label for label, category_id in labels.items()}
        found = await self.session.execute(taught, {"book_id": self.member.book.id, **parameters})
        learned = [
            Learned(text, label_of[category_id], count, last, minor * 10.0 ** -exponent(currency))
            for text, category_id, currency, count, last, minor in found
            if category_id in label_of
        ]
        return BookCategoriser(Categoriser.load(), Memory.from_counts(learned, labels), matcher, labels, names)

    async def categorise(self, row: Transaction, payee: str) -> Categorised:
        """Categorize one uncategorized transaction. Leaves the category empty if it is only a suggestion."""
        categoriser = await self.load_nearby(row, payee)
        entry = RowText(row.statement_text or payee, row.amount_minor, row.currency, row.booked_on, row.memo or "")
        found = categoriser.categorise([entry], row.account_id)[0]
        if row.transfer_id is None and not row.is_split:
            row.category_id, row.categorised_by = found.category_id, found.by
            row.confidence, row.reason = found.confidence, found.reason
        return found

    async def suggestions(self, row: Transaction, payee: str) -> tuple[Suggestion, ...]:
        """Return the likeliest categories of a transaction, likeliest first."""
        categoriser = await self.load_nearby(row, payee)
        entry = RowText(row.statement_text or payee, row.amount_minor, row.currency, row.booked_on, row.memo or "")
        return categoriser.categorise([entry], row.account_id)[0].top

    async def similar(self, row: Transaction) -> list[int]:
        """Return transactions of the same payee and direction in other categories, except those categorized by hand."""
        if row.payee_id is None or row.category_id is None:
            return []
        found = select(Transaction.id).where(
            Transaction.book_id == self.member.book.id,
            Transaction.payee_id == row.payee_id,
            Transaction.id != row.id,
            Transaction.transfer_id.is_(None),
            Transaction.is_split.is_(False),
            (Transaction.amount_minor > 0) == (row.amount_minor > 0),
            Transaction.category_id.is_distinct_from(row.category_id),
            Transaction.categorised_by.is_distinct_from(CategorisedBy.PERSON),
        )
        return list(await self.session.scalars(found.order_by(Transaction.booked_on.desc())))

    async def recategorise_similar(self, row: Transaction) -> int:
        """Give similar transactions the category of this one, as one change set. Return how many."""
        ids = await self.similar(row)
        if not ids or row.category_id is None:
            raise Conflict(_("No similar transactions in other categories."))
        category = (await self.services.categories.by_id())[row.category_id]
        await self.services.ledger.recategorise(
            ids,
            row.category_id,
            categorised_by=CategorisedBy.PERSON,
            reason=_("categorized together with similar transactions"),
        )
        self.services.journal.note(
            ngettext("Categorized {n} more as {name}", "Categorized {n} more as {name}", len(ids), name=category.name),
            actor=Actor.USER,
        )
        return len(ids)
