"""Quick add: read a sentence as transactions, ask about what is unsure, and add them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from app.domain import phrases
from app.domain.money import Money
from app.domain.search import fold
from app.errors import Invalid
from app.i18n import _, current_locale
from app.models import AccountKind, CategorisedBy, CategoryKind, Transaction
from app.schemas.text import tidy
from app.schemas.transactions import TransactionIn
from app.schemas.transfers import TransferIn
from app.services.accounts import AccountOption
from app.services.base import Service
from app.services.categories import CategoryOption

KINDS = {
    "card": AccountKind.CREDIT_CARD,
    "credit card": AccountKind.CREDIT_CARD,
    "savings": AccountKind.SAVINGS,
    "checking": AccountKind.CHECKING,
    "cash": AccountKind.CASH,
}


@dataclass(frozen=True)
class Draft:
    """One transaction that a sentence asks for.

    ``unsure`` names the fields that the user is asked about; ``amounts`` and ``days`` are what an unsure one may mean.
    ``chosen`` says that the user picked the category.
    """

    money: Money
    booked_on: date
    kind: phrases.Kind
    payee: str
    account: AccountOption
    to_account: AccountOption | None = None
    category: CategoryOption | None = None
    chosen: bool = False
    amounts: tuple[Money, ...] = ()
    days: tuple[date, ...] = ()
    note: str = ""
    unsure: frozenset[str] = field(default_factory=frozenset)

    @property
    def signed(self) -> Money:
        return self.money if self.kind in ("income", "refund") else -self.money


class QuickAddService(Service):
    """Adds transactions from sentences to one book."""

    async def read(self, text: str) -> list[Draft]:
        """Read the transactions of a sentence. Raises `Invalid` at ``text`` for characters that no text has."""
        try:
            text = tidy(text)
        except ValueError as error:
            raise Invalid(str(error), field="text") from None
        default = await self.services.accounts.default()
        known = {each.name: each.currency for each in await self.services.accounts.options()}
        entries = phrases.parse(text, self.services.today, default.currency, current_locale(), accounts=known)
        return [await self._draft(entry) for entry in entries]

    async def settle(self, drafts: list[Draft], answers: Mapping[str, str]) -> list[Draft]:
        """Apply the user's answers, such as ``{"0.amount": "12.50"}``. Raises `Invalid` at the name of the answer."""
        return [await self._settle(draft, str(at), answers) for at, draft in enumerate(drafts)]

    async def add(self, drafts: list[Draft]) -> list[Transaction]:
        """Add all transactions as one change; none while a question is open. Raises `Invalid` at ``text``."""
        if not drafts:
            raise Invalid(_("No amount found. Write it like “lunch 14.50 yesterday”."), field="text")
        if any(draft.unsure for draft in drafts):
            raise Invalid(_("Answer the highlighted fields, then add."), field="text")
        rows = [await self._add(draft) for draft in drafts]
        if len(drafts) > 1:
            self.services.journal.note(_("Added {n} transactions", n=len(drafts)))
        return rows

    async def _add(self, draft: Draft) -> Transaction:
        if draft.kind == "transfer" and draft.to_account is not None:
            converted = draft.money
            if converted.currency != draft.account.currency:
                rates = self.services.currencies
                converted = (await rates.convert(converted, draft.account.currency, draft.booked_on)).amount
            legs = {"from": draft.account.id, "to": draft.to_account.id, "amount": converted.wire}
            _transfer, out, _into = await self.services.transfers.add(
                TransferIn.model_validate({**legs, "booked_on": draft.booked_on, "memo": draft.note})
            )
            return out
        data = TransactionIn(
            account=draft.account.id,
            booked_on=draft.booked_on,
            payee=draft.payee,
            amount=draft.signed.wire,
            currency=draft.money.currency,
            category=draft.category.id if draft.category else None,
            memo=draft.note,
        )
        if draft.chosen or draft.category is None:
            return await self.services.transactions.add(data)
        return await self.services.transactions.add(
            data, categorised_by=CategorisedBy.MODEL, reason=_("From your text")
        )

    async def _draft(self, entry: phrases.Entry) -> Draft:
        unsure = set(entry.unsure) - {"payee"}  # optional
        source, target = await self._account(entry.account_hint), await self._account(entry.to_account_hint)
        account = source or await self.services.accounts.default()
        if entry.kind == "transfer":
            if target is None or target.id == account.id:
                target = None
                unsure.add("to_account")
            if entry.account_hint and source is None:
                unsure.add("account")
        note = ""
        if entry.split_with:
            note = _("Split with {names}", names=", ".join(entry.split_with))
        if entry.payer:
            note = _("Paid by {name}", name=entry.payer)
            unsure.add("payer")
        by_key = await self.services.categories.by_key()
        category = by_key.get(entry.category_hint or "")
        return Draft(
            money=entry.amount,
            booked_on=entry.date,
            kind=entry.kind,
            payee=(entry.payee or "")[:120],
            account=account,
            to_account=target if entry.kind == "transfer" else None,
            category=category if entry.kind != "transfer" else None,
            amounts=entry.readings if "amount" in unsure else (),
            days=_days(entry),
            note=note,
            unsure=frozenset(unsure),
        )

    async def _account(self, hint: str | None) -> AccountOption | None:
        """Return the account that the user means by “savings” or “my N26”."""
        if not hint:
            return None
        words = fold(hint).removeprefix("my ").removeprefix("the ").removesuffix(" account")
        options = await self.services.accounts.options()
        for fits in (
            lambda name: name == words,
            lambda name: words in name.split() or name in words.split(),
            lambda name: len(words) > 2 and (words in name or name in words),
        ):
            if found := [each for each in options if fits(fold(each.name))]:
                return found[0]
        kind = KINDS.get(words)
        return next((each for each in options if each.kind is kind), None)

    async def _settle(self, draft: Draft, at: str, answers: Mapping[str, str]) -> Draft:
        """Apply the answers to one draft; ``at`` is its place in the sentence."""
        unsure = set(draft.unsure)
        changes: dict[str, object] = {}
        if (given := answers.get(f"{at}.amount")) is not None:
            changes["money"] = Money.parse(given, draft.money.currency, f"{at}.amount")
            unsure.discard("amount")
        if given := answers.get(f"{at}.date"):
            changes["booked_on"] = _day(given, f"{at}.date")
            unsure.discard("date")
        for name in ("account", "to_account"):
            if given := answers.get(f"{at}.{name}"):
                changes[name] = await self._chosen(given, f"{at}.{name}")
                unsure.discard(name)
        if (given := answers.get(f"{at}.category")) is not None and draft.kind != "transfer":
            category = (await self.services.categories.by_id()).get(int(given)) if given.isdecimal() else None
            changes |= {"category": category, "chosen": category is not None and category != draft.category}
        if answers.get(f"{at}.payer") == "me":
            changes["note"] = ""
            unsure.discard("payer")
        return replace(draft, **changes, unsure=frozenset(unsure))  # type: ignore[arg-type]

    async def _chosen(self, given: str, where: str) -> AccountOption:
        options = {str(each.id): each for each in await self.services.accounts.options()}
        if given not in options:
            raise Invalid(_("Choose one of your accounts."), field=where)
        return options[given]

    async def fitting(self, draft: Draft) -> list[tuple[str, list[tuple[int, str]]]]:
        """Return the categories to choose from, the groups of the draft's own direction first."""
        kind = CategoryKind.INCOME if draft.kind in ("income", "refund") else CategoryKind.EXPENSE
        groups = sorted(await self.services.categories.groups(), key=lambda group: group.kind is not kind)
        return [(group.name, [(each.id, each.name) for each in group.categories]) for group in groups]


def _days(entry: phrases.Entry) -> tuple[date, ...]:
    """Return both readings of a day like 5/6."""
    if "date" not in entry.unsure:
        return ()
    days = [entry.date]
    if entry.date.day <= 12 and entry.date.day != entry.date.month:
        days.append(entry.date.replace(month=entry.date.day, day=entry.date.month))
    return tuple(days)


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(_("Enter a date like 2026-03-31."), field=where) from None
