"""Log-in for programs: tokens that are made, rotate, and end."""

from __future__ import annotations

import datetime

import jwt
import pytest
import time_machine

from app.services.tokens import AUDIENCE, key
from tests.conftest import PASSWORD
from tests.support.cases import each_case


class Client:
    """A program without cookies."""

    def __init__(self, browser):
        self.client = browser.client
        self.client.cookies.clear()

    def post(self, path, body, token=""):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.client.post(path, json=body, headers=headers)

    def get(self, path, token):
        return self.client.get(path, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def program(stranger):
    return Client(stranger)


@pytest.fixture
def pair(program):
    answer = program.post("/api/token/", {"username": "alice", "password": PASSWORD})
    assert answer.status_code == 200
    return answer.json()


def test_the_seeds_sign_up_answers_in_its_shape(program):
    body = {"username": "erin", "password": PASSWORD, "email": "erin@example.org", "first_name": "Erin", "x": 1}
    answer = program.post("/api/users/create/", body)
    assert answer.status_code == 201
    made = answer.json()
    assert set(made) == {"id", "username", "email", "first_name", "last_name", "access", "refresh"}
    me = program.get("/api/users/me/", made["access"]).json()
    assert me["username"] == "erin"
    assert me["profile"]["preferred_currency"] == "EUR"
    assert me["onboarding_status"] == "not_started"


@each_case(
    ("change", "field"),
    [({"username": "alice"}, "username"), ({"password": "short"}, "password"), ({"email": "nonsense"}, "email")],
)
def test_the_seeds_sign_up_refuses_with_400_at_the_field(program, change, field):
    answer = program.post("/api/users/create/", {"username": "erin", "password": PASSWORD, **change})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize("name", ["alice", "nobody"])
def test_a_wrong_password_is_401_in_the_same_words(program, name):
    answer = program.post("/api/token/", {"username": name, "password": "wrong"})
    assert answer.status_code == 401
    assert answer.json()["detail"] == "Wrong username or password."


def test_a_refresh_token_presented_again_returns_its_unused_successor(program, pair):
    fresh, again = (program.post("/api/token/refresh/", {"refresh": pair["refresh"]}).json() for _each in range(2))
    assert again["refresh"] == fresh["refresh"]
    assert program.get("/api/users/me/", again["access"]).status_code == 200
    assert program.post("/api/token/refresh/", {"refresh": fresh["refresh"]}).status_code == 200


def test_a_refresh_token_presented_after_a_minute_ends_the_family(program, pair):
    fresh = program.post("/api/token/refresh/", {"refresh": pair["refresh"]}).json()
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=61)):
        assert program.post("/api/token/refresh/", {"refresh": pair["refresh"]}).status_code == 401
        assert program.post("/api/token/refresh/", {"refresh": fresh["refresh"]}).status_code == 401
        assert program.get("/api/users/me/", fresh["access"]).status_code == 401


def test_a_refresh_token_presented_after_its_successor_ends_the_family(program, pair):
    fresh = program.post("/api/token/refresh/", {"refresh": pair["refresh"]}).json()
    fresh = program.post("/api/token/refresh/", {"refresh": fresh["refresh"]}).json()
    assert program.get("/api/users/me/", fresh["access"]).status_code == 200
    assert program.post("/api/token/refresh/", {"refresh": pair["refresh"]}).status_code == 401
    assert program.post("/api/token/refresh/", {"refresh": fresh["refresh"]}).status_code == 401
    assert program.get("/api/users/me/", fresh["access"]).status_code == 401


def test_a_refresh_token_is_no_access_token(program, pair):
    assert program.get("/api/users/me/", pair["refresh"]).status_code == 401


@each_case(
    "change", [{"typ": "refresh"}, {"aud": "other"}, {"aud": [AUDIENCE, "x"]}, {"iss": "x"}, {"exp": 1}, {"jti": None}]
)
def test_an_access_token_with_another_claim_is_refused(program, pair, change):
    claims = jwt.decode(pair["access"], key(), algorithms=["HS256"], audience=AUDIENCE)
    forged = {name: value for name, value in {**claims, **change}.items() if value is not None}
    assert program.get("/api/users/me/", jwt.encode(forged, key(), "HS256")).status_code == 401


def test_an_unsigned_or_foreign_token_is_refused(program, pair):
    claims = jwt.decode(pair["access"], key(), algorithms=["HS256"], audience=AUDIENCE)
    assert program.get("/api/users/me/", jwt.encode(claims, "x" * 40, "HS256")).status_code == 401
    assert program.get("/api/users/me/", jwt.encode(claims, None, "none")).status_code == 401


def test_logging_out_ends_access_at_once(program):
    made = program.post("/api/v1/auth/login", {"email": "alice@example.org", "password": PASSWORD}).json()
    body = {"refresh_token": made["refresh_token"]}
    assert program.post("/api/v1/auth/logout", body, made["access_token"]).status_code == 204
    assert program.get("/api/v1/me", made["access_token"]).status_code == 401


def test_registering_twice_is_a_conflict(program):
    body = {"email": "frank@example.org", "password": PASSWORD, "name": "Frank"}
    made = program.post("/api/v1/auth/register", body)
    assert made.status_code == 201
    assert made.json()["user"]["email"] == "frank@example.org"
    assert program.post("/api/v1/auth/register", body).status_code == 409


def test_unknown_fields_are_refused_by_v1_and_named(program):
    answer = program.post("/api/v1/auth/login", {"email": "a@b.example", "password": "x", "role": "admin"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "role"


@each_case("body", [b"{", b"[]", b'{"username": "\\ud800", "password": "x"}', b'"x"', b"null", b""])
def test_a_body_that_is_no_credentials_is_400(program, body):
    answer = program.client.post("/api/token/", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_the_session_cookie_does_not_open_the_api(alice):
    assert alice.client.get("/api/v1/me").status_code == 401


def test_a_personal_token_is_told_once_and_can_be_taken_back(program, pair):
    made = program.post("/api/v1/tokens", {"name": "Script", "password": PASSWORD}, pair["access"])
    assert made.status_code == 201
    token = made.json()["token"]
    assert program.get("/api/v1/me", token).json()["username"] == "alice"
    listed = program.get("/api/v1/tokens", pair["access"]).json()["tokens"]
    assert token not in str(listed)
    assert listed[0]["hint"] == token[-4:]
    assert program.post("/api/v1/tokens", {"name": "Another", "password": PASSWORD}, token).status_code == 403
    gone = program.client.delete(
        f"/api/v1/tokens/{made.json()['id']}", headers={"Authorization": f"Bearer {pair['access']}"}
    )
    assert gone.status_code == 204
    assert program.get("/api/v1/me", token).status_code == 401


def test_a_new_password_ends_other_log_ins(program, pair):
    answer = program.post("/api/v1/me/password", {"old": PASSWORD, "new": "a much better one"}, pair["access"])
    assert answer.status_code == 204
    assert program.get("/api/v1/me", pair["access"]).status_code == 401
    assert program.post("/api/token/", {"username": "alice", "password": "a much better one"}).status_code == 200


def test_the_wrong_old_password_is_told_at_its_field(program, pair):
    answer = program.post("/api/v1/me/password", {"old": "nope", "new": "a much better one"}, pair["access"])
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "old"


def test_a_personal_token_takes_back_itself_only(alice):
    _row, other = alice.work(lambda services: services.tokens.create(services.member, "other"))
    mine, hers = sorted(alice.api("GET", "/api/v1/tokens").json()["tokens"], key=lambda each: each["id"])
    assert alice.api("DELETE", f"/api/v1/tokens/{hers['id']}").status_code == 403
    use = {"Authorization": f"Bearer {other}"}
    assert alice.client.get("/api/v1/me", headers=use).status_code == 200
    assert alice.api("DELETE", f"/api/v1/tokens/{mine['id']}").status_code == 204
    assert alice.api("GET", "/api/v1/me").status_code == 401
