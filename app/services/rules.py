"""Rules that change matching transactions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import bindparam, func, select

from app.domain.money import Money, exponent
from app.domain.rules import Matcher, Then
from app.errors import Conflict, Invalid
from app.i18n import _, mark, ngettext
from app.models import Actor, CategorisedBy, Payee, Rule, Status, Tag, Transaction, TransactionTag
from app.models.repository import BookRepository
from app.schemas.rules import Conditions, Effects, RuleIn, RulePatch
from app.services.base import Service
from app.services.ledger.writer import chunks

SAMPLE_ROWS = 8
MAX_RULES = 500  # of a book
MOST_TRANSFERS = 500  # made in one run


class RuleRepository(BookRepository[Rule]):
    model_type = Rule
    not_found_message = mark("That rule does not exist.")


@dataclass(frozen=True, slots=True)
class Match:
    """A past transaction that a rule matches. A new value is None where the rule changes nothing."""

    id: int
    booked_on: date
    amount: Money
    payee: str
    category_id: int | None
    new_payee: str | None
    new_category_id: int | None
    new_tags: tuple[str, ...]
    new_transfer: int | None  # the other account

    @property
    def changes(self) -> bool:
        return bool(self.new_payee or self.new_category_id or self.new_tags or self.new_transfer)


@dataclass(frozen=True, slots=True)
class Preview:
    """The number of past transactions that match and how many of them would change, with the latest ones."""

    matches: int
    changing: int
    sample: Sequence[Match]


IN_ORDER = select(Rule).where(Rule.book_id == bindparam("book_id")).order_by(Rule.position, Rule.id)


class RuleService(Service):
    """The rules of one book, in the order in which they apply."""

    @cached_property
    def repository(self) -> RuleRepository:
        return RuleRepository(self.session, self.member.book.id)

    async def all(self) -> Sequence[Rule]:
        """Return every rule in order."""
        return (await self.session.scalars(IN_ORDER, {"book_id": self.member.book.id})).all()

    async def get(self, rule_id: int) -> Rule:
        return await self.repository.get_owned(rule_id)

    async def matcher(self) -> Matcher:
        """Return the enabled rules, compiled. An archived category or account is left out of what a rule does."""
        active = {each.id for each in (await self.services.categories.by_id()).values() if not each.is_archived}
        accounts = {each.id for each in await self.services.accounts.options()}
        compiled = []
        for rule in await self.all():
            if not rule.enabled:
                continue
            then = Effects.model_validate(rule.then).compiled(rule.id)
            if then.category is not None and then.category not in active:
                then = replace(then, category=None)
            if then.transfer not in accounts:
                then = replace(then, transfer=None)
            compiled.append((Conditions.model_validate(rule.when).compiled(), then))
        return Matcher(compiled)

    async def add(self, entry: RuleIn) -> Rule:
        """Add a rule after the others. Raises ``Conflict`` above the limit."""
        await self._check(entry.when, entry.then)
        count = select(func.count(), func.max(Rule.position)).where(Rule.book_id == self.member.book.id)
        there, last = (await self.session.execute(count)).one()
        if there >= MAX_RULES:
            raise Conflict(_("You have {n} rules. Delete some first.", n=MAX_RULES))
        row = Rule(
            book_id=self.member.book.id,
            position=(last if last is not None else -1) + 1,
            enabled=entry.enabled,
            when=stored(entry.when),
            then=stored(entry.then),
        )
        self.session.add(row)
        await self._saved(_("Added a rule"))
        return row

    async def change(self, rule_id: int, entry: RulePatch) -> Rule:
        row = await self.repository.get_owned(rule_id)
        if entry.when is not None or entry.then is not None:
            await self._check(entry.when, entry.then)
        if entry.when is not None:
            row.when = stored(entry.when)
        if entry.then is not None:
            row.then = stored(entry.then)
        if entry.enabled is not None:
            row.enabled = entry.enabled
        if entry.position is not None:
            await self._place(row, entry.position)
        await self._saved(_("Changed a rule"))
        return row

    async def move(self, rule_id: int, by: int) -> Rule:
        """One place up (-1) or down (1)."""
        row = await self.repository.get_owned(rule_id)
        rows = list(await self.all())
        await self._place(row, max(0, rows.index(row) + by))
        await self._saved(_("Moved a rule"))
        return row

    async def _place(self, row: Rule, position: int) -> None:
        rows = [each for each in await self.all() if each.id != row.id]
        rows.insert(position, row)
        for place, each in enumerate(rows):
            each.position = place

    async def delete(self, rule_id: int) -> None:
        await self.session.delete(await self.repository.get_owned(rule_id))
        await self._saved(_("Deleted a rule"))

    async def preview(self, when: Conditions, then: Effects | None = None) -> Preview:
        """What the rule would have done so far, with the latest rows as a sample."""
        await self._check(when, then)
        found = await self._matches(when, then)
        changing = [each for each in found if each.changes]
        shown = changing if changing else found
        return Preview(len(found), len(changing), shown[:SAMPLE_ROWS])

    async def run(self, rule_id: int) -> int:
        """Do to the past what a rule does to the future, as one change set; how many rows changed.

        At most ``MOST_TRANSFERS`` transfers are made, the latest first. Run the rule again for the others.
        """
        row = await self.repository.get_owned(rule_id)
        then = Effects.model_validate(row.then)
        await self._check(None, then)
        found = [each for each in await self._matches(Conditions.model_validate(row.when), then) if each.changes]
        if not found:
            raise Conflict(_("This rule has nothing to change."))
        if then.category is not None:
            ids = [each.id for each in found if each.new_category_id]
            await self.services.ledger.recategorise(
                ids, then.category, categorised_by=CategorisedBy.RULE, reason=_("your rule")
            )
        if then.payee:
            payee = await self.services.payees.named(then.payee)
            await self.services.payees.give([each.id for each in found if each.new_payee], payee)
        transfers = [each for each in found if each.new_transfer]
        if then.transfer is not None:
            for each in transfers[:MOST_TRANSFERS]:
                await self.services.transfers.make_automatically(each.id, then.transfer)
        await self._tag([(each.id, each.new_tags) for each in found if each.new_tags])
        count = len(found) - max(0, len(transfers) - MOST_TRANSFERS)
        self.services.journal.note(
            ngettext("A rule changed {n} transaction", "A rule changed {n} transactions", count),
            actor=Actor.RULE,
        )
        await self.session.flush()
        return count

    async def _tag(self, wanted: Sequence[tuple[int, tuple[str, ...]]]) -> None:
        names = dict.fromkeys(name for _id, tags in wanted for name in tags)
        tags = {tag.key: tag.id for tag in await self.services.tags.named(names)}
        self.session.add_all(
            TransactionTag(book_id=self.member.book.id, transaction_id=row_id, tag_id=tags[name.casefold()[:40]])
            for row_id, found in wanted
            for name in found
        )

    async def _matches(self, when: Conditions, then: Effects | None) -> list[Match]:
        """Every transaction the conditions fit, the latest first."""
        matcher = Matcher([(when.compiled(), Then(rules=(1,)))])
        query = (
            select(
                Transaction.id,
                Transaction.booked_on,
                Transaction.amount_minor,
                Transaction.currency,
                Transaction.account_id,
                Transaction.category_id,
                Transaction.statement_text,
                Transaction.memo,
                Transaction.is_split,
                Transaction.status,
                func.coalesce(Payee.name, "").label("payee"),
            )
            .outerjoin(Payee, Payee.id == Transaction.payee_id)
            .where(Transaction.book_id == self.member.book.id, Transaction.transfer_id.is_(None))
            .order_by(Transaction.booked_on.desc(), Transaction.id.desc())
        )
        if when.account:
            query = query.where(Transaction.account_id == when.account)
        if when.kind:
            query = query.where(Transaction.amount_minor > 0 if when.kind == "income" else Transaction.amount_minor < 0)
        rows = [
            row
            for row in await self.session.execute(query)
            if matcher.first(
                f"{row.statement_text} {row.memo}".strip(),
                row.payee,
                row.account_id,
                row.amount_minor,
                exponent(row.currency),
            )
        ]
        tags = await self._tags_of([row.id for row in rows]) if then is not None and then.tags else {}
        return [_match(row, then, tags.get(row.id, frozenset())) for row in rows]

    async def _tags_of(self, ids: Sequence[int]) -> dict[int, set[str]]:
        found: dict[int, set[str]] = defaultdict(set)
        for some in chunks(ids):
            query = (
                select(TransactionTag.transaction_id, Tag.key)
                .join(Tag, Tag.id == TransactionTag.tag_id)
                .where(TransactionTag.transaction_id.in_(some), TransactionTag.book_id == self.member.book.id)
            )
            for row_id, key in await self.session.execute(query):
                found[row_id].add(key)
        return found

    async def _check(self, when: Conditions | None, then: Effects | None) -> None:
        """What is referred to is the book's own and in use."""
        accounts = {each.id for each in await self.services.accounts.all()}
        if when is not None and when.account is not None and when.account not in accounts:
            raise Invalid(_("Choose one of your accounts."), field="when.account")
        if then is not None and then.category is not None:
            category = (await self.services.categories.by_id()).get(then.category)
            if category is None:
                raise Invalid(_("Choose one of your categories."), field="then.category")
            if category.is_archived:
                raise Invalid(_("{name} is archived. Choose another one.", name=category.name), field="then.category")
        if then is not None and then.transfer is not None:
            if then.transfer not in {each.id for each in await self.services.accounts.options()}:
                raise Invalid(_("Choose one of your accounts."), field="then.transfer")
            if when is not None and when.account == then.transfer:
                raise Invalid(_("Choose another account than the one of the condition."), field="then.transfer")

    async def _saved(self, label: str) -> None:
        self.services.journal.note(label)
        await self.session.flush()


def stored(part: Conditions | Effects) -> dict[str, Any]:
    """What a rule's row keeps of its conditions or effects."""
    return part.model_dump(exclude_defaults=True)


def _match(row: Any, then: Effects | None, tags: frozenset[str] | set[str]) -> Match:
    payee = category = transfer = None
    new_tags: tuple[str, ...] = ()
    if then is not None:
        if then.payee and then.payee != row.payee and row.status is not Status.RECONCILED:
            payee = then.payee
        if then.category and then.category != row.category_id and not row.is_split:
            category = then.category
        if then.transfer and then.transfer != row.account_id and row.status is not Status.RECONCILED:
            transfer = then.transfer
        new_tags = tuple(tag for tag in dict.fromkeys(then.tags) if tag.casefold()[:40] not in tags)
    amount = Money(row.amount_minor, row.currency)
    return Match(row.id, row.booked_on, amount, row.payee, row.category_id, payee, category, new_tags, transfer)
