"""The reference of the API: open to all, of /api only, from our own files."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("path", ["/api/schema", "/api/schema/"])
def test_the_schema_lists_nothing_but_the_api(stranger, path):
    answer = stranger.get(path)
    assert answer.status_code == 200
    schema = answer.json()
    assert schema["openapi"].startswith("3.1")
    assert schema["paths"]
    assert all(each.startswith("/api/") for each in schema["paths"])
    assert schema["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


def test_refusals_are_told_as_they_are_given(stranger):
    paths = stranger.get("/api/schema/").json()["paths"]
    told = paths["/api/v1/accounts/{account_id}"]["patch"]["responses"]
    assert {"200", "400", "401", "404", "409", "415", "429", "default"} <= told.keys()
    assert set(told["400"]["content"]) == {"application/problem+json"}
    assert set(paths["/api/v1/transactions/export.csv"]["get"]["responses"]["200"]["content"]) == {"text/csv"}


@pytest.mark.parametrize("path", ["/api/docs", "/api/docs/"])
def test_the_docs_come_from_here_and_only_add_data_images_to_the_policy(stranger, path):
    answer = stranger.get(path)
    assert answer.status_code == 200
    assert "https://" not in answer.text
    policy = answer.headers["content-security-policy"]
    assert "img-src 'self' data:" in policy
    assert "script-src 'self';" in policy


def test_the_old_address_leads_to_the_schema(stranger):
    answer = stranger.get("/openapi")
    assert answer.headers["location"] == "/api/schema/"
