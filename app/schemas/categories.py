"""Input and output of categories and groups."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.i18n import _
from app.models import CategoryKind
from app.schemas.text import Line
from app.schemas.transactions import Id, Reference

#: Icons to choose from; names of the icon set.
ICONS = (
    "shopping-basket",
    "utensils",
    "coffee",
    "house",
    "plug",
    "wifi",
    "bus",
    "train-front",
    "fuel",
    "car",
    "heart-pulse",
    "pill",
    "sparkles",
    "shirt",
    "shopping-bag",
    "sofa",
    "clapperboard",
    "music",
    "gamepad-2",
    "book-open",
    "repeat",
    "dumbbell",
    "plane",
    "graduation-cap",
    "baby",
    "paw-print",
    "gift",
    "hand-heart",
    "shield",
    "landmark",
    "receipt",
    "circle-help",
    "briefcase",
    "laptop",
    "hand-coins",
    "piggy-bank",
    "undo-2",
    "wallet",
    "banknote",
    "credit-card",
    "building-2",
    "chart-line",
    "phone",
    "smartphone",
    "bike",
    "leaf",
    "flower-2",
    "scissors",
    "wrench",
    "stethoscope",
    "glasses",
    "beer",
    "cake",
    "popcorn",
    "ticket",
    "hotel",
    "umbrella",
    "coins",
    "scale",
    "tag",
    "star",
    "users",
)


def _icon(name: str) -> str:
    if name not in ICONS:
        raise ValueError(_("Unknown icon."))
    return name


Name = Annotated[str, Line(60, least=1)]
Icon = Annotated[str, AfterValidator(_icon)]
Colour = Annotated[int, Field(ge=1, le=8)]


class CategoryIn(BaseModel):
    """A new category. ``group`` is an id or a name; a new name adds a group of this ``kind``."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    group: Reference
    kind: CategoryKind | None = None
    icon: Icon = "tag"
    colour: Colour = 8


class CategoryPatch(BaseModel):
    """Changed fields of a category."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    group: Reference | None = None
    kind: CategoryKind | None = None
    icon: Icon | None = None
    colour: Colour | None = None
    archived: bool | None = None


class GroupIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name
    kind: CategoryKind


class GroupName(BaseModel):
    name: Name


class MergeIn(BaseModel):
    """The category, payee or tag to merge into."""

    model_config = ConfigDict(extra="forbid")

    into: Id


class GroupRef(BaseModel):
    id: int
    name: str


class CategoryOut(BaseModel):
    id: int
    key: str | None
    name: str
    group: GroupRef
    kind: CategoryKind
    icon: str
    colour: int
    archived: bool
    transactions: int
