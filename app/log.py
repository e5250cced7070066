"""Structured logs: one JSON object per line with the request's id, without bodies, amounts, tokens or addresses.

The standard library's logging with our own formatter; structlog would take a tenth of a second of every start.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

from app.settings import settings

SECRET_WORDS = ("password", "token", "secret", "cookie", "authorization", "email", "amount", "link")
SPOKEN = ("reset_link", "verify_link", "email_link")  # logged on purpose where no mail server is set

_context: ContextVar[Mapping[str, Any]] = ContextVar("log_context", default={})  # noqa: B039 – never changed in place


def begin_context(**fields: Any) -> None:
    """Replace the fields of every log line of the current request or job."""
    _context.set(fields)


def add_context(**fields: Any) -> None:
    _context.set({**_context.get(), **fields})


def context() -> Mapping[str, Any]:
    return _context.get()


def without_secrets(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Blank sensitive values, whatever a caller passes."""
    return {
        key: "[not logged]" if key not in SPOKEN and any(word in key.lower() for word in SECRET_WORDS) else value
        for key, value in fields.items()
    }


class Logger:
    """A named logger whose lines carry fields: ``log.info("job done", job=3)``."""

    def __init__(self, name: str) -> None:
        self._to = logging.getLogger(name)

    def info(self, event: str, **fields: Any) -> None:
        self._say(logging.INFO, event, fields)

    def warning(self, event: str, **fields: Any) -> None:
        self._say(logging.WARNING, event, fields)

    def error(self, event: str, *, exc_info: Any = None, **fields: Any) -> None:
        self._say(logging.ERROR, event, fields, exc_info)

    def exception(self, event: str, **fields: Any) -> None:
        """Log an error with the exception that is being handled."""
        self._say(logging.ERROR, event, fields, True)

    def _say(self, level: int, event: str, fields: Mapping[str, Any], exc_info: Any = None) -> None:
        if self._to.isEnabledFor(level):
            self._to.log(level, event, extra={"fields": {**context(), **fields}}, exc_info=exc_info)


def logger(name: str) -> Logger:
    return Logger(name)


def _parts(record: logging.LogRecord) -> dict[str, Any]:
    parts = {
        "event": record.getMessage(),
        "level": record.levelname.lower(),
        "logger": record.name,
        "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
        **without_secrets(getattr(record, "fields", None) or context()),
    }
    if record.exc_info and record.exc_info[0] is not None:
        parts["exception"] = "".join(traceback.format_exception(*record.exc_info))
    return parts


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(_parts(record), default=str, ensure_ascii=False)


class Plain(logging.Formatter):
    """Readable lines for a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        parts = _parts(record)
        more = parts.pop("exception", "")
        shown = f"{parts.pop('timestamp')[11:19]} {parts.pop('level'):7} {parts.pop('event')}"
        parts.pop("logger")
        fields = " ".join(f"{key}={value}" for key, value in parts.items())
        return f"{shown}  {fields}\n{more}" if more else f"{shown}  {fields}"


def set_up_logging(stream: TextIO | None = None) -> None:
    """Send every record of this process through one formatter to ``stream`` (stderr)."""
    wish = settings().log_format
    as_json = wish == "json" or (wish == "auto" and not sys.stderr.isatty())
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if as_json else Plain())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.getLogger("uvicorn.access").disabled = True  # the application logs each request itself
    for noisy in (
        "aiosqlite",
        "sqlalchemy.engine",
        "huey",
        "httpx",
        "cmdstanpy",
        "prophet",
        "alembic",
        "uvicorn.error",
    ):
        logging.getLogger(noisy).setLevel(logging.WARNING)
