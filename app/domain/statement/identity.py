"""Tell whether a statement line is already in the ledger."""

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

PENDING_WINDOW = 10  # days between a payment that is announced and its booking
WINDOW = 4  # days between what a person types and what the bank books
ALIKE = 60  # of 100, from where two payees are taken for the same
NOT_WORD = re.compile(r"[^\w]+|_+")


@lru_cache(maxsize=8192)
def normalise(text: str) -> str:
    """The text without case, accents, punctuation and runs of spaces."""
    if text.isascii():
        plain = text.lower()
    else:
        split = unicodedata.normalize("NFKD", text.casefold())
        plain = "".join(c for c in split if not unicodedata.combining(c))
    return NOT_WORD.sub(" ", plain).strip()


def identity(account_id: int, booked_on: date, minor: int, currency: str, normalised_text: str) -> int:
    """A stable number of 63 bits for a line; two real lines that are alike in all of this share it."""
    whole = f"{account_id}\x1f{booked_on.toordinal()}\x1f{minor}\x1f{currency}\x1f{normalised_text}"
    digest = blake2b(whole.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def with_ordinals(identities: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Each identity with how often it came before in this file.

    The pair is what is unique in an account: two equal payments on one day are (x, 0) and (x, 1), and both
    are known when the same file, or one that overlaps it, comes again. (Statements hold whole days.)
    """
    seen: dict[int, int] = {}
    for one in identities:
        ordinal = seen.get(one, 0)
        seen[one] = ordinal + 1
        yield one, ordinal


def similar(one: str, other: str) -> int:
    """How alike two payees are, 0 to 100, after cleaning: what one has more than the other costs little."""
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
    """A transaction of the account; ``by_hand`` = a person entered it and no bank line is matched with it yet."""

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
    """A statement line that is to be compared."""

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
    """Whether two days are near enough for one payment. A pending one may be booked days later."""
    days = (line - existing).days
    return abs(days) <= WINDOW or (is_pending and 0 <= days <= PENDING_WINDOW)


def compare(line: Candidate, existing: Sequence[Existing]) -> Outcome:
    """Decide on a line that has no equal by identity.

    ``existing`` are rows of the same account within four days. Leave out those which another line of the
    file is the same as, or else two real payments of one amount would both be held against one row.
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
        # Two references of one bank that differ are two bookings.
        and not (line.external_id and row.external_id and not row.is_pending)
    ]
    if not rows:
        return NEW
    ranked = sorted(
        rows,
        key=lambda row: (-similar(line.payee, row.payee), abs((row.booked_on - line.booked_on).days), row.id),
    )
    for row in ranked:
        if row.is_pending and (not row.by_hand or similar(line.payee, row.payee) >= ALIKE):
            reason = _("Pending since {day}; the bank has booked it now.", day=written_day(row.booked_on))
            return Outcome("same", reason, row.id)
    for row in ranked:
        if row.by_hand and (row.is_transfer or similar(line.payee, row.payee) >= ALIKE):
            return Outcome(
                "same",
                _("You entered this on {day}; the bank now has it too.", day=written_day(row.booked_on)),
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
        return Outcome("same", _("The bank's reference {id} is already booked.", id=line.external_id[:40]), row.id)
    return Outcome(
        "unsure",
        _(
            "The bank's reference {id} is already booked with another amount, {amount}.",
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
        return _("You entered “{payee}” on {day} with the same amount, {amount}. Is it this one?", **values)
    return _("“{payee}” on {day} has the same amount, {amount}. Is it this one?", **values)
