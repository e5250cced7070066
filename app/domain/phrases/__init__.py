"""Parse sentences such as “coffee 3.50 and lunch 12 yesterday” into transactions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise
from types import MappingProxyType
from typing import Literal

from app.domain import dates
from app.domain.amounts import PLAIN_CHARACTERS
from app.domain.money import Money, exponent
from app.domain.phrases import accounts, gate, numbers, sums, words

Kind = Literal["expense", "income", "transfer", "refund"]
Span = tuple[int, int]
MAX_CHARACTERS = 1_000  # that are parsed; the rest is ignored
BLANK = "\x01"  # replaces what has been parsed
MAX_ENTRIES = 20  # more amounts are not parsed
MAX_WAYS = 50
MAX_COUNT = 20  # a bare number below this, in front of a noun, is a number of things
NO_ACCOUNTS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Entry:
    """One transaction of a sentence.

    ``amount`` is positive; ``kind`` has the direction. ``unsure`` names the fields to ask about, ``spans`` where each
    was found in the NFC form of the text. ``readings`` are all amounts that an unsure one may mean, likeliest first.
    ``share`` is the user's own part of an amount that is split. The account hints are words of the sentence or the name
    of a known account.
    """

    amount: Money
    date: date
    kind: Kind = "expense"
    payee: str | None = None
    category_hint: str | None = None
    split_with: tuple[str, ...] = ()
    share: Money | None = None
    payer: str | None = None
    account_hint: str | None = None
    to_account_hint: str | None = None
    unsure: frozenset[str] = frozenset()
    spans: dict[str, Span] = field(default_factory=dict)
    readings: tuple[Money, ...] = ()

    @property
    def currency(self) -> str:
        return self.amount.currency

    @property
    def signed(self) -> Money:
        """Return the amount with its sign in the ledger; outflow is negative."""
        return self.amount if self.kind in ("income", "refund") else -self.amount


@dataclass(slots=True)
class Clause:
    """The part of the sentence around one amount. ``share`` is the user's part if the sentence has it."""

    sum: sums.Sum
    start: int
    end: int
    share: Money | None = None


class Folding(dict[int, str]):
    """Lower case without accents, one character for one."""

    def __missing__(self, code: int) -> str:
        if code in PLAIN_CHARACTERS:
            shown = PLAIN_CHARACTERS[code]
        elif unicodedata.category(chr(code)) in ("Cc", "Cf", "Cs", "Co", "Zs", "Zl", "Zp"):
            shown = " "
        else:
            low = chr(code).lower()
            plain = unicodedata.normalize("NFD", low)[0]
            shown = plain if low.isalpha() else low[0]
        self[code] = shown
        return shown


FOLDING = Folding({ord("٫"): ".", ord("٬"): ","})
AMOUNT_SIGNS = (words.VERBS, words.INCOME, words.TRANSFER, words.REFUND, gate.REPORT, accounts.WITHDRAWAL)
JOINT = re.compile(r"(?:,|;|\+|&|\n|\s(?:and|then|plus|et|puis|y|luego|und|dann|و)(?=\s))\s?")


def fold(text: str) -> str:
    """Return lower case without accents, with plain digits, spaces and minus; the length does not change."""
    return text.translate(FOLDING)


def parse(
    text: str, today: date, currency: str, locale: str, *, accounts: Mapping[str, str] = NO_ACCOUNTS
) -> list[Entry]:
    """Read the transactions that a sentence reports; none for a question or a sentence that merely talks.

    ``accounts`` are the names of the book's accounts with their currencies. An amount without a currency is of the
    account that the sentence names, else of ``currency``. Never raises; under 20 ms for any text.
    """
    original = unicodedata.normalize("NFC", text[:MAX_CHARACTERS])
    folded = fold(original)
    written = dates.find(folded, today, locale)
    rest = _blank(folded, [(one.start, one.end) for one in written])
    rest = _blank(rest, [match.span() for match in sums.CLOCK.finditer(rest)])
    plain, bare = (sums.OWN_SHARE_AFTER.sub(" ", each) for each in (folded, rest))
    if not gate.is_transaction(plain, bare, original):
        return []
    halves = [match.span() for match in words.FIFTY.finditer(rest)]
    found = sums.find(_blank(rest, halves), original, currency, locale)
    rest, found, shares = _take_shares(rest, found)
    clauses = _clauses(rest, found)
    if len(clauses) > MAX_ENTRIES:
        return []
    for at, share in shares:
        before = [clause for clause in clauses if clause.sum.start < at]
        if before:
            before[-1].share = share
    book = {fold(name): (name, unit) for name, unit in accounts.items() if name.strip()}
    return _with_one_account([_entry(clause, rest, original, written, clauses, today, book) for clause in clauses])


def _take_shares(rest: str, found: list[sums.Sum]) -> tuple[str, list[sums.Sum], list[tuple[int, Money]]]:
    """Separate “my half is 30” from the amounts, because it is a part of the previous one."""
    kept: list[sums.Sum] = []
    shares: list[tuple[int, Money]] = []
    for one in found:
        begins = max(0, one.start - 40)
        said = sums.OWN_SHARE.search(rest[begins : one.start]) if kept else None
        if said is None:
            kept.append(one)
            continue
        shares.append((one.start, one.money))
        rest = _blank(rest, [(begins + said.start(), one.end)])
    return rest, kept, shares


def _clauses(rest: str, found: list[sums.Sum]) -> list[Clause]:
    """Split the sentence around its amounts: at commas and conjunctions, else after each amount."""
    cuts = [0, *(match.end() for match in JOINT.finditer(rest) if not _inside(match.start(), found)), len(rest)]
    kept: list[Clause] = []
    for start, end in pairwise(cuts):
        inside = [one for one in found if start <= one.start < end]
        chosen = _amounts_of(inside, rest, start, end)
        if not chosen:
            if kept:
                kept[-1].end = end
            continue
        leads = (
            len(chosen) > 1 and not _has_noun(rest[start : chosen[0].start]) and _has_noun(rest[chosen[-1].end : end])
        )
        for nth, one in enumerate(chosen):
            if leads:
                begin = start if nth == 0 else chosen[nth].start
                stop = chosen[nth + 1].start if nth + 1 < len(chosen) else end
            else:
                begin = start if nth == 0 else chosen[nth - 1].end
                stop = end if nth + 1 == len(chosen) else one.end
            kept.append(Clause(one, begin, stop))
    if kept:
        kept[0].start = 0
    return kept


def _amounts_of(inside: list[sums.Sum], rest: str, start: int, end: int) -> list[sums.Sum]:
    """Return the amounts of a clause: numbers written like money, one behind each noun, or a single one."""
    if len(inside) > 1 and _is_list(inside, rest, start, end):
        return inside
    strong = [one for one in inside if one.strong]
    if strong:
        return strong
    weak = [one for one in inside if _is_amount(one, rest, start, end)]
    return [max(weak, key=lambda one: _rank(one, rest))] if weak else []


def _is_list(inside: list[sums.Sum], rest: str, start: int, end: int) -> bool:
    """Return whether nouns and amounts alternate to the end, as in “bread 2 milk 1.5 eggs 3”."""
    if _has_noun(rest[inside[-1].end : end]):
        return False
    borders = [start, *(one.end for one in inside)]
    for begin, one in zip(borders, inside, strict=False):
        between = _blank(rest[begin : one.start], [m.span() for m in words.VERBS.finditer(rest[begin : one.start])])
        last = between.rstrip().rsplit(None, 1)[-1:] or [""]
        if not _has_noun(between) or last[0] in words.EDGE or BLANK in last[0]:
            return False
        if not one.strong and sums.NUMBERED.search(rest[max(0, one.start - 30) : one.start]):
            return False
    return True


def _has_noun(text: str) -> bool:
    return any(token not in words.EDGE and re.match(r"[^\W\d_]{2}", token) for token in re.findall(r"[^\s\x01]+", text))


def _inside(at: int, found: list[sums.Sum]) -> bool:
    return any(one.start <= at < one.end for one in found)


def _rank(one: sums.Sum, rest: str) -> tuple[bool, int]:
    return not re.match(r"\s[^\W\d_]{1,30}s\b", rest[one.end : one.end + 30]), one.money.minor


def _is_amount(one: sums.Sum, rest: str, start: int, end: int) -> bool:
    """Return whether a bare number is an amount and not a count, an age or a house number."""
    before, after = rest[start : one.start], rest[one.end : end]
    counted = re.match(r"\s([^\W\d_]{3,30})", after)
    is_few = one.money.decimal < MAX_COUNT
    if counted and counted[1].endswith("s") and is_few and not words.VERBS.search(before) and not one.cuts[1:]:
        return False
    around = before + " " + after
    known = accounts.patterns(())
    return bool(
        not re.search(r"[^\W\d_]", around)
        or any(pattern.search(around) for pattern in AMOUNT_SIGNS)
        or (known.source.search(around) and known.target.search(around))
        or _category(around, "expense") not in (None, "refunds")
        or BLANK in around
        or one.signed
        or len(around.split()) <= 4
    )


def _entry(
    clause: Clause,
    rest: str,
    original: str,
    written: list[dates.Written],
    clauses: list[Clause],
    today: date,
    book: Mapping[str, tuple[str, str]],
) -> Entry:
    """Parse one clause. Positions are within the clause, so that long sentences cost no more."""
    near, own = rest[clause.start : clause.end], original[clause.start : clause.end]
    one = clause.sum
    start, end = one.start - clause.start, one.end - clause.start
    cut = [(first - clause.start, last - clause.start) for first, last in one.cuts]
    unsure = set() if one.sure else {"amount"}
    spans = {"amount": (one.start, one.end)}
    on = _date_of(clause, clauses, written)
    if on is not None:
        spans["date"] = (on.start, on.end)
        if not on.sure or on.on is None:
            unsure.add("date")
    kind = _kind(near, one.signed)
    if kind == "expense" and _is_given(near, start, end):
        kind = "income"
    people, ways = _split(near, own, cut)
    payer = _payer(near, own, cut)
    giver = None
    if kind in ("income", "refund"):
        giver, payer = payer, None  # a payer is the payee of income
    source, target = _accounts(near, own, cut, book, (start, end))
    kind, source, target = _transfer(kind, near, own, cut, source, target)
    payee = None if kind == "transfer" else giver or _payee(near, own, cut, kind)
    if payee is None and kind != "transfer":
        unsure.add("payee")
    amount, readings = one.money, one.readings
    known = next((unit for name, unit in book.values() if name == source), amount.currency)
    if not one.named and known != amount.currency and (moved := _in_currency(amount, known)):
        amount, readings = moved, tuple(filter(None, (_in_currency(each, known) for each in readings)))
    share = clause.share
    if share is None and ways:
        share = Money(int((Decimal(amount.minor) / ways).to_integral_value(ROUND_HALF_EVEN)), amount.currency)
    return Entry(
        amount=amount,
        date=(on.on if on else None) or today,
        kind=kind,
        payee=payee,
        category_hint=None if kind == "transfer" else _category(near, kind),
        split_with=people,
        share=share,
        payer=payer,
        account_hint=source,
        to_account_hint=target if kind == "transfer" else None,
        unsure=frozenset(unsure),
        spans=spans,
        readings=readings,
    )


def _in_currency(money: Money, currency: str) -> Money | None:
    """The same figure in another currency, where it has that many decimals."""
    minor = money.decimal.scaleb(exponent(currency))
    return Money(int(minor), currency) if minor == minor.to_integral_value() else None


def _with_one_account(entries: list[Entry]) -> list[Entry]:
    """Apply the only account of a sentence to all its parts: “bus 3 and lunch 12 with my visa”."""
    named = {entry.account_hint for entry in entries if entry.account_hint}
    if len(named) != 1 or any(entry.kind == "transfer" for entry in entries):
        return entries
    return [replace(entry, account_hint=entry.account_hint or next(iter(named))) for entry in entries]


def _date_of(clause: Clause, clauses: list[Clause], written: list[dates.Written]) -> dates.Written | None:
    """Return the date in the clause, else the nearest in a later one, else in an earlier one."""
    own = [one for one in written if clause.start <= one.start < clause.end]
    later = [one for one in written if one.start >= clause.end]
    earlier = [one for one in written if one.start < clause.start]
    return own[0] if own else later[0] if later else earlier[-1] if earlier else None


def _kind(near: str, sign: str) -> Kind:
    if words.REFUND.search(near):
        return "refund"
    if _is_withdrawal(near):
        return "transfer"
    if words.TRANSFER.search(near) and not re.search(r"(?<!\w)(?:salaire|salary|gehalt|nomina)(?!\w)", near):
        return "transfer"
    if sign == "+" or words.INCOME.search(near):
        return "income"
    return "expense"


def _is_withdrawal(near: str) -> bool:
    return bool(accounts.WITHDRAWAL.search(near)) and not accounts.WITHDRAWAL_FEE.search(near)


def _is_given(near: str, start: int, end: int) -> bool:
    """“got 200 from mum”, but not “got groceries from Lidl 20”."""
    return bool(re.search(r"(?<!\w)got (?:[^\w\s]\s?)?$", near[:start]) and re.match(r" from ", near[end:]))


def _split(near: str, own: str, cut: list[Span]) -> tuple[tuple[str, ...], int]:
    """Return the people an amount is split with and the number of parts; empty if it is not split."""
    match = words.WITH_SPLIT.search(near) or words.SPLIT.search(near) or words.SPLIT_AFTER.search(near)
    if match is None:
        return (), _ways(near, cut)
    cut.append(match.span())
    names = [match.span(group) for group in range(1, (match.lastindex or 0) + 1) if match[group]]
    people = tuple(_cased(own[start:end]) for start, end in names)
    return people, len(people) + 1


def _ways(near: str, cut: list[Span]) -> int:
    """“split 3 ways” is a third each, whoever the others are."""
    match = words.WAYS.search(near)
    if match is None:
        return 0
    said = match[1] or match[2] or match[3]
    ways = int(said) if said.isdecimal() else numbers.UNITS.get(said, 0)
    if not 2 <= ways <= MAX_WAYS:
        return 0
    cut.append(match.span())
    return ways


def _payer(near: str, own: str, cut: list[Span]) -> str | None:
    lead = len(near) - len(near.lstrip())
    match = words.PAYER.search(near[lead:])
    if match is None:
        return None
    group = 1 if match[1] else 2
    if match[group] in words.NOBODY or words.VERBS.fullmatch(match[group]):
        return None
    start, end = match.start(group) + lead, match.end(group) + lead
    if group == 1 and (not own[start].isupper() or _category(match[1], "expense")):
        return None
    cut.append((match.start() + lead, match.end() + lead))
    return _cased(own[start:end])


def _accounts(
    near: str, own: str, cut: list[Span], book: Mapping[str, tuple[str, str]], amount: Span
) -> tuple[str | None, str | None]:
    """Return the accounts that the money leaves and reaches: a known account's name, else words."""
    known = accounts.patterns(tuple(sorted(book)))
    is_paid_off = accounts.PAID_OFF.search(near) is not None
    sources = [known.source] if is_paid_off or accounts.PUT.search(near) else [known.source, known.means]
    targets = [known.paid_off, known.target] if is_paid_off else [known.target]
    hints: list[str | None] = []
    for tried in (targets, sources) if is_paid_off else (sources, targets):
        hint = None
        for match in (m for pattern in tried for m in pattern.finditer(near)):
            if any(match.start(1) < end and start < match.end(1) for start, end in cut):
                continue
            hint = _account_name(match, own, book)
            cut.append(match.span())
            break
        hints.append(hint)
    if is_paid_off:
        hints.reverse()
    if hints == [None, None] and known.bare is not None:
        ends = _blank(near, [amount]).rstrip(" .,;!" + BLANK)
        bare = known.bare.search(ends)
        if bare is not None and _has_noun(ends[: bare.start()]):
            cut.append(bare.span(1))
            hints[0] = _account_name(bare, own, book)
    return hints[0], hints[1]


def _account_name(match: re.Match[str], own: str, book: Mapping[str, tuple[str, str]]) -> str:
    """The name of the known account that a match means, else its words."""
    said = match[1]
    if said in book:
        return book[said][0]
    meant = [name for folded, (name, _unit) in book.items() if said in accounts.aliases(folded)]
    return meant[0] if len(meant) == 1 else own[match.start(1) : match.end(1)].strip()


def _transfer(
    kind: Kind, near: str, own: str, cut: list[Span], source: str | None, target: str | None
) -> tuple[Kind, str | None, str | None]:
    """Return whether the clause moves money between own accounts, and which. A cash machine is a transfer to cash."""
    if kind == "transfer" and _is_withdrawal(near):
        if target and not accounts.MACHINE.search(fold(target)):
            source = source or target
        if source and accounts.MACHINE.search(fold(source)):
            source = None
        return "transfer", source, "cash"
    if source and target and source != target and kind != "income":
        return "transfer", source, target
    if (accounts.PUT.search(near) or accounts.PAID_OFF.search(near)) and target:
        return "transfer", source, target
    if kind == "transfer" and not source and not target:
        is_sent = words.SENT.search(near) and _payee(near, own, cut, "expense")
        if is_sent or _category(near, "expense"):
            return "expense", None, None  # a bill that was paid by transfer, or money sent to somebody
    return kind, source, target


def _category(stretch: str, kind: Kind) -> str | None:
    incoming = kind in ("income", "refund")
    for key, pattern in words.CATEGORIES:
        if (key in words.IN_CATEGORIES) == incoming and pattern.search(stretch):
            return key
    return {"refund": "refunds", "income": "other_income"}.get(kind)


def _payee(near: str, own: str, cut: list[Span], kind: Kind) -> str | None:
    """Return what remains without money, dates and verbs; words after “at” come first."""
    left = _blank(near, cut)
    for pattern in (words.VERBS, words.REPEATED):
        left = _blank(left, [match.span() for match in pattern.finditer(left)])
    bare = _blank(left, [match.span() for each in (words.BOOKING, words.GENERIC) for match in each.finditer(left)])
    return _named(bare, own, kind) or _named(left, own, kind)


def _named(left: str, own: str, kind: Kind) -> str | None:
    pieces = [match.span() for match in re.finditer(r"[^\x01,;:!?()\"“”«»\n]+", left)]
    named = [span for span in (_trimmed(left, *piece) for piece in pieces) if span]
    if not named:
        return None
    place = next(
        (m for m in [re.search(r"(?<!\w)(?:at|chez|bei|beim|from) (\S.*)", left[s:e]) for s, e in named] if m),
        None,
    )
    if place is not None:
        within = left.find(place[1])
        span = _trimmed(left, within, within + len(place[1]))
        if span:
            return _cased(own[span[0] : span[1]])
    leading = (
        r"(?<!\w)(?:at|chez|bei|beim|from|von|de) $" if kind in ("income", "refund") else r"(?:at|chez|bei|beim) $"
    )
    lead = [span for span in named if re.search(leading, left[: span[0]][-6:])]
    start, end = (lead or [max(named, key=lambda span: min(span[1] - span[0], 12))])[0]
    return _cased(own[start:end])


def _trimmed(left: str, start: int, end: int) -> Span | None:
    """The piece without small words, signs and spaces at its ends."""
    tokens = [(m.start() + start, m.end() + start) for m in re.finditer(r"[^\s.+*/=|_-][^\s]*", left[start:end])]
    while tokens and _small(left[tokens[0][0] : tokens[0][1]]):
        tokens.pop(0)
    while tokens and _small(left[tokens[-1][0] : tokens[-1][1]]):
        tokens.pop()
    return (tokens[0][0], tokens[-1][1]) if tokens else None


def _small(token: str) -> bool:
    plain = token.strip(".-'")
    return plain in words.EDGE or not re.search(r"[^\W\d_]", plain)


def _cased(name: str) -> str:
    shown = " ".join(name.split()).strip(" .,-'")[:80]
    return shown[:1].upper() + shown[1:]


def _blank(text: str, spans: list[Span]) -> str:
    for start, end in spans:
        text = text[:start] + BLANK * (end - start) + text[end:]
    return text
