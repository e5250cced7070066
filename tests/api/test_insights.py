"""Figures and the journal over the API."""

from __future__ import annotations

from tests.support.cases import each_case
from tests.support.entries import enter

URL = "/api/v1/insights"


def march(person):
    enter(person, "2026-02-01", "1000.00", "salary")
    enter(person, "2026-03-01", "2000.00", "salary")
    enter(person, "2026-03-02", "-75.00", "groceries")
    enter(person, "2026-03-03", "-25.00")


def test_the_monthly_summary_has_the_month_and_the_one_before(alice):
    march(alice)

    body = alice.api("GET", f"{URL}/monthly-summary?year=2026&month=3").json()

    assert body == {
        "month": "2026-03",
        "currency": "EUR",
        "income": "2000.00",
        "expenses": "100.00",
        "savings": "1900.00",
        "savings_rate": 0.95,
        "previous": {
            "month": "2026-02",
            "currency": "EUR",
            "income": "1000.00",
            "expenses": "0.00",
            "savings": "1000.00",
            "savings_rate": 1.0,
        },
    }


def test_the_breakdown_includes_what_is_not_filed(alice):
    march(alice)

    body = alice.api("GET", f"{URL}/category-breakdown?year=2026&month=3").json()

    assert [
        (row["category"] and row["category"]["name"], row["amount"], row["share"]) for row in body["breakdown"]
    ] == [
        ("Groceries", "75.00", 0.75),
        (None, "25.00", 0.25),
    ]


def test_the_savings_history_runs_up_to_this_month(alice):
    march(alice)

    body = alice.api("GET", f"{URL}/savings-history?months=24").json()

    assert len(body["months"]) == 24
    assert {"month": "2026-03", "income": "2000.00", "expense": "100.00", "saved": "1900.00"} in body["months"]


def test_the_summary_has_totals_and_remarks(alice):
    march(alice)

    body = alice.api("GET", f"{URL}/summary?year=2026&month=3").json()

    assert body["totals"]["savings"] == "1900.00"
    assert body["totals"]["net_worth"] == "2900.00"
    assert body["period"] == {"since": "2026-03-01", "until": "2026-04-01"}
    assert [each["title"] for each in body["recommendations"]] == ["Categorize transactions"]


def test_savings_are_over_full_months(alice):
    march(alice)

    body = alice.api("GET", f"{URL}/savings").json()

    assert body["trend"] in ("up", "neutral", "down")
    assert body["rate"] is None or 0 <= body["rate"] <= 1


@each_case("query", ["month=13", "month=0", "year=x", "year=99999", "months=0"])
def test_a_period_that_is_none_is_refused(alice, query):
    path = "savings-history" if query.startswith("months") else "monthly-summary"

    assert alice.api("GET", f"{URL}/{path}?{query}").status_code == 400


def test_insights_want_a_token(stranger):
    assert stranger.get(f"{URL}/summary").status_code == 401


def test_changes_are_listed_and_undone(alice):
    enter(alice, "2026-03-02", "-75.00", "groceries", payee="Grünmarkt")

    listed = alice.api("GET", "/api/v1/changes?limit=1").json()
    change = listed["changes"][0]

    assert "Grünmarkt" in change["label"]
    assert listed["pagination"]["limit"] == 1
    undone = alice.api("POST", f"/api/v1/changes/{change['id']}/undo")
    assert undone.status_code == 200
    assert undone.json()["undone"] == change["id"]
    assert alice.api("POST", f"/api/v1/changes/{change['id']}/undo").status_code == 409


def test_changes_are_private(alice, bob):
    enter(alice, "2026-03-02", "-75.00", "groceries")
    change = alice.api("GET", "/api/v1/changes").json()["changes"][0]["id"]

    assert bob.api("POST", f"/api/v1/changes/{change}/undo").status_code == 404
    assert bob.api("GET", "/api/v1/changes").json()["changes"] == []
