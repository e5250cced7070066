"""Input of payees."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict

from app.schemas.text import Line


class PayeeIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Line(120, least=1)]
