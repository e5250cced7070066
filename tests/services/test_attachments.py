"""Files of transactions: what is cleared away, and what stays."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import pytest

from app import db
from app.errors import TooLarge
from app.models.base import now
from app.schemas.transactions import TransactionIn
from app.services import disk_quota
from app.services.attachments import KEPT, delete_unused_files, prepare
from app.storage import ATTACHMENTS


@pytest.fixture
def files(alice: Any) -> list[tuple[int, str]]:
    """Two files of one entry, attached long ago."""

    async def attach(services: Any) -> list[tuple[int, str]]:
        row = await services.transactions.add(TransactionIn(payee="Zzyxq", amount="-1"))
        made = [await services.attachments.add(row.id, await prepare(f"{n}.pdf", b"%PDF-1.4 x")) for n in range(2)]
        return [(each.id, each.path) for each in made]

    found = alice.work(attach)
    long_ago = (now() - 3 * KEPT).timestamp()
    for _id, path in found:
        os.utime(ATTACHMENTS.folder / path, (long_ago, long_ago))
    return found


def swept(run: Any, days: int) -> int:
    async def work() -> int:
        async with db.read_session() as session:
            return await delete_unused_files(session, now() + timedelta(days=days))

    return run(work)


def test_a_removed_file_stays_while_it_can_be_put_back(alice: Any, run: Any, files: list[tuple[int, str]]) -> None:
    (first, path), (_second, other) = files

    async def remove(services: Any) -> int:
        await services.attachments.delete(first)
        return services.journal.change_set_id

    change_set = alice.work(remove)
    swept(run, 1)
    assert (ATTACHMENTS.folder / path).exists()
    alice.work(lambda services: services.journal.undo(change_set))
    swept(run, 31)
    assert alice.work(lambda services: services.attachments.read(first))[1].startswith(b"%PDF")

    alice.work(remove)
    assert swept(run, 31) >= 1
    assert not (ATTACHMENTS.folder / path).exists()
    assert (ATTACHMENTS.folder / other).exists()
    assert swept(run, 31) == 0


def test_a_file_that_is_just_being_written_stays(run: Any, alice: Any, files: list[tuple[int, str]]) -> None:
    fresh = ATTACHMENTS.folder / f"{'x' * 30}.pdf"
    fresh.write_bytes(b"%PDF-")
    swept(run, 0)
    assert fresh.exists()
    swept(run, 31)
    assert not fresh.exists()


def test_removed_files_count_toward_the_quota_while_they_can_be_restored(alice, files, monkeypatch):
    monkeypatch.setattr(disk_quota, "MAX_BYTES_PER_USER", 20)  # two files of 10 bytes
    transaction_id = alice.work(remove_first(files))

    async def attach(services: Any) -> None:
        await services.attachments.add(transaction_id, await prepare("x.pdf", b"%PDF-"))

    with pytest.raises(TooLarge):
        alice.work(attach)

    monkeypatch.setattr(disk_quota, "MAX_BYTES_PER_USER", 25)
    alice.work(attach)


def test_bank_files_that_wait_count_toward_the_quota(alice, run, monkeypatch):
    csv = b"Date,Payee,Amount\n2026-03-01,Baker,-1.50\n2026-03-02,Grocer,-2.50\n"
    monkeypatch.setattr(disk_quota, "MAX_BYTES_PER_BOOK", int(len(csv) * 1.5))
    account_id = alice.api("GET", "/api/v1/accounts").json()["accounts"][0]["id"]
    statuses = [
        alice.post("/imports", {"account": str(account_id)}, files={"file": (f"{n}.csv", csv)}).status_code
        for n in range(2)
    ]
    assert statuses == [303, 413]


def remove_first(files: list[tuple[int, str]]) -> Any:
    return lambda services: services.attachments.delete(files[0][0])
