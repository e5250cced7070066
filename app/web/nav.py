"""Pages of the navigation, used by sidebar, tab bar, command palette and shortcuts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.i18n import _, mark


@dataclass(frozen=True, slots=True)
class Destination:
    """A page of the navigation.

    ``key`` follows g in a shortcut, a change of ``group`` draws a line, ``phone`` is the side of (+) in the tab bar
    (without it the page is under More). ``also`` are further paths that belong to the page.
    """

    href: str
    title: str
    icon: str
    key: str
    group: Literal["money", "plan", "reports", "setup", "foot"]
    phone: Literal["", "left", "right"] = ""
    also: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Return the translated title."""
        return _(self.title)

    def is_current(self, path: str) -> bool:
        """Return whether the page at this path belongs to the destination."""
        return any(path == each or (each != "/" and path.startswith(f"{each}/")) for each in (self.href, *self.also))


REVIEW = "/inbox"
NAV = (
    Destination("/", mark("Overview"), icon="layout-dashboard", key="o", group="money", phone="left"),
    Destination(
        "/transactions",
        mark("Transactions"),
        icon="arrow-left-right",
        key="t",
        group="money",
        phone="left",
        also=("/transfers",),
    ),
    Destination(REVIEW, mark("Review"), icon="inbox", key="v", group="money", phone="right"),
    Destination("/accounts", mark("Accounts"), icon="landmark", key="a", group="money", also=("/currencies",)),
    Destination("/recurring", mark("Bills"), icon="calendar-clock", key="i", group="plan"),
    Destination("/forecast", mark("Forecast"), icon="trending-up", key="f", group="plan"),
    Destination("/reports", mark("Reports"), icon="file-text", key="r", group="reports"),
    Destination("/imports", mark("Import"), icon="upload", key="m", group="setup"),
    Destination(
        "/categories", mark("Categories"), icon="tags", key="c", group="setup", also=("/payees", "/tags", "/rules")
    ),
    Destination("/activity", mark("Activity"), icon="history", key="h", group="setup"),
    Destination("/settings", mark("Settings"), icon="settings", key="s", group="foot", also=("/admin",)),
)


def current(path: str) -> str:
    """Return the path of the destination that a path belongs to, or an empty string."""
    return next((each.href for each in NAV if each.is_current(path)), "")
