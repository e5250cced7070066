"""The month report: every category beside the month before and its usual amount, gathered in groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.models import CategoryKind
from app.services.base import Service
from app.services.insights import AVERAGE_OVER, History, Month, Share


@dataclass(frozen=True, slots=True)
class Group:
    """A category group with what its categories add up to."""

    name: str
    shares: Sequence[Share]

    @property
    def minor(self) -> int:
        return sum(each.minor for each in self.shares)

    @property
    def previous(self) -> int:
        return sum(each.previous for each in self.shares)

    @property
    def average(self) -> int:
        return sum(each.average for each in self.shares)


@dataclass(frozen=True, slots=True)
class Side:
    """Income or spending of the month."""

    kind: CategoryKind
    groups: Sequence[Group]
    minor: int
    previous: int
    average: int


@dataclass(frozen=True)
class Report:
    """A month, the one before and the mean of up to six before it."""

    history: History
    month: Month
    previous: Month
    averaged: int
    sides: Sequence[Side]


class ReportService(Service):
    """The month report of one book."""

    async def get(self, month: date) -> Report:
        """The report of a budget month, with the year before it."""
        history = await self.services.insights.history(month)
        past = [each for each in history.months[:-1] if each.count][-AVERAGE_OVER:]
        sides = [_side(history, kind, past) for kind in (CategoryKind.EXPENSE, CategoryKind.INCOME)]
        return Report(history, history.last, history.months[-2], len(past), sides)


def _side(history: History, kind: CategoryKind, past: Sequence[Month]) -> Side:
    month, previous = history.last, history.months[-2]
    shares = history.breakdown(month, kind)
    names = dict.fromkeys(label.group for label in history.labels.values())
    groups = [Group(name, [each for each in shares if each.label.group == name]) for name in names]
    average = round(sum(each.total(kind) for each in past) / len(past)) if past else 0
    shown = sorted((each for each in groups if each.shares), key=lambda each: (not each.name, -each.minor))
    return Side(kind, shown, month.total(kind), previous.total(kind), average)
