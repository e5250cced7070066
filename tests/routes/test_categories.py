"""The page of categories and its forms."""

from __future__ import annotations

import pytest


def option(person, key):
    async def work(services):
        return (await services.categories.by_key())[key]

    return person.work(work)


FORM = {"name": "Bees", "icon": "leaf", "colour": "5"}


def form(person, **more):
    return FORM | {"group": str(option(person, "leisure").group_id)} | more


def test_the_page_shows_groups_and_categories(alice):
    text = alice.get("/categories").text

    assert "Everyday" in text
    assert "Groceries" in text
    assert "Unused" in text


def test_a_category_is_added_and_edited_in_place(alice):
    assert "Bees" in alice.htmx("post", "/categories", data=form(alice)).text
    pets = option(alice, "pets")
    assert "Pets" in alice.get(f"/categories/{pets.id}/edit").text

    answer = alice.htmx("post", f"/categories/{pets.id}", data=form(alice, name="Animals"))
    assert "Animals" in answer.text
    assert "/undo" in answer.text


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "Leisure"}, "with this name"),
        ({"icon": "dragon"}, "Unknown icon"),
        ({"group": "999999"}, "Choose a group"),
    ],
)
def test_what_is_wrong_is_said_in_the_form(alice, sent, words):
    for answer in (
        alice.htmx("post", "/categories", data=form(alice, **sent)),
        alice.post("/categories", data=form(alice, **sent)),
    ):
        assert answer.status_code in (409, 422)
        assert words in answer.text


def test_categories_are_archived_brought_back_moved_and_deleted(alice):
    pets = option(alice, "pets").id

    for verb in ("archive", "restore", "up", "down", "delete"):
        assert alice.htmx("post", f"/categories/{pets}/{verb}").status_code == 200
    assert alice.htmx("post", f"/categories/{pets}/up").status_code == 404


def test_a_category_is_merged(alice):
    pets, gifts = option(alice, "pets").id, option(alice, "gifts").id
    assert "Choose" in alice.get(f"/categories/{pets}/merge").text

    assert alice.htmx("post", f"/categories/{pets}/merge", data={"into": ""}).status_code == 422
    assert alice.post(f"/categories/{pets}/merge", data={"into": str(gifts)}).status_code == 303
    assert "Pets" not in alice.get("/categories").text


def test_groups_are_added_renamed_moved_and_deleted(alice):
    assert "Hobbies" in alice.htmx("post", "/categories/groups", data={"name": "Hobbies", "kind": "expense"}).text
    assert alice.htmx("post", "/categories/groups", data={"name": "HOBBIES", "kind": "expense"}).status_code == 409

    async def last(services):
        return (await services.categories.all_groups())[-1].id

    group = alice.work(last)
    assert "Fun" in alice.htmx("post", f"/categories/groups/{group}", data={"name": "Fun"}).text
    assert alice.htmx("post", f"/categories/groups/{group}/up").status_code == 200
    assert alice.htmx("post", f"/categories/groups/{group}/delete").status_code == 200
    assert alice.htmx("post", f"/categories/groups/{option(alice, 'pets').group_id}/delete").status_code == 409


def test_it_is_private(alice, bob):
    pets = option(alice, "pets")

    for path in ("edit", "merge"):
        assert bob.get(f"/categories/{pets.id}/{path}").status_code == 404
    assert bob.get(f"/categories/groups/{pets.group_id}/edit").status_code == 404
    for path in (f"{pets.id}", f"{pets.id}/delete", f"{pets.id}/merge", f"groups/{pets.group_id}"):
        assert bob.htmx("post", f"/categories/{path}", data=form(bob, into="1")).status_code == 404
    assert bob.htmx("post", f"/categories/groups/{pets.group_id}/delete").status_code == 404
