"""What has happened, told once it is saved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Listener = TypeVar("Listener", bound=Callable[..., Any])
_listeners: dict[type, list[Callable[..., Any]]] = defaultdict(list)


@dataclass(frozen=True, slots=True)
class LedgerChanged:
    """Transactions of a book were added, changed or removed."""

    book_id: int


@dataclass(frozen=True, slots=True)
class JobQueued:
    """A job row waits to be run by a worker."""

    job_id: int


def on(kind: type) -> Callable[[Listener], Listener]:
    """Call the decorated function after each ``kind`` is saved."""

    def register(listener: Listener) -> Listener:
        _listeners[kind].append(listener)
        return listener

    return register


def enqueue(session: Any, happened: object) -> None:
    """Tell the listeners when the session commits; a rollback forgets it, a repetition is told once."""
    told: list[object] = session.info.setdefault("announced", [])
    if happened not in told:
        told.append(happened)


def dispatch(session: Any) -> None:
    """Call the listeners with what was announced; the unit of work does so after its commit."""
    for happened in session.info.pop("announced", ()):
        for listener in _listeners[type(happened)]:
            listener(happened)


def discard(session: Any) -> None:
    session.info.pop("announced", None)
