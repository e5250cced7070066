"""What somebody may do in another's book: a viewer looks, an editor keeps the books, an owner changes the book."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app import db
from app.models import Base, BookRole
from tests.support.entries import enter
from tests.support.journal import latest, save
from tests.support.route_examples import EXAMPLES, REFERENCES, Example, make_rows
from tests.support.routes import PRIVATE_ROUTES
from tests.support.sharing import demote, guest


@pytest.fixture
def viewer(application, alice, bob, run):
    return guest(application, alice, bob, BookRole.VIEWER, run)


@pytest.fixture
def editor(application, alice, bob, run):
    return guest(application, alice, bob, BookRole.EDITOR, run)


def test_an_editor_does_not_take_back_what_an_owner_set(alice, editor):
    save(alice, first_day_of_month="25")
    changed = alice.work(lambda services: latest(services, "book"))
    for answer in (editor.post(f"/activity/{changed}/undo"), editor.api("POST", f"/api/v1/changes/{changed}/undo")):
        assert answer.status_code == 403
        assert "an owner" in answer.text
    assert alice.post(f"/activity/{changed}/undo").status_code == 303
    redo = alice.work(lambda services: latest(services, "book"))
    assert editor.post(f"/activity/{redo}/undo").status_code == 403


def test_an_editor_takes_back_an_entry_of_an_owner(alice, editor):
    enter(alice, "2026-03-14", "-5.00", "groceries")
    changed = alice.work(lambda services: latest(services, "transaction"))
    assert editor.post(f"/activity/{changed}/undo").status_code == 303


#: What is the person's and not the book's.
OWN = {"user", "profile", "auth_session", "api_token", "refresh_token", "security_event", "attempt", "one_time_link"}


async def held(book_id):
    """How many rows each table has of this book."""
    async with db.read_session() as session:
        found = {}
        for table in Base.metadata.sorted_tables:
            if "book_id" in table.c and table.name not in OWN:
                count = select(func.count()).select_from(table).where(table.c.book_id == book_id)
                found[table.name] = await session.scalar(count)
        return found


def test_a_viewer_changes_nothing_of_the_book(alice, viewer, run):
    """Each request is valid: the owner could send it."""
    changing = [each for each in PRIVATE_ROUTES if each.method != "GET" and each.policy == "member"]
    examples = {each: {**EXAMPLES, **REFERENCES}.get(str(each), Example()) for each in changing}
    rows = {route: make_rows(alice, route, example) for route, example in examples.items()}
    book_id = alice.work(_book)
    before = run(held, book_id)
    for route, example in examples.items():
        answer = example.send(viewer, route, rows[route])
        assert answer.status_code < 500, route
        if not route.handler.opt.keys() & {"own_only", "reads"}:
            assert answer.status_code == 403, route
    assert run(held, book_id) == before


async def _book(services):
    return services.member.book.id


@pytest.mark.parametrize("path", ["/", "/transactions/", "/accounts/", "/settings", "/forecast"])
def test_a_page_that_was_kept_is_closed_to_who_was_removed(alice, viewer, run, path):
    enter(alice, "2026-03-14", "-5.00", "groceries", payee="Hidden Bakery")
    assert viewer.get(path).status_code == 200
    assert viewer.get(path).status_code == 200
    demote(alice, viewer, None, run)
    after = viewer.get(path)
    assert after.status_code == 200  # of Bob's own book
    assert "Hidden Bakery" not in after.text
    assert viewer.api("GET", "/api/v1/transactions").status_code == 401
