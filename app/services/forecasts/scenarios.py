"""Reads scenarios: a sentence like “rent +100” or “laptop 1200 on 3 March” as dated changes of the forecast."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from app.domain import amounts, dates
from app.domain.money import Money
from app.domain.period import shift_month
from app.domain.phrases import fold
from app.errors import Invalid
from app.i18n import _, current_locale
from app.models import CategoryKind
from app.schemas.text import tidy
from app.services.base import Service
from app.services.forecasts.inputs import Minor
from app.services.forecasts.items import RecurringItem, is_income
from app.services.forecasts.outlook import Band, Outlook
from app.services.forecasts.results import INCOME, SPENDING

if TYPE_CHECKING:
    from app.services.categories import CategoryOption

MAX_SCENARIOS = 6  # at once
MAX_LENGTH = 80
WITHOUT = re.compile(r"^(?:no|without|skip|stop|cancel|drop)\s+(?P<name>.+)$")
AMOUNT = re.compile(
    r"^(?P<name>.*?) ?(?P<op>\+|-|=|\bplus\b|\bminus\b|\bto\b)? ?"
    r"(?P<amount>[^\sa-z0-9+=-]{0,3}\s?[0-9][0-9.,' ]{0,24}+(?:[^\sa-z0-9%]{1,3}|[a-z]{3})?) ?(?P<percent>%)?"
    r"(?: ?(?:a|per|each|/) ?month)?$"
)
FILLERS = re.compile(
    r"^(?:what if\s+|if\s+|i\s+|a\s+|buy\s+|pay\s+|spend\s+|get\s+|receive\s+|one-off\s*|once\s*|my\s+)+"
)
INCOMING = re.compile(r"\b(?:receive|get|earn)\b")
IN_MONTH = re.compile(rf"\b(?:in|on)\s+({'|'.join(word for word in dates.MONTH_OF if word.isascii())})\b")
ELAPSED = re.compile(r"\b(?:yesterday|ago|last|before)\b")
ALIASES = {
    "rent": "housing", "mortgage": "housing", "holiday": "travel", "holidays": "travel", "vacation": "travel",
    "trip": "travel", "trips": "travel", "travelling": "travel", "food": "groceries", "restaurants": "dining_out",
    "eating out": "dining_out", "takeaway": "dining_out", "electricity": "utilities", "energy": "utilities",
    "phone": "phone_internet", "internet": "phone_internet", "clothes": "clothing", "gym": "sport",
    "petrol": "fuel", "gas": "fuel",
}  # fmt: skip
EARNINGS = frozenset({"income", "pay", "wage", "wages", "earnings"})
EVERYTHING = frozenset({"spending", "everything", "expenses"})

Kind = Literal["once", "more", "set", "none", "share"]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario. ``changes`` are dated and signed as the balance feels them, in the base currency.

    ``kind`` says how ``minor`` reads: an amount once, more or less a month, set to so much a month, none at all, or
    a ``percent`` of what was expected.
    """

    text: str
    kind: Kind
    name: str
    minor: Minor
    percent: Decimal | None
    on: date | None
    category_id: int | None
    is_income: bool
    changes: tuple[tuple[date, Minor], ...]

    @property
    def total(self) -> Minor:
        return sum(minor for _day, minor in self.changes)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a scenario is about: a regular payment, a category, or all that comes in or goes out."""

    name: str
    target: str
    category_id: int | None
    is_income: bool
    items: tuple[RecurringItem, ...]
    is_payment: bool = False


class ScenarioService(Service):
    """Reads scenarios of one household and applies them to its forecasts."""

    async def parse_all(self, texts: Iterable[str]) -> list[Scenario]:
        """Read scenarios in order. Raises `Invalid` at ``what`` for one that is not understood."""
        found = [text for text in dict.fromkeys(each.strip() for each in texts) if text]
        if len(found) > MAX_SCENARIOS:
            raise Invalid(_("Use at most {most} scenarios at once.", most=MAX_SCENARIOS), field="what")
        return [await self.parse(text) for text in found]

    async def parse(self, text: str) -> Scenario:
        """Read one scenario: “no holidays”, “income -10%”, “480 on 12 December”."""
        try:
            text = tidy(text)
        except ValueError as error:
            raise Invalid(str(error), field="what") from None
        if len(text) > MAX_LENGTH:
            raise Invalid(
                _("This is too long; use at most {max_length} characters.", max_length=MAX_LENGTH), field="what"
            )
        plain = " ".join(fold(text).split()).strip(" .!?")
        if found := WITHOUT.match(plain):
            subject = await self._subject(found["name"].removeprefix("my ").strip())
            return await self._monthly(text, subject, "share", percent=Decimal(-100))
        day, rest = _day(plain, self.today)
        is_incoming = bool(INCOMING.search(rest))
        rest = FILLERS.sub("", rest).strip(" ,:")
        written = AMOUNT.match(rest)
        if not written:
            raise Invalid(
                _("Enter a change like “rent +100”, “no holidays”, “income -10%” or “laptop 1200 on 3 March”."),
                field="what",
            )
        name, sign = written["name"].removesuffix(" for").strip(" ,:"), -1 if written["op"] in ("-", "minus") else 1
        relative = written["op"] in ("+", "-", "plus", "minus")
        if written["percent"]:
            share = _percent(written["amount"]) * sign
            return await self._monthly(text, await self._subject(name), "share", percent=share)
        minor = await self._amount(written["amount"])
        if day is None and name:
            known = await self._known(name)
            if known is not None or relative:
                subject = known or await self._subject(name)
                return await self._monthly(text, subject, "more" if relative else "set", minor=sign * minor)
        on = day or self.today + timedelta(days=1)
        if on <= self.today:
            raise Invalid(_("Choose a day after today."), field="what")
        if on > shift_month(self.today, 12):
            raise Invalid(_("Forecasts cover at most one year."), field="what")
        comes = is_incoming or written["op"] in ("+", "plus")
        said = text[: len(name)] if fold(text).startswith(name) else name
        category = await self._known(name) if name else None
        change = minor if comes else -minor
        of_category = category.category_id if category and category.is_income == comes else None
        return Scenario(text, "once", said, change, None, on, of_category, comes, ((on, change),))

    async def _monthly(
        self, text: str, subject: Subject, kind: Kind, *, minor: Minor = 0, percent: Decimal | None = None
    ) -> Scenario:
        """A change of every month from the next one on, or of what is left of this one where things are dropped.

        Spending that is cut cannot fall below nothing, nor can income.
        """
        outlook = await self.services.forecasts.monthly(subject.target)
        if not outlook.points:
            raise Invalid(_("No forecast by month yet. It starts after your first full month."), field="what")
        months, sign = self.member.book.months, 1 if subject.is_income else -1
        changes = list[tuple[date, Minor]]()
        for at, band in enumerate(outlook.points):
            expected = max(band.mean - (outlook.booked if at == 0 else 0), 0)
            if subject.is_payment:
                due = (abs(minor) for item in subject.items for day, minor in item.due if months.of(day) == band.on)
                expected = sum(due)
            if kind == "share" and percent is not None:
                more = int((Decimal(expected) * percent / 100).to_integral_value())
            elif at == 0:
                continue
            else:
                more = minor - expected if kind == "set" else minor
            more = max(more, -expected)
            changes += [(day, sign * part) for day, part in self._placed(subject, band.on, more)]
        said = minor if kind != "share" else 0
        return Scenario(
            text, kind, subject.name, said, percent, None, subject.category_id, subject.is_income, tuple(changes)
        )

    def _placed(self, subject: Subject, month: date, minor: Minor) -> list[tuple[date, Minor]]:
        """A month's change on its days: with the regular payments if there are any, else spread evenly, to the cent."""
        if not minor:
            return []
        months = self.member.book.months
        paid = [(day, abs(due)) for item in subject.items for day, due in item.due if months.of(day) == month]
        if paid:
            shares = Money(minor, self.member.book.base_currency).share([amount for _day, amount in paid])
            return [(day, share.minor) for (day, _amount), share in zip(paid, shares, strict=True) if share]
        days = [day for day in months.period(month) if day > self.today]
        if not days:
            return []
        shares = Money(minor, self.member.book.base_currency).share([1] * len(days))
        return [(day, share.minor) for day, share in zip(days, shares, strict=True) if share]

    async def _amount(self, text: str) -> Minor:
        """An amount in the base currency; one in another is converted at today's rate."""
        base = self.member.book.base_currency
        try:
            money = amounts.read(text.strip(), base, current_locale()).money
        except Invalid as error:
            raise Invalid(error.message, field="what") from None
        if money is None:
            raise Invalid(_("Enter an amount, for example 12.50."), field="what")
        if money.currency != base:
            money = (await self.services.currencies.convert(money, base, self.today, field="what")).amount
        return abs(money.minor)

    async def _subject(self, name: str) -> Subject:
        found = await self._known(name)
        if found is None:
            raise Invalid(_("No category or recurring payment is called “{name}”.", name=name[:40]), field="what")
        return found

    async def _known(self, name: str) -> Subject | None:
        """What a name means: all income or spending, a category, a regular payment; the closest match first."""
        items = await self.services.forecasts.items()
        categories = await self.services.categories.by_id()
        kinds = {each.id: each.kind for each in categories.values()}
        payments = tuple(each for each in items if each.kind != "transfer")
        name = name.strip()
        if name in EARNINGS:
            return Subject(_("Income"), INCOME, None, True, tuple(i for i in payments if is_income(i, kinds)))
        if name in EVERYTHING:
            return Subject(_("Spending"), SPENDING, None, False, ())
        active = [each for each in categories.values() if not each.is_archived]
        wanted = ALIASES.get(name)
        for test in (_is_exactly, _begins_with, _has_word):
            for category in active:
                if test(fold(category.name), name) or (category.key is not None and category.key == wanted):
                    return _of_category(category, payments)
            for item in payments:
                if test(fold(item.payee), name):
                    incoming = is_income(item, kinds)
                    target = f"category:{item.category_id}" if item.category_id else INCOME if incoming else SPENDING
                    return Subject(item.payee, target, item.category_id, incoming, (item,), True)
        return None

    def apply_to_months(self, outlook: Outlook, scenarios: Sequence[Scenario]) -> list[Band]:
        """Spending, income or a category by month as it would be."""
        months, changes = self.member.book.months, dict[date, Minor]()
        kind, _colon, id_ = outlook.target.partition(":")
        for scenario in scenarios:
            if kind == "category":
                if scenario.category_id != int(id_):
                    continue
            elif scenario.is_income != (outlook.target == INCOME):
                continue
            sign = 1 if scenario.is_income else -1
            for day, minor in scenario.changes:
                month = months.of(day)
                changes[month] = changes.get(month, 0) + sign * minor
        return [band.moved(changes[band.on]) if changes.get(band.on) else band for band in outlook.points]


# -- reading its parts -----------------------------------------------------------------------------


def _day(plain: str, today: date) -> tuple[date | None, str]:
    """The day that is named, never one that is past where no year says so, and the text without it."""
    for written in dates.find(plain, today, current_locale()):
        said = plain[written.start : written.end]
        if written.on is None or not re.search(r"[a-z/.]|-\d", said):
            continue
        on = written.on
        if on < today and not ELAPSED.search(said) and not re.search(r"\d{4}", said):
            on = on + timedelta(days=7) if said.split()[-1] in dates.WEEKDAY_OF else _next_year(on, today)
        return on, (plain[: written.start] + " " + plain[written.end :]).strip()
    if found := IN_MONTH.search(plain):
        month = dates.MONTH_OF[found[1]] + 1
        on = date(today.year + (month <= today.month), month, 1)
        return on, (plain[: found.start()] + " " + plain[found.end() :]).strip()
    return None, plain


def _next_year(on: date, today: date) -> date:
    while on < today:
        on = shift_month(on, 12)
    return on


def _percent(text: str) -> Decimal:
    try:
        share = Decimal(text.strip().replace(",", "."))
    except ArithmeticError:
        raise Invalid(_("Enter a percentage, for example 10%."), field="what") from None
    if not 0 <= share <= 1000:
        raise Invalid(_("Use a percentage between 0% and 1000%."), field="what")
    return share


def _of_category(category: CategoryOption, payments: Sequence[RecurringItem]) -> Subject:
    of_it = tuple(each for each in payments if each.category_id == category.id)
    return Subject(category.name, f"category:{category.id}", category.id, category.kind is CategoryKind.INCOME, of_it)


def _is_exactly(one: str, name: str) -> bool:
    return one == name or one == f"{name}s" or f"{one}s" == name


def _begins_with(one: str, name: str) -> bool:
    return len(name) >= 3 and one.startswith(name)


def _has_word(one: str, name: str) -> bool:
    return len(name) >= 3 and name in one.split()


# -- what they do ----------------------------------------------------------------------------------


def apply_to_balance(outlook: Outlook, scenarios: Sequence[Scenario], rate: Decimal, base: str) -> list[Band]:
    """The balance as it would be, as if all of it went over the account shown; ``rate`` is base to its currency."""
    changes: dict[date, Minor] = {}
    for scenario in scenarios:
        for day, minor in scenario.changes:
            own = minor if outlook.currency == base else Money(minor, base).to(outlook.currency, rate).minor
            changes[day] = changes.get(day, 0) + own
    moved, total = [], 0
    for band in outlook.points:
        total += changes.get(band.on, 0)
        moved.append(band.moved(total) if total else band)
    return moved
