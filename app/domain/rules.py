"""Rules that categorize transactions, compiled once and applied to each row of a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import lru_cache
from typing import Literal

from app.domain.search import fold

Kind = Literal["expense", "income"]
MAX_CACHED_TEXTS = 65_536  # texts whose rules are remembered


@dataclass(frozen=True, slots=True)
class When:
    """Conditions of a rule. Empty ones always match. Bounds are magnitudes in the row's currency."""

    payee_contains: str = ""
    text_contains: str = ""
    account: int | None = None
    min_amount: Decimal | None = None
    max_amount: Decimal | None = None
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Then:
    """What is done to a row that fits; ``rules`` are the ids of those that did."""

    category: int | None = None
    payee: str = ""
    tags: tuple[str, ...] = ()
    rules: tuple[int, ...] = ()
    transfer: int | None = None  # the other account

    def __bool__(self) -> bool:
        return bool(self.rules)

    def and_then(self, later: Then) -> Then:
        """Add a later rule, which fills in what is still open and adds its tags."""
        return Then(
            self.category or later.category,
            self.payee or later.payee,
            tuple(dict.fromkeys((*self.tags, *later.tags))),
            (*self.rules, *later.rules),
            self.transfer or later.transfer,
        )


NOTHING = Then()


@dataclass(slots=True)
class _Rule:
    when: When
    then: Then
    payee: str = field(init=False)
    text: str = field(init=False)
    plain: bool = field(init=False)

    def __post_init__(self) -> None:
        when = self.when
        self.payee, self.text = fold(when.payee_contains), fold(when.text_contains)
        self.plain = when.account is None and when.kind is None and when.min_amount is None and when.max_amount is None

    def reads(self, payee: str, text: str) -> bool:
        return self.payee in payee and self.text in text

    def fits(self, account_id: int | None, minor: int, places: int) -> bool:
        when = self.when
        if when.account is not None and when.account != account_id:
            return False
        if when.kind is not None and (when.kind == "income") != (minor > 0):
            return False
        low, high = _bounds(when.min_amount, when.max_amount, places)
        return low <= abs(minor) and (high is None or abs(minor) <= high)


@lru_cache(maxsize=4096)
def _bounds(low: Decimal | None, high: Decimal | None, places: int) -> tuple[int, int | None]:
    return (
        int(low.scaleb(places).to_integral_value(ROUND_CEILING)) if low is not None else 0,
        int(high.scaleb(places).to_integral_value(ROUND_FLOOR)) if high is not None else None,
    )


class Matcher:
    """A book's rules in order. Text conditions are cached by text; amounts are checked for each row."""

    def __init__(self, rules: Iterable[tuple[When, Then]]) -> None:
        self._rules = [_Rule(when, then) for when, then in rules]
        needles = {needle for rule in self._rules for needle in (rule.payee, rule.text)}
        self._any = re.compile("|".join(map(re.escape, sorted(needles - {""})))) if needles - {""} else None
        self._open = any(not rule.payee and not rule.text for rule in self._rules)
        self._read: dict[tuple[str, str], Sequence[_Rule]] = {}

    def __len__(self) -> int:
        return len(self._rules)

    def first(self, text: str, payee: str, account_id: int | None, minor: int, places: int = 2) -> Then:
        """Return the combined effects of all rules that match a row; falsy if none does.

        For each field the first matching rule counts. ``text`` is the bank description with the note, ``places`` the
        decimals of the row's currency.
        """
        if not self._rules:
            return NOTHING
        readable = self._read.get((text, payee))
        if readable is None:
            if len(self._read) >= MAX_CACHED_TEXTS:
                self._read.clear()
            readable = self._read[text, payee] = self._reading(fold(text), fold(payee))
        found = NOTHING
        for rule in readable:
            if rule.plain or rule.fits(account_id, minor, places):
                found = found.and_then(rule.then)
        return found

    def _reading(self, text: str, payee: str) -> Sequence[_Rule]:
        whole = f"{payee} {text}"
        if not self._open and (self._any is None or not self._any.search(whole)):
            return ()
        return [rule for rule in self._rules if rule.reads(payee, whole)]
