"""GET /health and what every answer carries."""

from __future__ import annotations


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
