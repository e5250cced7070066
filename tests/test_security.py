"""What guards every door: headers, hosts, cookies, forms from elsewhere, limits, logs."""

from __future__ import annotations

import io
import logging

import anyio
import pytest

from app.log import set_up_logging
from app.services import rate_limit
from app.web import csrf
from tests.conftest import PASSWORD
from tests.support.cases import each_case
from tests.support.changed_settings import changed
from tests.support.event_loop import Client, in_the_loop

PAGES = ["/login", "/signup", "/forgot", "/no-such-page", "/health", "/api/v1/me", "/api/docs", "/static/app.css"]
FORM = {"username": "alice", "password": PASSWORD}


@each_case("path", PAGES)
def test_every_answer_carries_the_headers(stranger, path):
    headers = stranger.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-request-id"]


def over_https(application):
    client = Client(application, base_url="https://saldo.example", raise_server_exceptions=False)
    client.follow_redirects = False
    return client


def test_over_https_the_cookies_are_strict(database, application):
    client = over_https(application)
    page = client.get("/login")
    assert "max-age" in page.headers["strict-transport-security"]
    token = client.cookies["__Host-csrf"]
    answer = client.post("/login", data={**FORM, "_csrf_token": token})
    cookies = {each.partition("=")[0]: each for each in answer.headers.get_list("set-cookie")}
    for name in ("__Host-saldo", "__Host-csrf"):
        assert "Secure" in cookies[name]
        assert "HttpOnly" in cookies[name]
        assert "Path=/" in cookies[name]
        assert "Domain" not in cookies[name]
        assert "samesite=lax" in cookies[name].lower()


def test_plain_http_from_elsewhere_is_refused(database, application):
    client = Client(application, base_url="http://saldo.example")
    answer = client.get("/login")
    assert answer.status_code == 400
    assert "SALDO_INSECURE_HTTP" in answer.text


def test_an_unknown_host_is_refused_where_hosts_are_named(database, application, monkeypatch):
    with changed(monkeypatch, hosts="saldo.example"):
        assert over_https(application).get("/health").status_code == 200
        strange = Client(application, base_url="https://other.example")
        assert strange.get("/health").status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_form_from_another_site_is_refused(alice, headers):
    assert alice.post("/settings/names", {"name": "Mallory"}, headers=headers).status_code == 403
    assert "Mallory" not in alice.get("/settings").text


def test_a_form_without_its_token_is_refused(alice):
    assert alice.client.post("/settings/names", data={"name": "x"}).status_code == 403


def test_a_planted_cookie_that_we_did_not_sign_is_no_token(alice):
    alice.client.cookies.set("csrf", "planted.0000")
    answer = alice.client.post("/settings/names", data={"name": "x", "_csrf_token": "planted.0000"})
    assert answer.status_code == 403


def test_a_cookie_that_does_not_verify_is_replaced_by_the_next_page(stranger):
    stranger.client.cookies.set("csrf", "planted.0000")
    set_cookie = stranger.get("/login").headers["set-cookie"]
    assert csrf.verified(set_cookie.partition("=")[2].partition(";")[0])


def test_a_request_in_flight_does_not_bring_back_a_session_that_was_signed_out(alice):
    kept = alice.client.cookies["saldo"]
    alice.get("/settings")
    alice.post("/logout")
    for _each in range(2):
        alice.client.cookies.set("saldo", kept)
        answer = alice.client.get("/settings")
        assert answer.status_code == 303
        assert "saldo=" not in answer.headers.get("set-cookie", "").replace("csrf=", "")


@each_case(
    "host", ["localhost:8000, evil.example", "localhost:8000@evil.example", "localhost:x", "localhost/x", "[::1", "a b"]
)
def test_what_is_no_name_of_a_host_is_refused(stranger, host):
    for path in ("/login", "/api/v1/me", "/no-such-page"):
        answer = stranger.get(path, headers={"host": host})
        assert answer.status_code == 400
        assert "evil" not in answer.text


@each_case("host", ["localhost", "localhost:8000", "127.0.0.1:1", "[::1]:8000", "me.localhost"])
def test_the_names_of_this_machine_are_served(stranger, host):
    assert stranger.get("/login", headers={"host": host}).status_code == 200


def test_addresses_of_one_ipv6_network_are_one_visitor(database, strict_limits, run):
    async def tries(*addresses):
        return [len(addresses) for each in addresses if not await refused(each)]

    async def refused(address):
        try:
            await rate_limit.count("sign-up", rate_limit.address(address))
        except rate_limit.TooMany:
            return True
        return False

    assert len(run(tries, *[f"2001:db8:1:2::{number:x}" for number in range(1, 15)])) == 10
    assert len(run(tries, *[f"2001:db8:1:{number:x}::1" for number in range(16, 30)])) == 14
    assert len(run(tries, *[f"::ffff:10.0.0.{number}" for number in range(1, 15)])) == 14
    assert len(run(tries, *["somebody"] * 14)) == 10


def test_strangers_get_no_session(stranger):
    stranger.get("/login")
    assert "saldo" not in stranger.client.cookies


def test_after_five_wrong_passwords_the_account_waits(stranger, strict_limits):
    answers = [stranger.post("/login", {"username": "alice", "password": "wrong"}) for _each in range(6)]
    assert [each.status_code for each in answers] == [401] * 5 + [429]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 900
    assert stranger.post("/login", FORM).status_code == 429
    assert stranger.post("/login", {**FORM, "username": "bob"}).status_code == 303


def test_the_api_says_how_long_to_wait(stranger, strict_limits):
    body = {"username": "alice", "password": "wrong"}
    answers = [stranger.client.post("/api/token/", json=body) for _each in range(6)]
    assert answers[-1].status_code == 429
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 900


def test_one_address_tries_twenty_times_a_minute(stranger, strict_limits):
    answers = [stranger.post("/login", {"username": f"user{n}", "password": "wrong"}) for n in range(21)]
    assert answers[19].status_code == 401
    assert answers[20].status_code == 429


def test_an_unknown_name_waits_like_a_known_one(stranger, strict_limits):
    def tries(name):
        return [stranger.post("/login", {"username": name, "password": "wrong"}).status_code for _each in range(6)]

    assert tries("alice") == tries("nobody")


def test_parallel_tries_gain_nothing(database, strict_limits):
    async def race():
        done = []

        async def one():
            try:
                await rate_limit.register_attempt(rate_limit.login_name("somebody"))
                done.append(True)
            except rate_limit.TooMany:
                pass

        async with anyio.create_task_group() as group:
            for _each in range(12):
                group.start_soon(one)
        return done

    assert len(in_the_loop(race)) == 5


@each_case(("failures", "seconds"), [(1, 0), (4, 0), (5, 2), (6, 4), (9, 32), (14, 900), (500, 900)])
def test_the_pause_doubles_up_to_a_quarter_of_an_hour(strict_limits, failures, seconds):
    assert rate_limit.pause_after(failures) == seconds


def test_sign_up_can_be_closed_after_the_first(newcomer, monkeypatch):
    with changed(monkeypatch, sign_up="closed"):
        form = {"username": "dora", "password": PASSWORD, "currency": "EUR"}
        assert newcomer.post("/signup", form).status_code == 303
        newcomer.client.cookies.clear()
        newcomer.csrf = ""
        assert newcomer.get("/signup").status_code == 403
        assert newcomer.post("/signup", {**form, "username": "erin"}).status_code == 403


def test_the_log_holds_no_secret(stranger):
    written = io.StringIO()
    set_up_logging(written)
    try:
        stranger.post("/login", {"username": "alice@example.org", "password": "canary-password"})
        stranger.post("/login", FORM)
        stranger.csrf = ""  # signing in renewed it
        page = stranger.post("/settings/tokens", {"name": "canary", "password": PASSWORD}).text
        token = page.split('id="new-token" readonly value="')[1].split('"')[0]
        stranger.client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
        stranger.post("/settings/money", {"savings": "98765.43"})
        stranger.get("/settings?amount=98765.43&email=alice@example.org")
        logging.getLogger("saldo.test").info("flushed")
        cookie = stranger.client.cookies["saldo"]
    finally:
        set_up_logging()
    log = written.getvalue()
    assert "flushed" in log
    for canary in ("canary-password", PASSWORD, token, cookie, "alice@example.org", "98765"):
        assert canary not in log


def events(person):
    return person.get("/settings/security").text


def test_an_export_is_told_in_the_security_events(alice):
    assert "Data exported" not in events(alice)
    assert alice.get("/transactions/export.csv").status_code == 200
    assert "Data exported" in events(alice)
    assert alice.api("GET", "/api/v1/transactions/export.csv").status_code == 200
    assert events(alice).count("Data exported") == 2


def test_a_refusal_is_told_in_the_security_events(alice):
    assert alice.api("POST", "/api/v1/tokens", json={"name": "x"}).status_code == 403
    assert "Access denied" in events(alice)
    assert "/api/v1/tokens" in events(alice)


@pytest.mark.parametrize("path", ["/transactions/export.csv", "/transactions/export.json"])
def test_exports_are_limited(alice, strict_limits, path):
    assert [alice.get(path).status_code for _each in range(11)] == [200] * 10 + [429]


def test_files_are_limited(alice, strict_limits):
    path = "/transactions/1/files"
    answers = [alice.post(path, files={"file": ("a.txt", b"x")}).status_code for _each in range(21)]
    assert answers == [404] * 20 + [429]


def test_imports_are_limited_in_pages_and_api(alice, strict_limits):
    answers = [alice.post("/imports", {"account": "1"}).status_code for _each in range(30)]
    assert 429 not in answers
    assert alice.post("/imports", {"account": "1"}).status_code == 429
    assert alice.api("POST", "/api/v1/transactions/import", json={}).status_code == 429
