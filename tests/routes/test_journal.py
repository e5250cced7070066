"""What happened, in words, and the way back."""

from __future__ import annotations

import re

import pytest

from tests.support.cases import each_case
from tests.support.entries import category, enter, findings

pytestmark = pytest.mark.postgresql_too


def newest(person):
    async def look(services):
        return (await services.journal.page(limit=1))[0].id

    return person.work(look)


def entries(person):
    async def look(services):
        return (await services.accounts.all())[0].balance_minor

    return person.work(look)


def test_each_change_is_told_with_who_did_it(alice):
    enter(alice, "2026-03-05", "-12.00", "coffee", payee="Kiosk")

    page = alice.get("/activity").text

    assert "Added Kiosk, −€12.00" in page
    assert "Alice" in page


def test_nothing_is_told_of_a_new_book(alice):
    assert alice.get("/activity").status_code == 200


@each_case("query", ["actor=rubbish", "before=rubbish", "before=-1", "before=99999999999999999999"])
def test_rubbish_in_the_address_is_left_out(alice, query):
    assert alice.get(f"/activity?{query}").status_code == 200


def test_the_filter_shows_one_actor(alice):
    enter(alice, "2026-03-05", "-12.00", "coffee", payee="Kiosk")

    assert "Kiosk" in alice.get("/activity?actor=user").text
    assert "Kiosk" not in alice.get("/activity?actor=import").text


def test_details_name_what_ids_stand_for(alice):
    row = enter(alice, "2026-03-05", "-12.00", "coffee", payee="Kiosk")
    groceries = category(alice, "groceries")
    alice.work(lambda services: services.transactions.recategorise(row, groceries))

    story = alice.get(f"/activity/{newest(alice)}").text

    assert "Coffee and snacks" in story
    assert "Groceries" in story
    assert "Kiosk" in story
    assert "category_id" not in story


def test_undo_takes_it_back_and_redo_does_it_again(alice):
    enter(alice, "2026-03-05", "-12.00", "coffee", payee="Kiosk")

    undone = alice.htmx("post", f"/activity/{newest(alice)}/undo")

    assert undone.status_code == 200
    assert "Undone" in undone.text
    assert entries(alice) == 0
    redo = re.search(r'action="(/activity/\d+/undo)"', undone.text)[1]

    assert alice.htmx("post", redo).status_code == 200
    assert entries(alice) == -1200
    assert findings(alice) == []


def test_undo_without_scripts_leads_back(alice):
    enter(alice, "2026-03-05", "-12.00", "coffee")

    answer = alice.post(f"/activity/{newest(alice)}/undo")

    assert (answer.status_code, answer.headers["location"].partition("?done=")[0]) == (303, "/activity")


def test_undo_is_refused_with_a_sentence_when_it_changed_since(alice):
    row = enter(alice, "2026-03-05", "-12.00", "coffee")
    first = newest(alice)
    groceries = category(alice, "groceries")
    alice.work(lambda services: services.transactions.recategorise(row, groceries))

    answer = alice.htmx("post", f"/activity/{first}/undo")

    assert answer.status_code == 409
    assert "changed since" in answer.text
    assert entries(alice) == -1200


def test_undo_works_once(alice):
    enter(alice, "2026-03-05", "-12.00", "coffee")
    change = newest(alice)
    alice.htmx("post", f"/activity/{change}/undo")

    assert alice.htmx("post", f"/activity/{change}/undo").status_code == 409


def test_the_sample_data_is_undone_as_a_whole(alice):
    alice.work(lambda services: services.sample_data.fill())

    assert alice.htmx("post", f"/activity/{newest(alice)}/undo").status_code == 200
    assert entries(alice) == 0
    assert alice.htmx("post", f"/activity/{newest(alice)}/undo").status_code == 409


def test_activity_is_private(alice, bob):
    enter(alice, "2026-03-05", "-12.00", "coffee", payee="Kiosk")
    change = newest(alice)

    assert "Kiosk" not in bob.get("/activity").text
    assert bob.get(f"/activity/{change}").status_code == 404
    assert bob.htmx("post", f"/activity/{change}/undo").status_code == 404
    assert entries(alice) == -1200


def test_a_long_past_continues(alice):
    for day in range(1, 29):
        enter(alice, f"2026-03-{day:02}", "-1.00", "coffee", payee=f"Kiosk {day}")
    for day in range(1, 8):
        enter(alice, f"2026-04-{day:02}", "-1.00", "coffee")

    page = alice.get("/activity").text
    more = re.search(r'hx-get="(/activity\?before=\d+)"', page)[1]

    assert "Kiosk 1, " not in page
    assert "Kiosk 1, " in alice.htmx("get", more).text
