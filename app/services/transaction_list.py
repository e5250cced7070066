"""Lists transactions: one filter for pages, API and export, read page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal
from urllib.parse import urlencode

from sqlalchemy import String, and_, bindparam, case, func, literal, literal_column, or_, select, tuple_, type_coerce
from sqlalchemy.sql.elements import ColumnElement

from app.db import rows as rows_of
from app.domain import search_query
from app.domain.money import MAX_MINOR, Money, exponent
from app.domain.payees import name_key
from app.domain.search import fold
from app.domain.search_query import SearchQuery
from app.errors import Invalid, NotFound
from app.i18n import _, current_locale
from app.models import AccountTotal, CategoryKind, DayTotal, Payee, Split, Status, Tag, Transaction, TransactionTag
from app.services.anomalies import open_transactions
from app.services.base import Service
from app.services.categories import CategoryOption

PAGE_ROWS = 50
MIN_ROWS_TO_SKIP_BY_DAY = 2000  # from here on it is faster to look up the day of the first row
MIN_CATEGORY_CHARACTERS = 3  # of a word that is also looked for in the names of categories
MAX_SKIPPED_ROWS = 10_000  # where each skipped row has to be read; a cursor reaches further
MAX_COUNTED_ROWS = 1000  # a longer result is shown as "1,000+"
MAX_COUNTED_ROWS_OF_A_PERIOD = 50_000  # with both days given: its total is compared with a report
MAX_IDS = 200  # in one parameter of a filter
UNFILED = "unfiled"
Sort = Literal["date", "amount"]
Condition = ColumnElement[bool]
SORTS = {each: each for each in ("date", "date-asc", "amount", "amount-asc")}
#: The very words of the partial index, so that it is used.
UNFILED_ROWS: Condition = and_(
    Transaction.category_id.is_(None), Transaction.transfer_id.is_(None), literal_column('NOT "transaction".is_split')
)


@dataclass(frozen=True)
class Filter:
    """What is looked for; nothing set finds everything. Amounts are magnitudes as they were written."""

    search: str = ""
    account: tuple[int, ...] = ()
    category: tuple[int | str, ...] = ()  # ids, or "unfiled"
    tag: str = ""
    payee: str = ""
    since: date | None = None
    until: date | None = None
    min_amount: str = ""
    max_amount: str = ""
    status: Status | None = None
    transfer: bool | None = None
    flow: Literal["", "in", "out"] = ""
    kind: CategoryKind | None = None  # income or spending as reports count it: uncategorized by sign, no transfers
    batch: int | None = None
    anomalies: bool = False  # only what stands out and waits for an answer
    sort_by: Sort = "date"
    ascending: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether every transaction is found."""
        return replace(self, sort_by="date", ascending=False) == Filter()

    @property
    def is_by_day(self) -> bool:
        """Whether the day totals know how many rows of each day are found, and the rows come in the order of days."""
        of_days = replace(self, account=(), since=None, until=None)
        return self.sort_by == "date" and of_days.is_empty

    @property
    def query(self) -> str:
        """The part of an address after the question mark; empty for the plain list."""
        pairs: list[tuple[str, str]] = []
        for name in ("search", "tag", "payee", "min_amount", "max_amount", "flow"):
            pairs += [(name, value)] if (value := getattr(self, name)) else []
        pairs += [("account", str(each)) for each in self.account]
        pairs += [("category", str(each)) for each in self.category]
        for name in ("since", "until", "batch"):
            pairs += [(name, str(value))] if (value := getattr(self, name)) is not None else []
        pairs += [("kind", self.kind.value)] if self.kind else []
        pairs += [("status", self.status.value)] if self.status else []
        pairs += [("transfer", "yes" if self.transfer else "no")] if self.transfer is not None else []
        pairs += [("anomalies", "yes")] if self.anomalies else []
        pairs += [("sort_by", "amount")] if self.sort_by == "amount" else []
        pairs += [("sort_order", "asc")] if self.ascending else []
        return urlencode(pairs)


class FilterReader:
    """Reads filter parameters of a URL. ``problems`` has a message for each that is invalid and ignored."""

    def __init__(self, params: Mapping[str, Sequence[str]]) -> None:
        self.params = params
        self.problems: dict[str, str] = {}

    def one(self, *names: str) -> str:
        for name in names:
            for value in self.params.get(name, ()):
                if "\x00" in value or any(0xD800 <= ord(each) <= 0xDFFF for each in value):
                    self.problems[name] = _("This contains characters that can’t be searched.")
                elif value.strip():
                    return value.strip()[:200]
        return ""

    def ids(self, name: str, *words: str) -> tuple[int | str, ...]:
        """Ids from repeated parameters or with commas between them."""
        found: list[int | str] = []
        for value in ",".join(self.params.get(name, ())).split(",")[:MAX_IDS]:
            if value in words:
                found.append(value)
            elif value.isascii() and value.isdigit() and len(value) < 19:
                found.append(int(value))
            elif value.strip():
                self.problems[name] = _("“{value}” isn’t a valid choice.", value=value[:40])
        return tuple(dict.fromkeys(found))

    def day(self, name: str) -> date | None:
        text = self.one(name)
        if not text:
            return None
        try:
            if len(text) != 10:
                raise ValueError
            return date.fromisoformat(text)
        except ValueError:
            self.problems[name] = _("“{value}” is not a date. Use a format like 2026-03-31.", value=text[:40])
            return None

    def magnitude(self, name: str) -> str:
        text = self.one(name).lstrip("+-").replace(",", ".")
        try:
            if text:
                Money.parse(text, "KWD")  # of any currency's decimals
        except Invalid as error:
            self.problems[name] = error.message
            return ""
        return text

    def word(self, name: str, choices: Mapping[str, Any], default: Any = None) -> Any:
        text = self.one(name).lower()
        if text and text not in choices:
            self.problems[name] = _("“{value}” isn’t a valid choice.", value=text[:40])
        return choices.get(text, default)


def read_filter(params: Mapping[str, Sequence[str]]) -> tuple[Filter, dict[str, str]]:
    """Return the filter of a URL, and a message for each parameter that is invalid."""
    read = FilterReader(params)
    yes_no = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
    category = read.ids("category", UNFILED)
    if read.word("uncategorised", yes_no) or read.word("unfiled", yes_no):
        category = (UNFILED,)
    batch = [each for each in read.ids("batch") if isinstance(each, int)]
    sort_by, _dash, order = read.word("sort", SORTS, "").partition("-")
    found = Filter(
        search=read.one("search", "q"),
        account=tuple(each for each in read.ids("account") if isinstance(each, int)),
        category=category,
        tag=read.one("tag"),
        payee=read.one("payee"),
        since=read.day("since"),
        until=read.day("until"),
        min_amount=read.magnitude("min_amount"),
        max_amount=read.magnitude("max_amount"),
        status=read.word("status", {each.value: each for each in Status}),
        transfer=read.word("transfer", yes_no),
        flow=read.word("flow", {"in": "in", "out": "out"}, ""),
        kind=read.word("kind", {each.value: each for each in CategoryKind}),
        batch=batch[0] if batch else None,
        anomalies=read.word("anomalies", yes_no, False),
        sort_by=sort_by or read.word("sort_by", {"date": "date", "amount": "amount"}, "date"),
        ascending=order == "asc" or read.word("sort_order", {"asc": True, "desc": False}, False),
    )
    if found.since and found.until and found.since > found.until:
        read.problems["until"] = _("This is before the first day.")
    return found, read.problems


@dataclass(frozen=True, slots=True)
class Part:
    id: int
    category: CategoryOption | None
    minor: int
    memo: str


@dataclass(slots=True)
class Line:
    """One row of the list with everything that page, API and export show."""

    id: int
    booked_on: date
    minor: int
    currency: str
    payee_id: int | None
    payee: str
    category: CategoryOption | None
    account_id: int
    account: str
    transfer_id: int | None
    is_split: bool
    is_valuation: bool
    memo: str
    statement_text: str
    status: Status
    categorised_by: str | None
    confidence: int | None
    reason: str | None
    original_minor: int | None
    original_currency: str | None
    rate: str | None
    rate_source: str | None
    import_batch_id: int | None
    external_id: str | None
    version: int
    tags: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    other_account: str = ""  # of the other half of a transfer

    @property
    def amount(self) -> Money:
        return Money(self.minor, self.currency)

    @property
    def is_locked(self) -> bool:
        return self.status is Status.RECONCILED

    @property
    def title(self) -> str:
        """The accounts of a transfer (from → to), else the payee or the bank description."""
        if self.other_account:
            halves = (self.account, self.other_account)
            return " → ".join(halves if self.minor < 0 else halves[::-1])
        if self.payee or self.statement_text:
            return self.payee or self.statement_text
        return _("Valuation") if self.is_valuation else _("Transfer") if self.transfer_id else _("No payee")


@dataclass(frozen=True, slots=True)
class Sum:
    """Income and spending in one currency, without transfers."""

    currency: str
    into: int
    out: int

    @property
    def net(self) -> int:
        return self.into + self.out


@dataclass(frozen=True, slots=True)
class CountedSplits:
    """Which splits of a transaction count under a filter; if none is named, the whole transaction counts."""

    categories: frozenset[int] = frozenset()
    uncategorized: Literal["", "in", "out"] = ""

    def __bool__(self) -> bool:
        return bool(self.categories or self.uncategorized)

    def includes(self, category_id: int | None, minor: int) -> bool:
        if category_id is None:
            return bool(self.uncategorized) and (minor > 0) == (self.uncategorized == "in")
        return category_id in self.categories

    @property
    def condition(self) -> Condition:
        """On ``Split``."""
        return or_(Split.category_id.in_(self.categories), *self._by_sign(Split.category_id, Split.amount_minor))

    @property
    def condition_of_whole(self) -> Condition:
        """On a ``Transaction`` without splits."""
        by_sign = self._by_sign(Transaction.category_id, Transaction.amount_minor)
        return or_(Transaction.category_id.in_(self.categories), *by_sign)

    def _by_sign(self, category: Any, minor: Any) -> list[Condition]:
        if not self.uncategorized:
            return []
        return [and_(category.is_(None), minor > 0 if self.uncategorized == "in" else minor < 0)]


@dataclass(frozen=True)
class Page:
    """Some rows of a filter; ``next`` continues after them. ``count`` stops counting at 1,000 where a filter is on."""

    lines: list[Line]
    next: str | None
    count: int
    is_more: bool
    sums: list[Sum]
    days: dict[date, list[Sum]]


@dataclass(frozen=True, slots=True)
class ExportBatch:
    """Rows with the columns ``EXPORT_COLUMNS``, and the tags and splits of those that have any."""

    rows: Sequence[Any]
    tags: Mapping[int, list[str]]
    parts: Mapping[int, list[Part]]


#: The fields of ``Line`` by their names; category and account are looked up by their ids.
COLUMNS = (
    Transaction.id,
    Transaction.booked_on,
    Transaction.amount_minor.label("minor"),
    Transaction.currency,
    Transaction.payee_id,
    Payee.name.label("payee"),
    Transaction.category_id,
    Transaction.account_id,
    Transaction.transfer_id,
    Transaction.is_split,
    Transaction.is_valuation,
    Transaction.memo,
    Transaction.statement_text,
    Transaction.status,
    Transaction.categorised_by,
    Transaction.confidence,
    Transaction.reason,
    Transaction.original_minor,
    Transaction.original_currency,
    Transaction.rate,
    Transaction.rate_source,
    Transaction.import_batch_id,
    Transaction.external_id,
    Transaction.version,
)


BY_ID = (
    select(*COLUMNS)
    .outerjoin(Payee, Payee.id == Transaction.payee_id)
    .where(Transaction.book_id == bindparam("book_id"), Transaction.id.in_(bindparam("ids", expanding=True)))
    .order_by(Transaction.booked_on.desc(), Transaction.id.desc())
)
TAGS = (
    select(TransactionTag.transaction_id, Tag.name)
    .join(Tag, Tag.id == TransactionTag.tag_id)
    .where(TransactionTag.book_id == bindparam("book_id"))
    .order_by(Tag.key)
)
TAGGED = TAGS.where(TransactionTag.transaction_id.in_(bindparam("ids", expanding=True)))
TAGGED_BETWEEN = TAGS.where(TransactionTag.transaction_id.between(bindparam("low"), bindparam("high")))


#: Of an export; days and status stay as the database returns them.
EXPORT_COLUMNS = (
    Transaction.id,
    type_coerce(Transaction.booked_on, String).label("booked_on"),
    Transaction.amount_minor,
    Transaction.currency,
    Payee.name,
    Transaction.category_id,
    Transaction.account_id,
    Transaction.transfer_id,
    Transaction.is_split,
    Transaction.memo,
    Transaction.statement_text,
    type_coerce(Transaction.status, String).label("status"),
    Transaction.original_minor,
    Transaction.original_currency,
    Transaction.rate,
    Transaction.external_id,
)


class TransactionListService(Service):
    """Finds one book's transactions."""

    async def page(
        self, wanted: Filter, after: str | None = None, *, limit: int = PAGE_ROWS, offset: int = 0, totals: bool = True
    ) -> Page:
        """The rows after a cursor (or an offset). A cursor that means nothing starts at the top."""
        conditions = await self.conditions(wanted)
        order, mark = _order(wanted)
        ids = select(Transaction.id).where(*conditions).order_by(*order).limit(limit + 1)
        if offset:
            ids = await self._skipping(ids, wanted, order, limit, offset)
        if (place := read_cursor(wanted, after)) is not None:
            ids = ids.where(_beyond(wanted, mark, place))
        if offset or wanted.search:  # found in the index alone; the rows are only read for what is shown
            ids = select(Transaction.id).where(Transaction.id.in_(ids.scalar_subquery())).order_by(*order)
        rows = await rows_of(
            self.session, ids.with_only_columns(*COLUMNS).outerjoin(Payee, Payee.id == Transaction.payee_id), {}
        )
        lines = await self._lines(rows[:limit])
        is_last = len(rows) <= limit
        following = None if is_last or not lines else cursor(wanted, lines[-1])
        count, is_more, sums = len(lines), False, list[Sum]()
        if totals and after is None and not offset and is_last:
            sums = [] if wanted.is_empty else _sums_of(lines, await self._counted_splits(wanted))
        elif totals and after is None:
            count, is_more, sums = await self._count(wanted, conditions)
        days = {}
        if totals and wanted.sort_by == "date":
            days = await self._days(wanted, conditions, lines, after is not None or offset > 0, not is_last)
        return Page(lines, following, count, is_more, sums, days)

    async def _skipping(self, ids: Any, wanted: Filter, order: tuple[Any, ...], limit: int, offset: int) -> Any:
        """The rows after so many others, by a short way: from the nearer end, or from the day where they are."""
        if wanted.is_empty:
            left = max(await self._all() - offset, 0)
            if left >= offset:
                return ids.offset(offset)
            few = min(limit + 1, left)
            backwards, _mark = _order(replace(wanted, ascending=not wanted.ascending))
            return ids.order_by(None).order_by(*backwards).limit(few).offset(left - few)
        if wanted.is_by_day:
            if wanted.account and offset > MIN_ROWS_TO_SKIP_BY_DAY:
                day, offset = await self._day_of(wanted, offset)
                if day is None:
                    return ids.limit(0)
                booked = Transaction.booked_on
                ids = ids.where(booked >= day if wanted.ascending else booked <= day)
            return ids.offset(offset)
        if offset + limit > MAX_SKIPPED_ROWS:
            raise Invalid(
                _(
                    "Pages of a filter end at row {n}. Use the cursor in “next” to go on.",
                    n=MAX_SKIPPED_ROWS,
                ),
                field="page",
            )
        return ids.offset(offset)

    async def _day_of(self, wanted: Filter, offset: int) -> tuple[date | None, int]:
        """The day in which the row after so many others is, and how many of them are of that day."""
        own = [DayTotal.book_id == self.member.book.id, DayTotal.account_id.in_(wanted.account)]
        own += [DayTotal.day >= wanted.since] if wanted.since else []
        own += [DayTotal.day <= wanted.until] if wanted.until else []
        days = select(DayTotal.day, func.sum(DayTotal.count).label("count")).where(*own).group_by(DayTotal.day)
        day = days.subquery().c
        order = day.day.asc() if wanted.ascending else day.day.desc()
        through = select(day.day, day.count, func.sum(day.count).over(order_by=order).label("through")).subquery().c
        reached = select(through.day, through.through - through.count).where(through.through > offset)
        row = (await self.session.execute(reached.order_by(through.through).limit(1))).first()
        return (row[0], offset - int(row[1])) if row else (None, 0)

    async def line(self, transaction_id: int) -> Line:
        """Return one row. Raises ``NotFound``."""
        lines = await self.lines([transaction_id])
        if not lines:
            raise NotFound(_("That transaction does not exist."))
        return lines[0]

    async def lines(self, ids: Sequence[int]) -> list[Line]:
        """Return these rows of the book, newest first."""
        return await self._lines(await rows_of(self.session, BY_ID, {"book_id": self.member.book.id, "ids": list(ids)}))

    async def stream(self, wanted: Filter, batch: int = 1000) -> AsyncIterator[list[Line]]:
        """Yield every row of a filter in batches, so that memory stays flat."""
        after: str | None = None
        while True:
            page = await self.page(wanted, after, limit=batch, totals=False)
            if page.lines:
                yield page.lines
            if page.next is None:
                return
            after = page.next

    async def stream_export(self, wanted: Filter, batch: int = 4000) -> AsyncIterator[ExportBatch]:
        """Yield every row of a filter as the database returns it, in batches, without an object for each."""
        order, mark = _order(wanted)
        query = select(*EXPORT_COLUMNS).outerjoin(Payee, Payee.id == Transaction.payee_id)
        query = query.where(*await self.conditions(wanted)).order_by(*order).limit(batch)
        place: tuple[Any, int] | None = None
        tagged = bool(await rows_of(self.session, TAGS.limit(1), {"book_id": self.member.book.id}))
        while True:
            following = query if place is None else query.where(_beyond(wanted, mark, place))
            rows = await rows_of(self.session, following, {})
            split = [row.id for row in rows if row.is_split]
            if tagged or split:
                yield ExportBatch(rows, *await self._extras([row.id for row in rows], split))
            elif rows:
                yield ExportBatch(rows, {}, {})
            if len(rows) < batch:
                return
            last: Any = rows[-1]
            day = last.booked_on if isinstance(last.booked_on, date) else date.fromisoformat(last.booked_on)
            place = (last.amount_minor if wanted.sort_by == "amount" else day), last.id

    async def ids(self, wanted: Filter, limit: int) -> list[int]:
        """Return the ids of a filter, up to a limit."""
        query = select(Transaction.id).where(*await self.conditions(wanted)).limit(limit)
        return list(await self.session.scalars(query))

    async def totals(self, wanted: Filter) -> list[Sum]:
        """Return income and spending of a filter in each currency, without transfers."""
        some = (
            select(Transaction.currency, (await self.counted_minor(wanted)).label("minor"))
            .where(*await self.conditions(wanted), Transaction.transfer_id.is_(None))
            .subquery()
        )
        query = (
            select(some.c.currency, _into(some.c.minor), _out(some.c.minor))
            .group_by(some.c.currency)
            .order_by(some.c.currency)
        )
        return [Sum(currency, int(into), int(out)) for currency, into, out in await self.session.execute(query)]

    async def conditions(self, wanted: Filter) -> list[Condition]:
        """Return the conditions that a row must meet, the book first."""
        found: list[Condition] = [Transaction.book_id == self.member.book.id]
        if wanted.account:
            found.append(Transaction.account_id.in_(wanted.account))
        if wanted.since:
            found.append(Transaction.booked_on >= wanted.since)
        if wanted.until:
            found.append(Transaction.booked_on <= wanted.until)
        if wanted.status:
            found.append(Transaction.status == wanted.status)
        if wanted.transfer is not None:
            found.append(Transaction.transfer_id.is_not(None) if wanted.transfer else Transaction.transfer_id.is_(None))
            if wanted.transfer:
                found.append(~Transaction.is_valuation)
        if wanted.flow:
            found.append(Transaction.amount_minor > 0 if wanted.flow == "in" else Transaction.amount_minor < 0)
        if wanted.batch is not None:
            found.append(Transaction.import_batch_id == wanted.batch)
        if wanted.anomalies:
            found.append(Transaction.id.in_(open_transactions(self.member.book.id)))
        if wanted.kind:
            found.append(self._of_kind(await self._counted_splits(wanted)))
        elif wanted.category:
            found.append(await self._in_category(wanted.category))
        if wanted.tag:
            found.append(self._tagged(wanted.tag))
        if wanted.payee:
            found.append(await self._of_payee(wanted.payee))
        if wanted.min_amount or wanted.max_amount:
            found.append(await self._between(wanted.min_amount, wanted.max_amount))
        if wanted.search:
            found += await self._matching(search_query.parse(wanted.search, current_locale()))
        return found

    async def _matching(self, query: SearchQuery) -> list[Condition]:
        """Rows with each word in their texts or in the name of their category, and within amounts and dates."""
        found: list[Condition] = []
        if query.since and query.until:
            found.append(Transaction.booked_on.between(query.since, query.until))
        if query.min_amount or query.max_amount:
            found.append(await self._between(query.min_amount, query.max_amount, query.is_min_open, query.is_max_open))
        names = {each.id: fold(each.name) for each in (await self.services.categories.by_id()).values()}
        # the rarest first, which a number or a long word is: most rows are then looked through once only
        for word in sorted(query.words, key=lambda word: (not any(map(str.isdigit, word)), -len(word))):
            condition: Condition = Transaction.search_text.contains(word, autoescape=True)
            categories = [id_ for id_, name in names.items() if name.startswith(word) or f" {word}" in name]
            if categories and len(word) >= MIN_CATEGORY_CHARACTERS:
                condition = or_(condition, await self._in_category(categories))
            found.append(condition)
        return found

    async def _in_category(self, category: Sequence[int | str]) -> Condition:
        """In one of them, as a whole or by a split."""
        ids = [each for each in category if isinstance(each, int)]
        choices: list[Condition] = []
        if ids:
            choices.append(Transaction.category_id.in_(ids))
            split = select(Split.transaction_id).where(Split.book_id == self.member.book.id, Split.category_id.in_(ids))
            if await self.session.scalar(split.limit(1)) is not None:
                choices.append(Transaction.id.in_(split))
        if UNFILED in category:
            choices.append(UNFILED_ROWS)
        return or_(*choices) if choices else literal(False)

    async def _counted_splits(self, wanted: Filter) -> CountedSplits:
        chosen = frozenset(each for each in wanted.category if isinstance(each, int))
        if not wanted.kind:
            return CountedSplits(chosen)
        every = await self.services.categories.by_id()
        of_kind = frozenset(each.id for each in every.values() if each.kind is wanted.kind)
        if not wanted.category:
            chosen = of_kind
        direction: Literal["in", "out"] = "in" if wanted.kind is CategoryKind.INCOME else "out"
        has_uncategorized = not wanted.category or UNFILED in wanted.category
        return CountedSplits(chosen & of_kind, direction if has_uncategorized else "")

    async def counted_minor(self, wanted: Filter) -> Any:
        """Return an expression for the minor units of a transaction that count under a filter: splits by their part."""
        return _counted(await self._counted_splits(wanted))

    def _of_kind(self, counted: CountedSplits) -> Condition:
        split = select(Split.transaction_id).where(Split.book_id == self.member.book.id, counted.condition)
        whole = and_(literal_column('NOT "transaction".is_split'), counted.condition_of_whole)
        return and_(Transaction.transfer_id.is_(None), ~Transaction.is_valuation, or_(whole, Transaction.id.in_(split)))

    def _tagged(self, tag: str) -> Condition:
        by = Tag.id == int(tag) if tag.isascii() and tag.isdigit() and len(tag) < 19 else Tag.key == tag.casefold()
        own = select(TransactionTag.transaction_id).join(Tag, Tag.id == TransactionTag.tag_id)
        return Transaction.id.in_(own.where(Tag.book_id == self.member.book.id, by))

    async def _of_payee(self, payee: str) -> Condition:
        if payee.isascii() and payee.isdigit() and len(payee) < 19:
            return Transaction.payee_id == int(payee)
        own = select(Payee.id).where(Payee.book_id == self.member.book.id, Payee.key == name_key(payee))
        found = await self.session.scalar(own)
        return Transaction.payee_id == found if found is not None else literal(False)

    async def _between(
        self, least: str, most: str, is_least_open: bool = False, is_most_open: bool = False
    ) -> Condition:
        """Magnitudes from ``least`` to ``most``, in the decimals of each currency of the book.

        An open limit is not itself within.
        """
        places = sorted({exponent(each.currency) for each in await self.services.accounts.all()})
        by_places: list[Condition] = []
        for each in places:
            currencies = {a.currency for a in await self.services.accounts.all() if exponent(a.currency) == each}
            low = _minor(least, each, 0, up=not is_least_open) + is_least_open
            high = _minor(most, each, MAX_MINOR, up=is_most_open) - is_most_open
            # by magnitude, so that the index of the list is read on, not the index of amounts sorted anew
            inside = func.abs(Transaction.amount_minor).between(low, high)
            by_places.append(inside if len(places) == 1 else and_(Transaction.currency.in_(currencies), inside))
        return or_(*by_places) if by_places else literal(False)

    async def _all(self) -> int:
        """How many transactions the book has."""
        counts = select(func.sum(AccountTotal.count)).where(AccountTotal.book_id == self.member.book.id)
        return int(await self.session.scalar(counts) or 0)

    async def _count(self, wanted: Filter, conditions: list[Condition]) -> tuple[int, bool, list[Sum]]:
        """How many there are, and their sums where they were all counted."""
        if wanted.is_empty:
            return await self._all(), False, []
        some = select(
            Transaction.currency.label("currency"),
            case((Transaction.transfer_id.is_(None), await self.counted_minor(wanted)), else_=0).label("minor"),
        )
        most = MAX_COUNTED_ROWS_OF_A_PERIOD if wanted.since and wanted.until else MAX_COUNTED_ROWS
        counted = some.where(*conditions).limit(most + 1)
        if wanted.search:  # the order of the index that has the search text: others would look up each row to search it
            counted = counted.order_by(Transaction.booked_on.desc(), Transaction.id.desc())
        inner = counted.subquery()
        summed: Any = select(inner.c.currency, func.count(), _into(inner.c.minor), _out(inner.c.minor))
        rows = await rows_of(self.session, summed.group_by(inner.c.currency).order_by(inner.c.currency), {})
        count = sum(row[1] for row in rows)
        if count > most:
            return most, True, []
        return count, False, [Sum(row[0], int(row[2]), int(row[3])) for row in rows]

    async def _days(
        self, wanted: Filter, conditions: list[Condition], lines: Sequence[Line], is_continued: bool, goes_on: bool
    ) -> dict[date, list[Sum]]:
        """What each day on the page came to: whole days, also those where the page begins or ends in the middle."""
        by_day: dict[date, list[Line]] = {}
        for line in lines:
            by_day.setdefault(line.booked_on, []).append(line)
        counted = await self._counted_splits(wanted)
        found = {day: _sums_of(some, counted) for day, some in by_day.items()}
        torn = {lines[0].booked_on} if lines and is_continued else set[date]()
        torn |= {lines[-1].booked_on} if lines and goes_on else set()
        if not torn:
            return found
        minor, day, currency = _counted(counted), Transaction.booked_on, Transaction.currency
        query = (
            select(day, currency, func.sum(minor).label("minor"))
            .where(*conditions, Transaction.transfer_id.is_(None), day.in_(torn))
            .group_by(day, currency, minor > 0)
        )
        sums = {each: dict[str, list[int]]() for each in torn}
        for row in await rows_of(self.session, query, {}):
            sums[row.booked_on].setdefault(row.currency, [0, 0])[row.minor < 0] += int(row.minor)
        for each, by_currency in sums.items():
            found[each] = [Sum(code, into, out) for code, (into, out) in sorted(by_currency.items())]
        return found

    async def _lines(self, rows: Sequence[Any]) -> list[Line]:
        if not rows:
            return []
        categories = await self.services.categories.by_id()
        accounts = {each.id: each.name for each in await self.services.accounts.all()}
        lines = []
        for row in rows:
            fields = row._asdict()
            category = categories.get(fields.pop("category_id"))
            payee, account = fields.pop("payee") or "", accounts.get(row.account_id, "")
            lines.append(Line(**fields, payee=payee, category=category, account=account))
        tags, parts = await self._extras([line.id for line in lines], [line.id for line in lines if line.is_split])
        others = await self._other_halves([line.transfer_id for line in lines if line.transfer_id])
        for line in lines:
            line.tags, line.parts = tags.get(line.id, []), parts.get(line.id, [])
            for id_, account_id in others.get(line.transfer_id or 0, []):
                if id_ != line.id:
                    line.other_account = accounts.get(account_id, "")
        return lines

    async def _other_halves(self, transfer_ids: Sequence[int]) -> dict[int, list[tuple[int, int]]]:
        """Return transaction and account ids of both halves by transfer."""
        if not transfer_ids:
            return {}
        own = (Transaction.book_id == self.member.book.id, Transaction.transfer_id.in_(set(transfer_ids)))
        found: dict[int, list[tuple[int, int]]] = {}
        for transfer_id, *half in await self.session.execute(
            select(Transaction.transfer_id, Transaction.id, Transaction.account_id).where(*own)
        ):
            found.setdefault(transfer_id or 0, []).append((half[0], half[1]))
        return found

    async def _extras(
        self, ids: Sequence[int], split: Sequence[int]
    ) -> tuple[dict[int, list[str]], dict[int, list[Part]]]:
        """The tags of these rows, and the parts of those that are split."""
        low, high = min(ids), max(ids)
        # an index range is faster than a thousand ids, unless the page is torn over the years
        dense = high - low < 4 * len(ids)
        within = {"low": low, "high": high} if dense else {"ids": list(ids)}
        tags: dict[int, list[str]] = {}
        found = await rows_of(
            self.session, TAGGED_BETWEEN if dense else TAGGED, {"book_id": self.member.book.id, **within}
        )
        for transaction_id, name in found:
            tags.setdefault(transaction_id, []).append(name)
        parts: dict[int, list[Part]] = {}
        if split:
            categories = await self.services.categories.by_id()
            columns = select(Split.transaction_id, Split.id, Split.category_id, Split.amount_minor, Split.memo)
            for row in await self.session.execute(columns.where(Split.transaction_id.in_(split)).order_by(Split.id)):
                parts.setdefault(row[0], []).append(Part(row[1], categories.get(row[2] or 0), row[3], row[4]))
        return tags, parts


def words_of(search: str) -> list[str]:
    """Return the words of a search as the search text spells them; amounts may have a comma."""
    folded = fold(search)
    words = folded.split()[:8]
    return [word.replace(",", ".") if word.replace(",", "").isdigit() and "," in word else word for word in words]


def cursor(wanted: Filter, line: Line) -> str:
    """Return the cursor that continues after a row."""
    return f"{line.minor if wanted.sort_by == 'amount' else line.booked_on.toordinal()}.{line.id}"


def read_cursor(wanted: Filter, text: str | None) -> tuple[Any, int] | None:
    head, _dot, tail = (text or "").partition(".")
    try:
        number, row_id = int(head[:20]), int(tail[:20])
        if abs(number) >= 2**62 or abs(row_id) >= 2**62:
            return None
        return (number if wanted.sort_by == "amount" else date.fromordinal(number)), row_id
    except (ValueError, OverflowError):
        return None


def date_of_cursor(text: str) -> date | None:
    """Return the day of the row that a cursor of a list by date stands after."""
    place = read_cursor(Filter(), text)
    return place[0] if place else None


def _order(wanted: Filter) -> tuple[tuple[Any, ...], Any]:
    mark = Transaction.amount_minor if wanted.sort_by == "amount" else Transaction.booked_on
    if wanted.ascending:
        return (mark.asc(), Transaction.id.asc()), mark
    return (mark.desc(), Transaction.id.desc()), mark


def _beyond(wanted: Filter, mark: Any, place: tuple[Any, int]) -> Condition:
    here = tuple_(mark, Transaction.id)
    there = tuple_(literal(place[0], mark.type), literal(place[1], Transaction.id.type))
    return here > there if wanted.ascending else here < there


def _minor(text: str, places: int, default: int, *, up: bool = True) -> int:
    """A magnitude in minor units; what is finer than the currency is taken to the inside of the range."""
    if not text:
        return default
    whole, _dot, part = text.partition(".")
    kept, rest = part[:places].ljust(places, "0"), part[places:].strip("0")
    return int(whole + kept) + (1 if rest and up else 0)


def _counted(counted: CountedSplits) -> Any:
    if not counted:
        return Transaction.amount_minor
    splits = select(func.sum(Split.amount_minor)).where(Split.transaction_id == Transaction.id, counted.condition)
    in_splits = func.coalesce(splits.correlate(Transaction).scalar_subquery(), 0)
    return case((Transaction.is_split, in_splits), else_=Transaction.amount_minor)


def _sums_of(lines: Sequence[Line], counted: CountedSplits) -> list[Sum]:
    """Return the totals of these rows, without transfers; of splits only those that count, if any are named."""
    found: dict[str, list[int]] = {}
    for line in lines:
        if line.transfer_id is None:
            minor = line.minor
            if counted and line.is_split:
                parts = ((each.category.id if each.category else None, each.minor) for each in line.parts)
                minor = sum(part for category_id, part in parts if counted.includes(category_id, part))
            both = found.setdefault(line.currency, [0, 0])
            both[minor < 0] += minor
    return [Sum(currency, into, out) for currency, (into, out) in sorted(found.items())]


def _into(minor: Any) -> Any:
    return func.coalesce(func.sum(case((minor > 0, minor), else_=0)), 0)


def _out(minor: Any) -> Any:
    return func.coalesce(func.sum(case((minor < 0, minor), else_=0)), 0)


def strict_filter(params: Mapping[str, Sequence[str]]) -> Filter:
    """Return the filter of a URL. Raises ``Invalid`` for invalid parameters."""
    found, problems = read_filter(params)
    if problems:
        raise Invalid(_("Some fields are invalid."), errors=problems)
    return found
