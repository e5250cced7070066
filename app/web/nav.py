"""Where one can go: the sidebar, the phone's bar, the palette and the g-shortcuts all read this list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.i18n import _


@dataclass(frozen=True, slots=True)
class Destination:
    """A page of the shell. ``key`` follows g; ``phone`` is its side of the (+) in the phone's bar, else it is under More."""

    href: str
    title: str
    icon: str
    key: str = ""
    phone: Literal["", "left", "right"] = ""
    place: Literal["main", "foot"] = "main"

    @property
    def label(self) -> str:
        """The title in the reader's language."""
        return _(self.title)

    def is_current(self, path: str) -> bool:
        """Whether the page at this path belongs here."""
        return path == self.href or (self.href != "/" and path.startswith(f"{self.href}/"))


def N_(message: str) -> str:
    """Mark a message for extraction; it is translated where it is shown."""
    return message


NAV = (
    Destination("/", N_("Overview"), icon="layout-dashboard", key="o", phone="left"),
    Destination("/transactions", N_("Transactions"), icon="arrow-left-right", key="t", phone="left"),
    Destination("/accounts", N_("Accounts"), icon="landmark", key="a", phone="right"),
    Destination("/categories", N_("Categories"), icon="tags", key="c"),
    Destination("/rules", N_("Rules"), icon="wand-sparkles", key="u"),
    Destination("/imports", N_("Import"), icon="upload", key="m"),
    Destination("/activity", N_("Activity"), icon="history", key="h"),
    Destination("/settings", N_("Settings"), icon="settings", key="e", place="foot"),
)
