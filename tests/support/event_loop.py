"""One event loop for all tests of a process: connections stay open on it, and no request pays for a loop of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from functools import cache
from typing import Any, TypeVar

from anyio.from_thread import BlockingPortal, start_blocking_portal
from litestar.testing import TestClient

from app.tasks import loop

Result = TypeVar("Result")
_open = ExitStack()


@cache
def portal() -> BlockingPortal:
    """The way into the thread in which the loop runs. What the queue runs goes there too."""
    made = _open.enter_context(start_blocking_portal())
    loop._portal.append(made)
    return made


def in_the_loop(work: Callable[..., Awaitable[Result]], *args: Any) -> Result:
    return portal().call(work, *args)


def stop() -> None:
    _open.close()


class Client(TestClient[Any]):
    """Litestar's, with this loop in place of one for each request."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.blocking_portal = portal()
