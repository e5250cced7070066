"""People who do things at the same moment, twice, or again after a time-out."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from tests.faults import ROUNDS, times
from tests.support.entries import cash, enter, findings
from tests.support.flows import FLOWS, flows

CLIENTS = 20 if ROUNDS else 6
EDITS = len(times(1000)) // CLIENTS if ROUNDS else 4


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """The answers of calls that start at the same moment."""
    start = Barrier(len(calls))

    def begin(call: Callable[[], Any]) -> Any:
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(begin, calls))


@pytest.mark.fault
def test_no_edit_of_the_same_row_is_lost(alice: Any) -> None:
    """Each adds a word of their own to the memo, from the version that they have seen: saved, or told of the other."""
    where = f"/api/v1/transactions/{enter(alice, '2026-03-02', '-5.00')}"
    refused = 0

    def edit(client: int) -> Callable[[], list[str]]:
        def work() -> list[str]:
            nonlocal refused
            said = []
            for n in range(EDITS):
                word = f"{client}.{n}"
                while True:
                    seen = alice.api("GET", where).json()
                    words = [*(seen["memo"] or "").split()[-20:], word]
                    change = {"version": seen["version"], "memo": " ".join(words)}
                    answer = alice.api("PATCH", where, json=change)
                    if answer.status_code == 200:
                        said.append(word)
                        assert answer.json()["memo"].split()[-1] == word
                        break
                    assert answer.status_code == 409, answer.text
                    assert answer.json()["theirs"]["version"] > seen["version"]
                    refused += 1
            return said

        return work

    first = alice.api("GET", where).json()["version"]
    saved = [word for words in at_once([edit(client) for client in range(CLIENTS)]) for word in words]
    last = alice.api("GET", where).json()
    assert last["version"] - first == len(saved) == CLIENTS * EDITS
    assert findings(alice) == []


@pytest.mark.fault
@pytest.mark.parametrize("seed", times(20))
def test_entries_with_the_same_new_names_are_all_kept(alice: Any, seed: int) -> None:
    """Several who name the same new payee and tag at the same moment get one of each, and nobody is refused."""
    row = {"account": cash(alice), "booked_on": "2026-03-02", "amount": "-3.00"}
    entry = {**row, "payee": "New Baker", "tags": ["new"]}
    answers = at_once([lambda: alice.api("POST", "/api/v1/transactions", json=entry)] * CLIENTS)
    assert [each.status_code for each in answers] == [201] * CLIENTS, [each.text for each in answers]
    assert len([each for each in alice.api("GET", "/api/v1/tags").json()["tags"] if each["name"] == "new"]) == 1
    assert findings(alice) == []


def how_many(person: Any, where: str) -> int:
    found = person.api("GET", where).json()
    return max(len(each) for each in found.values() if isinstance(each, list))


@pytest.mark.fault
@pytest.mark.parametrize("seed", times(3))
@pytest.mark.parametrize("flow", FLOWS)
def test_sent_twice_at_once_and_again_later_it_has_one_effect(alice: Any, flow: str, seed: int) -> None:
    path, body, counted = flows(alice)[flow]
    before = how_many(alice, counted)
    key = {"Idempotency-Key": f"key-{random.Random(seed).random()}"}

    def send() -> Any:
        return alice.api("POST", path, json=body, headers=key)

    answers = [*at_once([send, send]), send()]
    assert len({each.status_code for each in answers}) == 1, [each.text for each in answers]
    assert answers[0].is_success, answers[0].text
    assert answers[0].json() == answers[1].json() == answers[2].json()
    assert sum("idempotent-replayed" in each.headers for each in answers) == 2
    assert how_many(alice, counted) - before == (2 if flow == "transfer" else 1)
    assert findings(alice) == []
