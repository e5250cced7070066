"""Sentences people type, such as “coffee 3.50 and lunch 12 yesterday”, read as entries of the ledger."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from app.domain import dates
from app.domain.amounts import PLAINER
from app.domain.money import Money
from app.domain.phrases import numbers, sums, words

Kind = Literal["expense", "income", "transfer", "refund"]
Span = tuple[int, int]
LONGEST = 1_000  # characters that are read; the rest is left
BLANK = "\x01"  # stands where something was read already
MOST_WAYS = 50
PUT = re.compile(r"(?<!\w)(?:put|mis|puse|pasado|deposited|einbezahlt)(?!\w)")
LEAST = 20  # a bare count below this, in front of a noun, is a number of things


@dataclass(frozen=True, slots=True)
class Entry:
    """One booking a sentence asks for. ``amount`` is positive; `kind` says which way it goes.

    ``unsure`` names the fields to ask about, ``spans`` tells where each was read in the NFC form of the text.
    ``share`` is the writer's own part of a split.
    """

    amount: Money
    date: date
    kind: Kind = "expense"
    payee: str | None = None
    category_hint: str | None = None
    split_with: tuple[str, ...] = ()
    share: Fraction | None = None
    payer: str | None = None
    account_hint: str | None = None
    to_account_hint: str | None = None
    unsure: frozenset[str] = frozenset()
    spans: dict[str, Span] = field(default_factory=dict)

    @property
    def currency(self) -> str:
        return self.amount.currency

    @property
    def signed(self) -> Money:
        """The amount as the ledger has it, an outflow negative."""
        return self.amount if self.kind in ("income", "refund") else -self.amount


@dataclass(slots=True)
class Clause:
    """A stretch of the sentence with one amount in it."""

    sum: sums.Sum
    start: int
    end: int


class Folding(dict[int, str]):
    """Lower case without accents, one character for one."""

    def __missing__(self, code: int) -> str:
        if code in PLAINER:
            shown = PLAINER[code]
        elif unicodedata.category(chr(code)) in ("Cc", "Cf", "Cs", "Co", "Zs", "Zl", "Zp"):
            shown = " "
        else:
            low = chr(code).lower()
            plain = unicodedata.normalize("NFD", low)[0]
            shown = plain if low.isalpha() else low[0]
        self[code] = shown
        return shown


FOLDING = Folding({ord("٫"): ".", ord("٬"): ","})
JOINT = re.compile(r"(?:,|;|\+|&|\n|\s(?:and|then|plus|et|puis|y|luego|und|dann|و)(?=\s))\s*")


def fold(text: str) -> str:
    """Lower case, no accents, plain digits, spaces and minus; as long as the text."""
    return text.translate(FOLDING)


def parse(text: str, today: date, currency: str, locale: str) -> list[Entry]:
    """The entries a sentence books; none for a question or a sentence that merely talks. Never raises."""
    original = unicodedata.normalize("NFC", text[:LONGEST])
    folded = fold(original)
    if _asks(folded):
        return []
    written = dates.find(folded, today, locale)
    rest = _blank(folded, [(one.start, one.end) for one in written])
    shared = [match.span() for match in words.FIFTY.finditer(rest)]
    found = sums.find(_blank(rest, shared), original, currency, locale)
    clauses = _clauses(rest, found)
    return [_entry(clause, rest, original, written, clauses, today) for clause in clauses]


def _asks(folded: str) -> bool:
    stripped = folded.strip()
    return bool(
        stripped.endswith(("?", "؟"))
        or words.QUESTION.search(folded)
        or words.COMMAND.search(folded)
        or words.NEGATED.search(folded)
    )


def _clauses(rest: str, found: list[sums.Sum]) -> list[Clause]:
    """The stretches around the amounts: cut at commas and conjunctions, else after each amount."""
    cuts = [
        0,
        *(match.end() for match in JOINT.finditer(rest) if not _inside(match.start(), found)),
        len(rest),
    ]
    kept: list[Clause] = []
    for start, end in pairwise(cuts):
        inside = [one for one in found if start <= one.start < end]
        strong = [one for one in inside if one.strong]
        if not inside or (not strong and not (inside := [one for one in inside if _books(one, rest, start, end)])):
            if kept:
                kept[-1].end = end
            continue
        chosen = strong or [max(inside, key=lambda one: _rank(one, rest))]
        for nth, one in enumerate(chosen):
            kept.append(Clause(one, start if nth == 0 else chosen[nth - 1].end, one.end))
        kept[-1].end = end
        if len(chosen) > 1 and all(rest[one.end : one.end + 1].strip() for one in chosen[:-1]):
            kept[-len(chosen)].end = chosen[0].end
    if kept:
        kept[0].start = 0
    return kept


def _inside(at: int, found: list[sums.Sum]) -> bool:
    return any(one.start <= at < one.end for one in found)


def _rank(one: sums.Sum, rest: str) -> tuple[bool, int]:
    return not re.match(r"\s[^\W\d_]+s\b", rest[one.end : one.end + 30]), one.money.minor


def _books(one: sums.Sum, rest: str, start: int, end: int) -> bool:
    """Whether a bare number is an amount rather than a count, an age or a house number."""
    if words.TALK.search(rest):
        return False
    before, after = rest[start : one.start], rest[one.end : end]
    counted = re.match(r"\s([^\W\d_]{3,})", after)
    if counted and counted[1].endswith("s") and one.money.decimal < LEAST and not words.VERBS.search(before):
        return False
    around = before + " " + after
    return bool(
        not re.search(r"[^\W\d_]", around)
        or words.VERBS.search(around)
        or words.INCOME.search(around)
        or words.TRANSFER.search(around)
        or words.REFUND.search(around)
        or _category(around, "expense") not in (None, "refunds")
        or BLANK in around
        or one.signed
        or len(around.split()) <= 4
    )


def _entry(
    clause: Clause, rest: str, original: str, written: list[dates.Written], clauses: list[Clause], today: date
) -> Entry:
    stretch = rest[clause.start : clause.end]
    near = " " * clause.start + stretch + " " * (len(rest) - clause.end)  # keeps positions true
    unsure: set[str] = set()
    spans: dict[str, Span] = {"amount": (clause.sum.start, clause.sum.end)}
    if not clause.sum.sure:
        unsure.add("amount")
    on = _date_of(clause, clauses, written)
    if on is not None:
        spans["date"] = (on.start, on.end)
        if not on.sure or on.on is None:
            unsure.add("date")
    kind = _kind(stretch, clause.sum.signed)
    if kind == "expense" and _is_given(near, clause.sum):
        kind = "income"
    cut: list[Span] = [(clause.sum.start, clause.sum.end)]
    people, share = _split(near, rest, original, cut, len(clauses) == 1)
    payer = _payer(near, original, cut)
    giver = None
    if kind in ("income", "refund"):
        giver, payer = payer, None  # who pays me is whom it comes from
    source, target = _accounts(near, original, cut)
    if (source and target and kind != "income") or (PUT.search(stretch) and target):
        kind = "transfer"
    elif (
        kind == "transfer"
        and not source
        and not target
        and (_category(stretch, "expense") or (words.SENT.search(stretch) and _payee(near, original, cut, "expense")))
    ):
        kind = "expense"  # a bill that was paid by transfer, or money sent to somebody
    payee = None if kind == "transfer" else giver or _payee(near, original, cut, kind)
    if payee is None and kind != "transfer":
        unsure.add("payee")
    return Entry(
        amount=clause.sum.money,
        date=(on.on if on else None) or today,
        kind=kind,
        payee=payee,
        category_hint=None if kind == "transfer" else _category(stretch, kind),
        split_with=people,
        share=share,
        payer=payer,
        account_hint=source,
        to_account_hint=target,
        unsure=frozenset(unsure),
        spans=spans,
    )


def _date_of(clause: Clause, clauses: list[Clause], written: list[dates.Written]) -> dates.Written | None:
    """The date in the clause, else the nearest in a later one, else in an earlier one."""
    own = [one for one in written if clause.start <= one.start < clause.end]
    later = [one for one in written if one.start >= clause.end]
    earlier = [one for one in written if one.start < clause.start]
    return own[0] if own else later[0] if later else earlier[-1] if earlier else None


def _kind(stretch: str, sign: str) -> Kind:
    if words.REFUND.search(stretch):
        return "refund"
    if words.TRANSFER.search(stretch) and not re.search(r"(?<!\w)(?:salaire|salary|gehalt|nomina)(?!\w)", stretch):
        return "transfer"
    if sign == "+" or words.INCOME.search(stretch):
        return "income"
    return "expense"


def _is_given(near: str, one: sums.Sum) -> bool:
    """“got 200 from mum”, but not “got groceries from Lidl 20”."""
    return bool(re.search(r"(?<!\w)got (?:[^\w\s]\s?)?$", near[: one.start]) and re.match(r" from ", near[one.end :]))


def _split(
    near: str, rest: str, original: str, cut: list[Span], alone: bool
) -> tuple[tuple[str, ...], Fraction | None]:
    text = rest if alone else near
    after = re.search(r"(?<!\w)(?:with|avec|con|mit) " + words.NAME + r"(?:,)? (?:a medias|a moitie|halbe-halbe)", text)
    match = words.WITH_SPLIT.search(text) or words.SPLIT.search(text) or after
    if match is None:
        return (), _own_part(near, cut)
    cut.append(match.span())
    names = [match.span(group) for group in range(1, (match.lastindex or 0) + 1) if match[group]]
    people = tuple(_cased(original[start:end]) for start, end in names)
    return people, Fraction(1, len(people) + 1)


def _own_part(near: str, cut: list[Span]) -> Fraction | None:
    """“split 3 ways” is a third each, whoever the others are."""
    match = words.WAYS.search(near)
    if match is None:
        return None
    said = match[1] or match[2] or match[3]
    ways = int(said) if said.isdecimal() else numbers.UNITS.get(said, 0)
    if not 2 <= ways <= MOST_WAYS:
        return None
    cut.append(match.span())
    return Fraction(1, ways)


def _payer(near: str, original: str, cut: list[Span]) -> str | None:
    lead = len(near) - len(near.lstrip())
    match = words.PAYER.search(near[lead:])
    if match is None:
        return None
    group = 1 if match[1] else 2
    if match[group] in words.NOBODY or words.VERBS.fullmatch(match[group]):
        return None
    start, end = match.start(group) + lead, match.end(group) + lead
    if group == 1 and (not original[start].isupper() or _category(match[1], "expense")):
        return None
    cut.append((match.start() + lead, match.end() + lead))
    return _cased(original[start:end])


def _accounts(near: str, original: str, cut: list[Span]) -> tuple[str | None, str | None]:
    hints: list[str | None] = []
    sources: tuple[re.Pattern[str], ...]
    if words.PAID_OFF.search(near):
        sources = ()
    elif PUT.search(near):
        sources = (words.FROM,)
    else:
        sources = (words.FROM, words.BY)
    for patterns in (sources, (words.TO, words.PAID_OFF)):
        match = next((m for p in patterns if (m := p.search(near)) is not None), None)
        if match is None or any(match.start(1) < end and start < match.end(1) for start, end in cut):
            hints.append(None)
            continue
        cut.append(match.span())
        hints.append(original[match.start(1) : match.end(1)].strip())
    return hints[0], hints[1]


def _category(stretch: str, kind: Kind) -> str | None:
    incoming = kind in ("income", "refund")
    for key, pattern in words.CATEGORIES:
        if (key in words.IN_CATEGORIES) == incoming and pattern.search(stretch):
            return key
    return {"refund": "refunds", "income": "other_income"}.get(kind)


def _payee(near: str, original: str, cut: list[Span], kind: Kind) -> str | None:
    """What is left of the clause when money, dates and verbs are cut; the words after “at” come first."""
    left = _blank(near, cut)
    for pattern in (words.VERBS, words.REPEATED):
        left = _blank(left, [match.span() for match in pattern.finditer(left)])
    bare = _blank(left, [match.span() for each in (words.BOOKING, words.GENERIC) for match in each.finditer(left)])
    return _named(bare, original, kind) or _named(left, original, kind)


def _named(left: str, original: str, kind: Kind) -> str | None:
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
            return _cased(original[span[0] : span[1]])
    leading = (
        r"(?<!\w)(?:at|chez|bei|beim|from|von|de) $" if kind in ("income", "refund") else r"(?:at|chez|bei|beim) $"
    )
    lead = [span for span in named if re.search(leading, left[: span[0]][-6:])]
    start, end = (lead or [max(named, key=lambda span: min(span[1] - span[0], 12))])[0]
    return _cased(original[start:end])


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
