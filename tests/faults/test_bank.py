"""The bank test: several people move money at once while the web process is killed again and again.

What was acknowledged is there afterwards, and the books add up.
"""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults import ROUNDS, times
from tests.faults.install import Install, installed, until

CLIENTS = 8 if ROUNDS else 4
SECONDS = 60.0 if ROUNDS else 1.5
KILLS = 6 if ROUNDS else 1


class Mover(threading.Thread):
    """Somebody with two accounts who books, splits, transfers, edits and deletes, and remembers what was said."""

    def __init__(self, place: Install, name: str, seed: int) -> None:
        super().__init__()
        self.client, self.random, self.ended = place.client(name), random.Random(seed), threading.Event()
        self.kept: dict[int, str] = {}
        self.unsure: set[int] = set()
        self.gone: set[int] = set()
        self.strange: list[str] = []
        accounts = self.client.get("/api/v1/accounts").json()["accounts"]
        self.accounts = [each["id"] for each in accounts if each["currency"] == "EUR"]
        while len(self.accounts) < 2:
            body = {"name": f"Account {len(self.accounts)}", "kind": "checking", "currency": "EUR"}
            self.accounts.append(self.client.post("/api/v1/accounts", json=body).raise_for_status().json()["id"])
        categories = self.client.get("/api/v1/categories", params={"limit": 100}).json()["categories"]
        self.categories = [each["id"] for each in categories if each["kind"] == "expense"][:2]

    def run(self) -> None:
        deeds = (self.book, self.book, self.split, self.transfer, self.edit, self.delete)
        while not self.ended.is_set():
            try:
                answer = self.random.choice(deeds)()
            except httpx.HTTPError:  # killed: whether it was saved, nobody said
                time.sleep(0.02)
                continue
            if answer is not None and answer.status_code not in (200, 201, 204, 409, 503):
                self.strange.append(f"{answer.status_code} {answer.text}")

    def _entry(self) -> dict[str, Any]:
        amount = f"-{self.random.randint(1, 900)}.{self.random.randint(10, 99)}"
        account = self.random.choice(self.accounts)
        return {
            "account": account,
            "booked_on": "2026-03-02",
            "payee": f"Shop {self.random.randint(1, 9)}",
            "amount": amount,
        }

    def _keep(self, answer: httpx.Response) -> httpx.Response:
        if answer.status_code == 201:
            row = answer.json()
            self.kept[row["id"]] = row["amount"]
        return answer

    def book(self) -> httpx.Response:
        return self._keep(self.client.post("/api/v1/transactions", json=self._entry()))

    def split(self) -> httpx.Response:
        one, other = self.categories
        parts = [{"category": one, "amount": "-7.01"}, {"category": other, "amount": "-2.99"}]
        entry = {**self._entry(), "amount": "-10.00", "splits": parts}
        return self._keep(self.client.post("/api/v1/transactions", json=entry))

    def transfer(self) -> httpx.Response:
        source, target = self.random.sample(self.accounts, 2)
        body = {"from": source, "to": target, "amount": f"{self.random.randint(1, 99)}", "booked_on": "2026-03-02"}
        return self.client.post("/api/v1/transfers", json=body)

    def edit(self) -> httpx.Response | None:
        if not (known := [*self.kept.keys() - self.unsure]):
            return None
        chosen, change = self.random.choice(known), {"memo": f"note {self.random.randint(1, 99)}"}
        return self.client.patch(f"/api/v1/transactions/{chosen}", json=change)

    def delete(self) -> httpx.Response | None:
        if len(known := [*self.kept.keys() - self.unsure]) < 5:
            return None
        chosen = self.random.choice(known)
        self.unsure.add(chosen)
        answer = self.client.delete(f"/api/v1/transactions/{chosen}")
        if answer.status_code == 204:
            self.gone.add(chosen)
        else:
            self.unsure.discard(chosen)
        return answer


@pytest.mark.fault
@pytest.mark.parametrize("seed", times(20))
def test_what_was_acknowledged_is_there(empty_database: Any, tmp_path: Path, seed: int) -> None:
    address = empty_database.url.render_as_string(hide_password=False)
    chance = random.Random(seed)
    with installed(tmp_path / "place", DATABASE_URL=address) as place:
        web = place.web()
        # two people use each book at once
        people = [Mover(place, ("alice", "bob", "carol", "dan")[n // 2], 100 * seed + n) for n in range(CLIENTS)]
        for each in people:
            each.start()
        for _kill in range(KILLS):
            before = sum(len(each.kept) for each in people)
            threading.Event().wait(chance.uniform(0.3, 1.0) * SECONDS / KILLS)
            until(lambda seen=before: sum(len(each.kept) for each in people) > seen + 5, "work before the kill")
            web.kill()
            web.wait()
            web = place.web()
        counts = sum(len(each.kept) for each in people)
        until(lambda: sum(len(each.kept) for each in people) > counts + 5, "work after the kill")
        for each in people:
            each.ended.set()
        for each in people:
            each.join()

        assert [each for person in people for each in person.strange] == []
        for person in people:
            for row, amount in person.kept.items():
                answer = person.client.get(f"/api/v1/transactions/{row}")
                if row in person.gone:
                    assert answer.status_code == 404
                elif row not in person.unsure:
                    assert (answer.status_code, answer.json()["amount"]) == (200, amount)
        place.check()
