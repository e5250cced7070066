"""Where one can go: the sidebar, the phone's bar, the palette and the g-shortcuts all read this list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.i18n import _


@dataclass(frozen=True, slots=True)
class Destination:
    """A page of the shell: ``key`` follows g, ``phone`` is its side of (+) in the bar below (else: More).

    ``also`` are the pages without a line of their own that belong to it.
    """

    href: str
    title: str
    icon: str
    key: str = ""
    phone: Literal["", "left", "right"] = ""
    place: Literal["main", "foot"] = "main"
    also: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The title in the reader's language."""
        return _(self.title)

    def is_current(self, path: str) -> bool:
        """Whether the page at this path belongs here."""
        return any(path == each or (each != "/" and path.startswith(f"{each}/")) for each in (self.href, *self.also))


def mark(message: str) -> str:
    """Mark a message for extraction; it is translated where it is shown."""
    return message


NAV = (
    Destination("/", mark("Overview"), icon="layout-dashboard", key="o", phone="left", also=("/inbox",)),
    Destination(
        "/transactions", mark("Transactions"), icon="arrow-left-right", key="t", phone="left", also=("/transfers",)
    ),
    Destination("/accounts", mark("Accounts"), icon="landmark", key="a", phone="right", also=("/currencies",)),
    Destination("/forecast", mark("Forecast"), icon="trending-up", key="f"),
    Destination("/categories", mark("Categories"), icon="tags", key="c", also=("/payees", "/tags")),
    Destination("/recurring", mark("Bills"), icon="calendar-clock", key="i"),
    Destination("/rules", mark("Rules"), icon="wand-sparkles", key="u"),
    Destination("/imports", mark("Import"), icon="upload", key="m"),
    Destination("/reports", mark("Reports"), icon="file-text", key="r"),
    Destination("/activity", mark("Activity"), icon="history", key="h"),
    Destination("/settings", mark("Settings"), icon="settings", key="e", place="foot", also=("/admin",)),
)


def current(path: str) -> str:
    """The address of the section that a path belongs to; empty for a page of none."""
    return next((each.href for each in NAV if each.is_current(path)), "")
