"""Access ends when trust ends; tokens expire and have a scope; strangers cannot lock out the owner of an account."""

from __future__ import annotations

import datetime
import re

import pytest
import time_machine
from sqlalchemy import select, update

from app import db
from app.models import BookMember, BookRole, User
from app.models.base import now
from app.schemas.transactions import TransactionIn
from app.services import auth, one_time_links
from app.services.passwords import is_common
from tests.conftest import PASSWORD, Browser, Person, sign_up
from tests.support.cases import each_case
from tests.support.changed_settings import changed
from tests.support.event_loop import Client
from tests.support.links import captured_log, link_for
from tests.support.sharing import guest

pytestmark = pytest.mark.postgresql_too

NEW = "a much better one"


@pytest.fixture
def api(stranger):
    """Send a request with a Bearer token: its status."""

    def send(token, method="GET", path="/api/v1/me", **body):
        headers = {"Authorization": f"Bearer {token}"}
        return stranger.client.request(method, path, headers=headers, **({"json": body} if body else {})).status_code

    return send


@pytest.fixture
def program(stranger):
    """Alice's own program: signed in with her password."""
    body = {"email": "alice@example.org", "password": PASSWORD}
    return stranger.client.post("/api/v1/auth/login", json=body).json()


def reset_by_link(alice, stranger, run):
    _text, link = link_for(stranger, "alice")
    assert stranger.post(link, {"password": NEW}).status_code == 303


ENDINGS = {
    "change of password": lambda alice, stranger, run: alice.post(
        "/settings/password", {"current": PASSWORD, "new": NEW}
    ),
    "change of address": lambda alice, stranger, run: alice.post(
        "/settings/email", {"email": "new@example.org", "password": PASSWORD}
    ),
    "sign out everywhere": lambda alice, stranger, run: alice.post("/settings/sessions/end"),
    "reset by link": reset_by_link,
    "reset by the operator": lambda alice, stranger, run: run(auth.set_password, "alice", NEW),
    "suspension": lambda alice, stranger, run: run(auth.set_suspended, "alice", True),
}


@pytest.mark.parametrize("end", ENDINGS.values(), ids=ENDINGS)
def test_every_token_ends_when_trust_ends(alice, stranger, run, api, program, end):
    assert (api(alice.token), api(program["access_token"])) == (200, 200)

    end(alice, stranger, run)
    run(auth.set_suspended, "alice", False)  # also after a suspension was lifted

    assert (api(alice.token), api(program["access_token"])) == (401, 401)
    body = {"refresh_token": program["refresh_token"]}
    assert stranger.client.post("/api/v1/auth/refresh", json=body).status_code == 401
    assert "tests" not in re.sub("<head>.*</head>", "", alice.get("/settings/tokens").text)


@pytest.mark.parametrize("password", ["", "not hers at all"])
def test_a_token_needs_the_password(alice, program, api, password):
    assert alice.post("/settings/tokens", {"name": "x", "password": password}).status_code == 422
    assert api(program["access_token"], "POST", "/api/v1/tokens", name="x", password=password) == 400


def test_a_token_expires_after_90_days_unless_said(alice, api):
    page = alice.post("/settings/tokens", {"name": "Backup", "password": PASSWORD, "scope": "write"}).text
    token = page.split('id="new-token" readonly value="')[1].split('"')[0]
    today = now().date()
    listed = {each["name"]: each for each in alice.api("GET", "/api/v1/tokens").json()["tokens"]}
    assert listed["Backup"]["expires_on"] == (today + datetime.timedelta(days=90)).isoformat()
    assert "valid until" in page

    with time_machine.travel(now() + datetime.timedelta(days=92)):
        assert api(token) == 401


@pytest.mark.parametrize("days", [-1, 800])
def test_an_expiry_in_the_past_or_far_away_is_refused(program, api, days):
    expires_on = (now().date() + datetime.timedelta(days=days)).isoformat()
    asked = {"name": "x", "password": PASSWORD, "expires_on": expires_on}
    assert api(program["access_token"], "POST", "/api/v1/tokens", **asked) == 400


def test_a_read_only_token_reads_and_changes_nothing(alice, api):
    _row, token = alice.work(lambda services: services.tokens.create(services.member, "r", may_write=False))
    assert api(token) == 200
    assert api(token, "POST", "/api/v1/transactions/predict-category", text="Lidl") == 200
    assert api(token, "PATCH", "/api/v1/me", name="Mallory") == 403
    assert api(token, "POST", "/api/v1/tags", name="x") == 403
    assert api(token, "DELETE", "/api/v1/tags/1") == 403


def test_a_reset_of_an_unverified_address_leaves_the_squatter_nothing(stranger, application, alice, run, api):
    squatter = Person(application, "dora", *sign_up("dora"))  # by Mallory, with Dora's address
    squatter.work(lambda services: services.transactions.add(TransactionIn(payee="Zzyxq", amount="-1")))
    accomplice = guest(application, squatter, alice, BookRole.OWNER, run)
    assert "Zzyxq" in accomplice.get("/transactions").text

    _text, link = link_for(stranger, "dora@example.org")
    assert stranger.post(link, {"password": NEW}).status_code == 303

    assert squatter.get("/settings").status_code == 303
    assert api(squatter.token) == 401
    assert squatter.post("/login", {"username": "dora", "password": PASSWORD}).status_code == 401
    assert "Zzyxq" not in accomplice.get("/transactions").text

    async def members():
        async with db.read_session() as session:
            own = select(BookMember.book_id).where(BookMember.user_id == squatter.user_id)
            return list(await session.scalars(select(BookMember.user_id).where(BookMember.book_id.in_(own))))

    assert run(members) == [squatter.user_id]
    assert stranger.post("/login", {"username": "dora@example.org", "password": NEW}).status_code == 303
    assert "Zzyxq" in stranger.get("/transactions").text  # the data stays: most such accounts are the owner's own


def test_a_reset_ends_a_pending_change_of_address(stranger, alice, run):
    """Else whoever held the account would open their own link afterwards, and reset the password again."""
    with captured_log() as written:
        run(confirmation, alice.user_id)
    pending = re.search(r"(/verify/[\w-]+)", written.getvalue())[1]

    reset_by_link(alice, stranger, run)

    assert stranger.post(pending).status_code == 410


async def confirmation(user_id):
    await one_time_links.send_confirmation(
        user_id, "mallory@example.org", lambda path: f"http://localhost:8000{path}", is_new=True
    )


def test_a_verified_address_keeps_its_shared_books(stranger, application, alice, bob, run):
    async def verify():
        async with db.write_session() as session, session.begin():
            await session.execute(update(User).where(User.id == alice.user_id).values(email_verified_at=now()))

    run(verify)
    visiting = guest(application, alice, bob, BookRole.EDITOR, run)
    reset_by_link(alice, stranger, run)
    alice.work(lambda services: services.transactions.add(TransactionIn(payee="Zzyxq", amount="-1")))
    assert "Zzyxq" in visiting.get("/transactions").text


def fail(browser, name, times=6):
    return [browser.post("/login", {"username": name, "password": "wrong"}).status_code for _each in range(times)]


def test_a_stranger_cannot_lock_the_owner_out_of_a_known_device(stranger, application, alice, strict_limits):
    owner = Browser(application)
    form = {"username": "alice", "password": PASSWORD}
    assert owner.post("/login", form).status_code == 303

    assert fail(stranger, "alice")[-1] == 429

    owner.client.cookies.delete("saldo")
    owner.csrf = ""
    assert owner.post("/login", form).status_code == 303
    assert stranger.post("/login", form).status_code == 429


def test_a_known_device_of_one_user_is_a_stranger_to_another(application, alice, bob, strict_limits):
    browser = Browser(application)
    assert browser.post("/login", {"username": "bob", "password": PASSWORD}).status_code == 303
    browser.client.cookies.delete("saldo")
    browser.csrf = ""
    assert fail(browser, "alice")[-1] == 429


def test_a_forged_device_is_a_stranger(application, alice, strict_limits):
    browser = Browser(application)
    browser.client.cookies.set("device", f"{alice.user_id}.abc.{'0' * 64}~{alice.user_id}.x")
    assert fail(browser, "alice")[-1] == 429


def test_a_user_name_that_is_another_users_id_locks_nobody_out(stranger, alice, strict_limits):
    assert fail(stranger, str(alice.user_id))[-1] == 429
    assert stranger.post("/login", {"username": "alice", "password": PASSWORD}).status_code == 303


@each_case(
    ("host", "base"),
    [
        ("localhost:8000", "http://localhost:8000"),
        ("localhost:6666", "http://localhost"),
        ("saldo.example", "https://saldo.example"),
        ("saldo.example:6666", "https://saldo.example"),
        ("saldo.example:8443", "https://saldo.example:8443"),
    ],
)
def test_a_link_has_no_port_that_the_asker_chose(application, alice, monkeypatch, host, base):
    hosts = "" if "localhost" in host else "saldo.example,saldo.example:8443"
    with changed(monkeypatch, hosts=hosts), captured_log() as written:
        client = Client(application, base_url=base.partition("://")[0] + "://localhost:8000")
        answer = client.post("/api/v1/auth/forgot-password", json={"email": "alice"}, headers={"host": host})
        assert answer.status_code == 202
    assert re.search(r'"(\S+)/reset/', written.getvalue())[1] == base


@each_case("password", ["1234567890", "PASSWORD123", "qwertyuiop", "basketball", "1q2w3e4r5t"])
def test_common_passwords_are_known_in_any_case(password):
    assert is_common(password)


def test_uncommon_passwords_are_not_common():
    assert not any(is_common(each) for each in (PASSWORD, NEW, "basketbal", "\n1234567890"))
