"""How fast the pages are, how fast files come in, and how both grow with the books.

Each figure is the median of a closed loop over one kept-alive connection; ``cpu`` is processor time of all of Saldo's
processes a request, the figure to compare on a shared machine. Growth is the exponent between the smallest and the
largest size: 0 is flat, 1 is linear. A page is measured drawn anew each time, and once more ``unchanged``, as it is
answered while its book does not change.
"""

from __future__ import annotations

import math
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.books import ACCOUNTS, EXPENSE, INCOME, csv_of
from benchmarks.server import Client, Server, sign_in, sign_up

PAGES = {
    "overview": "/?month=2024-03",
    "list": "/transactions",
    "list of a month": "/transactions?since=2024-03-01&until=2024-03-31",
    "search payee": "/transactions?q=Payee+017&min_amount=50",
    "search memo": "/transactions?q=lunch",
    "search nothing": "/transactions?q=zzzz",
    "report": "/reports?month=2024-03",
    "accounts": "/accounts",
    "activity": "/activity",
}
SECONDS, MOST = 1.5, 300


@dataclass
class Measure:
    p50: float
    p95: float
    cpu: float
    size: int


def measure(server: Server, client: Client, path: str, *, anew: bool) -> Measure:
    """Ask again and again; ``anew`` changes the address each time, so that no kept page can answer."""
    number = 0

    def address() -> str:
        nonlocal number
        number += 1
        return f"{path}{'&' if '?' in path else '?'}turn={number}" if anew else path

    for _ in range(3):
        answer = client.get(address())
        assert answer.status == 200, (path, answer.status, answer.body[:300])
    times: list[float] = []
    cpu, end = server.cpu(), time.perf_counter() + SECONDS
    while time.perf_counter() < end and len(times) < MOST:
        began = time.perf_counter()
        answer = client.get(address())
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    return Measure(
        statistics.median(times),
        times[int(len(times) * 0.95)],
        (server.cpu() - cpu) * 1000 / len(times),
        len(answer.body),
    )


def fill(api: Client, count: int) -> None:
    """The six accounts and forty categories of the made-up books."""
    for name in ACCOUNTS:
        answer = api.post_json("/api/v1/accounts", {"name": name, "kind": "checking", "currency": "EUR"})
        assert answer.status == 201, answer.body
    for kind, names in (("income", INCOME), ("expense", EXPENSE)):
        for name in names:
            answer = api.post_json("/api/v1/categories", {"name": name, "group": f"Bench {kind}", "kind": kind})
            assert answer.status == 201, answer.body


def bring_in(api: Client, count: int) -> tuple[float, int]:
    """Import each account's statement; seconds and rows created. Large files are polled until they are in."""
    listed = {each["name"]: each["id"] for each in api.get("/api/v1/accounts?limit=100").json()["accounts"]}
    seconds, created = 0.0, 0
    for account in ACCOUNTS:
        data = csv_of(account, count)
        began = time.perf_counter()
        answer = api.post_file("/api/v1/transactions/import", data, {"account": str(listed[account])})
        assert answer.status in (201, 202), answer.body[:500]
        report = answer.json()
        while answer.status == 202 and report.get("status") != "done":
            time.sleep(0.05)
            report = api.get(f"/api/v1/imports/{answer.json()['batch']}").json()
            assert report["status"] != "failed", report
        seconds += time.perf_counter() - began
        created += report["created"]
    return seconds, created


def one_size(count: int, folder: Path) -> dict[str, float]:
    found: dict[str, float] = {}
    with Server(folder) as server:
        found["cold start, s"] = server.cold
        _browser, api = sign_up(server.port)
        fill(api, count)
        server.settle()  # the worker starts after the web process, and is part of what is used at rest
        rest = server.memory()
        cpu = server.cpu()
        seconds, created = bring_in(api, count)
        assert created == count, (created, count)
        found["import, rows/s"] = count / seconds
        found["import, cpu s"] = server.cpu() - cpu
        found["import, peak MiB over rest"] = max(0.0, server.peak() - rest)
        again, added = bring_in(api, count)
        assert added == 0
        found["import again, rows/s"] = count / again
    with Server(folder) as server:
        found["cold start, s"] = statistics.median((found["cold start, s"], server.cold))
        browser = sign_in(server.port)
        found["memory at rest, MiB"] = server.memory()
        began = time.perf_counter()
        browser.get(PAGES["overview"])
        found["first overview, ms"] = (time.perf_counter() - began) * 1000
        for name, path in PAGES.items():
            drawn = measure(server, browser, path, anew=True)
            found[f"{name}, p50 ms"], found[f"{name}, p95 ms"] = drawn.p50, drawn.p95
            found[f"{name}, cpu ms"], found[f"{name}, KiB"] = drawn.cpu, drawn.size / 1024
            found[f"{name}, unchanged, p50 ms"] = measure(server, browser, path, anew=False).p50
        began = time.perf_counter()
        lines = browser.get("/transactions/export.csv").body.count(b"\n")
        found["export csv, rows/s"] = count / (time.perf_counter() - began)
        assert lines >= count, lines
        found["memory after, MiB"] = server.memory()
    return found


def main(sizes: list[int]) -> None:
    with tempfile.TemporaryDirectory(prefix="saldo-bench-") as folder:
        results = {size: one_size(size, Path(folder) / str(size)) for size in sizes}
    print(f"{'':34}" + "".join(f"{size:>12,}" for size in sizes) + f"{'growth':>10}")
    for name in results[sizes[0]]:
        row = [results[size][name] for size in sizes]
        growth = math.log(row[-1] / row[0]) / math.log(sizes[-1] / sizes[0]) if len(sizes) > 1 and min(row) > 0 else 0
        print(f"{name:34}" + "".join(f"{value:12,.2f}" for value in row) + f"{growth:10.2f}")
