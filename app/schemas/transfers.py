"""Input and output of transfers."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field

from app.schemas.text import Note
from app.schemas.transactions import Amount, Id, Strict


class TransferIn(Strict):
    """A transfer. A positive ``amount`` leaves ``from``; ``to_amount`` arrives if the currencies differ."""

    from_: Id = Field(alias="from")
    to: Id
    amount: Amount
    to_amount: Amount | None = None
    booked_on: date | None = None
    memo: Annotated[str, Note(2000)] = ""


class TransferOut(BaseModel):
    id: int
    from_transaction: int
    to_transaction: int
