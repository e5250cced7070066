"""Payees and tags over the API."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.models import Transaction
from app.schemas.transactions import TransactionIn

PAYEES, TAGS = "/api/v1/payees", "/api/v1/tags"


def book(person, payee="Shop", tags=()):
    async def work(services):
        return (await services.transactions.add(TransactionIn(payee=payee, amount="-10", tags=list(tags)))).id

    return person.work(work)


def found_by(person, word):
    async def work(services):
        query = select(Transaction.id).where(Transaction.search_text.contains(word))
        return sorted(await services.session.scalars(query))

    return person.work(work)


def named(person, url, name):
    key = url.rpartition("/")[2]
    return next(each for each in person.api("GET", url).json()[key] if each["name"] == name)


@pytest.mark.parametrize(("url", "longest"), [(PAYEES, 120), (TAGS, 40)])
def test_names_are_added_renamed_and_deleted(alice, url, longest):
    made = alice.api("POST", url, json={"name": "Kiosk"}).json()

    assert alice.api("PATCH", f"{url}/{made['id']}", json={"name": "Corner"}).json()["name"] == "Corner"
    assert alice.api("GET", f"{url}/{made['id']}").json()["name"] == "Corner"
    assert alice.api("POST", url, json={"name": "CORNER"}).status_code == 409
    for body in ({"name": ""}, {"name": "x" * (longest + 1)}, {"name": "a\x00"}, {"title": "x"}, {}):
        assert alice.api("POST", url, json=body).status_code == 400
    assert alice.api("DELETE", f"{url}/{made['id']}").status_code == 204
    assert alice.api("GET", f"{url}/{made['id']}").status_code == 404


def test_a_renamed_payee_is_found_under_its_new_name(alice):
    row = book(alice, "Shop")
    payee = named(alice, PAYEES, "Shop")
    alice.api("PATCH", f"{PAYEES}/{payee['id']}", json={"name": "Greengrocer"})

    assert found_by(alice, "greengrocer") == [row]
    assert found_by(alice, "shop") == []


def test_merged_payees_are_one_and_come_apart_again(alice):
    rows = [book(alice, "Shop"), book(alice, "Store")]
    one, other = named(alice, PAYEES, "Shop")["id"], named(alice, PAYEES, "Store")["id"]

    async def merge(services):
        await services.payees.merge(one, other)
        return services.journal.change_set_id

    change_set = alice.work(merge)
    assert found_by(alice, "store") == rows
    assert named(alice, PAYEES, "Store")["transactions"] == 2

    alice.work(lambda services: services.journal.undo(change_set))
    assert found_by(alice, "shop") == rows[:1]
    assert found_by(alice, "store") == rows[1:]


def test_a_payee_with_transactions_is_not_deleted(alice):
    book(alice)

    assert alice.api("DELETE", f"{PAYEES}/{named(alice, PAYEES, 'Shop')['id']}").status_code == 409


def test_merged_tags_are_counted_once(alice):
    book(alice, tags=["a", "b"])
    book(alice, tags=["a"])
    one, other = named(alice, TAGS, "a")["id"], named(alice, TAGS, "b")["id"]

    assert alice.api("POST", f"{TAGS}/{one}/merge", json={"into": other}).status_code == 200
    assert [(each["name"], each["transactions"]) for each in alice.api("GET", TAGS).json()["tags"]] == [("b", 2)]


def test_a_deleted_tag_can_be_brought_back(alice):
    book(alice, tags=["a"])

    async def delete(services):
        await services.tags.delete((await services.tags.all())[0][0])
        return services.journal.change_set_id

    change_set = alice.work(delete)
    assert alice.api("GET", TAGS).json()["tags"] == []
    alice.work(lambda services: services.journal.undo(change_set))
    assert named(alice, TAGS, "a")["transactions"] == 1


@pytest.mark.parametrize("url", [PAYEES, TAGS])
def test_they_are_private(alice, bob, url):
    own = f"{url}/{alice.api('POST', url, json={'name': 'Kiosk'}).json()['id']}"
    bobs = bob.api("POST", url, json={"name": "Bar"}).json()["id"]

    assert [bob.api(method, own).status_code for method in ("GET", "DELETE")] == [404, 404]
    assert bob.api("PATCH", own, json={"name": "Mine"}).status_code == 404
    assert bob.api("POST", f"{own}/merge", json={"into": bobs}).status_code == 404
    assert alice.api("POST", f"{own}/merge", json={"into": bobs}).status_code == 404
