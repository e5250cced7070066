"""Clients that ask for something and then read nothing of the answer."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.support.event_loop import in_the_loop


class SlowClients:
    """Any number of requests whose answers are not read until ``hang_up``."""

    def __init__(self, application: Any, cookie: str) -> None:
        self.application, self.cookie = application, cookie
        self.statuses: list[int] = []
        self._tasks: list[asyncio.Task[None]] = []

    def ask(self, path: str, times: int) -> None:
        """Send the requests, and return when each is answered or waits for its client to read."""
        in_the_loop(self._ask, path, times)

    def hang_up(self) -> None:
        in_the_loop(self._hang_up)

    async def _ask(self, path: str, times: int) -> None:
        self.end = asyncio.Event()
        stuck = [asyncio.Event() for _ in range(times)]
        self._tasks = [asyncio.create_task(self._one(path, each)) for each in stuck]
        await asyncio.gather(*(asyncio.wait_for(each.wait(), 60) for each in stuck))

    async def _one(self, path: str, stuck: asyncio.Event) -> None:
        target, _, query = path.partition("?")
        headers = [(b"host", b"localhost:8000"), (b"cookie", f"saldo={self.cookie}".encode())]
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
            "path": target, "raw_path": target.encode(), "root_path": "", "query_string": query.encode(),
            "headers": headers, "client": ("127.0.0.1", 50000), "server": ("127.0.0.1", 8000), "state": {},
        }  # fmt: skip

        async def receive() -> dict[str, Any]:
            await self.end.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                self.statuses.append(message["status"])
            else:
                stuck.set()
                await self.end.wait()

        try:
            await self.application(scope, receive, send)
        finally:
            stuck.set()

    async def _hang_up(self) -> None:
        self.end.set()
        await asyncio.gather(*self._tasks, return_exceptions=True)
