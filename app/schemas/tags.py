"""Input of tags."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict

from app.schemas.text import Line


class TagIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Line(40, least=1)]
