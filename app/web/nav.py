"""Where one can go: the sidebar, the phone's bar, the palette and the g-shortcuts all read this list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.i18n import _


@dataclass(frozen=True, slots=True)
class Destination:
    """A page of the shell: ``key`` follows g, ``phone`` is its side of (+) in the bar below (else: More)."""

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


def mark(message: str) -> str:
    """Mark a message for extraction; it is translated where it is shown."""
    return message


NAV = (
    Destination("/", mark("Overview"), icon="layout-dashboard", key="o", phone="left"),
    Destination("/transactions", mark("Transactions"), icon="arrow-left-right", key="t", phone="left"),
    Destination("/accounts", mark("Accounts"), icon="landmark", key="a", phone="right"),
    Destination("/forecast", mark("Forecast"), icon="trending-up", key="f"),
    Destination("/categories", mark("Categories"), icon="tags", key="c"),
    Destination("/recurring", mark("Bills"), icon="calendar-clock", key="i"),
    Destination("/rules", mark("Rules"), icon="wand-sparkles", key="u"),
    Destination("/imports", mark("Import"), icon="upload", key="m"),
    Destination("/reports", mark("Reports"), icon="file-text", key="r"),
    Destination("/activity", mark("Activity"), icon="history", key="h"),
    Destination("/settings", mark("Settings"), icon="settings", key="e", place="foot"),
)


def current(path: str) -> str:
    """The address of the section that a path belongs to; empty for a page of none."""
    return next((each.href for each in NAV if each.is_current(path)), "")
