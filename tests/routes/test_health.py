"""GET /health and what every answer carries."""

from __future__ import annotations

import subprocess
import sys

import pytest

from app.settings import Settings
from app.web import metrics

pytestmark = pytest.mark.postgresql_too


def test_it_answers(stranger):
    assert stranger.get("/health").json()["status"] == "ok"


def test_ready_means_database_and_queue(stranger):
    assert stranger.get("/health/ready").json() == {"status": "ok", "database": "ok", "queue": "ok"}


def test_an_unknown_address_is_a_page_with_the_headers(stranger):
    answer = stranger.get("/nowhere")

    assert answer.status_code == 404
    assert "Page not found." in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["x-request-id"]


def test_metrics_are_for_this_machine(stranger):
    stranger.get("/nowhere")

    assert "saldo_requests_total" in stranger.get("/metrics").text


def test_metrics_are_summed_over_all_web_processes(tmp_path, monkeypatch):
    monkeypatch.setattr(metrics, "settings", lambda: Settings.model_validate({"SALDO_DATA_DIR": tmp_path}))
    monkeypatch.setenv(metrics.FOLDER_VARIABLE, "of an earlier process")
    metrics.share_between_processes()
    count = "from prometheus_client import Counter; Counter('asked', 'Requests').inc()"
    for _process in range(2):
        subprocess.run([sys.executable, "-c", count], check=True)

    shown = metrics.render_metrics().decode()

    assert "asked_total 2.0" in shown
