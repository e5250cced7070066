"""Saldo's own processes with a folder and a database of their own, and clients that talk to them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx

ROOT = Path(__file__).resolve().parents[2]
SOON = 60.0  # seconds; a bound for busy machines, not a measure
PASSWORD = "correct horse battery"
Found = TypeVar("Found")


def until(true: Callable[[], Found], what: str, soon: float = SOON) -> Found:
    end = time.monotonic() + soon
    while time.monotonic() < end:
        if found := true():
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Install:
    """A place where Saldo is installed: its folder, its database, its processes."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder, self.port = folder, free_port()
        self.processes: list[subprocess.Popen[bytes]] = []
        self.environment = {
            **os.environ,
            "SALDO_DATA_DIR": str(folder),
            "SALDO_PORT": str(self.port),
            "PYTHONPATH": str(ROOT),
            **environment,
        }

    def start(self, name: str, before: Sequence[str] = ()) -> subprocess.Popen[bytes]:
        """The process ``web`` or ``worker``; what it says goes to a file beside the folder."""
        command = [*before, sys.executable, "-m", "app", name]
        with self.said(name).open("ab") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def web(self, before: Sequence[str] = ()) -> subprocess.Popen[bytes]:
        process = self.start("web", before)
        until(lambda: self.answers() or process.poll() is not None, "the first answer")
        assert process.poll() is None, self.said("web").read_text()[-2000:]
        return process

    def said(self, name: str) -> Path:
        return self.folder.parent / f"{self.folder.name}-{name}.log"

    def answers(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/health/ready", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    def client(self, name: str = "alice") -> httpx.Client:
        """Somebody with an account here, through the API."""
        made = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=SOON)
        body = {"username": name, "password": PASSWORD}
        answer = made.post("/api/token/", json=body)
        if answer.status_code == 401:
            made.post("/api/users/create/", json={**body, "email": f"{name}@example.org"}).raise_for_status()
            answer = made.post("/api/token/", json=body)
        made.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['access']}"
        return made

    def check(self, before: Sequence[str] = ()) -> None:
        """``saldo check`` finds nothing."""
        command = [*before, sys.executable, "-m", "app", "check"]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr[-2000:]

    def stop(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait()


@contextmanager
def installed(folder: Path, **environment: str) -> Iterator[Any]:
    folder.mkdir(exist_ok=True)
    place = Install(folder, **environment)
    try:
        yield place
    finally:
        place.stop()
