"""Every POST that makes something has its effect once for one Idempotency-Key, and keeps no secret for it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app import db
from app.models import IdempotencyKey
from tests.conftest import PASSWORD
from tests.one_loop import in_the_loop

KEY = {"Idempotency-Key": "once"}
MADE = [
    ("/api/v1/accounts", {"name": "Bank", "kind": "checking", "currency": "EUR"}, "accounts"),
    ("/api/v1/payees", {"name": "Baker"}, "payees"),
    ("/api/v1/tags", {"name": "holiday"}, "tags"),
    ("/api/v1/rules", {"when": {"payee_contains": "x"}, "then": {"payee": "Y"}}, "rules"),
    ("/api/v1/currency/rates", {"base": "EUR", "quote": "USD", "rate": "1.1", "as_of": "2026-03-01"}, "rates"),
]


def answers():
    async def work():
        async with db.read_session() as session:
            return [str(each) for each in await session.scalars(select(IdempotencyKey.answer))]

    return in_the_loop(work)


@pytest.mark.parametrize(("path", "body", "name"), MADE, ids=[each[2] for each in MADE])
def test_it_is_made_once(alice, bob, path, body, name):
    before = len(alice.api("GET", path).json()[name])
    first, again = (alice.api("POST", path, json=body, headers=KEY) for _each in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert len(alice.api("GET", path).json()[name]) == before + 1

    # another person's key of the same name is another key
    his = bob.api("POST", path, json=body, headers=KEY)
    assert his.status_code == 201
    assert his.json()["id"] != first.json()["id"]
    assert "idempotent-replayed" not in his.headers


def test_a_category_is_made_once(alice):
    group = alice.api("GET", "/api/v1/categories").json()["categories"][0]["group"]["name"]
    body = {"name": "Hens", "group": group, "kind": "expense"}
    first, again = (alice.api("POST", "/api/v1/categories", json=body, headers=KEY) for _each in range(2))
    assert (first.status_code, again.status_code) == (201, 201), first.text
    assert again.json() == first.json()


def test_a_token_is_made_once_and_not_kept(stranger, alice):
    access = stranger.client.post("/api/token/", json={"username": "alice", "password": PASSWORD}).json()["access"]
    headers = {"Authorization": f"Bearer {access}", **KEY}
    first, again = (
        stranger.client.post("/api/v1/tokens", json={"name": "script"}, headers=headers) for _each in range(2)
    )
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json()["id"] == first.json()["id"]
    assert "token" not in again.json()
    assert first.json()["token"] not in "".join(answers())


@pytest.mark.parametrize("key", ["x" * 201, "a\x01b"])
def test_a_key_that_cannot_be_kept_is_refused(alice, key):
    answer = alice.api("POST", "/api/v1/tags", json={"name": "x"}, headers={"Idempotency-Key": key})
    assert answer.status_code == 400
