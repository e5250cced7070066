"""A real server with a believable household, a real Chromium, and people who look at the pages."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
LAYOUTS = {
    f"{size} {looks}": (room, looks)
    for size, room in (("desktop", DESKTOP), ("phone", PHONE))
    for looks in ("light", "dark")
}
NOW = os.environ.get("SALDO_TEST_NOW", "2026-11-21T12:00Z")  # the server's; pages must not depend on the day
START = 120.0  # seconds that the server may take to answer, on a busy machine
PATIENCE = 15_000  # milliseconds that a step may take there
_names = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None and "chromium" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.skip(reason="no Chromium is installed"))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of ``saldo web`` with a data folder of its own, in which the demo household lives."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("saldo")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SALDO_", "DATABASE_", "REDIS_"))}
    environment = kept | {
        "PYTHONPATH": str(ROOT),
        "SALDO_DATA_DIR": str(folder),
        "SALDO_PORT": str(port),
        "SALDO_RATE_LIMIT_FACTOR": "1000",
    }
    command = [sys.executable, "-m", "tests.support.serve_at", NOW]
    subprocess.run([*command, "demo"], cwd=ROOT, env=environment, check=True, capture_output=True, timeout=180)
    with (folder / "web.log").open("wb") as log:
        process = subprocess.Popen([*command, "web"], cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_for(f"http://127.0.0.1:{port}/health", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(10)


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Return when the server answers."""
    give_up = time.monotonic() + START
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > give_up:
                raise
            time.sleep(0.05)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Chromium, for as long as this folder's tests run: Playwright keeps an event loop running in its thread."""
    arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


class Watched:
    """Windows of one test, and whatever their consoles said."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address
        self.contexts: list[BrowserContext] = []
        self.said: list[str] = []

    def window(self, **options: Any) -> Page:
        """A new window with its own cookies, 1440×900 and light unless asked otherwise."""
        chosen = {"viewport": DESKTOP, "color_scheme": "light", "base_url": self.address, "locale": "en-GB"} | options
        context = self.browser.new_context(**chosen)
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        return self.tab(context)

    def tab(self, context: BrowserContext) -> Page:
        page = context.new_page()
        page.on("console", lambda message: message.type in ("error", "warning") and self.hear(message.text))
        page.on("pageerror", lambda error: self.hear(str(error)))
        return page

    def hear(self, text: str) -> None:
        # A refused form (422) and a lost race (409) are answers; the browser notes each of them.
        if not re.search(r"Failed to load resource.*status of (409|422)", text):
            self.said.append(text)


@pytest.fixture
def windows(chromium: Browser, server: str) -> Iterator[Watched]:
    """Opens windows; when the test is over their consoles must have been silent, the policy's complaints included."""
    watched = Watched(chromium, server)
    yield watched
    for context in watched.contexts:
        context.close()
    assert watched.said == []


@pytest.fixture(scope="package")
def demo_cookies(chromium: Browser, server: str) -> Any:
    context = chromium.new_context(base_url=server)
    page = context.new_page()
    page.goto("/login")
    page.fill("[name=username]", "demo")
    page.fill("[name=password]", "open the books")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{server}/", timeout=PATIENCE)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def household(windows: Watched, demo_cookies: Any) -> Page:
    """A window of the demo household, to look at: tests that change something use ``page``."""
    return windows.window(storage_state=demo_cookies)


@pytest.fixture
def sign_up(windows: Watched) -> Callable[[Page], Page]:
    """Make somebody new in a window, by the page."""

    def made(page: Page) -> Page:
        page.goto("/signup")
        page.fill("[name=username]", f"guest-{os.getpid()}-{next(_names)}")
        page.fill("[name=password]", "correct horse battery")
        page.select_option("[name=currency]", "EUR")
        page.get_by_role("button", name="Create account").click()
        page.wait_for_url(f"{windows.address}/")
        return page

    return made


@pytest.fixture
def page(windows: Watched, sign_up: Callable[[Page], Page]) -> Page:
    """A window of somebody who has just signed up."""
    return sign_up(windows.window())


def book(page: Page, *lines: str) -> None:
    """Book lines of quick add (“bread 3.20”) without looking at the page in between, and show the list."""
    page.goto("/transactions")
    page.evaluate(
        """async (lines) => {
            const token = document.querySelector('meta[name=csrf-token]').content;
            for (const text of lines) {
                const answer = await fetch('/quick-add', {method: 'POST', body: new URLSearchParams({text}),
                    headers: {'X-CSRF-Token': token}});
                if (!answer.ok) throw new Error(`${text}: ${answer.status}`);
            }
        }""",
        list(lines),
    )
    page.goto("/transactions")
