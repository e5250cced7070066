"""What an attacker tries, and what becomes of it: never a 500, never somebody else's row, never another's words."""

from __future__ import annotations

import re

import pytest

from app.web.render import local_path
from tests.conftest import Browser
from tests.support.cases import each_case
from tests.support.entries import enter
from tests.support.examples import draft
from tests.support.routes import PRIVATE_ROUTES, ask

GREATEST = ("9223372036854775808", "99999999999999999999999", "0", "-1")


def test_no_id_is_too_large_to_be_asked_for(alice):
    for route in PRIVATE_ROUTES:
        if route.id_names:
            answer = ask(alice, route, re.sub(r"{\w+:int}", GREATEST[0], route.path))
            assert answer.status_code in (303, 400, 404), route


@pytest.mark.parametrize("number", GREATEST)
def test_an_id_that_cannot_be_is_not_found(alice, number):
    assert alice.get(f"/activity/{number}").status_code == 404
    assert alice.api("GET", f"/api/v1/transactions/{number}").status_code == 404


@each_case("junk", ["x", "²", "-1", "9" * 30, "1e3", "\x00"])
def test_an_import_form_with_a_foreign_number_is_refused_in_words(alice, junk):
    batch_id = alice.work(draft)
    assert alice.post(f"/imports/{batch_id}/link", {"one": junk, "other": junk}).status_code == 422
    assert alice.post(f"/imports/{batch_id}/decide", {f"row-{junk}": "book"}).status_code < 500


@each_case(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "\\\\evil.example",
        "/x\r\nSet-Cookie: a=b",
        "evil",
    ],
)
def test_signing_in_never_leads_away(database, application, target):
    assert local_path(target) == "/"
    answer = Browser(application).post(
        "/login", {"username": "alice", "password": "correct horse battery", "next": target}
    )
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize("target", ["/☃", "/\udc80", "/é?x=ü"])
def test_an_address_in_any_writing_is_led_to_or_left_out(stranger, target):
    form = {"username": "alice", "password": "correct horse battery"}
    assert stranger.get("/login", params={"next": target.encode("utf-8", "surrogatepass")}).status_code == 200
    body = {**form, "next": target.encode("utf-8", "surrogatepass")}
    assert stranger.htmx("post", "/login", data=body).status_code == 200


def test_a_form_in_no_known_writing_is_refused_in_words(stranger):
    part = b'--x\r\nContent-Disposition: form-data; name="username"\r\n%s\r\n\xff\xfe\r\n--x--'
    stranger.get("/login")
    headers = {"x-csrf-token": stranger.csrf, "content-type": "multipart/form-data; boundary=x"}
    for path in ("/login", "/signup", "/forgot"):
        for kind in (b"", b"Content-Type: text/plain; charset=bogus\r\n"):
            assert stranger.client.post(path, content=part % kind, headers=headers).status_code == 422


@each_case("body", ["[" * 50_000, '{"a":' * 12_000, "1e999", "{", "\ufffe", '{"message":"\\ud800"}', "<x/>", ""])
@each_case("path", ["/api/v1/transactions", "/api/expenses/", "/api/v1/transactions/import", "/api/token/"])
def test_json_that_is_none_or_too_deep_is_refused(alice, path, body):
    answer = alice.api("POST", path, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize("path", ["/static/%00", "/transactions/%00", "/api/v1/%00", "/reset/%00"])
def test_a_nul_in_an_address_leads_nowhere(alice, path):
    assert alice.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/api/openapi", "/api/openapi/redoc", "/api/openapi/swagger"])
def test_no_page_loads_from_elsewhere(stranger, path):
    assert "<script" not in stranger.get(path).text or stranger.get(path).status_code == 404


def test_another_users_form_token_is_no_token_of_mine(alice, bob):
    bob.get("/settings")
    alice.client.cookies.set("csrf", bob.client.cookies["csrf"])
    answer = alice.client.post("/settings/names", data={"name": "Mallory", "_csrf_token": bob.client.cookies["csrf"]})
    assert answer.status_code == 403


def test_a_form_token_of_before_signing_in_is_no_token_after(stranger):
    stranger.get("/login")
    before = stranger.client.cookies["csrf"]
    stranger.post("/login", {"username": "alice", "password": "correct horse battery"})
    stranger.client.cookies.set("csrf", before)
    assert stranger.client.post("/settings/names", data={"name": "x", "_csrf_token": before}).status_code == 403


@pytest.mark.parametrize("way", ["htmx", "plain"])
def test_a_file_that_is_refused_leaves_the_others_in_sight(alice, way):
    row = enter(alice, "2026-03-14", "-5.00", payee="Baker")
    path = f"/transactions/{row}/files"
    assert alice.post(path, files={"file": ("receipt.pdf", b"%PDF-1.4 ")}).status_code == 303

    def send(**files):
        return alice.htmx("post", path, files=files) if way == "htmx" else alice.post(path, files=files)

    for content in (b"", b"<svg/>", b"GIF89a", b"\xff\xd8\xffbroken", b"RIFF0000AVI "):
        answer = send(file=("x.png", content))
        assert answer.status_code == 415
        assert "receipt.pdf" in answer.text
    assert send(other=("x.png", b"x")).status_code == 422
