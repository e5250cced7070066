"""A web process that is killed in the middle of an import leaves all of it or nothing."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app import db
from app.models import ImportBatch, ImportStatus, Transaction
from app.services.ledger.invariants import check_invariants
from tests.conftest import CAST
from tests.faults import times
from tests.support.event_loop import in_the_loop
from tests.support.statements import balance

ROWS = 5000
ROOT = Path(__file__).resolve().parents[2]
IMPORT = """
import asyncio, sys
from app.services import member_of, unit_of_work
from app.db import read_session

async def main(user_id, path):
    async with read_session() as session:
        member = await member_of(session, user_id)
    print("ready", flush=True)
    async with unit_of_work(member) as services:
        with open(path, "rb") as file:
            inspected = await services.imports.inspect(file)
            statement = await services.imports.read_file(file, inspected)
        print("writing", flush=True)
        await services.imports.import_statement(statement, inspected.account.id, source="csv")
    print("done", flush=True)

asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
"""


@pytest.mark.fault
@pytest.mark.parametrize("seed", times(50))
def test_a_killed_import_is_whole_or_not_at_all_and_can_run_again(alice: Any, tmp_path: Path, seed: int) -> None:
    file = tmp_path / "statement.csv"
    lines = [f"2026-{n % 12 + 1:02d}-{n % 28 + 1:02d},Shop {n % 40},-{n % 90 + 1}.00" for n in range(ROWS)]
    file.write_text("Date,Payee,Amount\n" + "\n".join(lines) + "\n")
    address = db.database().url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", IMPORT, str(CAST["alice"][2]), str(file)]
    environment = {**os.environ, "DATABASE_URL": address, "PYTHONPATH": str(ROOT)}

    killed = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert killed.stdout is not None
    while killed.stdout.readline().strip() not in ("writing", ""):
        pass
    time.sleep(random.Random(seed).uniform(0.0, 0.4))
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    killed.stdout.close()

    async def look() -> tuple[int, list[str], list[ImportStatus]]:
        async with db.read_session() as session:
            count = await session.scalar(select(func.count()).select_from(Transaction)) or 0
            found = [str(each) for each in await check_invariants(session)]
            states = await session.scalars(select(ImportBatch.status))
            return count, found, list(states)

    count, found, states = in_the_loop(look)
    assert found == []
    assert (count, states) in ((0, []), (ROWS, [ImportStatus.DONE]))
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    count, found, _states = in_the_loop(look)
    assert (count, found) == (ROWS, [])
    assert balance(alice) == -sum(100 * (n % 90 + 1) for n in range(ROWS))
