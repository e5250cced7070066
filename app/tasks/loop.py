"""The worker's only event loop: asyncpg's connections belong to the loop that opened them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from anyio.from_thread import BlockingPortal, start_blocking_portal

Result = TypeVar("Result")
_portal: list[BlockingPortal] = []


@contextmanager
def event_loop() -> Iterator[BlockingPortal]:
    """Run the loop in a thread of its own inside the block.

    It is started here, before the consumer and the sweep first need it: two threads that each started one would mix
    connections of two loops.
    """
    with start_blocking_portal() as portal:
        _portal.append(portal)
        try:
            yield portal
        finally:
            _portal.remove(portal)


def run(work: Callable[..., Awaitable[Result]], *arguments: Any) -> Result:
    """Call an async function on the loop from any other thread, and wait for its result."""
    return _portal[-1].call(work, *arguments)
