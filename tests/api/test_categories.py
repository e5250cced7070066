"""Categories over the API."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.models import MonthTotal
from app.schemas.transactions import SplitIn, TransactionIn
from tests.support.cases import each_case

URL = "/api/v1/categories"


def add(person, **more):
    return person.api("POST", URL, json={"name": "Bees", "group": "Free time", **more})


def of(person, key):
    listed = person.api("GET", f"{URL}?limit=100").json()["categories"]
    return next(each for each in listed if each["key"] == key)


def book(person, **more):
    async def work(services):
        return (await services.transactions.add(TransactionIn(payee="Shop", amount="-10", **more))).id

    return person.work(work)


def months(person):
    async def work(services):
        rows = await services.session.execute(
            select(MonthTotal.category_id, MonthTotal.out_minor).where(
                MonthTotal.book_id == services.member.book.id, MonthTotal.count > 0
            )
        )
        return dict(tuple(row) for row in rows)

    return person.work(work)


def test_a_category_is_added_to_a_group(alice):
    body = add(alice, icon="leaf", colour=5).json()

    assert (body["name"], body["group"]["name"], body["kind"]) == ("Bees", "Free time", "expense")
    assert alice.api("GET", f"{URL}/{body['id']}").json() == body


def test_a_new_group_is_made_by_its_name(alice):
    body = add(alice, group="Hobbies", kind="expense").json()

    assert body["group"]["name"] == "Hobbies"
    assert add(alice, name="Ants", group=body["group"]["id"]).status_code == 201


@each_case(
    ("sent", "status", "field"),
    [
        ({"group": "Hobbies"}, 400, "kind"),
        ({"group": 10**9}, 400, "group"),
        ({"kind": "income"}, 400, "kind"),
        ({"name": ""}, 400, "name"),
        ({"name": "leisure"}, 409, "name"),
        ({"colour": 9}, 400, "colour"),
        ({"icon": "dragon"}, 400, "icon"),
        ({"size": 1}, 400, "size"),
    ],
)
def test_bad_input_is_said_at_its_field(alice, sent, status, field):
    answer = add(alice, **sent)

    assert answer.status_code == status
    assert answer.json()["errors"][0]["field"] == field


def test_a_category_is_renamed_moved_and_archived(alice):
    made = add(alice).json()
    body = alice.api("PATCH", f"{URL}/{made['id']}", json={"name": "Wasps", "group": "Home", "archived": True}).json()

    assert (body["name"], body["group"]["name"], body["archived"]) == ("Wasps", "Home", True)
    assert alice.api("PATCH", f"{URL}/{made['id']}", json={"group": "Income"}).status_code == 400


def test_only_an_unused_category_is_deleted(alice):
    made = add(alice).json()
    book(alice, category=made["id"])

    assert alice.api("DELETE", f"{URL}/{made['id']}").status_code == 409
    assert alice.api("DELETE", f"{URL}/{of(alice, 'pets')['id']}").status_code == 204


def test_a_merge_moves_transactions_splits_and_rules_and_can_be_undone(alice):
    one, other = of(alice, "pets")["id"], of(alice, "gifts")["id"]
    book(alice, category=one)
    book(alice, splits=[SplitIn(category=one, amount="-4"), SplitIn(category=other, amount="-6")])
    alice.api("POST", "/api/v1/rules", json={"when": {"payee_contains": "zoo"}, "then": {"category": one}})
    before = months(alice)

    async def merge(services):
        await services.categories.merge(one, other)
        return services.journal.change_set_id

    change_set = alice.work(merge)
    assert months(alice) == {other: 2000}
    assert alice.api("GET", f"{URL}/{one}").status_code == 404
    assert alice.api("GET", "/api/v1/rules").json()["rules"][0]["then"] == {"category": other}

    alice.work(lambda services: services.journal.undo(change_set))
    assert months(alice) == before == {one: 1400, other: 600}
    assert alice.api("GET", "/api/v1/rules").json()["rules"][0]["then"] == {"category": one}


@pytest.mark.parametrize("into", ["itself", "income", "archived", "bobs"])
def test_a_merge_needs_another_category_of_the_same_kind(alice, bob, into):
    one = of(alice, "pets")["id"]
    archived = add(alice).json()["id"]
    alice.api("PATCH", f"{URL}/{archived}", json={"archived": True})
    targets = {"itself": one, "income": of(alice, "salary")["id"], "archived": archived, "bobs": of(bob, "pets")["id"]}

    answer = alice.api("POST", f"{URL}/{one}/merge", json={"into": targets[into]})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "into"


def test_it_is_private(alice, bob):
    url = f"{URL}/{add(alice).json()['id']}"

    assert [bob.api(method, url).status_code for method in ("GET", "DELETE")] == [404, 404]
    assert bob.api("PATCH", url, json={"name": "Mine"}).status_code == 404
    assert bob.api("POST", f"{url}/merge", json={"into": of(bob, "pets")["id"]}).status_code == 404
