"""What looks like a bill, a subscription or a salary: found in the past, kept until a person has decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from app.domain.money import exponent
from app.domain.period import shift_month
from app.domain.recurrence import DAYS, MONTHS
from app.errors import Conflict
from app.i18n import _, mark, ngettext
from app.models import Cadence, Candidate, CandidateState, Recurring, RecurringKind, Transaction
from app.models.base import now
from app.models.repository import BookRepository
from app.services.base import Service
from app.services.history import PastTransaction

if TYPE_CHECKING:
    from app.ml.recurrences import Recurrence

MIN_CONFIDENCE = 0.5  # confidence from which a recurrence is shown


class CandidateRepository(BookRepository[Candidate]):
    model_type = Candidate
    not_found_message = mark("That suggestion does not exist.")


@dataclass(frozen=True, slots=True)
class Found:
    """A recurrence with the transactions that it is made of, the oldest first."""

    currency: str
    recurrence: Recurrence
    transactions: tuple[int, ...]
    name: str

    @property
    def base(self) -> str:
        """The stable part of its key; a payee may have several."""
        from app.domain import payees

        return f"{self.recurrence.kind}:{self.currency}:{payees.key(self.recurrence.text)[:120]}"

    def values(self) -> dict[str, Any]:
        """What is kept of it. Amounts become minor units."""
        each, scale = self.recurrence, 10 ** exponent(self.currency)
        change = each.price_change
        return {
            "name": self.name[:120],
            "kind": RecurringKind(each.kind),
            "cadence": Cadence(each.cadence),
            "currency": self.currency,
            "low_minor": round(each.amount_low * scale),
            "high_minor": round(each.amount_high * scale),
            "next_on": each.next_date,
            "last_on": each.last_date,
            "count": each.count,
            "confidence": round(each.confidence * 1000),
            "missed_on": each.missed,
            "before_minor": round(change.before * scale) if change else None,
            "after_minor": round(change.after * scale) if change else None,
            "changed_on": change.on if change else None,
            "last_transaction_id": self.transactions[-1],
        }


def detected(seen: Sequence[PastTransaction], today: date) -> list[Found]:
    """Everything regular in a book's past, currency by currency. Takes a while: run it outside of a transaction."""
    from app.ml import recurrences

    by_currency: dict[str, list[PastTransaction]] = defaultdict(list)
    for each in seen:
        by_currency[each.currency].append(each)
    found = []
    for currency, rows in by_currency.items():
        for one in recurrences.detect([each.row for each in rows], today):
            if one.confidence >= MIN_CONFIDENCE:
                members = [rows[at] for at in one.rows]
                found.append(Found(currency, one, tuple(each.id for each in members), members[-1].text))
    return found


def last_due(candidate: Candidate, day: date) -> date:
    """The due date one beat before ``day``."""
    if candidate.cadence in DAYS:
        return day - timedelta(days=DAYS[candidate.cadence])
    return shift_month(day, -MONTHS[candidate.cadence])


class RecurringCandidateService(Service):
    """The candidates of one book."""

    @cached_property
    def repository(self) -> CandidateRepository:
        return CandidateRepository(self.session, self.member.book.id)

    async def all(self) -> list[Candidate]:
        """Every candidate, the surest first."""
        own = select(Candidate).where(Candidate.book_id == self.member.book.id)
        return list(await self.session.scalars(own.order_by(Candidate.confidence.desc(), Candidate.id)))

    async def ended(self) -> list[Candidate]:
        """Those that do not come any more, the latest first."""
        found = [
            each for each in await self.all() if each.next_on is None and each.state is not CandidateState.ACCEPTED
        ]
        return sorted(found, key=lambda each: each.last_on, reverse=True)

    async def open(self) -> list[Candidate]:
        """Those that still come, that nobody has decided on, and that no rule covers already."""
        from app.domain import payees

        rules = [
            (each.kind, each.currency, payees.key(each.name), each.amount_minor, each.amount_max_minor)
            for each in await self.services.recurring.all()
        ]

        def covered(one: Candidate) -> bool:
            name = payees.key(one.name)
            return any(
                (kind, currency, key) == (one.kind, one.currency, name)
                and low <= 2 * one.high_minor
                and one.low_minor <= 2 * high
                for kind, currency, key, low, high in rules
            )

        return [
            each
            for each in await self.all()
            if each.state is CandidateState.NEW and each.next_on is not None and not covered(each)
        ]

    async def keep(self, found: Iterable[Found]) -> None:
        """Write what was found over what was known. A decision stays; a candidate that is no more goes.

        Doing it twice changes nothing. Not journaled: nobody did it.
        """
        table: Any = Candidate.__table__
        known = {each.key: each for each in await self.all()}
        free = dict(known)
        for one in found:
            key = self._known(one, free) or self._new(one, known)
            values = one.values() | {"updated_at": now()}
            if key in free:
                row = free.pop(key)
                if any(getattr(row, name) != value for name, value in values.items() if name != "updated_at"):
                    await self.session.execute(update(table).where(table.c.id == row.id).values(values))
            else:
                values |= {"book_id": self.member.book.id, "key": key, "state": CandidateState.NEW, "created_at": now()}
                made = Candidate(**values)
                known[key] = made
                await self.session.execute(insert(table).values(values))
        gone = [each.id for each in free.values() if each.state is CandidateState.NEW]
        if gone:
            await self.session.execute(delete(table).where(table.c.id.in_(gone)))
        self.session.expire_all()

    @staticmethod
    def _known(one: Found, free: dict[str, Candidate]) -> str | None:
        """The candidate that this is: one that shares its last payment, else one of the same payee."""
        members = set(one.transactions)
        for key, each in free.items():
            if each.last_transaction_id in members:
                return key
        cadence = one.recurrence.cadence
        return next(
            (
                key
                for key, each in free.items()
                if key.rpartition(":")[0] == one.base and each.cadence == cadence and each.last_transaction_id is None
            ),
            None,
        )

    @staticmethod
    def _new(one: Found, known: dict[str, Candidate]) -> str:
        number = 1
        while f"{one.base}:{number}" in known:
            number += 1
        return f"{one.base}:{number}"

    async def accept(self, candidate_id: int) -> Recurring:
        """Make it a rule: from now on its dates are bills, or incomes that are waited for."""
        row = await self.repository.get_owned(candidate_id)
        if row.state is CandidateState.ACCEPTED:
            raise Conflict(_("{name} is already one of your bills.", name=row.name))
        due = row.missed_on or row.next_on
        if due is None:
            raise Conflict(_("{name} has ended.", name=row.name))
        last = await self.session.get(Transaction, row.last_transaction_id) if row.last_transaction_id else None
        payee_id = last.payee_id if last else None
        if payee_id is None:
            payee_id = (await self.services.payees.named(row.name)).id
        rule = Recurring(
            book_id=self.member.book.id,
            name=row.name,
            payee_id=payee_id,
            kind=row.kind,
            amount_minor=row.low_minor,
            amount_max_minor=row.high_minor,
            currency=row.currency,
            account_id=last.account_id if last else None,
            category_id=last.category_id if last else None,
            cadence=row.cadence,
            interval=1,
            starts_on=last_due(row, due),
        )
        self.session.add(rule)
        await self.session.flush()
        row.state, row.recurring_id = CandidateState.ACCEPTED, rule.id
        label = _("Added {name} to bills") if row.kind is RecurringKind.BILL else _("Added {name} to income")
        self.services.journal.note(label.format(name=row.name))
        await self.session.flush()
        self.services.recurring.forget()
        return rule

    async def accept_all(self) -> int:
        """Take every open suggestion at once; returns how many there were."""
        found = await self.open()
        for each in found:
            await self.accept(each.id)
        self.services.journal.note(ngettext("Added {n} bill or income", "Added {n} bills and incomes", len(found)))
        return len(found)

    async def categories(self, rows: Sequence[Candidate]) -> dict[int, int]:
        """The category of each candidate's last payment, by the candidate's id."""
        query = select(Candidate.id, Transaction.category_id).join(
            Transaction, Transaction.id == Candidate.last_transaction_id
        )
        query = query.where(Candidate.book_id == self.member.book.id, Candidate.id.in_([each.id for each in rows]))
        return {row[0]: row[1] for row in await self.session.execute(query) if row[1] is not None}

    async def dismiss(self, candidate_id: int) -> Candidate:
        """It is not recurring: it is not suggested again."""
        row = await self.repository.get_owned(candidate_id)
        if row.state is CandidateState.ACCEPTED:
            raise Conflict(_("{name} is already one of your bills.", name=row.name))
        row.state = CandidateState.DISMISSED
        self.services.journal.note(_("Marked {name} as not recurring", name=row.name))
        await self.session.flush()
        return row
