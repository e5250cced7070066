"""One anonymous request stays cheap: its body is limited before it is parsed, and the answer is small."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from app.asgi import MAX_BODY_BYTES

REGISTER = "/api/v1/auth/register"
MANY_KEYS = "{" + ",".join(f'"key{number}": {number}' for number in range(700_000)) + "}"  # 12 MB
QUICK_SECONDS = 1.0  # on a busy machine; the answers take milliseconds


def timed(ask: Any) -> tuple[Any, float]:
    began = time.perf_counter()
    return ask(), time.perf_counter() - began


def in_chunks(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), 1 << 16):
        yield body[start : start + (1 << 16)]


@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
@pytest.mark.parametrize(
    ("path", "content_type", "body"),
    [
        (REGISTER, "application/json", MANY_KEYS.encode()),
        ("/api/users/create/", "application/json", MANY_KEYS.encode()),
        ("/login", "application/x-www-form-urlencoded", b"username=" + b"a" * 12_000_000),
        ("/login", "application/x-www-form-urlencoded", b"a=&" * 4_000_000),
    ],
)
def test_a_body_of_12_mb_is_refused_at_once(stranger, path, content_type, body, chunked):
    stranger.get("/login")  # a browser with a form token
    headers = {"Content-Type": content_type}

    answer, seconds = timed(
        lambda: stranger.client.post(path, content=in_chunks(body) if chunked else body, headers=headers)
    )

    assert answer.status_code == 413
    assert len(answer.content) < 20_000
    assert seconds < QUICK_SECONDS


def test_an_answer_lists_at_most_20_errors(stranger):
    body = MANY_KEYS[: MAX_BODY_BYTES - 100].rpartition(",")[0] + "}"

    answer, seconds = timed(lambda: stranger.client.post(REGISTER, content=body))

    assert answer.status_code == 400
    assert len(answer.json()["errors"]) == 20
    assert len(answer.content) < 5_000
    assert seconds < QUICK_SECONDS


def test_a_field_with_a_long_name_is_not_repeated_in_full(stranger):
    answer = stranger.client.post(REGISTER, json={"a" * 60_000: 1})

    assert answer.status_code == 400
    assert len(answer.content) < 5_000


def test_a_stranger_is_refused_before_an_upload_is_read(stranger):
    answer = stranger.client.post("/imports", files={"file": ("a.csv", b"x" * 9_000_000)})

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login")


def test_uploads_keep_their_own_limit(alice):
    large = alice.post("/settings/avatar", files={"file": ("a.png", b"x" * 6_500_000)})
    fine = alice.post("/settings/avatar", files={"file": ("a.png", b"x" * 1_000_000)})

    assert large.status_code == 413
    assert fine.status_code == 415  # it is no picture
