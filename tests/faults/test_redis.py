"""Redis stops, forgets everything and comes back: log-in stays closed meanwhile, all else goes on, no job is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import times
from tests.faults.install import PASSWORD, installed, until
from tests.faults.servers import own_redis

ROWS = [{"booked_on": "2026-03-02", "payee": f"Shop {n}", "amount": f"-{n}.50"} for n in range(1, 21)]


@pytest.mark.fault
@pytest.mark.parametrize("seed", times(10))
def test_without_redis_saldo_goes_on(tmp_path: Path, seed: int) -> None:
    with own_redis(tmp_path) as redis, installed(tmp_path / "place", REDIS_URL=redis.address) as place:
        place.web()
        alice = place.client()
        account = alice.get("/api/v1/accounts").json()["accounts"][0]["id"]

        redis.stop()
        refused = alice.post("/api/token/", json={"username": "alice", "password": PASSWORD})
        assert (refused.status_code, "Signing in isn't possible" in refused.text) == (503, True)
        body = {"account": account, "booked_on": "2026-03-02", "payee": "Baker", "amount": "-3.00"}
        assert alice.post("/api/v1/transactions", json=body).status_code == 201
        assert alice.get("/api/v1/transactions").status_code == 200
        lines = {"account": account, "transactions": ROWS * 1001}
        answer = alice.post("/api/v1/transactions/import", json=lines)
        assert answer.status_code == 202, answer.text
        where = f"/api/v1/imports/{answer.json()['batch']}"
        worker = place.start("worker")
        until(lambda: b"worker started" in place.said("worker").read_bytes(), "the worker's start")

        redis.start()
        if seed % 2:
            redis.empty()
        until(lambda: alice.get(where).json()["status"] == "done", "the import that Redis never heard of")
        assert alice.get(where).json()["created"] == len(ROWS) * 1001
        assert worker.poll() is None
        answer = alice.post("/api/token/", json={"username": "alice", "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        place.check()
