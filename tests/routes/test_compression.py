"""What is sent small: our own files, and pages whose address repeats nothing."""

from __future__ import annotations

import warnings

from app.asgi import create_app


def packed(browser, path):
    return browser.get(path, headers={"Accept-Encoding": "gzip"}).headers.get("content-encoding")


def test_our_files_are_sent_compressed(stranger):
    assert packed(stranger, "/static/app.css") == "gzip"


def test_a_page_is_compressed_unless_its_address_could_be_repeated_in_it(alice):
    alice.get("/transactions")
    assert packed(alice, "/transactions") == "gzip"
    assert packed(alice, "/transactions?search=guess") is None


def test_the_application_starts_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        create_app()
