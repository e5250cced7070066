"""Other settings for the length of a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from app import settings as settings_module
from app.settings import Settings

MODULES = (
    "app.settings",
    "app.services.rate_limit",
    "app.web.cookies",
    "app.web.middleware.headers",
    "app.web.visitors",
    "app.services.auth",
    "app.integrations.mail",
)


@contextmanager
def changed(monkeypatch: pytest.MonkeyPatch, **values: Any) -> Iterator[Settings]:
    """This install's settings with some of them changed, where modules read them."""
    kept = settings_module.settings().model_copy(update=values)
    for name in MODULES:
        monkeypatch.setattr(f"{name}.settings", lambda: kept)
    yield kept
