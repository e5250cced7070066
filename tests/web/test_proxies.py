"""A proxy on this machine does not make strangers local, even if it sends no headers."""

from __future__ import annotations

import pytest

from app.settings import Settings
from app.web import cookies
from app.web.middleware import headers


@pytest.fixture
def configured(monkeypatch):
    def configure(**values):
        made = Settings.model_validate(values)
        monkeypatch.setattr(cookies, "settings", lambda: made)
        monkeypatch.setattr(headers, "settings", lambda: made)

    return configure


@pytest.mark.parametrize("values", [{"SALDO_PUBLIC_URL": "https://saldo.example.org"}, {"SALDO_HOSTS": "a.example"}])
def test_an_install_with_a_public_name_trusts_no_loopback_address(stranger, configured, values):
    configured(**values)

    assert stranger.get("/metrics").status_code == 400
    assert stranger.get("/login").status_code == 400
    assert "X-Forwarded-Proto" in stranger.get("/login").text or "SALDO_HOSTS" in stranger.get("/login").text
    assert stranger.get("/health").status_code == 200


@pytest.mark.parametrize("header", ["x-forwarded-for", "x-real-ip", "forwarded", "via", "x-forwarded-host"])
def test_a_forwarded_request_is_not_local(stranger, header):
    assert stranger.get("/metrics", headers={header: "203.0.113.9"}).status_code == 400


def test_a_public_address_on_this_machine_stays_local(stranger, configured):
    configured(SALDO_PUBLIC_URL="http://localhost:8000")

    assert stranger.get("/metrics").status_code == 200
