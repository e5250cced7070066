"""Input and output of unusual activity."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import BaseModel

from app.models import Cadence, FindingKind, FindingState, RecurringKind
from app.schemas.currencies import Day
from app.schemas.text import Line
from app.schemas.transactions import Amount, Reference, Strict


class ScoreIn(Strict):
    """An amount to score, a magnitude in the default account's currency."""

    category: Reference
    amount: Amount
    payee: Annotated[str, Line(120)] = ""
    booked_on: Day | None = None


class Expected(BaseModel):
    """Magnitudes."""

    low: str
    high: str


class ReasonOut(BaseModel):
    kind: FindingKind
    sentence: str


class ScoreOut(BaseModel):
    """``score`` is 0 to 1; 0.5 and above is an anomaly."""

    score: float
    is_anomaly: bool
    currency: str
    expected: Expected
    reasons: list[ReasonOut]


class FindingOut(BaseModel):
    id: int
    kind: FindingKind
    on: dt.date
    payee: str
    sentence: str
    amount: str
    currency: str
    expected: Expected
    score: float
    transaction: int | None
    comparable: list[int]
    state: FindingState


class PriceChangeOut(BaseModel):
    before: str
    after: str
    on: dt.date


class CandidateOut(BaseModel):
    """A detected recurring payment; ``recurring`` is the one that was added from it. Amounts are magnitudes."""

    id: int
    payee: str
    kind: RecurringKind
    cadence: Cadence
    amount_low: str
    amount_high: str
    currency: str
    next_on: dt.date | None
    last_on: dt.date
    count: int
    confidence: float
    active: bool
    price_change: PriceChangeOut | None
    missed_on: dt.date | None
    state: str
    recurring: int | None
