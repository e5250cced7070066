"""Every list as CSV, safe against formulas and only of one's own book."""

from __future__ import annotations

import csv
from typing import Any

import pytest

from app.services.list_exports import LISTS
from tests.support import entries
from tests.support.statements import lines


def export(person: Any, name: str) -> list[dict[str, str]]:
    answer = person.get(f"/{name}/export.csv")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/csv")
    assert f'filename="{name}-' in answer.headers["content-disposition"]
    return list(csv.DictReader(answer.text.splitlines()))


def test_each_list_has_its_rows_and_the_page_links_it(alice: Any, bob: Any) -> None:
    savings = entries.account(alice, "=SUM(A1)", opening="-5.00")
    entries.account(bob, "Secret of Bob")
    entries.enter(alice, "2026-03-02", "-12.50", "groceries", payee="+Shop", tags=["@trip"])
    lines(alice, {"booked_on": "2026-03-03", "payee": "Baker", "amount": "-3"})
    alice.post("/rules", data={"payee_contains": "-plan", "transfer": str(savings)})
    bill = {"kind": "bill", "payee": "Rent", "cadence": "monthly", "interval": "1", "starts_on": "2026-01-01"}
    bill["currency"] = "EUR"
    assert alice.post("/recurring", data=bill | {"amount": "900"}).status_code < 400
    rate = {"base": "EUR", "quote": "USD", "rate": "1.2", "as_of": "2026-01-01"}
    assert alice.post("/currencies/rates", data=rate).status_code < 400

    found = {name: export(alice, name) for name in LISTS}

    (account,) = [row for row in found["accounts"] if row["name"] == "'=SUM(A1)"]
    assert (account["opening_balance"], account["balance"], account["archived"]) == ("-5.00", "-5.00", "no")
    assert {row["name"] for row in found["payees"]} >= {"'+Shop", "Baker"}
    assert [row["name"] for row in found["tags"]] == ["'@trip"]
    assert [(row["payee_contains"], row["transfer_account"]) for row in found["rules"]] == [("'-plan", "'=SUM(A1)")]
    assert [(row["name"], row["amount"], row["cadence"]) for row in found["recurring"]] == [
        ("Rent", "900.00", "monthly")
    ]
    assert found["bills"]
    assert [(row["lines"], row["imported"]) for row in found["imports"]] == [("1", "1")]
    assert [(row["base"], row["rate"]) for row in found["currencies"]] == [("EUR", "1.2")]
    assert len(found["activity"]) >= 5
    assert "Groceries" in {row["name"] for row in found["categories"]}
    assert "Secret" not in str(found)


@pytest.mark.parametrize("name", LISTS)
def test_the_page_of_a_list_has_its_export(alice: Any, name: str) -> None:
    page = "/recurring" if name == "bills" else f"/{name}"
    assert f'href="/{name}/export.csv"' in alice.get(page).text
