"""A disk that is full: writing is refused with a sentence, reading goes on, and nothing breaks."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.faults import times
from tests.faults.install import installed

ROOM = 16 << 20
NAMESPACE = ["unshare", "--map-root-user", "--mount"]
INSIDE = ["sh", "-c", f'mount -t tmpfs -o size={ROOM} saldo "$0" && exec "$@"']

LOOK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
print(*connection.execute("PRAGMA integrity_check").fetchone())
print(*connection.execute('SELECT count(*) FROM "transaction"').fetchone())
"""


def can_mount(folder: Path) -> bool:
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*NAMESPACE, *INSIDE, str(folder), "true"], capture_output=True).returncode == 0


def fill(file: Path) -> None:
    """Take all the room that is left."""
    with file.open("wb", buffering=0) as ballast:
        for size in (1 << 16, 1 << 10, 1):
            try:
                while True:
                    ballast.write(bytes(size))
            except OSError:
                continue


def picture(side: int) -> bytes:
    import io
    import random

    from PIL import Image

    file = io.BytesIO()
    noise = Image.frombytes("RGB", (side, side), random.Random(side).randbytes(side * side * 3))
    noise.save(file, "PNG")
    return file.getvalue()


@pytest.mark.fault
@pytest.mark.parametrize("seed", times(5))
def test_a_full_disk_refuses_and_recovers(tmp_path: Path, seed: int) -> None:
    if not can_mount(tmp_path):
        pytest.skip("this user may not mount a small disk")
    with installed(tmp_path / "place") as place:
        web = place.web([*NAMESPACE, *INSIDE, str(place.folder)])
        disk = Path(f"/proc/{web.pid}/root{place.folder}")
        assert (disk / "saldo.sqlite3").exists()
        alice = place.client()
        account = alice.get("/api/v1/accounts").json()["accounts"][0]["id"]

        def book(n: int) -> Any:
            entry = {"account": account, "booked_on": "2026-03-02", "amount": f"-{n}.00", "memo": "m" * 900}
            return alice.post("/api/v1/transactions", json={**entry, "payee": f"Shop {n}"})

        kept = []
        fill(disk / "ballast")
        for n in range(1, 2000):
            answer = book(n)
            if answer.status_code != 201:
                break
            kept.append(answer.json()["id"])
        assert answer.status_code == 507, answer.text
        assert "disk is full" in answer.json()["detail"]
        file = {"file": ("receipt.png", picture(200), "image/png")}
        assert alice.put("/api/v1/me/avatar", files=file).status_code == 507
        assert alice.get("/api/v1/accounts").status_code == 200
        assert alice.get("/api/v1/transactions").status_code == 200
        assert alice.get("/health").status_code == 200

        (disk / "ballast").unlink()
        answer = book(2000)
        assert answer.status_code == 201
        kept.append(answer.json()["id"])
        assert all(alice.get(f"/api/v1/transactions/{each}").status_code == 200 for each in kept)
        inside = ["nsenter", "--target", str(web.pid), "--user", "--mount", "--preserve-credentials"]
        command = [*inside, sys.executable, "-c", LOOK, str(place.folder / "saldo.sqlite3")]
        assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.split() == [
            "ok",
            str(len(kept)),
        ]
        place.check(inside)
