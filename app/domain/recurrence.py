"""Due dates of recurring payments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from app.domain.period import shift_month

DAYS = {"weekly": 7, "fortnightly": 14}
MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}
LAST_DATE = date(2199, 12, 31)
#: How many days before or after its due date a payment still counts as the one that was due.
TOLERANCE_DAYS = {"weekly": 3, "fortnightly": 6, "monthly": 12, "quarterly": 20, "yearly": 30}


@dataclass(frozen=True, slots=True)
class Schedule:
    """Every ``interval`` weeks, fortnights, months, quarters or years from ``starts_on``.

    A day that a month does not have is its last day. ``ends_on`` is the last possible date, ``count`` the number of
    dates.
    """

    cadence: str
    starts_on: date
    interval: int = 1
    ends_on: date | None = None
    count: int | None = None

    def at(self, step: int) -> date | None:
        """Return date number ``step``, counted from 0, or None after the end."""
        steps = step * self.interval
        try:
            if self.cadence in DAYS:
                return self.starts_on + timedelta(days=DAYS[self.cadence] * steps)
            return shift_month(self.starts_on, MONTHS[self.cadence] * steps)
        except (OverflowError, ValueError):
            return None

    def since(self, day: date) -> Iterator[date]:
        """Yield the dates from ``day`` on, in order."""
        step = self._first_step(day)
        while self.count is None or step < self.count:
            due = self.at(step)
            if due is None or due > min(self.ends_on or LAST_DATE, LAST_DATE):
                return
            if due >= day:
                yield due
            step += 1

    def between(self, since: date, until: date) -> list[date]:
        """Return the dates from ``since`` to ``until``, both included."""
        found = []
        for due in self.since(since):
            if due > until:
                break
            found.append(due)
        return found

    def next(self, day: date) -> date | None:
        return next(self.since(day), None)

    def _first_step(self, day: date) -> int:
        """Return a step that is not after ``day``, without iterating there."""
        if day <= self.starts_on:
            return 0
        if self.cadence in DAYS:
            return (day - self.starts_on).days // (DAYS[self.cadence] * self.interval)
        months = (day.year - self.starts_on.year) * 12 + day.month - self.starts_on.month
        return max(0, months // (MONTHS[self.cadence] * self.interval) - 1)
