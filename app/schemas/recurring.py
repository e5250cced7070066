"""Input and output of recurring bills and income."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field, model_validator

from app.i18n import _
from app.models import Cadence, RecurringKind
from app.schemas.currencies import CurrencyCode, Day
from app.schemas.transactions import Amount, Id, Named, Reference, Strict

Interval = Annotated[int, Field(ge=1, le=60)]
Count = Annotated[int, Field(ge=1, le=1200)]
Notice = Annotated[int, Field(ge=0, le=60)]


class RecurringIn(Strict):
    """A new recurring bill or income.

    Amounts are magnitudes in ``currency`` or the account's; ``amount_max`` if they vary.
    """

    payee: Reference
    kind: RecurringKind = RecurringKind.BILL
    amount: Amount
    amount_max: Amount | None = None
    currency: CurrencyCode | None = None
    account: Id | None = None
    category: Reference | None = None
    cadence: Cadence = Cadence.MONTHLY
    interval: Interval = 1
    starts_on: Day
    ends_on: Day | None = None
    count: Count | None = None
    notice_days: Notice = 3

    @model_validator(mode="after")
    def _in_order(self) -> RecurringIn:
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise ValueError(_("The end can’t be before the start."))
        return self


class RecurringPatch(Strict):
    """Changed fields. ``null`` clears optional ones."""

    payee: Reference | None = None
    kind: RecurringKind | None = None
    amount: Amount | None = None
    amount_max: Amount | None = None
    currency: CurrencyCode | None = None
    account: Id | None = None
    category: Reference | None = None
    cadence: Cadence | None = None
    interval: Interval | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    count: Count | None = None
    notice_days: Notice | None = None

    @model_validator(mode="after")
    def _no_nulls(self) -> RecurringPatch:
        for name in ("payee", "kind", "amount", "currency", "cadence", "interval", "starts_on", "notice_days"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(_("{field} can’t be empty.", field=name))
        return self


class RecurringOut(Strict):
    id: int
    payee: Named
    kind: RecurringKind
    amount: str
    amount_max: str
    currency: str
    account: Named | None
    category: Named | None
    cadence: Cadence
    interval: int
    starts_on: dt.date
    ends_on: dt.date | None
    count: int | None
    notice_days: int
    state: str
    next_due: dt.date | None


class BillOut(Strict):
    id: int
    recurring: int
    payee: Named
    due_on: dt.date
    amount_low: str
    amount_high: str
    currency: str
    status: str
    transaction: int | None
