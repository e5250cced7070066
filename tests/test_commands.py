"""What the operator does from the console."""

from __future__ import annotations

from click.testing import CliRunner

from app.commands import admin
from tests.conftest import PASSWORD, unpooled

NEW = "a much better one"


def reset(name, password=NEW):
    with unpooled():
        return CliRunner().invoke(admin, ["reset-password", name, "--password", password])


def test_a_password_is_reset_and_every_log_in_ends(alice, bob, stranger):
    pair = stranger.client.post("/api/token/", json={"username": "alice", "password": PASSWORD}).json()
    done = reset("alice@example.org")
    assert done.exit_code == 0
    assert NEW not in done.output
    assert alice.get("/settings").status_code == 303
    assert bob.get("/settings").status_code == 200
    headers = {"Authorization": f"Bearer {pair['access']}"}
    assert stranger.client.get("/api/v1/me", headers=headers).status_code == 401
    assert stranger.client.post("/api/token/refresh/", json={"refresh": pair["refresh"]}).status_code == 401
    assert stranger.post("/login", {"username": "alice", "password": PASSWORD}).status_code == 401
    assert stranger.post("/login", {"username": "alice", "password": NEW}).status_code == 303
    assert "Password reset" in stranger.get("/settings/security").text


def test_an_unknown_name_and_a_weak_password_are_told_in_words(alice):
    unknown = reset("nobody")
    assert (unknown.exit_code, unknown.output.strip()) == (1, "Error: There is no such user.")
    assert reset("alice", "short").exit_code == 1
    assert alice.get("/settings").status_code == 200
