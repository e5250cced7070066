"""PostgreSQL goes away under load and comes back: nothing wrong is kept, and Saldo needs no help to go on."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults import times
from tests.faults.install import installed, until
from tests.faults.servers import own_postgresql

CLIENTS = 4
ERRORS_END = 5.0  # seconds after the database is back


class Typing(threading.Thread):
    """Somebody who books one entry after the other and remembers what was acknowledged."""

    def __init__(self, client: httpx.Client, account: int) -> None:
        super().__init__()
        self.client, self.account, self.ended = client, account, threading.Event()
        self.kept: list[int] = []
        self.refused: list[tuple[float, Any]] = []

    def run(self) -> None:
        number = 0
        while not self.ended.is_set():
            number += 1
            entry = {"account": self.account, "booked_on": "2026-03-02", "payee": "Shop", "amount": f"-{number}.00"}
            answer = self.client.post("/api/v1/transactions", json=entry)
            if answer.status_code == 201:
                self.kept.append(answer.json()["id"])
            else:
                self.refused.append((time.monotonic(), answer))


@pytest.mark.fault
@pytest.mark.parametrize("mode", [each for n in times(10) for each in (("immediate", "fast") if n else ("immediate",))])
def test_a_restart_under_load_loses_nothing(tmp_path: Path, mode: str) -> None:
    with own_postgresql() as server, installed(tmp_path / "place", DATABASE_URL=server.address) as place:
        place.web()
        people = []
        for name in ("alice", "bob"):
            client = place.client(name)
            account = client.get("/api/v1/accounts").json()["accounts"][0]["id"]
            people += [Typing(place.client(name), account) for _n in range(CLIENTS // 2)]
        for each in people:
            each.start()
        until(lambda: all(len(each.kept) > 3 for each in people), "work before the restart")
        server.control("restart", "-m", mode)
        back = time.monotonic()
        counts = [len(each.kept) for each in people]
        until(lambda: all(len(each.kept) > n + 3 for each, n in zip(people, counts, strict=True)), "work after it")
        for each in people:
            each.ended.set()
        for each in people:
            each.join()

        refused = [each for person in people for each in person.refused]
        assert {answer.status_code for _when, answer in refused} <= {503}, {answer.text for _when, answer in refused}
        assert all("isn’t responding" in answer.json()["detail"] for _when, answer in refused)
        assert max((when for when, _answer in refused), default=back) < back + ERRORS_END
        for person in people:
            for each in person.kept:
                assert person.client.get(f"/api/v1/transactions/{each}").status_code == 200
        place.check()
