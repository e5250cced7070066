"""Requests that write, for tests that disturb them."""

from __future__ import annotations

from typing import Any

from tests.support.entries import account, cash

FORM = {"flow": "out", "amount": "12.50", "payee": "Zzyxq", "booked_on": "2026-03-14", "splits": ""}


def flows(person: Any) -> dict[str, tuple[str, dict[str, Any], str]]:
    """What is sent, where to, and where its effect can be counted."""
    here, there = cash(person), account(person, "Bank")
    row = {"booked_on": "2026-03-02", "payee": "Baker", "amount": "-3.00"}
    group = person.api("GET", "/api/v1/categories").json()["categories"][0]["group"]["name"]
    return {
        "transaction": ("/api/v1/transactions", {"account": here, **row}, "/api/v1/transactions?limit=100"),
        "sentence": (
            "/api/v1/transactions",
            {"mode": "ai", "text": "3.50 for bread"},
            "/api/v1/transactions?limit=100",
        ),
        "transfer": (
            "/api/v1/transfers",
            {"from": here, "to": there, "amount": "10", "booked_on": "2026-03-02"},
            "/api/v1/transactions?limit=100",
        ),
        "account": ("/api/v1/accounts", {"name": "Tin", "kind": "cash", "currency": "EUR"}, "/api/v1/accounts"),
        "category": ("/api/v1/categories", {"name": "Hens", "group": group, "kind": "expense"}, "/api/v1/categories"),
        "payee": ("/api/v1/payees", {"name": "Baker"}, "/api/v1/payees"),
        "tag": ("/api/v1/tags", {"name": "holiday"}, "/api/v1/tags"),
        "rule": ("/api/v1/rules", {"when": {"payee_contains": "x"}, "then": {"payee": "Y"}}, "/api/v1/rules"),
        "rate": (
            "/api/v1/currency/rates",
            {"base": "EUR", "quote": "USD", "rate": "1.1", "as_of": "2026-03-01"},
            "/api/v1/currency/rates",
        ),
        "import": (
            "/api/v1/transactions/import",
            {"account": here, "transactions": [row]},
            "/api/v1/transactions?limit=100",
        ),
        "recurring": (
            "/api/v1/recurring",
            {"payee": "Rent", "amount": "900", "cadence": "monthly", "starts_on": "2026-03-01"},
            "/api/v1/recurring",
        ),
    }


FLOWS = "transaction sentence transfer account category payee tag rule rate import recurring".split()  # noqa: SIM905
