"""A stored or quick result as what is expected, day by day or month by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from app.models import Forecast
from app.services.forecasts.inputs import Minor
from app.services.forecasts.results import BANDS, Result

SHORT_HISTORY_MONTHS = 6  # months of history under which a forecast says that it is young


@dataclass(frozen=True, slots=True)
class Band:
    """What is expected of a day or a month, in minor units: five and eight in ten outcomes lie between."""

    on: date
    mean: Minor
    lo50: Minor
    hi50: Minor
    lo80: Minor
    hi80: Minor
    lo95: Minor
    hi95: Minor

    def moved(self, by: Minor) -> Band:
        """The same, so much higher."""
        return Band(self.on, *(value + by for value in self.values))

    @property
    def values(self) -> tuple[Minor, ...]:
        return self.mean, self.lo50, self.hi50, self.lo80, self.hi80, self.lo95, self.hi95


@dataclass(frozen=True, slots=True)
class Quality:
    """How the same method did on this book's own past; nothing where there was too little to judge.

    ``mase`` is its error ÷ that of simply repeating the past, ``smape`` a share, ``coverage`` how often the 80 % band
    held; ``months`` are the months it was judged on, ``history`` those it learned from.
    """

    mase: float | None = None
    smape: float | None = None
    coverage: float | None = None
    months: int = 0
    history: int = 0
    by_member: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outlook:
    """A series ahead: balances begin today, monthly flows with the running month (``booked`` of it so far)."""

    target: str
    currency: str
    points: Sequence[Band]
    method: str
    quality: Quality
    up_to: date
    computed_at: datetime | None  # nothing: made just now, by the quick way
    past: Sequence[tuple[date, Minor]] = ()
    booked: Minor = 0
    daily: Minor = 0

    @property
    def is_quick(self) -> bool:
        return self.computed_at is None

    @property
    def is_short(self) -> bool:
        return self.quality.history < SHORT_HISTORY_MONTHS

    @property
    def members(self) -> list[str]:
        return [each for each in self.method.split(" + ") if each and each != "none"]


def build_outlook(row: Forecast | Result, days: Sequence[date]) -> Outlook:
    """``days`` are those of the points, at most as many as were computed."""
    kept, test = row.points, row.backtest
    columns = zip(days, kept["mean"], *(kept[name] for name in BANDS), strict=False)
    return Outlook(
        row.target,
        row.currency,
        [Band(*values) for values in columns],
        row.method,
        Quality(
            test.get("mase"),
            test.get("smape"),
            test.get("coverage"),
            test.get("months", 0),
            test.get("history", 0),
            test.get("by_member", {}),
        ),
        row.up_to,
        row.computed_at if isinstance(row, Forecast) else None,
        [(date.fromisoformat(month), minor) for month, minor in kept.get("past", ())],
        kept.get("booked", 0),
        kept.get("daily", 0),
    )
