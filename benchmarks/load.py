"""Many users at once: ``python -m benchmarks.load --users 50 --seconds 60``.

Each user logs in with an own client, then looks at the overview and the list, adds a transaction, and now and then logs
in again. Prints requests, errors and response times of each kind. ``--pause 1`` lets a user wait a second between two
requests; ``--workers 2`` and ``DATABASE_URL`` measure several web processes on PostgreSQL.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

import httpx

from benchmarks.server import PASSWORD, Server

KINDS = ("overview", "list", "add", "add", "list", "log in")


class Figures:
    """Response times in ms and refusals, by kind of request."""

    def __init__(self) -> None:
        self.times: dict[str, list[float]] = defaultdict(list)
        self.refused: Counter[str] = Counter()

    async def measure(self, kind: str, request: httpx.Request, client: httpx.AsyncClient) -> httpx.Response | None:
        began = time.perf_counter()
        try:
            answer = await client.send(request)
        except httpx.HTTPError as error:
            self.refused[f"{kind}: {type(error).__name__}"] += 1
            return None
        self.times[kind].append((time.perf_counter() - began) * 1000)
        if answer.status_code >= 400:
            self.refused[f"{kind}: {answer.status_code}"] += 1
        return answer

    def report(self, seconds: float) -> str:
        lines = [f"{'':10}{'requests':>10}{'p50 ms':>10}{'p95 ms':>10}{'max ms':>10}"]
        for kind, times in sorted(self.times.items()):
            times.sort()
            p95 = times[int(len(times) * 0.95)]
            lines.append(f"{kind:10}{len(times):10}{statistics.median(times):10.0f}{p95:10.0f}{times[-1]:10.0f}")
        lines.append(
            f"{sum(map(len, self.times.values())) / seconds:.1f} requests/s; refused: {dict(self.refused) or 0}"
        )
        return "\n".join(lines)


async def log_in(client: httpx.AsyncClient, name: str, figures: Figures) -> None:
    client.cookies.clear()
    form = await client.get("/login")
    found = re.search(r'name="csrf-token" content="([^"]+)"', form.text)
    assert found, form.text[:300]
    data = {"username": name, "password": PASSWORD, "_csrf_token": found[1]}
    await figures.measure("log in", client.build_request("POST", "/login", data=data), client)


async def use(
    base: str, number: int, everyone: asyncio.Barrier, seconds: float, pause: float, figures: Figures
) -> None:
    """One user: signs up, waits for everyone, then works until the time is over."""
    name, chance = f"user{number}", random.Random(number)
    body = {"username": name, "password": PASSWORD, "email": f"{name}@example.org"}
    async with (
        httpx.AsyncClient(base_url=base, timeout=60) as client,
        httpx.AsyncClient(base_url=base, timeout=60) as api,
    ):
        answer = await figures.measure("sign up", api.build_request("POST", "/api/users/create/", json=body), api)
        assert answer is not None, figures.refused
        assert answer.status_code == 201, answer.text
        api.headers["Authorization"] = f"Bearer {answer.json()['access']}"
        account = (await api.get("/api/v1/accounts")).json()["accounts"][0]["id"]
        await log_in(client, name, figures)
        await everyone.wait()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            kind = chance.choice(KINDS)
            if kind == "log in":
                await log_in(client, name, figures)
            elif kind == "add":
                entry = {
                    "account": account,
                    "booked_on": "2026-03-02",
                    "payee": f"Shop {chance.random():.3f}",
                    "amount": "-3.50",
                }
                await figures.measure(kind, api.build_request("POST", "/api/v1/transactions", json=entry), api)
            else:
                path = "/" if kind == "overview" else "/transactions"
                await figures.measure(kind, client.build_request("GET", path), client)
            if pause:
                await asyncio.sleep(pause)


async def run(port: int, users: int, seconds: float, pause: float) -> Figures:
    figures, everyone, base = Figures(), asyncio.Barrier(users), f"http://127.0.0.1:{port}"
    await asyncio.gather(*(use(base, each, everyone, seconds, pause, figures) for each in range(users)))
    return figures


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    arguments.add_argument("--users", type=int, default=50)
    arguments.add_argument("--seconds", type=float, default=60)
    arguments.add_argument("--pause", type=float, default=0, help="seconds between two requests of a user")
    arguments.add_argument("--workers", type=int, default=1, help="web processes")
    wish = arguments.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="saldo-load-") as folder,
        Server(Path(folder), {"SALDO_WEB_WORKERS": str(wish.workers)}) as server,
    ):
        print(asyncio.run(run(server.port, wish.users, wish.seconds, wish.pause)).report(wish.seconds))


if __name__ == "__main__":
    main()
