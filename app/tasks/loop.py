"""One event loop a worker process: asyncpg's connections belong to the loop that opened them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from functools import cache
from typing import Any, TypeVar

Result = TypeVar("Result")


@cache
def _loop() -> asyncio.AbstractEventLoop:
    made = asyncio.new_event_loop()
    threading.Thread(target=made.run_forever, name="loop", daemon=True).start()
    return made


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine on the process's loop, from any other thread, and wait for it."""
    return asyncio.run_coroutine_threadsafe(work, _loop()).result()


def stop() -> None:
    _loop().call_soon_threadsafe(_loop().stop)
    _loop.cache_clear()
