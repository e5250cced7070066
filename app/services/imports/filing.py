"""Filing the lines of a statement: the file's own category, else what the user taught, else the general model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.money import exponent
from app.models import Category, FiledBy, Payee, Transaction
from app.services.member import Member

if TYPE_CHECKING:
    from app.domain.statement.lines import Line
    from app.ml.categoriser import Categoriser, Memory

LEARNED_FROM = (FiledBy.PERSON, FiledBy.FILE)


class Filed(NamedTuple):
    """Where a line goes, who says so, how sure (per mille) and why; all empty when nothing is sure enough."""

    category_id: int | None = None
    by: FiledBy | None = None
    confidence: int | None = None
    because: str | None = None


OPEN = Filed()


class Filing:
    """Ready to file: everything it needs from the database is in memory, so it may run in a thread."""

    def __init__(self, model: Categoriser, memory: Memory, categories: dict[str, int], names: dict[str, int]) -> None:
        self.model, self.memory, self.categories, self.names = model, memory, categories, names
        self._filed: dict[int, Filed] = {}  # by the id of an answer, which the model gives again and again
        self._alive: list[object] = []  # answers whose ids are in use

    def file(self, lines: Sequence[Line]) -> list[Filed]:
        from app.ml.categoriser import Row

        sizes = {code: 10.0 ** -exponent(code) for code in {line.currency for line in lines}}
        guesses = self.model.predict_many(
            self.memory, [Row(line.payee_text, line.minor * sizes[line.currency], line.booked_on) for line in lines]
        )
        return [
            self._of_file(line.category) if line.category.casefold() in self.names else self._of_model(found)
            for line, found in zip(lines, guesses, strict=True)
        ]

    def _of_file(self, name: str) -> Filed:
        return Filed(self.names[name.casefold()], FiledBy.FILE)

    def _of_model(self, guesses: Sequence[object]) -> Filed:
        from app.ml.categoriser import Outcome, outcome

        known = self._filed.get(id(guesses))
        if known is None:
            known = OPEN
            if outcome(guesses) is Outcome.FILE:  # type: ignore[arg-type]
                best = guesses[0]
                by = FiledBy.MEMORY if best.because.kind in ("payee", "similar") else FiledBy.MODEL  # type: ignore[attr-defined]
                known = Filed(
                    self.categories.get(best.label),  # type: ignore[attr-defined]
                    by,
                    round(best.probability * 1000),  # type: ignore[attr-defined]
                    best.because.sentence[:200],  # type: ignore[attr-defined]
                )
                known = known if known.category_id else OPEN
            self._filed[id(guesses)] = known
            self._alive.append(guesses)
        return known


async def ready(session: AsyncSession, member: Member) -> Filing:
    """What this book has learned so far."""
    from app.ml.categoriser import Categoriser, Learned, Memory

    book_id = member.book.id
    rows = await session.execute(
        select(Category.id, Category.key, Category.name).where(
            Category.book_id == book_id, Category.archived_at.is_(None)
        )
    )
    categories: dict[str, int] = {}
    names: dict[str, int] = {}
    for category_id, key, name in rows:
        categories[key or str(category_id)] = names[name.casefold()] = category_id
    labels = {category_id: label for label, category_id in categories.items()}
    taught = await session.execute(
        select(
            Payee.name,
            Transaction.category_id,
            func.count(),
            func.max(Transaction.booked_on),
            func.max(Transaction.amount_minor),
            Transaction.currency,
        )
        .join(Payee, Payee.id == Transaction.payee_id)
        .where(
            Transaction.book_id == book_id,
            Transaction.category_id.is_not(None),
            Transaction.filed_by.in_(LEARNED_FROM),
        )
        .group_by(Payee.name, Transaction.category_id, Transaction.currency)
    )
    learned = [
        Learned(name, labels[category_id], count, last, minor * 10.0 ** -exponent(currency))
        for name, category_id, count, last, minor, currency in taught
        if category_id in labels
    ]
    return Filing(Categoriser.load(), Memory.from_counts(learned, categories), categories, names)
