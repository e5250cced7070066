"""What a line of the log says, and what it never says."""

from __future__ import annotations

import io
import json
import logging

import pytest
from sqlalchemy import text

from app.log import add_context, begin_context, logger, set_up_logging
from app.services import one_time_links


@pytest.fixture
def lines():
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    set_up_logging(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = before
    root.setLevel(level)
    begin_context()


def test_a_line_has_the_event_and_the_context_of_its_request(lines):
    begin_context(request_id="abc")
    add_context(user=7)
    logger("saldo.test").info("job done", job=3)

    [line] = lines()
    assert (line["event"], line["request_id"], line["user"], line["job"]) == ("job done", "abc", 7, 3)
    assert line["level"] == "info"


def test_secrets_are_blanked(lines):
    logger("saldo.test").info("careless", password="hunter2", amount_minor=1250, refresh_token="t0k3n")

    text = json.dumps(lines())
    assert "hunter2" not in text
    assert "1250" not in text
    assert "t0k3n" not in text


def test_an_exception_brings_its_traceback(lines):
    try:
        raise ValueError("broken")
    except ValueError:
        logger("saldo.test").exception("failed")

    assert "ValueError: broken" in lines()[0]["exception"]


def test_other_loggers_speak_json_too(lines):
    logging.getLogger("somebody.else").warning("careful with %s", "that")

    assert lines()[0]["event"] == "careful with that"


def test_a_failure_logs_neither_a_one_time_token_nor_what_a_statement_was_given(lines, stranger, monkeypatch):
    given = {"name": "private words"}

    async def fail(session, *_):
        await session.execute(text("SELECT nothing FROM book WHERE name = :name"), given)

    monkeypatch.setattr(one_time_links, "find", fail)

    assert stranger.get("/reset/one-time-token").status_code == 500

    said = json.dumps(lines())
    assert "request failed" in said
    assert "one-time-token" not in said
    assert "private words" not in said
