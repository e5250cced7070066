"""A member's own settings."""

from __future__ import annotations

import pytest

from tests.conftest import PASSWORD
from tests.support.cases import each_case

PAGES = ["/settings", "/settings/book", "/settings/security", "/settings/tokens"]


@pytest.mark.parametrize("path", PAGES)
def test_every_settings_page_is_shown_to_its_owner_only(alice, stranger, path):
    assert alice.get(path).status_code == 200
    assert stranger.get(path).headers["location"].startswith("/login?next=")


def test_names_looks_and_money_are_saved(alice):
    assert alice.post("/settings/names", {"name": "Alice B."}).status_code == 303
    looks = {"locale": "de-DE", "time_zone": "Europe/Berlin", "theme": "dark"}
    assert alice.post("/settings/looks", looks).status_code == 303
    assert alice.post("/settings/money", {"monthly_income": "2.500,50", "savings_rate": "12,5"}).status_code == 303
    page = alice.get("/settings").text
    assert 'value="Alice B."' in page
    assert 'data-theme="dark"' in page
    assert 'data-shortcuts="off"' in page
    assert 'value="2500,50"' in page
    assert 'value="12,5"' in page


@each_case(
    ("path", "form", "sentence"),
    [
        ("/settings/looks", {"locale": "xx", "time_zone": "UTC"}, "Choose one of"),
        ("/settings/looks", {"locale": "en-GB", "time_zone": "Mars"}, "Enter a time zone"),
        ("/settings/money", {"savings": "many"}, "not an amount"),
        ("/settings/money", {"savings": "-5"}, "negative"),
        ("/settings/money", {"savings_rate": "101"}, "from 0 to 100"),
        ("/settings/book", {"name": "", "first_day_of_month": "1", "first_day_of_week": "0"}, "required"),
        ("/settings/book", {"name": "B", "first_day_of_month": "31", "first_day_of_week": "0"}, "at most 28"),
        ("/settings/book", {"name": "B", "first_day_of_month": "x", "first_day_of_week": "0"}, "whole number"),
        ("/settings/password", {"current": "wrong one", "new": "long enough for all"}, "Wrong password"),
        ("/settings/password", {"current": PASSWORD, "new": "short"}, "at least 10"),
        ("/settings/email", {"email": "nonsense", "password": PASSWORD}, "Enter an email address"),
        ("/settings/email", {"email": "bob@example.org", "password": PASSWORD}, "already"),
        ("/settings/tokens", {"name": ""}, "required"),
        ("/settings/avatar", {}, "Choose a picture"),
    ],
)
@each_case("method", ["post", "htmx"])
def test_bad_input_is_told_at_its_field(alice, path, form, sentence, method):
    answer = alice.post(path, form) if method == "post" else alice.htmx("post", path, data=form)
    assert answer.status_code in (409, 422)
    assert sentence in answer.text
    assert ("<html" in answer.text) is (method == "post")


def test_a_new_password_signs_out_the_other_devices(alice, stranger):
    stranger.post("/login", {"username": "alice", "password": PASSWORD})
    assert stranger.get("/settings").status_code == 200
    answer = alice.post("/settings/password", {"current": PASSWORD, "new": "a much better one"})
    assert answer.headers["location"] == "/settings/security?done=password"
    assert alice.get("/settings").status_code == 200
    assert stranger.get("/settings").status_code == 303


def test_a_session_is_ended_from_another_device(alice, stranger, bob):
    stranger.post("/login", {"username": "alice", "password": PASSWORD})
    page = alice.get("/settings/security").text
    action = page.split('action="/settings/sessions/')[1].split('"')[0]
    assert bob.post(f"/settings/sessions/{action}").status_code == 404
    assert alice.post(f"/settings/sessions/{action}").status_code == 303
    assert stranger.get("/settings").status_code == 303


def test_signing_out_everywhere_else_leaves_this_device(alice, stranger):
    stranger.post("/login", {"username": "alice", "password": PASSWORD})
    assert alice.post("/settings/sessions/end").status_code == 303
    assert alice.get("/settings").status_code == 200
    assert stranger.get("/settings").status_code == 303


def test_a_token_is_shown_once_works_and_is_revoked(alice, bob):
    page = alice.post("/settings/tokens", {"name": "Backup script", "password": PASSWORD}).text
    token = page.split('id="new-token" readonly value="')[1].split('"')[0]
    assert token not in alice.get("/settings/tokens").text
    headers = {"Authorization": f"Bearer {token}"}
    assert bob.client.get("/api/v1/me", headers=headers).json()["username"] == "alice"
    listed = alice.get("/settings/tokens").text
    revoke = listed.split('action="/settings/tokens/')[1].split('"')[0]
    assert bob.post(f"/settings/tokens/{revoke}").status_code == 404
    assert alice.post(f"/settings/tokens/{revoke}").status_code == 303
    assert bob.client.get("/api/v1/me", headers=headers).status_code == 401


def test_the_book_is_renamed_and_its_month_moved(alice):
    form = {"name": "Home", "base_currency": "CHF", "first_day_of_month": "25", "first_day_of_week": "6"}
    assert alice.post("/settings/book", form).status_code == 303
    page = alice.get("/settings/book").text
    assert 'value="Home"' in page
    assert '<option value="CHF" selected>' in page
    assert '<option value="25" selected>' in page


def test_the_theme_is_switched_in_place_and_without_javascript(alice):
    assert alice.htmx("post", "/settings/theme", data={"theme": "dark"}).status_code == 204
    back = alice.post("/settings/theme", {"theme": "light"}, headers={"referer": "http://localhost:8000/settings/book"})
    assert back.headers["location"] == "/settings/book"
    foreign = alice.post("/settings/theme", {"theme": "light"}, headers={"referer": "http://evil.example/x"})
    assert foreign.headers["location"] == "/"
