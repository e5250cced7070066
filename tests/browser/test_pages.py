"""Every page of the shell: accessible, silent, within the screen, and light on the wire."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from playwright.sync_api import Page

from app.web.nav import NAV
from tests.browser.conftest import DESKTOP, LAYOUTS, PHONE, ROOT, Watched, book

MORE = (
    "/rules", "/reports/year", "/categories/1", "/payees", "/tags", "/currencies", "/rules/new", "/transactions/new",
    "/transfers/new", "/accounts/1",
    "/accounts/1/reconcile", "/transactions/20", "/settings/book", "/settings/security", "/settings/tokens",
)  # fmt: skip
PAGES = [*(each.href for each in NAV), *MORE]
STRANGERS = ["/login", "/signup", "/forgot"]
EVERYTHING = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
CONTRAST = {"type": "rule", "values": ["color-contrast"]}
WIDTH = {"type": "rule", "values": ["target-size", "scrollable-region-focusable", "landmark-unique", "button-name"]}
RULES = {"desktop light": EVERYTHING, "desktop dark": CONTRAST, "phone light": WIDTH, "phone dark": WIDTH}
AXE = Path(__file__).parent / "vendor" / "axe.min.js"


def findings(page: Page, only: object) -> list[str]:
    """What axe-core objects to; its source goes in by the debugger, which the page's policy does not bind."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        session = page.context.new_cdp_session(page)
        session.send("Runtime.evaluate", {"expression": AXE.read_text(), "allowUnsafeEvalBlockedByCSP": True})
        session.detach()
    return page.evaluate(
        """async (only) => (await axe.run(document, {runOnly: only, resultTypes: ['violations']})).violations
            .map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.html.slice(0, 150)).join(' | ')}`)""",
        only,
    )


INK = {"light": "rgb(21, 33, 31)", "dark": "rgb(234, 241, 238)"}  # the tokens' --ink


def looked_at(page: Page) -> dict[str, list[str]]:
    """The findings in each layout: every rule in the first, then what a theme or a width can change."""
    found = {}
    for name, (room, looks) in LAYOUTS.items():
        page.set_viewport_size(room)
        page.emulate_media(color_scheme=looks, reduced_motion="reduce")
        page.wait_for_function(  # the new theme is drawn a frame later
            "ink => getComputedStyle(document.documentElement).color === ink", arg=INK[looks]
        )
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        if problems := findings(page, RULES[name]):
            found[name] = problems
    return found


def lost(page: Page) -> list[str]:
    """Links and fields that ask for what there is no place for; a form of a sheet is sent without a script then."""
    return page.evaluate(
        """[...document.querySelectorAll('[hx-get][hx-target^="#"]')]
            .filter((each) => !document.querySelector(each.getAttribute('hx-target')))
            .map((each) => each.outerHTML.slice(0, 150))"""
    )


def too_wide(page: Page) -> list[int]:
    """The widths at which the page scrolls sideways."""
    wide = []
    for width in (320, 390, 768, 1024, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(width)
    return wide


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_accessible_silent_and_within_the_screen(household: Page, path: str) -> None:
    answer = household.goto(path)
    assert answer is not None
    assert answer.status == 200
    assert looked_at(household) == {}
    assert too_wide(household) == []
    assert lost(household) == []
    assert household.evaluate("document.querySelectorAll('*').length") <= 1500


def test_long_names_and_large_amounts_stay_within_the_screen(page: Page) -> None:
    book(page, "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk 1234567890.12", "مقهى الأمل الكبير 3.50")
    for path in ("/", "/transactions", "/accounts", "/reports", "/inbox", "/payees"):
        page.goto(path)
        assert too_wide(page) == [], path


def test_letters_of_twice_their_size_stay_within_a_phone(household: Page) -> None:
    household.set_viewport_size({"width": 390, "height": 844})
    wide = []
    for path in PAGES:
        household.goto(path)
        household.evaluate("document.documentElement.style.fontSize = '200%'")
        if household.evaluate("document.documentElement.scrollWidth > 390"):
            wide.append(path)
    assert not wide


@pytest.mark.parametrize("path", STRANGERS)
def test_a_page_before_the_door_is_as_good(windows: Watched, path: str) -> None:
    page = windows.window()
    page.goto(path)
    assert looked_at(page) == {}
    assert too_wide(page) == []


@pytest.mark.parametrize("opened", ["#palette", "#shortcuts", "#more"])
def test_a_dialog_is_accessible(household: Page, opened: str) -> None:
    household.set_viewport_size(PHONE if opened == "#more" else DESKTOP)
    household.goto("/")
    household.locator(
        f"[data-open='{opened}']:visible"
    ).first.click() if opened != "#shortcuts" else household.keyboard.press("?")
    household.wait_for_selector(f"{opened}[open]")
    assert findings(household, EVERYTHING) == []


def test_scripts_and_styles_stay_small() -> None:
    static = ROOT / "app" / "static"
    size = {name: len(gzip.compress((static / name).read_bytes(), 9)) for name in ("app.js", "app.css")}
    assert size["app.js"] <= 25_000
    assert size["app.css"] <= 18_000


def test_the_first_visit_is_light(windows: Watched, demo_cookies: object) -> None:
    page = windows.window(storage_state=demo_cookies)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    bytes_of: dict[str, float] = {}
    session.on(
        "Network.loadingFinished", lambda event: bytes_of.update({event["requestId"]: event["encodedDataLength"]})
    )
    page.goto("/", wait_until="networkidle")
    assert 0 < sum(bytes_of.values()) <= 130_000, json.dumps(bytes_of)
    elsewhere = page.evaluate(
        "performance.getEntriesByType('resource').map((each) => each.name).filter((name) => !name.startsWith(origin))"
    )
    assert elsewhere == []
