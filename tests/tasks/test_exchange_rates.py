"""Exchange rates are fetched from an address of the operator's, and from nowhere without one."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from app import db
from app.domain.money import Money
from app.errors import SaldoError
from app.integrations.exchange_rates import fetch
from app.services.currencies import store_fetched
from app.settings import Settings
from tests.support.cases import each_case

RATES = {"base": "EUR", "date": "2026-11-20", "rates": {"DZD": 151.25, "USD": 1.5, "ZZZ": 1}}


@pytest.fixture
def source() -> Iterator[Any]:
    """A server on this machine that answers with ``source.body``."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(server.body)

        def log_message(self, *_arguments: Any) -> None: ...

    server: Any = HTTPServer(("127.0.0.1", 0), Answer)
    server.body = json.dumps(RATES).encode()
    server.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_fetched_rates_come_before_shipped_ones_and_after_own_ones(alice: Any, run: Any, source: Any) -> None:
    async def store() -> None:
        async with db.write_session() as session, session.begin():
            await store_fetched(session, fetch(source.url))

    run(store)
    run(store)  # a day's rates replace those of the same day
    on = date(2026, 11, 25)

    async def convert(services: Any) -> Any:
        return [await services.currencies.convert(Money(100_00, "EUR"), code, on) for code in ("DZD", "USD")]

    dinar, dollar = alice.work(convert)
    assert (dinar.amount, dinar.source, dinar.is_approximate) == (Money(15_125_00, "DZD"), "fetched", False)
    assert (dollar.amount, dollar.as_of) == (Money(150_00, "USD"), date(2026, 11, 20))


@each_case(
    "body",
    [
        *(b"", b"[]", b"{}", b"x" * 2_000_000),
        b'{"base":"EUR","date":"x","rates":{}}',
        b'{"base":"EUR","date":"2026-11-20","rates":{"USD":-1}}',
    ],
)
def test_an_answer_that_holds_no_rates_is_refused(source: Any, body: bytes) -> None:
    source.body = body
    with pytest.raises(SaldoError):
        fetch(source.url)


def test_nothing_is_fetched_without_an_address() -> None:
    assert Settings(_env_file=None).exchange_rates_url == ""


@pytest.mark.parametrize("url", ["http://example.org/rates", "file:///etc/passwd", "ftp://example.org"])
def test_an_address_that_is_not_https_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        Settings(SALDO_EXCHANGE_RATES_URL=url, _env_file=None)
