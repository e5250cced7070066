"""Splitting anew is taken back."""

from __future__ import annotations

import pytest

from tests.support.entries import account, cash, findings


def latest(person):
    return person.api("GET", "/api/v1/changes?limit=1").json()["changes"][0]["id"]


@pytest.mark.parametrize("anew", [("1.99", "997.99"), ()], ids=["anew", "not at all"])
def test_splitting_anew_is_taken_back(alice, anew):
    groups = alice.api("GET", "/api/v1/categories?limit=100").json()["categories"]
    one, other = [each["id"] for each in groups if each["kind"] == "expense"][:2]
    body = {"account": cash(alice), "booked_on": "2026-03-02", "payee": "Typed", "amount": "999.98"}
    where = f"/api/v1/transactions/{alice.api('POST', '/api/v1/transactions', json=body).json()['id']}"

    def split(*amounts):
        parts = [{"category": id_, "amount": amount} for id_, amount in zip((one, other), amounts, strict=False)]
        answer = alice.api("PATCH", where, json={"splits": parts})
        assert answer.status_code == 200, answer.text

    split("1.33", "998.65")
    before = alice.api("GET", where).json()["splits"]
    split(*anew)
    undone = alice.api("POST", f"/api/v1/changes/{latest(alice)}/undo")
    assert undone.status_code == 200, undone.text
    assert alice.api("GET", where).json()["splits"] == before
    assert findings(alice) == []


def test_a_split_row_that_became_a_transfer_is_split_again(alice):
    groups = alice.api("GET", "/api/v1/categories?limit=100").json()["categories"]
    one, other = [each["id"] for each in groups if each["kind"] == "expense"][:2]
    bank = account(alice, "Bank")
    row = {"booked_on": "2026-03-02", "payee": "Typed"}
    parts = [{"category": one, "amount": "-4"}, {"category": other, "amount": "-6"}]
    out = {**row, "account": cash(alice), "amount": "-10", "splits": parts}
    sides = [
        alice.api("POST", "/api/v1/transactions", json=body).json()["id"]
        for body in (out, {**row, "account": bank, "amount": "10"})
    ]
    where = f"/api/v1/transactions/{sides[0]}"
    before = alice.api("GET", where).json()["splits"]
    assert len(before) == 2

    alice.work(lambda services: services.transfers.link(*sides))
    undone = alice.api("POST", f"/api/v1/changes/{latest(alice)}/undo")
    assert undone.status_code == 200, undone.text
    assert alice.api("GET", where).json()["splits"] == before
    assert findings(alice) == []
