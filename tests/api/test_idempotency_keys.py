"""Every POST that makes something has its effect once for one Idempotency-Key, and keeps no secret for it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from app import db
from app.models import IdempotencyKey
from app.models.base import now
from tests.conftest import PASSWORD
from tests.support.event_loop import Client, in_the_loop
from tests.support.routes import ROUTES

KEY, OTHER = {"Idempotency-Key": "once"}, {"Idempotency-Key": "another"}
MADE = [
    ("/api/v1/accounts", {"name": "Bank", "kind": "checking", "currency": "EUR"}, "accounts"),
    ("/api/v1/payees", {"name": "Baker"}, "payees"),
    ("/api/v1/tags", {"name": "holiday"}, "tags"),
    ("/api/v1/rules", {"when": {"payee_contains": "x"}, "then": {"payee": "Y"}}, "rules"),
    (
        "/api/v1/recurring",
        {"payee": "Rent", "kind": "bill", "amount": "800", "cadence": "monthly", "starts_on": "2026-03-01"},
        "recurring",
    ),
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
        stranger.client.post("/api/v1/tokens", json={"name": "script", "password": PASSWORD}, headers=headers)
        for _each in range(2)
    )
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json()["id"] == first.json()["id"]
    assert "token" not in again.json()
    assert first.json()["token"] not in "".join(answers())


@pytest.mark.parametrize("key", ["x" * 201, "a\x01b"])
def test_a_key_that_cannot_be_kept_is_refused(alice, key):
    answer = alice.api("POST", "/api/v1/tags", json={"name": "x"}, headers={"Idempotency-Key": key})
    assert answer.status_code == 400


#: Others that make something, and where their repeats are tried.
ELSEWHERE = {
    "/api/expenses",
    "/api/users/create",
    "/api/v1/auth/register",
    "/api/v1/categories",
    "/api/v1/tokens",
    "/api/v1/transactions",
    "/api/v1/transactions/import",
    "/api/v1/transfers",
}


def test_nothing_that_is_made_is_left_out():
    making = {
        each.path
        for each in ROUTES
        if each.method == "POST" and each.path.startswith("/api/") and each.handler.status_code == 201
    }
    assert making == ELSEWHERE | {path for path, _body, _name in MADE}


NEWCOMERS = [
    ("/api/v1/auth/register", {"email": "dora@example.org", "username": "dora", "password": PASSWORD}),
    ("/api/v1/auth/register", {"email": "dora@example.org", "password": PASSWORD}),
    ("/api/users/create/", {"username": "dora", "password": PASSWORD}),
]


def tokens(answer):
    body = answer.json()
    return {body.pop(name) for name in ("access", "refresh", "access_token", "refresh_token") if name in body}, body


@pytest.mark.parametrize(("path", "body"), NEWCOMERS)
def test_an_account_is_made_once(stranger, database, path, body):
    first, again = (stranger.client.post(path, json=body, headers=KEY) for _each in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    (secrets, shown), (others, shown_again) = tokens(first), tokens(again)
    assert shown == shown_again
    assert not secrets & others  # a secret is told once; the account is the same
    assert again.headers["idempotent-replayed"] == "true"
    for access in (secrets | others) - {first.json().get("refresh"), again.json().get("refresh")}:
        if access.count(".") == 2:
            answer = stranger.client.get("/api/v1/me", headers={"Authorization": f"Bearer {access}"})
            assert answer.status_code == 200
    for refusal in (stranger.client.post(path, json=body), stranger.client.post(path, json=body, headers=OTHER)):
        assert refusal.status_code in (400, 409)
        assert "taken" in refusal.text or "already" in refusal.text


@pytest.mark.parametrize("changed", [{"password": "another fine phrase"}, {"username": "erin"}, {"name": "Dora"}])
def test_an_accounts_key_is_for_one_request(stranger, database, changed):
    path, body = NEWCOMERS[0]
    if "username" in changed:
        changed = {**changed, "email": "erin@example.org"}
    assert stranger.client.post(path, json=body, headers=KEY).status_code == 201
    answer = stranger.client.post(path, json={**body, **changed}, headers=KEY)
    assert answer.status_code == 409
    assert "Idempotency-Key" in answer.json()["detail"]
    free = stranger.client.post(path, json={**body, **changed, "username": "erin", "email": "erin@example.org"})
    assert free.status_code == 201  # nothing was made of it


def test_of_accounts_made_at_once_with_one_key_there_is_one(database, application):
    path, body = NEWCOMERS[0]
    other = {**body, "username": "erin", "email": "erin@example.org"}

    def sign_up(wanted):
        client = Client(application, base_url="http://localhost:8000", raise_server_exceptions=False)
        return client.post(path, json=wanted, headers=KEY).status_code

    with ThreadPoolExecutor(6) as pool:
        codes = list(pool.map(sign_up, [body, other] * 3))
    assert sorted(codes) == [201] * 3 + [409] * 3
    assert codes[::2] in ([201] * 3, [409] * 3)


def test_the_key_of_an_account_opens_nothing_without_its_password(stranger, alice):
    path = "/api/v1/auth/register"
    body = {"email": "alice@example.org", "username": "alice", "password": PASSWORD}
    assert stranger.client.post(path, json=body, headers=KEY).status_code == 409
    assert PASSWORD not in "".join(answers())


def test_a_newcomers_key_can_be_used_again_after_a_day(stranger, database):
    path, body = NEWCOMERS[0]
    assert stranger.client.post(path, json=body, headers=KEY).status_code == 201
    other = {**body, "username": "erin", "email": "erin@example.org"}
    with time_machine.travel(now() + timedelta(hours=25)):
        assert stranger.client.post(path, json=other, headers=KEY).status_code == 201
