"""One-time links: a new password, a confirmed address; by mail, or in the log without a mail server."""

from __future__ import annotations

import datetime
import email
import email.policy
import re
import socket

import pytest
import time_machine
from aiosmtpd.controller import Controller
from pydantic import SecretStr

from app import settings as settings_module
from tests.conftest import PASSWORD
from tests.support.event_loop import Client
from tests.support.links import captured_log, link_for


def test_the_answer_is_the_same_for_an_unknown_name(stranger):
    known, link = link_for(stranger, "alice")
    unknown, none = link_for(stranger, "nobody@example.org")
    assert link
    assert none is None
    strip = re.compile(r'(content|value)="[^"]*"')
    assert strip.sub("", known) == strip.sub("", unknown)


def test_a_link_sets_a_new_password_once_and_signs_out_everywhere(stranger, alice):
    _text, link = link_for(stranger, "alice@example.org")
    assert stranger.get(link).status_code == 200
    weak = stranger.post(link, {"password": "short"})
    assert weak.status_code == 422
    assert stranger.post(link, {"password": "a much better one"}).headers["location"] == "/login?done=reset"
    assert alice.get("/settings").status_code == 303
    assert stranger.get(link).status_code == 410
    assert stranger.post(link, {"password": "another good one"}).status_code == 410
    assert stranger.post("/login", {"username": "alice", "password": PASSWORD}).status_code == 401
    assert stranger.post("/login", {"username": "alice", "password": "a much better one"}).status_code == 303


def test_a_link_is_too_old_after_half_an_hour(stranger):
    _text, link = link_for(stranger, "alice")
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=31), tick=False):
        assert stranger.get(link).status_code == 410


def test_a_newer_link_ends_the_older_one(stranger):
    _text, older = link_for(stranger, "alice")
    _text, newer = link_for(stranger, "alice")
    assert stranger.get(older).status_code == 410
    assert stranger.get(newer).status_code == 200


def test_a_link_is_bound_to_the_address_it_was_sent_to(stranger, alice):
    _text, link = link_for(stranger, "alice")
    alice.post("/settings/email", {"email": "new@example.org", "password": PASSWORD})
    assert stranger.get(link).status_code == 410


@pytest.mark.parametrize("token", ["x", "x" * 43, "%00", "é" * 20])
def test_an_invented_link_is_gone(stranger, token):
    assert stranger.get(f"/reset/{token}").status_code in (404, 410)


class Postbox:
    """Keeps what arrives."""

    def __init__(self):
        self.messages = []

    async def handle_DATA(self, _server, _session, envelope):
        self.messages.append(
            (envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.default))
        )
        return "250 OK"


@pytest.fixture
def postbox(monkeypatch):
    """A real mail server on this machine, which Saldo is told to use."""
    box = Postbox()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    kept = settings_module.settings().model_copy(update={"smtp_url": SecretStr(f"smtp://127.0.0.1:{port}")})
    monkeypatch.setattr("app.integrations.mail.settings", lambda: kept)
    yield box
    server.stop()


def link_in(postbox):
    to, message = postbox.messages[-1]
    return to, re.search(r"http://localhost:8000(/\S+)", message.get_content())[1]


def test_a_new_address_counts_once_its_link_is_opened(alice, stranger, postbox):
    answer = alice.post("/settings/email", {"email": "new@example.org", "password": PASSWORD})
    assert answer.headers["location"] == "/settings/security?done=link"
    to, link = link_in(postbox)
    assert to == ["new@example.org"]
    assert stranger.post("/login", {"username": "new@example.org", "password": PASSWORD}).status_code == 401
    assert alice.get(link).status_code == 200
    assert alice.post(link).status_code == 303
    assert stranger.post("/login", {"username": "new@example.org", "password": PASSWORD}).status_code == 303
    assert "Confirmed." in alice.get("/settings/security").text


def test_reset_links_go_by_mail_and_not_into_the_log(stranger, postbox):
    _text, in_log = link_for(stranger, "alice")
    assert in_log is None
    to, link = link_in(postbox)
    assert to == ["alice@example.org"]
    assert stranger.get(link).status_code == 200


def test_the_former_address_is_told_and_other_devices_are_signed_out(alice, stranger, postbox):
    stranger.post("/login", {"username": "alice", "password": PASSWORD})
    stranger.csrf = ""
    alice.post("/settings/email", {"email": "new@example.org", "password": PASSWORD})
    _to, link = link_in(postbox)
    assert alice.post(link).status_code == 303
    to, told = postbox.messages[-1]
    assert to == ["alice@example.org"]
    assert "now has another email address" in told.get_content()
    assert "new@example.org" not in told.get_content()
    assert alice.get("/settings").status_code == 200
    assert stranger.get("/settings").status_code == 303


def test_a_link_opened_by_somebody_else_leaves_them_their_own_session(alice, bob, postbox):
    alice.post("/settings/email", {"email": "new@example.org", "password": PASSWORD})
    _to, link = link_in(postbox)
    assert bob.post(link).status_code == 303
    assert bob.get("/settings").status_code == 200
    assert alice.get("/settings").status_code == 303


def test_no_mail_leads_to_a_host_that_the_asker_chose(database, application, postbox):
    client = Client(application, base_url="https://evil.example")
    client.get("/forgot")
    body = {"username": "alice", "_csrf_token": client.cookies["__Host-csrf"]}
    answer = client.post("/forgot", data=body)
    assert answer.status_code == 503
    assert client.post("/api/v1/auth/forgot-password", json={"email": "alice"}).status_code == 503
    assert postbox.messages == []


def test_without_a_mail_server_the_log_has_no_host_that_the_asker_chose(database, application):
    client = Client(application, base_url="https://evil.example")
    with captured_log() as written:
        client.post("/api/v1/auth/forgot-password", json={"email": "alice"})
    assert "/reset/" in written.getvalue()
    assert "evil.example" not in written.getvalue()
