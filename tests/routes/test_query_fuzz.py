"""Whatever stands in the address after the question mark, a page is shown, leads elsewhere or refuses in words."""

from __future__ import annotations

import random
import re
from dataclasses import fields
from typing import Any
from urllib.parse import quote_from_bytes

import pytest

from app.services.transaction_list import Filter
from tests.faults import times
from tests.support.examples import one_of_each
from tests.support.routes import ROUTES

PAGES = sorted({each.path for each in ROUTES if each.method == "GET" and not each.path.startswith("/api/")})
#: What the pages look for in their addresses.
READ = """
    page limit cursor sort_order month q text next done actor before after amount base quote group number of on show
    span days view year card id category_id tags splits split_amount import for balance from to period
"""
KEYS = [*READ.split(), *(each.name for each in fields(Filter))]
VALUES = [
    *(b"", b"0", b"-1", b"1", b"9" * 30, b"1e400", b"NaN", b"x" * 3000, b"None", b"true", b"unfiled", b"all", b"date"),
    *(b"2026-02-30", b"0000-00-00", b"9999-12-31", b"2026-11-31T25:00", b"-0.00", b"1,2,3", b"'\"--", b"../../etc"),
    *(b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\r\nX-Evil: 1", b"//evil.example", b"<script>", b"{{7*7}}", b"%", b"\\"),
    *("١٢٣".encode(), "１２".encode(), "\u202e\u2066".encode(), "é".encode("latin-1"), "\U0001f9fe".encode() * 99),
]
KEYS_AT_ONCE = 8


def addresses(path: str, seed: int) -> str:
    chance = random.Random(f"{path} {seed}")
    named = chance.choices(KEYS, k=KEYS_AT_ONCE)
    return "&".join(f"{name}={quote_from_bytes(chance.choice(VALUES))}" for name in named)


@pytest.mark.fuzz
@pytest.mark.parametrize("seed", times(40))
def test_no_query_breaks_a_page(alice: Any, seed: int) -> None:
    ids = alice.work(one_of_each)
    for path in PAGES:
        filled = re.sub(r"{(\w+):\w+}", lambda found: str(ids.get(found[1], "none")), path)
        for n in range(3):
            query = addresses(path, 3 * seed + n)
            ask = alice.get if n else lambda where: alice.htmx("get", where)
            answer = ask(f"{filled}?{query}")
            assert answer.status_code < 500, f"{filled}?{query}"
            assert "x-evil" not in answer.headers
            assert "evil.example" not in answer.headers.get("location", "").split("?")[0], f"{filled}?{query}"
            assert "<script>" not in answer.text.replace("&lt;script&gt;", ""), f"{filled}?{query}"
