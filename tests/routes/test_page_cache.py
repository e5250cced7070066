"""Pages are rendered once and reused until their book changes; nobody is shown an old or a foreign one."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import Engine, event

from app.web import csrf
from tests.support.journal import book

pytestmark = pytest.mark.postgresql_too


@pytest.fixture
def statements():
    """The statements since the last look."""
    said = []

    def note(_connection, _cursor, statement, *_):
        if not statement.startswith("BEGIN"):
            said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)

    def since():
        found = said[:]
        said.clear()
        return found

    yield since
    event.remove(Engine, "before_cursor_execute", note)


def test_the_second_look_only_asks_who_is_looking(alice, statements):
    first = alice.get("/")
    assert len(statements()) > 1

    again = alice.get("/")
    assert len(statements()) == 1
    assert again.text == first.text
    assert again.headers["content-type"] == first.headers["content-type"]


def test_a_change_of_the_book_is_seen_at_once(alice):
    alice.get("/")
    alice.work(lambda services: book(services, -4321, memo="Something new"))
    month = f"{date(2026, 3, 1):%Y-%m}"

    assert "43.21" in alice.get(f"/?month={month}").text
    alice.work(lambda services: book(services, -100, memo="Something newer"))
    assert "44.21" in alice.get(f"/?month={month}").text


def test_each_browser_gets_its_own_token(alice):
    first = alice.get("/")
    one = re.search(r'name="csrf-token" content="([^"]+)"', first.text)[1]
    del alice.client.cookies["csrf"]
    other = re.search(r'name="csrf-token" content="([^"]+)"', alice.get("/").text)[1]

    assert one != other
    assert csrf.verified(one, alice.client.cookies["saldo"])
    assert csrf.verified(other, alice.client.cookies["saldo"])
    assert csrf.TOKEN_PLACEHOLDER not in first.text


def test_it_is_private(alice, bob):
    alice.work(lambda services: book(services, -98765))
    alice.get("/?month=2026-03")

    assert "987.65" not in bob.get("/?month=2026-03").text
    assert bob.get("/").status_code == 200


@pytest.mark.parametrize("path", ["/accounts", "/settings"])  # kept as a whole, and drawn each time
def test_the_shell_around_a_page_is_the_readers_own(alice, bob, path):
    seen = set()
    for reader in (alice, bob, alice):
        text = reader.get(path).text
        tokens = set(re.findall(r'name="(?:_csrf_token|csrf-token)" (?:value|content)="([^"]+)"', text))
        assert len(tokens) == 1
        seen |= tokens
        side = text.partition("</aside>")[0]
        assert re.findall(r'href="([^"]+)"[^>]* aria-current="page"', side) == [path]
    assert len(seen) == 2


def test_the_shell_follows_what_its_reader_changes(alice):
    assert 'name="theme" value="dark"' in alice.get("/settings").text
    alice.post("/settings/theme", {"theme": "dark"})
    assert 'name="theme" value="light"' in alice.get("/settings").text
