"""What the operator does from the console."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest
from click.testing import CliRunner

from app.commands import admin
from tests.conftest import PASSWORD, unpooled

pytestmark = pytest.mark.postgresql_too

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
    assert (unknown.exit_code, unknown.output.strip()) == (1, "Error: That user does not exist.")
    assert reset("alice", "short").exit_code == 1
    assert alice.get("/settings").status_code == 200


def test_a_port_that_is_taken_is_said_in_words(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        environment = os.environ | {"SALDO_DATA_DIR": str(tmp_path), "SALDO_PORT": port, "SALDO_HOST": "127.0.0.1"}
        ended = subprocess.run(
            [sys.executable, "-m", "app", "serve"], env=environment, capture_output=True, text=True, timeout=60
        )

    assert ended.returncode == 78
    assert f"Port {port} on" in ended.stderr
    assert "Saldo is running at" not in ended.stdout
