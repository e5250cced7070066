"""Bills, subscriptions and incomes that recur: the rules, the dates they make, and what has been paid of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import and_, func, or_, select

from app.domain.money import Money
from app.domain.recurrence import TOLERANCE_DAYS, Schedule
from app.errors import Conflict, Invalid, NotFound
from app.i18n import _, mark
from app.models import (
    BillMark,
    Cadence,
    Candidate,
    CandidateState,
    Payee,
    Recurring,
    RecurringKind,
    Transaction,
)
from app.models.base import now
from app.models.recurring import OCCURRENCES_PER_YEAR
from app.models.repository import BookRepository
from app.schemas.recurring import RecurringIn, RecurringPatch
from app.services.base import Service

if TYPE_CHECKING:
    from app.services import Services

Status = Literal["upcoming", "due", "overdue", "paid"]
State = Literal["active", "paused", "ended"]
OVERDUE_DAYS = 31  # after which a bill that nobody paid is not asked for any more
MAX_DAYS_AHEAD = 366
EPOCH = date(1970, 1, 1).toordinal()
DAYS_OF_ID = 100_000  # a bill's id is its rule's, followed by five digits for the day


COLUMNS: tuple[Any, ...] = (
    Recurring.id,
    func.coalesce(Payee.name, Recurring.name),
    Recurring.payee_id,
    Recurring.kind,
    Recurring.amount_minor,
    Recurring.amount_max_minor,
    Recurring.currency,
    Recurring.account_id,
    Recurring.category_id,
    Recurring.cadence,
    Recurring.interval,
    Recurring.starts_on,
    Recurring.ends_on,
    Recurring.count,
    Recurring.notice_days,
    Recurring.paused_at.is_not(None),
)


class RecurringRepository(BookRepository[Recurring]):
    model_type = Recurring
    not_found_message = mark("That bill does not exist.")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as lists show it."""

    id: int
    name: str
    payee_id: int | None
    kind: RecurringKind
    amount_minor: int
    amount_max_minor: int
    currency: str
    account_id: int | None
    category_id: int | None
    cadence: Cadence
    interval: int
    starts_on: date
    ends_on: date | None
    count: int | None
    notice_days: int
    is_paused: bool

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.cadence.value, self.starts_on, self.interval, self.ends_on, self.count)

    @property
    def low(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def high(self) -> Money:
        return Money(self.amount_max_minor, self.currency)

    @property
    def monthly(self) -> Money:
        """What it comes to in a month on average, the middle of its range."""
        middle = Money(self.amount_minor + self.amount_max_minor, self.currency)
        return middle.times(OCCURRENCES_PER_YEAR[self.cadence] / (24 * self.interval))

    @property
    def tolerance(self) -> int:
        """Days around a due date within which a payment counts."""
        return TOLERANCE_DAYS[self.cadence.value]

    def state(self, today: date) -> State:
        if self.is_paused:
            return "paused"
        return "active" if self.schedule.next(today) else "ended"


@dataclass(frozen=True, slots=True)
class Bill:
    """One date of a rule; ``transaction`` is the one that paid it, where it is known."""

    rule: Rule
    due_on: date
    status: Status
    transaction: int | None = None
    paid_on: date | None = None

    @property
    def id(self) -> int:
        return bill_id_of(self.rule.id, self.due_on)


@dataclass(frozen=True, slots=True)
class Payment:
    """A transaction that may have paid a bill; ``minor`` is signed, in the rule's currency."""

    id: int
    booked_on: date
    minor: int


def bill_id_of(rule_id: int, due: date) -> int:
    return rule_id * DAYS_OF_ID + due.toordinal() - EPOCH


def read_bill_id(bill_id: int) -> tuple[int, date]:
    """The rule and the day that a bill's id means."""
    rule_id, days = divmod(bill_id, DAYS_OF_ID)
    if not 0 < rule_id < 2**63:
        raise NotFound(_("That bill does not exist."))
    return rule_id, date.fromordinal(days + EPOCH)


def matched(rule: Rule, dues: Sequence[date], payments: Iterable[Payment]) -> dict[date, Payment]:
    """Which payment paid which date: the nearest ones first, each payment once, of about the right amount."""
    sign = 1 if rule.kind is RecurringKind.INCOME else -1
    least, most = rule.amount_minor / 2, rule.amount_max_minor * 2
    fitting = [each for each in payments if least <= sign * each.minor <= most]
    pairs = sorted(
        (abs((each.booked_on - due).days), due, each.booked_on, each.id, each)
        for due in dues
        for each in fitting
        if abs((each.booked_on - due).days) <= rule.tolerance
    )
    found: dict[date, Payment] = {}
    taken: set[int] = set()
    for _gap, due, _on, payment_id, payment in pairs:
        if due not in found and payment_id not in taken:
            found[due] = payment
            taken.add(payment_id)
    return found


class RecurringService(Service):
    """The rules of one book. Reads are kept for the life of the service."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._all: list[Rule] | None = None

    @cached_property
    def repository(self) -> RecurringRepository:
        return RecurringRepository(self.session, self.member.book.id)

    async def all(self) -> list[Rule]:
        """Every rule by name, paused and ended ones too."""
        if self._all is None:
            query = (
                select(*COLUMNS)
                .outerjoin(Payee, Payee.id == Recurring.payee_id)
                .where(Recurring.book_id == self.member.book.id)
                .order_by(func.lower(Recurring.name), Recurring.id)
            )
            self._all = [Rule(*row) for row in await self.session.execute(query)]
        return self._all

    def forget(self) -> None:
        """Read again next time, after something changed."""
        self._all = None

    async def get(self, rule_id: int) -> Rule:
        """A rule as lists show it; not found when it is not of this book."""
        found = next((each for each in await self.all() if each.id == rule_id), None)
        if found is None:
            raise NotFound(self.repository.not_found_message)
        return found

    async def price_changes(self) -> dict[int, Candidate]:
        """Rules whose payments have a new price that the rule does not know of yet."""
        query = select(Candidate).where(
            Candidate.book_id == self.member.book.id,
            Candidate.recurring_id.is_not(None),
            Candidate.after_minor.is_not(None),
        )
        rules = {each.id: each for each in await self.all()}
        found = {}
        for each in await self.session.scalars(query):
            rule = rules.get(each.recurring_id or 0)
            if rule is not None and rule.amount_max_minor == each.before_minor:
                found[rule.id] = each
        return found

    async def take_price(self, rule_id: int) -> Rule:
        """Expect the price that was paid last."""
        rule = await self.get(rule_id)
        change = (await self.price_changes()).get(rule.id)
        if change is None or change.after_minor is None:
            raise Conflict(_("{name} has no price change.", name=rule.name))
        return await self.reprice(rule_id, Money(change.after_minor, rule.currency))

    # What is due

    async def bills(self, since: date, until: date, *, kind: RecurringKind | None = None) -> list[Bill]:
        """Every date of the active rules from ``since`` to ``until``, with what paid it, in order."""
        rules = [each for each in await self.all() if not each.is_paused and kind in (None, each.kind)]
        dues = {}
        for each in rules:  # the dates around the window are matched too: no payment counts for its neighbour
            reach = timedelta(days=each.tolerance)
            dues[each.id] = each.schedule.between(since - reach, until + reach)
        payments = await self._payments([each for each in rules if dues[each.id]], since, until)
        marks = await self._marks(since, until) if payments or rules else set()
        found: list[Bill] = []
        for rule in rules:
            paid = matched(rule, dues[rule.id], payments.get(rule.id, ()))
            for due in dues[rule.id]:
                if since <= due <= until:
                    payment = paid.get(due)
                    is_paid = payment is not None or (rule.id, due) in marks
                    found.append(
                        Bill(
                            rule,
                            due,
                            "paid" if is_paid else self._status(due),
                            payment.id if payment else None,
                            payment.booked_on if payment else None,
                        )
                    )
        return sorted(found, key=lambda each: (each.due_on, each.rule.name.casefold(), each.rule.id))

    async def upcoming(self, days: int = 30, *, kind: RecurringKind | None = RecurringKind.BILL) -> list[Bill]:
        """What is due in the coming days, and what is overdue; paid ones only where they were paid ahead."""
        today = self.services.today
        bills = await self.bills(today - timedelta(days=OVERDUE_DAYS), today + timedelta(days=days), kind=kind)
        return [each for each in bills if each.due_on >= today or each.status == "overdue"]

    def _status(self, due: date) -> Status:
        today = self.services.today
        return "upcoming" if due > today else "due" if due == today else "overdue"

    async def _payments(self, rules: Sequence[Rule], since: date, until: date) -> dict[int, list[Payment]]:
        """Transactions of each rule's payee around the window, whatever their amount."""
        from app.domain import payees

        if not rules:
            return {}
        by_payee = await self._by_payee(rules)
        by_key: dict[str, list[Rule]] = {}
        for rule in rules:
            by_key.setdefault(payees.key(rule.name), []).append(rule)
        reach = timedelta(days=2 * max(each.tolerance for each in rules))
        query = select(
            Transaction.id,
            Transaction.booked_on,
            Transaction.amount_minor,
            Transaction.currency,
            Transaction.original_minor,
            Transaction.original_currency,
            Transaction.payee_id,
            Transaction.statement_text,
        ).where(
            Transaction.book_id == self.member.book.id,
            Transaction.booked_on.between(since - reach, until + reach),
            Transaction.transfer_id.is_(None),
            or_(
                Transaction.payee_id.in_(by_payee),
                and_(Transaction.payee_id.is_(None), Transaction.statement_text != ""),
            ),
        )
        found: dict[int, list[Payment]] = {}
        for row in await self.session.execute(query):
            named = by_key.get(payees.key(row[7])) if row[6] is None else by_payee[row[6]]
            for rule in named or ():
                if row[3] == rule.currency:
                    found.setdefault(rule.id, []).append(Payment(row[0], row[1], row[2]))
                elif row[5] == rule.currency:
                    found.setdefault(rule.id, []).append(Payment(row[0], row[1], row[4] or 0))
        return found

    async def _by_payee(self, rules: Sequence[Rule]) -> dict[int, list[Rule]]:
        """The rules of each payee: its own, else those whose name means the same."""
        from app.domain import payees

        own: dict[int, list[Rule]] = {}
        by_key: dict[str, list[Rule]] = {}
        for rule in rules:
            by_key.setdefault(payees.key(rule.name), []).append(rule)
            if rule.payee_id is not None:
                own.setdefault(rule.payee_id, []).append(rule)
        query = select(Payee.id, Payee.name).where(Payee.book_id == self.member.book.id)
        alike = {row[0]: by_key.get(payees.key(row[1])) for row in await self.session.execute(query)}
        return {payee_id: found for payee_id, found in alike.items() if found} | own

    async def _marks(self, since: date, until: date) -> set[tuple[int, date]]:
        query = select(BillMark.recurring_id, BillMark.due_on).where(
            BillMark.book_id == self.member.book.id, BillMark.due_on.between(since, until)
        )
        return {(row[0], row[1]) for row in await self.session.execute(query)}

    async def bill(self, bill_id: int) -> Bill:
        """The occurrence of an id; not found when the rule has no such date."""
        rule_id, due = read_bill_id(bill_id)
        rule = await self.get(rule_id)
        for each in await self.bills(due, due):
            if each.rule.id == rule.id:
                return each
        raise NotFound(self.repository.not_found_message)

    async def pay(self, bill_id: int) -> Bill:
        """Call an occurrence paid, where no transaction says so."""
        bill = await self.bill(bill_id)
        if bill.status == "paid":
            raise Conflict(_("{name} is already paid.", name=bill.rule.name))
        self.session.add(BillMark(book_id=self.member.book.id, recurring_id=bill.rule.id, due_on=bill.due_on))
        await self._saved(_("Marked {name} as paid", name=bill.rule.name))
        return Bill(bill.rule, bill.due_on, "paid")

    # The verbs of rules

    async def add(self, data: RecurringIn) -> Rule:
        transactions = self.services.transactions
        if not data.payee:
            raise Invalid(_("This field is required."), field="payee")
        account = await transactions.account(data.account) if data.account else None
        currency = data.currency or (account.currency if account else self.member.book.base_currency)
        low, high = magnitudes(data.amount, data.amount_max, currency)
        category_id = await self.category(data.category)
        payee = await transactions.payee(data.payee)
        assert payee is not None
        row = Recurring(
            book_id=self.member.book.id,
            name=payee.name,
            payee_id=payee.id,
            kind=data.kind,
            amount_minor=low.minor,
            amount_max_minor=high.minor,
            currency=currency,
            account_id=account.id if account else None,
            category_id=category_id,
            cadence=data.cadence,
            interval=data.interval,
            starts_on=data.starts_on,
            ends_on=data.ends_on,
            count=data.count,
            notice_days=data.notice_days,
        )
        self.session.add(row)
        await self._saved(_("Added {name}", name=row.name))
        return await self.get(row.id)

    async def change(self, rule_id: int, patch: RecurringPatch) -> Rule:
        """Change what the patch names."""
        row, given = await self.repository.get_owned(rule_id), patch.model_fields_set
        if "payee" in given:
            payee = await self.services.transactions.payee(patch.payee)
            if payee is None:
                raise Invalid(_("This field is required."), field="payee")
            row.payee_id, row.name = payee.id, payee.name
        if "account" in given:
            row.account_id = (await self.services.transactions.account(patch.account)).id if patch.account else None
        if "category" in given:
            row.category_id = await self.category(patch.category)
        self._change_money(row, patch, given)
        for name in ("kind", "cadence", "interval", "starts_on", "ends_on", "count", "notice_days"):
            if name in given:
                setattr(row, name, getattr(patch, name))
        if row.ends_on is not None and row.ends_on < row.starts_on:
            raise Invalid(_("The end can’t be before the start."), field="ends_on")
        await self._saved(_("Changed {name}", name=row.name))
        return await self.get(row.id)

    @staticmethod
    def _change_money(row: Recurring, patch: RecurringPatch, given: set[str]) -> None:
        if not given & {"amount", "amount_max", "currency"}:
            return
        currency = patch.currency or row.currency
        was_one = row.amount_minor == row.amount_max_minor
        low = patch.amount or Money(row.amount_minor, row.currency).wire
        high = patch.amount_max
        if "amount_max" not in given and not was_one:
            high = Money(row.amount_max_minor, row.currency).wire
        least, most = magnitudes(low, high, currency)
        row.amount_minor, row.amount_max_minor, row.currency = least.minor, most.minor, currency

    async def reprice(self, rule_id: int, price: Money) -> Rule:
        """It has a new price."""
        row = await self.repository.get_owned(rule_id)
        row.amount_minor = row.amount_max_minor = price.minor
        await self._saved(_("{name} has a new price", name=row.name))
        return await self.get(row.id)

    async def pause(self, rule_id: int, paused: bool = True) -> Rule:
        """A paused rule makes no bills until it is resumed."""
        row = await self.repository.get_owned(rule_id)
        row.paused_at = (row.paused_at or now()) if paused else None
        await self._saved(_("Paused {name}", name=row.name) if paused else _("Resumed {name}", name=row.name))
        return await self.get(row.id)

    async def end(self, rule_id: int) -> Rule:
        """Nothing is due any more from today on; what was paid stays."""
        row = await self.repository.get_owned(rule_id)
        if row.starts_on >= self.services.today:
            raise Conflict(_("{name} has not begun yet. Delete it instead.", name=row.name))
        row.ends_on = self.services.today - timedelta(days=1)
        await self._saved(_("{name} has ended", name=row.name))
        return await self.get(row.id)

    async def delete(self, rule_id: int) -> None:
        """Forget a rule. What it was detected from is not suggested again."""
        row = await self.repository.get_owned(rule_id)
        for bill_mark in await self.session.scalars(select(BillMark).where(BillMark.recurring_id == row.id)):
            await self.session.delete(bill_mark)
        for candidate in await self.session.scalars(select(Candidate).where(Candidate.recurring_id == row.id)):
            candidate.state, candidate.recurring_id = CandidateState.DISMISSED, None
        await self.session.flush()
        await self.session.delete(row)
        await self._saved(_("Deleted {name}", name=row.name))

    async def category(self, reference: str | int | None) -> int | None:
        """A category by its id or its name."""
        if not reference:
            return None
        if isinstance(reference, int):
            return await self.services.transactions.category(reference)
        name = reference.casefold()
        for each in (await self.services.categories.by_id()).values():
            if each.name.casefold() == name and not each.is_archived:
                return each.id
        raise Invalid(_("Choose one of your categories."), field="category")

    async def _saved(self, label: str) -> None:
        self.services.journal.note(label)
        await self.session.flush()
        self.forget()


def magnitudes(low: str, high: str | None, currency: str) -> tuple[Money, Money]:
    """The least and the most that is expected; one amount where only one is given."""
    least = Money.parse(low, currency)
    if least.minor <= 0:
        raise Invalid(_("Enter an amount above zero."), field="amount")
    most = Money.parse(high, currency, field="amount_max") if high else least
    if most.minor < least.minor:
        raise Invalid(_("This can’t be less than the amount."), field="amount_max")
    return least, most


def rule_values(rule: Rule) -> dict[str, Any]:
    """What a form shows of a rule."""
    return {
        "payee": rule.name,
        "kind": rule.kind.value,
        "amount": str(rule.low.decimal),
        "amount_max": str(rule.high.decimal) if rule.amount_max_minor != rule.amount_minor else "",
        "currency": rule.currency,
        "account": str(rule.account_id or ""),
        "category": str(rule.category_id or ""),
        "cadence": rule.cadence.value,
        "interval": str(rule.interval),
        "starts_on": rule.starts_on.isoformat(),
        "ends_on": rule.ends_on.isoformat() if rule.ends_on else "",
        "count": str(rule.count or ""),
    }
