"""One-time links, read from the log as the operator of an install without mail does."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.log import set_up_logging


@contextmanager
def captured_log() -> Iterator[io.StringIO]:
    """What is written to the log inside the block."""
    written = io.StringIO()
    set_up_logging(written)
    try:
        yield written
    finally:
        set_up_logging()


def link_for(browser: Any, name: str) -> tuple[str, str | None]:
    """Ask for a password reset: the page that answers, and the path of the link, if one was made."""
    with captured_log() as written:
        answer = browser.post("/forgot", {"username": name})
    assert answer.status_code == 200
    found = re.search(r"http://localhost:8000(/reset/[\w-]+)", written.getvalue())
    return answer.text, found[1] if found else None
