"""Search of the command palette: accounts, categories, payees, transactions, or a sentence to add."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import func, select

from app.domain import phrases
from app.domain.money import Money
from app.domain.search import fold
from app.i18n import current_locale
from app.models import Payee, Transaction
from app.services.accounts import AccountOption
from app.services.base import Service
from app.services.categories import CategoryOption
from app.services.transaction_list import words_of

if TYPE_CHECKING:
    pass

Named = TypeVar("Named", AccountOption, CategoryOption)
MAX_RESULTS = 4  # of each kind
MAX_PAYEES = 2_000  # newest payees that are searched
MAX_RECENT = 1_500  # newest transactions that are searched


@dataclass(frozen=True, slots=True)
class TransactionHit:
    """A transaction that was found."""

    id: int
    booked_on: date
    payee: str
    amount: Money


@dataclass(frozen=True, slots=True)
class SearchResults:
    """What matches, best first. ``sentence`` is the transaction that the text would add."""

    sentence: phrases.Entry | None = None
    accounts: Sequence[AccountOption] = ()
    categories: Sequence[CategoryOption] = ()
    payees: Sequence[str] = ()
    transactions: Sequence[TransactionHit] = ()


def rank(name: str, words: Sequence[str]) -> int | None:
    """Rank how well a name matches: 0 starts with the text, 1 has words that do, 2 contains it; None does not match."""
    folded = fold(name)
    if folded.startswith(" ".join(words)):
        return 0
    starts = folded.replace("-", " ").split()
    if all(any(start.startswith(word) for start in starts) for word in words):
        return 1
    return 2 if all(word in folded for word in words) else None


class CommandPaletteService(Service):
    """Searches one book with a few statements."""

    async def find(self, text: str) -> SearchResults:
        words = words_of(text)
        if not words:
            return SearchResults()
        accounts = [each for each in await self.services.accounts.as_of_today() if not each.is_archived]
        categories = [each for each in (await self.services.categories.by_id()).values() if not each.is_archived]
        return SearchResults(
            sentence=self._read_sentence(text, accounts),
            accounts=best_matches(accounts, words),
            categories=best_matches(categories, words),
            payees=await self._find_payees(words),
            transactions=await self._find_transactions(words),
        )

    def _read_sentence(self, text: str, accounts: Sequence[AccountOption]) -> phrases.Entry | None:
        """Return the one transaction of a sentence that names a payee. An amount alone is a search."""
        default = next((each for each in accounts if each.is_default), None)
        currency = default.currency if default else self.member.book.base_currency
        transactions = phrases.parse(text, self.services.today, currency, current_locale())
        if len(transactions) != 1 or not (transactions[0].payee or transactions[0].category_hint):
            return None
        return transactions[0]

    async def _find_payees(self, words: Sequence[str]) -> list[str]:
        latest = (
            select(Payee.name).where(Payee.book_id == self.member.book.id).order_by(Payee.id.desc()).limit(MAX_PAYEES)
        )
        ranked = [(rank(name, words), name) for name in await self.session.scalars(latest)]
        return [name for _place, name in sorted((place, name) for place, name in ranked if place is not None)][
            :MAX_RESULTS
        ]

    async def _find_transactions(self, words: Sequence[str]) -> list[TransactionHit]:
        newest = (Transaction.booked_on.desc(), Transaction.id.desc())
        recent = (
            select(Transaction.id).where(Transaction.book_id == self.member.book.id).order_by(*newest).limit(MAX_RECENT)
        )
        query = (
            select(
                Transaction.id,
                Transaction.booked_on,
                func.coalesce(Payee.name, func.nullif(Transaction.memo, ""), Transaction.statement_text),
                Transaction.amount_minor,
                Transaction.currency,
            )
            .outerjoin(Payee, Payee.id == Transaction.payee_id)
            .where(Transaction.id.in_(recent.scalar_subquery()), Transaction.book_id == self.member.book.id)
            .where(*(Transaction.search_text.contains(word, autoescape=True) for word in words))
            .order_by(*newest)
            .limit(MAX_RESULTS + 1)
        )
        rows = await self.session.execute(query)
        return [
            TransactionHit(id_, day, payee or "", Money(minor, currency)) for id_, day, payee, minor, currency in rows
        ]


def best_matches(options: Sequence[Named], words: Sequence[str]) -> list[Named]:
    ranked = [(rank(each.name, words), at, each) for at, each in enumerate(options)]
    fitting = sorted((place, at, each) for place, at, each in ranked if place is not None)
    return [each for _place, _at, each in fitting][:MAX_RESULTS]
