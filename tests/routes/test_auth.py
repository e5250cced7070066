"""Signing up, in and out with a browser."""

from __future__ import annotations

import pytest

from tests.conftest import PASSWORD


def test_the_first_account_signs_up_and_is_the_admin(newcomer):
    page = newcomer.get("/signup", headers={"accept-language": "fr-CH"})
    assert '<option value="CHF" selected>' in page.text
    answer = newcomer.post(
        "/signup", {"username": "dora", "password": PASSWORD, "currency": "CHF", "time_zone": "Europe/Zurich"}
    )
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"
    assert newcomer.get("/login").headers["location"] == "/"


def test_sign_up_says_what_is_wrong_at_its_field(stranger):
    answer = stranger.post("/signup", {"username": "x", "password": "short", "currency": "EUR"})
    assert answer.status_code == 422
    assert "Use at least 10 characters" in answer.text or "Use 3 to 40 letters" in answer.text
    assert 'value="x"' in answer.text
    assert "<html" in answer.text


def test_a_taken_name_is_told(stranger):
    answer = stranger.htmx("post", "/signup", data={"username": "Alice", "password": PASSWORD, "currency": "EUR"})
    assert answer.status_code == 409
    assert "taken" in answer.text
    assert "<html" not in answer.text


@pytest.mark.parametrize("name", ["alice", "ALICE", "alice@example.org", " Alice@Example.org "])
def test_one_signs_in_by_user_name_or_address(stranger, name):
    answer = stranger.post("/login", {"username": name, "password": PASSWORD, "next": "/transactions?search=tea"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/transactions?search=tea"
    cookie = next(each for each in answer.headers.get_list("set-cookie") if each.startswith("saldo="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie


@pytest.mark.parametrize("name", ["alice", "nobody", "a\x00b", "x" * 254])
def test_a_wrong_password_is_refused_in_the_same_words(stranger, name):
    answer = stranger.post("/login", {"username": name, "password": "not the password"})
    assert answer.status_code in (401, 422)
    assert "Wrong username or password" in answer.text or "can’t be stored" in answer.text


def test_htmx_is_sent_on_by_a_header(stranger):
    answer = stranger.htmx("post", "/login", data={"username": "alice", "password": PASSWORD})
    assert answer.headers["hx-redirect"] == "/"


def test_a_planted_session_id_is_not_adopted(stranger):
    stranger.client.cookies.set("saldo", "chosen-by-an-attacker")
    stranger.post("/login", {"username": "alice", "password": PASSWORD})
    assert stranger.client.cookies.get("saldo", domain="localhost.local", path="/") != "chosen-by-an-attacker"


def test_sign_in_renews_the_form_token(stranger):
    stranger.get("/login")
    before = stranger.client.cookies["csrf"]
    stranger.post("/login", {"username": "alice", "password": PASSWORD})
    assert stranger.client.cookies["csrf"] != before


def test_signing_out_ends_the_session_for_good(alice):
    kept = alice.client.cookies["saldo"]
    answer = alice.post("/logout")
    assert answer.headers["location"] == "/login"
    assert "cache" in answer.headers["clear-site-data"]
    alice.client.cookies.set("saldo", kept)
    assert alice.get("/login").status_code == 200
