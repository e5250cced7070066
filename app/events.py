"""Events that are dispatched to listeners after the commit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

Listener = TypeVar("Listener", bound=Callable[..., Any])
_listeners: dict[type, list[Callable[..., Any]]] = defaultdict(list)


@dataclass(frozen=True, slots=True)
class LedgerChanged:
    """Transactions of a book were inserted, updated or deleted. Dispatched once per unit of work, after commit.

    The sets name what was touched, before or after: accounts, categories (of splits too) and payees by id, and the
    first days of budget months.
    """

    book_id: int
    change_set_id: int
    accounts: frozenset[int]
    categories: frozenset[int]
    months: frozenset[date]
    payees: frozenset[int]


@dataclass(frozen=True, slots=True)
class JobQueued:
    """A job row waits to be run by a worker, before the others if it is urgent."""

    job_id: int
    is_urgent: bool = False


def on(kind: type) -> Callable[[Listener], Listener]:
    """Call the decorated function with each event of this kind.

    It only wakes something up, so a lost event is harmless.
    """

    def register(listener: Listener) -> Listener:
        _listeners[kind].append(listener)
        return listener

    return register


def remove_listener(kind: type, listener: Callable[..., Any]) -> None:
    """Stop calling a function that ``on`` registered."""
    _listeners[kind].remove(listener)


def enqueue(session: Any, event: object) -> None:
    """Dispatch an event when the session commits. A rollback discards it, and equal events are dispatched once."""
    waiting: list[object] = session.info.setdefault("events", [])
    if event not in waiting:
        waiting.append(event)


def dispatch(session: Any) -> None:
    """Call the listeners with what was enqueued; the unit of work does so after its commit."""
    for event in session.info.pop("events", ()):
        for listener in _listeners[type(event)]:
            listener(event)


def discard(session: Any) -> None:
    """Drop what was enqueued, after a rollback."""
    session.info.pop("events", None)
