"""The pages of payees and tags."""

from __future__ import annotations

import pytest

from app.schemas.transactions import TransactionIn


def book(person, payee, tags=()):
    async def work(services):
        await services.transactions.add(TransactionIn(payee=payee, amount="-10", tags=list(tags)))

    person.work(work)


def payee(person, name):
    async def work(services):
        return (await services.payees.named(name)).id

    return person.work(work)


def tag(person, name):
    async def work(services):
        return (await services.tags.named([name]))[0].id

    return person.work(work)


def test_payees_show_how_often_and_where_they_go(alice):
    book(alice, "Lidl")
    text = alice.get("/payees").text

    assert "Usually Groceries" in text
    assert "1 transaction" in text
    assert "No payee found" in alice.get("/payees?search=zzz").text
    assert "Lidl" in alice.htmx("get", "/payees?search=lid").text


def test_payees_that_are_alike_are_merged_in_one_click(alice):
    book(alice, "Corner Shop 12")
    book(alice, "CornerShop")
    assert "Possible duplicates" in alice.get("/payees").text

    answer = alice.htmx(
        "post", f"/payees/{payee(alice, 'CornerShop')}/merge", data={"into": payee(alice, "Corner Shop 12")}
    )
    assert answer.status_code == 200
    assert "2 transactions" in answer.text


def test_a_payee_is_renamed(alice):
    book(alice, "Shop")
    book(alice, "Bakery")
    url = f"/payees/{payee(alice, 'Shop')}"

    assert "Shop" in alice.get(f"{url}/edit").text
    assert "is the same payee" in alice.htmx("post", url, data={"name": "bakery"}).text
    assert alice.htmx("post", url, data={"name": " "}).status_code == 422
    assert "Kiosk" in alice.htmx("post", url, data={"name": "Kiosk"}).text
    assert alice.htmx("post", f"{url}/delete").status_code == 409


def test_tags_are_added_renamed_merged_and_deleted(alice):
    assert "No tags yet" in alice.get("/tags").text
    assert "trip" in alice.htmx("post", "/tags", data={"name": "trip"}).text
    assert alice.htmx("post", "/tags", data={"name": "Trip"}).status_code == 409
    one, other = tag(alice, "trip"), tag(alice, "work")

    assert "holiday" in alice.htmx("post", f"/tags/{one}", data={"name": "holiday"}).text
    assert alice.get(f"/tags/{one}/edit").status_code == 200
    assert "work" in alice.get(f"/tags/{one}/merge").text
    assert alice.htmx("post", f"/tags/{one}/merge", data={"into": other}).status_code == 200
    assert "No tags yet" in alice.htmx("post", f"/tags/{other}/delete").text


@pytest.mark.parametrize("noun", ["payees", "tags"])
def test_they_are_private(alice, bob, noun):
    url = f"/{noun}/{payee(alice, 'Shop') if noun == 'payees' else tag(alice, 'x')}"

    for path in ("edit", "merge"):
        assert bob.get(f"{url}/{path}").status_code == 404
    for path in ("", "/merge", "/delete"):
        assert bob.htmx("post", f"{url}{path}", data={"name": "x", "into": "1"}).status_code == 404
