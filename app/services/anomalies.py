"""Unusual activity: a job finds it, a person answers, and the answers change what is reported later."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.money import Money, exponent
from app.domain.recurrence import DAYS
from app.errors import Conflict, Invalid
from app.i18n import _, mark
from app.ml.wording import day
from app.models import (
    Candidate,
    CandidateState,
    CategoryKind,
    Finding,
    FindingKind,
    FindingState,
    RecurringKind,
    Transaction,
)
from app.models.base import now
from app.models.repository import BookRepository
from app.schemas.transactions import TransactionPatch
from app.services.base import Service
from app.services.history import PastTransaction

if TYPE_CHECKING:
    from app.ml.anomalies import AnomalyScore

ALERT_WINDOW = timedelta(days=7)
MAX_FINDING_AGE = timedelta(days=45)  # a finding that nobody answered is not shown for longer
MAX_TRANSFER_GAP = timedelta(days=4)  # between the two sides of a transfer
MAX_IMPORT_AGE = timedelta(days=2)  # rows added since then are checked whatever their date
MAX_FINDINGS_PER_WEEK = 3  # of the last week; as many again of older rows
MIN_HISTORY_ROWS = 20  # in one currency, before amounts are compared
MIN_CONFIDENCE_PER_MILLE = 800  # of a candidate whose missing payment is reported
PREFERRED_KINDS = (FindingKind.PRICE_RISE, FindingKind.DUPLICATE)  # reported before an unusual amount
Lesson = tuple[str, str, float]  # payee's key, kind, amount in major units: what was called normal


class FindingRepository(BookRepository[Finding]):
    model_type = Finding
    not_found_message = mark("This has already been resolved.")


@dataclass(frozen=True, slots=True)
class DetectedAnomaly:
    """A finding before it is stored."""

    key: str
    kind: FindingKind
    kinds: tuple[str, ...]
    on: date
    payee: str
    payee_key: str
    transaction_id: int | None
    candidate_id: int | None
    currency: str
    amount_minor: int
    low_minor: int
    high_minor: int
    score: int
    comparable: tuple[int, ...]


def find_anomalies(
    seen: Sequence[PastTransaction], lessons: dict[str, list[Lesson]], today: date, *, since: date | None = None
) -> list[DetectedAnomaly]:
    """Unusual transactions of the last week and of recent imports, the clearest first.

    Each row is compared with what came before it. ``seen`` is in order of days. This is slow: run it outside a
    database transaction. ``since`` is the day from which rows count as having come in lately.
    """
    from app.ml.anomalies import Detector
    from app.ml.user_baseline import UserBaseline

    lately = since or today - MAX_IMPORT_AGE
    by_currency: dict[str, list[PastTransaction]] = defaultdict(list)
    for each in seen:
        by_currency[each.currency].append(each)
    found: list[DetectedAnomaly] = []
    for currency, rows in by_currency.items():
        detector = Detector(UserBaseline(), currency)
        detector.accepted = list(lessons.get(currency, ()))  # type: ignore[arg-type]
        ids: dict[int, int] = {}
        moved = find_transfer_sides(rows)
        for at, each in enumerate(rows):
            row = each.row
            is_new = each.created_at.date() >= lately and each.booked_on > today - MAX_FINDING_AGE
            if (each.booked_on > today - ALERT_WINDOW or is_new) and row.amount and each.id not in moved:
                noticed = _describe_anomaly(each, detector.score(row), ids, is_known=at >= MIN_HISTORY_ROWS)
                found += [noticed] if noticed else []
            detector.observe(row)
            ids[id(row)] = each.id

    return sorted(
        found, key=lambda each: (each.kind not in PREFERRED_KINDS, -each.score, -each.on.toordinal(), each.key)
    )


def find_transfer_sides(rows: Sequence[PastTransaction]) -> set[int]:
    """Rows that look like one side of a transfer that nobody has linked yet: the inbox asks about them already."""
    by_size: dict[int, list[PastTransaction]] = defaultdict(list)
    for each in rows:
        by_size[abs(each.minor)].append(each)
    return {
        side.id
        for sides in by_size.values()
        for one in sides
        for other in sides
        if one.minor == -other.minor and one.account_id != other.account_id
        if abs(one.booked_on - other.booked_on) <= MAX_TRANSFER_GAP
        for side in (one, other)
    }


def _describe_anomaly(
    each: PastTransaction, score: AnomalyScore, ids: dict[int, int], *, is_known: bool
) -> DetectedAnomaly | None:
    from app.ml import user_baseline

    reasons = {FindingKind(one.kind): one for one in score.reasons}
    if not score.is_anomaly or not reasons or not (is_known or FindingKind.DUPLICATE in reasons):
        return None
    kind = next((one for one in PREFERRED_KINDS if one in reasons), next(iter(reasons)))
    reason, scale = reasons[kind], 10 ** exponent(each.currency)
    return DetectedAnomaly(
        key=f"transaction:{each.id}",
        kind=kind,
        kinds=tuple(one.value for one in reasons),
        on=each.booked_on,
        payee=each.text[:120],
        payee_key=user_baseline.payee_of(each.row)[:200],
        transaction_id=each.id,
        candidate_id=None,
        currency=each.currency,
        amount_minor=abs(each.minor),
        low_minor=round(reason.expected_low * scale),
        high_minor=round(reason.expected_high * scale),
        score=round(score.score * 1000),
        comparable=tuple(ids[id(row)] for row in reason.comparable if id(row) in ids),
    )


def find_missed_payments(candidates: Iterable[Candidate], today: date) -> list[DetectedAnomaly]:
    """Payments that were due in the last week and have not come."""
    from app.domain import payees

    found = []
    for each in candidates:
        if each.missed_on is None or each.missed_on <= today - ALERT_WINDOW or each.state is CandidateState.DISMISSED:
            continue
        is_habit = each.state is CandidateState.NEW and each.cadence in DAYS
        if each.confidence < MIN_CONFIDENCE_PER_MILLE or is_habit:  # one skipped habit is no news
            continue
        sign = "-" if each.kind is RecurringKind.BILL else "+"
        found.append(
            DetectedAnomaly(
                key=f"missing:{each.id}:{each.missed_on.isoformat()}",
                kind=FindingKind.MISSING_BILL,
                kinds=(FindingKind.MISSING_BILL.value,),
                on=each.missed_on,
                payee=each.name,
                payee_key=(sign + payees.key(each.name))[:200],
                transaction_id=None,
                candidate_id=each.id,
                currency=each.currency,
                amount_minor=each.high_minor,
                low_minor=each.low_minor,
                high_minor=each.high_minor,
                score=max(500, each.confidence * 8 // 10),
                comparable=(each.last_transaction_id,) if each.last_transaction_id else (),
            )
        )
    return found


def shown(minor: int, currency: str) -> str:
    """An amount inside a sentence."""
    return Money(minor, currency).shown


def sentence(row: Finding | DetectedAnomaly) -> str:
    """Describe a finding in one or two short sentences."""
    words = {
        "payee": row.payee,
        "amount": shown(row.amount_minor, row.currency),
        "low": shown(row.low_minor, row.currency),
        "high": shown(row.high_minor, row.currency),
        "day": day(row.on),
    }
    is_income = row.payee_key.startswith("+")
    if row.kind is FindingKind.PRICE_RISE:
        return _("{payee} charged {amount}. Usually {low}.", **words)
    if row.kind is FindingKind.DUPLICATE:
        return _("{payee} charged {amount} twice within a few days.", **words)
    if row.kind is FindingKind.NEW_PAYEE:
        return _("{payee} is a new payee and {amount} is high. Up to {high} would be typical.", **words)
    if row.kind is FindingKind.MISSING_BILL and is_income:
        return _("{payee} was due on {day} and has not arrived.", **words)
    if row.kind is FindingKind.MISSING_BILL:
        return _("{payee} was due on {day} and has not been paid.", **words)
    if row.kind is FindingKind.AMOUNT_LOW:
        return _("{payee}: {amount} is less than usual. Typical: {low} to {high}.", **words)
    return _("{payee}: {amount} is more than usual. Typical: {low} to {high}.", **words)


class AnomalyService(Service):
    """Stores and answers the findings of one household."""

    @cached_property
    def repository(self) -> FindingRepository:
        return FindingRepository(self.session, self.member.book.id)

    # Reading

    async def open(self, limit: int = 50) -> list[Finding]:
        """Return the open findings, latest first."""
        return await open_findings(self.session, self.member.book.id, self.services.today, limit)

    async def get(self, finding_id: int) -> Finding:
        return await self.repository.get_owned(finding_id)

    async def of_transaction(self, transaction_id: int) -> Finding | None:
        """Return the finding of a transaction, answered or not."""
        found: Finding | None = await self.session.scalar(
            select(Finding).where(Finding.book_id == self.member.book.id, Finding.transaction_id == transaction_id)
        )
        return found

    async def lessons(self) -> dict[str, list[Lesson]]:
        """Return what was marked as normal, by currency, for the detector."""
        query = select(Finding.currency, Finding.payee_key, Finding.kinds, Finding.amount_minor).where(
            Finding.book_id == self.member.book.id, Finding.state == FindingState.NORMAL
        )
        found: dict[str, list[Lesson]] = defaultdict(list)
        for currency, key, kinds, minor in await self.session.execute(query):
            found[currency] += [(key, kind, minor / 10 ** exponent(currency)) for kind in kinds]
        return found

    # The job's part

    async def keep(self, noticed: Iterable[DetectedAnomaly]) -> int:
        """Store new findings, a few a week at most, and delete open ones that no longer hold. Idempotent.

        Not journaled: nobody did it. Returns how many were added.
        """
        table: Any = Finding.__table__
        await self._drop_stale()
        query = select(Finding.key, Finding.on).where(Finding.book_id == self.member.book.id)
        known = {row[0]: row[1] for row in await self.session.execute(query)}
        today = self.services.today
        room = {True: MAX_FINDINGS_PER_WEEK, False: MAX_FINDINGS_PER_WEEK}  # of the last week, and older
        for on in known.values():
            if on > today - MAX_FINDING_AGE:
                room[on > today - ALERT_WINDOW] -= 1
        rows = []
        for each in noticed:
            is_recent = each.on > today - ALERT_WINDOW
            if each.key in known or room[is_recent] <= 0:
                continue
            room[is_recent] -= 1
            values = {name: getattr(each, name) for name in each.__dataclass_fields__}
            values |= {"kinds": list(each.kinds), "comparable": list(each.comparable)}
            stamp = {"created_at": now(), "updated_at": now()}
            rows.append(values | stamp | {"book_id": self.member.book.id, "state": FindingState.OPEN})
        if rows:
            await self.session.execute(insert(table), rows)
        return len(rows)

    async def _drop_stale(self) -> None:
        """Open findings whose transaction has gone or has another amount now, and bills that have come after all."""
        table: Any = Finding.__table__
        query = (
            select(Finding.id)
            .outerjoin(Transaction, Transaction.id == Finding.transaction_id)
            .outerjoin(Candidate, Candidate.id == Finding.candidate_id)
            .where(
                Finding.book_id == self.member.book.id,
                Finding.state == FindingState.OPEN,
                or_(
                    (Finding.kind != FindingKind.MISSING_BILL)
                    & (Transaction.id.is_(None) | (func.abs(Transaction.amount_minor) != Finding.amount_minor)),
                    (Finding.kind == FindingKind.MISSING_BILL)
                    & (
                        Candidate.id.is_(None)
                        | (Candidate.state == CandidateState.DISMISSED)
                        | Candidate.missed_on.is_(None)
                        | (Candidate.missed_on != Finding.on)
                    ),
                ),
            )
        )
        gone = list(await self.session.scalars(query))
        if gone:
            await self.session.execute(delete(table).where(table.c.id.in_(gone)))

    # Answers

    async def accept(self, finding_id: int) -> Finding:
        """Mark a finding as normal, so that similar ones are not reported. A new price updates its bill."""
        row = await self._answer(finding_id, FindingState.NORMAL)
        if row.kind is FindingKind.PRICE_RISE:
            await self._reprice(row)
            self.services.journal.note(
                _("{payee} costs {amount} from now on", payee=row.payee, amount=shown(row.amount_minor, row.currency))
            )
        else:
            self.services.journal.note(_("Marked {payee} as normal", payee=row.payee))
        return row

    async def _reprice(self, row: Finding) -> None:
        from app.domain import payees

        for rule in await self.services.recurring.all():
            same = rule.currency == row.currency and rule.kind is RecurringKind.BILL
            if same and payees.key(rule.name) == row.payee_key[1:] and rule.high.minor == row.low_minor:
                await self.services.recurring.reprice(rule.id, Money(row.amount_minor, row.currency))

    async def dismiss(self, finding_id: int) -> Finding:
        """Hide a finding and learn nothing from it."""
        row = await self._answer(finding_id, FindingState.DISMISSED)
        self.services.journal.note(_("Dismissed {payee}", payee=row.payee))
        return row

    async def dispute(self, finding_id: int) -> Finding:
        """Tag the transaction as disputed."""
        row = await self._answer(finding_id, FindingState.DISMISSED)
        if row.transaction_id is None:
            raise Invalid(_("No transaction to dispute."))
        tags = [name for _id, name in await self.services.transactions.tags_of(row.transaction_id)]
        patch = TransactionPatch(tags=[*tags, _("Disputed")][:20])
        await self.services.transactions.edit(row.transaction_id, patch)
        self.services.journal.note(_("Tagged {payee} as disputed", payee=row.payee))
        return row

    async def remove(self, finding_id: int) -> Finding:
        """Delete the transaction as a duplicate. Raises ``Invalid`` for another kind of finding."""
        row = await self._answer(finding_id, FindingState.DISMISSED)
        if row.transaction_id is None or row.kind is not FindingKind.DUPLICATE:
            raise Invalid(_("Only a duplicate can be deleted here."))
        await self.services.transactions.delete(row.transaction_id)
        self.services.journal.note(_("Deleted the duplicate of {payee}", payee=row.payee))
        return row

    async def end(self, finding_id: int) -> Finding:
        """End a recurring payment that no longer comes."""
        row = await self._answer(finding_id, FindingState.DISMISSED)
        if row.candidate_id is None:
            raise Invalid(_("Only recurring payments can end."))
        candidate = await self.services.recurring_candidates.repository.get_owned(row.candidate_id)
        if candidate.recurring_id is not None:
            await self.services.recurring.end(candidate.recurring_id)
        else:
            await self.services.recurring_candidates.dismiss(candidate.id)
        self.services.journal.note(_("{payee} has ended", payee=row.payee))
        return row

    async def _answer(self, finding_id: int, state: FindingState) -> Finding:
        row = await self.repository.get_owned(finding_id)
        if row.state is not FindingState.OPEN:
            raise Conflict(_("This has already been answered."))
        row.state = state
        self.services.journal.note("")
        await self.session.flush()
        return row

    # Asked alone

    async def score(
        self, category: int | str, amount: str, payee: str = "", booked_on: date | None = None
    ) -> tuple[AnomalyScore, str]:
        """Judge an amount (a magnitude, in the default account's currency) by the book's past; also the currency."""
        from app.ml.anomalies import Detector
        from app.ml.memory import Row

        account = await self.services.accounts.default()
        category_id = await self.services.recurring.category(category)
        if category_id is None:
            raise Invalid(_("Choose one of your categories."), field="category")
        money = Money.parse(amount, account.currency)
        if money.minor <= 0:
            raise Invalid(_("Enter an amount above zero."), field="amount")
        option = (await self.services.categories.by_id())[category_id]
        sign = 1 if option.kind is CategoryKind.INCOME else -1
        seen = await self.services.history.read()
        detector = Detector.fit((each.row for each in seen if each.currency == account.currency), account.currency)
        detector.accepted = list((await self.lessons()).get(account.currency, ()))  # type: ignore[arg-type]
        row = Row(payee or option.name, sign * float(money.decimal), booked_on or self.services.today, str(category_id))
        return detector.score(row), account.currency


async def open_findings(session: AsyncSession, book_id: int, today: date, limit: int = 50) -> list[Finding]:
    """Return the open findings of a household, latest first."""
    query = (
        select(Finding)
        .where(
            Finding.book_id == book_id,
            Finding.state == FindingState.OPEN,
            Finding.on > today - MAX_FINDING_AGE,
            or_(Finding.transaction_id.is_not(None), Finding.candidate_id.is_not(None)),
        )
        .order_by(Finding.on.desc(), Finding.id.desc())
        .limit(limit)
    )
    return list(await session.scalars(query))


def open_transactions(book_id: int) -> Any:
    """The ids of transactions that want a look, as a condition of lists uses them."""
    return select(Finding.transaction_id).where(
        Finding.book_id == book_id, Finding.state == FindingState.OPEN, Finding.transaction_id.is_not(None)
    )
