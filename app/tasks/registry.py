"""Which function runs jobs of a kind, and which checks run periodically."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable

import app.tasks
from app.models import Job

Handler = Callable[[Job], Awaitable[None]]
Check = Callable[[], Awaitable[None]]
HANDLERS: dict[str, Handler] = {}
PERIODIC: list[Check] = []


def job(kind: str) -> Callable[[Handler], Handler]:
    """Register the decorated function for jobs of a kind.

    It opens its own units of work and must be safe to run twice.
    """

    def register(handler: Handler) -> Handler:
        HANDLERS[kind] = handler
        return handler

    return register


def periodic(check: Check) -> Check:
    """Run the decorated function at each sweep. It queues what the database says is due, under a unique key."""
    PERIODIC.append(check)
    return check


def load_handlers() -> None:
    """Import every module of this package, which registers its handlers."""
    for module in pkgutil.iter_modules(app.tasks.__path__):
        if module.name != "worker":
            importlib.import_module(f"app.tasks.{module.name}")
