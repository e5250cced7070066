"""The person behind a token, in both shapes."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.support.cases import each_case


def picture(kind="PNG", size=(600, 400)):
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("nested", [True, False])
def test_the_seed_profile_is_patched_nested_or_at_the_top(alice, nested):
    told = {"monthly_income": 2500.5, "savings": "1200", "savings_rate": 12.5, "personal_info": "Two cats."}
    body = {"first_name": "Alice", "profile": told} if nested else {"first_name": "Alice", **told}
    answer = alice.api("PATCH", "/api/users/me/", json=body)
    assert answer.status_code == 200
    profile = answer.json()["profile"]
    assert (profile["monthly_income"], profile["savings"], profile["savings_rate"]) == (2500.5, 1200.0, 12.5)
    assert profile["personal_info"] == "Two cats."
    assert alice.api("GET", "/api/users/me").json()["first_name"] == "Alice"


@each_case("value", ["12.345", "-1", "NaN", "1e400", True, "x" * 50, [], "9" * 30])
def test_an_amount_that_cannot_be_is_refused_at_its_field(alice, value):
    answer = alice.api("PATCH", "/api/v1/me", json={"monthly_income": value})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "monthly_income"


def test_v1_me_speaks_text_amounts_beside_the_currency(alice):
    answer = alice.api("PATCH", "/api/v1/me", json={"debts": 3000, "language": "fr-CH", "time_zone": "Europe/Zurich"})
    me = answer.json()
    assert (me["debts"], me["base_currency"], me["language"], me["time_zone"]) == (
        "3000.00", "EUR", "fr-CH", "Europe/Zurich",
    )  # fmt: skip


def test_the_currency_changes_with_its_figures_before_the_first_entry(alice):
    alice.api("PATCH", "/api/v1/me", json={"savings": "1200.00"})
    me = alice.api("PATCH", "/api/v1/me", json={"base_currency": "JPY"}).json()
    assert (me["base_currency"], me["savings"]) == ("JPY", "1200")


@each_case("body", [{"role": "admin"}, {"id": 1}, {"email": "x@y.example"}, {"password_hash": "x"}])
def test_nobody_promotes_themselves(alice, body):
    assert alice.api("PATCH", "/api/v1/me", json=body).status_code == 400
    assert alice.api("GET", "/api/v1/me").json()["role"] == "user"


def test_an_avatar_is_cut_square_and_written_anew(alice):
    answer = alice.api("PUT", "/api/v1/me/avatar", files={"file": ("me.png", picture(), "image/png")})
    assert answer.status_code == 200
    stored = alice.get(answer.json()["avatar_url"])
    assert stored.headers["content-type"] == "image/webp"
    assert Image.open(io.BytesIO(stored.content)).size == (256, 256)
    assert alice.api("DELETE", "/api/v1/me/avatar").status_code == 204
    assert alice.get(answer.json()["avatar_url"]).status_code == 404


@each_case(
    ("content", "status"),
    [(b"<svg onload=alert(1)>", 415), (b"\xff\xd8\xff broken", 415), (b"\x89PNG\r\n\x1a\n" + b"0" * 6_000_000, 413)],
)
def test_what_is_no_picture_is_refused(alice, content, status):
    answer = alice.api("PUT", "/api/v1/me/avatar", files={"file": ("me.png", content, "image/png")})
    assert answer.status_code == status
