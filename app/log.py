"""Structured logs: one JSON object a line, with the request's id; no bodies, amounts, tokens or addresses."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

from app.settings import settings

SECRET_WORDS = ("password", "token", "secret", "cookie", "authorization", "email", "amount", "link")


def _without_secrets(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Blank what must never be written down, whatever a careless caller passes."""
    for key in event:
        if any(word in key.lower() for word in SECRET_WORDS) and key != "reset_link":
            event[key] = "[not logged]"
    return event


def set_up_logging(stream: Any = None) -> None:
    """Send structlog's and the standard library's records through one formatter to ``stream`` (stderr)."""
    as_json = settings().log_format == "json" or (settings().log_format == "auto" and not sys.stderr.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _without_secrets,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=True)
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.getLogger("uvicorn.access").disabled = True  # the application logs each request itself
    for noisy in ("aiosqlite", "sqlalchemy.engine", "huey", "httpx", "cmdstanpy", "prophet", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    bound: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return bound
