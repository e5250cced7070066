"""Decide whether a statement line is already in the ledger."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from difflib import SequenceMatcher
from functools import lru_cache
from hashlib import blake2b
from typing import Literal, NamedTuple

from app.domain.money import Money
from app.domain.payees import key
from app.i18n import _, written_day

PENDING_WINDOW_DAYS = 10  # between a pending payment and its booking
TYPED_WINDOW_DAYS = 4  # between a typed transaction and its booking
MIN_SIMILARITY = 60  # of 100, for two payees to count as the same
NOT_WORD = re.compile(r"[^\w]+|_+")


@lru_cache(maxsize=8192)
def normalise(text: str) -> str:
    """Return the text without case, accents, punctuation and repeated spaces."""
    if text.isascii():
        plain = text.lower()
    else:
        split = unicodedata.normalize("NFKD", text.casefold())
        plain = "".join(c for c in split if not unicodedata.combining(c))
    return NOT_WORD.sub(" ", plain).strip()


def identity(account_id: int, booked_on: date, minor: int, currency: str, normalised_text: str) -> int:
    """Return a stable 63-bit number for a line. Lines that are equal in all arguments share it."""
    whole = f"{account_id}\x1f{booked_on.toordinal()}\x1f{minor}\x1f{currency}\x1f{normalised_text}"
    digest = blake2b(whole.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def with_ordinals(identities: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield each identity with its number of earlier occurrences in the file.

    The pair is unique in an account: two equal payments on one day are (x, 0) and (x, 1), and both are recognized when
    the same file, or one that overlaps it, is imported again. (Statements contain whole days.)
    """
    seen: dict[int, int] = {}
    for one in identities:
        ordinal = seen.get(one, 0)
        seen[one] = ordinal + 1
        yield one, ordinal


def similar(one: str, other: str) -> int:
    """Return the similarity of two payees, 0 to 100. Additional words in one of them cost little."""
    a, b = key(one), key(other)
    if not a or not b:
        return 0
    if a == b:
        return 100
    left, right = set(a.split()), set(b.split())
    if left <= right or right <= left:
        return 90
    shared = sum(len(word) for word in left & right)
    words = round(200 * shared / (sum(map(len, left)) + sum(map(len, right))))
    return max(words, round(100 * SequenceMatcher(None, a, b, autojunk=False).ratio()) - 10)


class Existing(NamedTuple):
    """A transaction of the account. ``by_hand``: typed by the user and not matched with a bank line yet."""

    id: int
    booked_on: date
    minor: int
    currency: str
    payee: str
    by_hand: bool = False
    external_id: str = ""
    is_pending: bool = False
    is_transfer: bool = False


class Candidate(NamedTuple):
    """A statement line to compare."""

    booked_on: date
    minor: int
    currency: str
    payee: str
    external_id: str = ""


class Outcome(NamedTuple):
    """``same`` is a duplicate of ``match_id``; the user decides about ``unsure``."""

    kind: Literal["new", "same", "unsure"]
    reason: str = ""
    match_id: int | None = None


NEW = Outcome("new")


def is_near(line: date, existing: date, *, is_pending: bool) -> bool:
    """Return whether two dates are close enough for one payment. A pending one may be booked days later."""
    days = (line - existing).days
    return abs(days) <= TYPED_WINDOW_DAYS or (is_pending and 0 <= days <= PENDING_WINDOW_DAYS)


def compare(line: Candidate, existing: Sequence[Existing]) -> Outcome:
    """Decide on a line without an equal by identity.

    ``existing`` are transactions of the account within the window. Leave out those that match another line of the file:
    two real payments of one amount must not both match one transaction.
    """
    if line.external_id:
        for row in existing:
            if row.external_id == line.external_id:
                return _by_reference(line, row)
    rows = [
        row
        for row in existing
        if row.minor == line.minor
        and row.currency == line.currency
        and is_near(line.booked_on, row.booked_on, is_pending=row.is_pending)
        # Different references of one bank are different transactions.
        and not (line.external_id and row.external_id and not row.is_pending)
    ]
    if not rows:
        return NEW
    ranked = sorted(
        rows,
        key=lambda row: (-similar(line.payee, row.payee), abs((row.booked_on - line.booked_on).days), row.id),
    )
    for row in ranked:
        if row.is_pending and (not row.by_hand or similar(line.payee, row.payee) >= MIN_SIMILARITY):
            reason = _("Pending since {day}, now booked.", day=written_day(row.booked_on))
            return Outcome("same", reason, row.id)
    for row in ranked:
        if row.by_hand and (row.is_transfer or similar(line.payee, row.payee) >= MIN_SIMILARITY):
            return Outcome(
                "same",
                _("Matches the transaction you entered on {day}.", day=written_day(row.booked_on)),
                row.id,
            )
    for row in ranked:
        if row.by_hand:
            return Outcome("unsure", _unsure(row), row.id)
    for row in ranked:
        if row.booked_on == line.booked_on:
            return Outcome("unsure", _unsure(row), row.id)
    return NEW


def _by_reference(line: Candidate, row: Existing) -> Outcome:
    if (row.minor, row.currency) == (line.minor, line.currency):
        return Outcome(
            "same", _("A transaction with the bank reference {id} already exists.", id=line.external_id[:40]), row.id
        )
    return Outcome(
        "unsure",
        _(
            "A transaction with the bank reference {id} has another amount, {amount}.",
            id=line.external_id[:40],
            amount=Money(row.minor, row.currency).shown,
        ),
        row.id,
    )


def _unsure(row: Existing) -> str:
    values = {
        "payee": row.payee[:60] or "–",
        "day": written_day(row.booked_on),
        "amount": Money(row.minor, row.currency).shown,
    }
    if row.by_hand:
        return _("You entered “{payee}” on {day} with the same amount, {amount}. Is it the same?", **values)
    return _("“{payee}” on {day} has the same amount, {amount}. Is it the same?", **values)
