"""Half-open periods, and budget months that begin on any day up to the 28th."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """From ``since`` up to, but not including, ``until``."""

    since: date
    until: date

    @property
    def days(self) -> int:
        return (self.until - self.since).days

    @property
    def last(self) -> date:
        return self.until - DAY

    def __contains__(self, day: date) -> bool:
        return self.since <= day < self.until

    def __iter__(self) -> Iterator[date]:
        return (self.since + DAY * n for n in range(self.days))


@dataclass(frozen=True, slots=True)
class Months:
    """Budget months that begin on ``first_day`` (1 to 28) and are named by the date they begin on."""

    first_day: int = 1

    def of(self, day: date) -> date:
        """Return the first day of the budget month that contains ``day``."""
        if day.day >= self.first_day:
            return day.replace(day=self.first_day)
        return shift_month(day.replace(day=1), -1).replace(day=self.first_day)

    def period(self, month: date) -> Period:
        return Period(month, shift_month(month, 1))

    def count(self, period: Period) -> int:
        """How many whole budget months a period is; 0 if it begins or ends within one."""
        if self.of(period.since) != period.since or self.of(period.until) != period.until:
            return 0
        since, until = period.since, period.until
        return (until.year - since.year) * 12 + until.month - since.month

    def before(self, period: Period) -> Period:
        """The period of equal length that ends where this one begins: as many whole months, else as many days."""
        count = self.count(period)
        since = shift_month(period.since, -count) if count else period.since - DAY * period.days
        return Period(since, period.since)

    def back(self, month: date, count: int) -> list[date]:
        """Return ``count`` months up to and including ``month``, oldest first."""
        return [shift_month(month, -n) for n in reversed(range(count))]


def shift_month(day: date, months: int) -> date:
    """Return the same day some months later, or the last day of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, days_in_month(year, month)))


def days_in_month(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - date(year, month, 1)).days
