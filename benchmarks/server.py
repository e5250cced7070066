"""A Saldo of its own for a measurement: a folder, a port, a user, and what its processes use."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "correct horse battery"


def tree(pid: int) -> list[int]:
    """A process and its descendants (Linux)."""
    found, waiting = [], [pid]
    while waiting:
        each = waiting.pop()
        found.append(each)
        for task in Path(f"/proc/{each}/task").glob("*"):
            try:
                waiting += [int(child) for child in (task / "children").read_text().split()]
            except OSError:
                continue
    return found


def field(path: str, name: str) -> int:
    try:
        for line in Path(path).read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


class Server:
    """``saldo serve`` in a folder; used as a context."""

    def __init__(self, folder: Path, environment: dict[str, str] | None = None) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = folder
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "",
            "SALDO_DATA_DIR": str(folder),
            "SALDO_PORT": str(self.port),
            "SALDO_RATE_LIMIT_FACTOR": "100000",
            **(environment or {}),
        }

    def __enter__(self) -> Server:
        self.folder.mkdir(parents=True, exist_ok=True)
        started = time.perf_counter()
        self.log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app", "serve"],
            env=self.environment, cwd=self.folder, stdout=self.log, stderr=self.log,
        )  # fmt: skip
        while True:
            try:
                if Client(self.port).get("/login").status == 200:
                    break
            except OSError:
                time.sleep(0.01)
            if time.perf_counter() - started > 120 or self.process.poll() is not None:
                raise RuntimeError(f"Saldo did not start; see {self.folder / 'log'}")
        self.cold = time.perf_counter() - started
        return self

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        self.log.close()

    def settle(self) -> None:
        """Wait until all processes have started: for a second they have used next to no processor time."""
        used, now = -1.0, self.cpu()
        while now - used > 0.1:
            time.sleep(1)
            used, now = now, self.cpu()

    @property
    def pids(self) -> list[int]:
        return tree(self.process.pid)

    def cpu(self) -> float:
        """Seconds of processor time so far, all processes and threads."""
        total = 0
        for pid in self.pids:
            for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
                try:
                    total += int(task.read_text().split()[0])
                except OSError:
                    continue
        return total / 1e9

    def memory(self) -> float:
        """MiB in use, shared pages counted once."""
        return sum(field(f"/proc/{pid}/smaps_rollup", "Pss:") for pid in self.pids) / 1024

    def peak(self) -> float:
        return sum(field(f"/proc/{pid}/status", "VmHWM:") for pid in self.pids) / 1024


class Answer:
    def __init__(self, status: int, headers: Any, body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """One kept-alive connection, with a cookie or a token."""

    def __init__(self, port: int, headers: dict[str, str] | None = None) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        self.headers = dict(headers or {})

    def ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        self.connection.request(method, path, body, {**self.headers, **(headers or {})})
        answer = self.connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def post_form(self, path: str, values: dict[str, str]) -> Answer:
        body = urllib.parse.urlencode(values).encode()
        return self.ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def post_json(self, path: str, value: Any) -> Answer:
        return self.ask("POST", path, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def post_file(self, path: str, data: bytes, fields: dict[str, str]) -> Answer:
        mark = "saldo-benchmark-boundary"
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="statement.csv"\r\n'
        parts += [head.encode(), b"Content-Type: text/csv\r\n\r\n", data, f"\r\n--{mark}--\r\n".encode()]
        return self.ask("POST", path, b"".join(parts), {"Content-Type": f"multipart/form-data; boundary={mark}"})


def cookies(answer: Answer) -> str:
    return "; ".join(line.partition(";")[0] for line in answer.headers.get_all("Set-Cookie") or ())


def sign_up(port: int) -> tuple[Client, Client]:
    """A new user's browser and their API client."""
    api = Client(port)
    user = {"username": "ann", "password": PASSWORD, "email": "ann@example.org"}
    answer = api.post_json("/api/users/create/", user)
    assert answer.status == 201, answer.body
    api.headers["Authorization"] = f"Bearer {answer.json()['access']}"
    return sign_in(port), api


def sign_in(port: int) -> Client:
    """A browser that sent the log-in form with the form's token."""
    browser = Client(port)
    form = browser.get("/login")
    found = re.search(rb'name="_csrf_token" value="([^"]+)"', form.body)
    assert found, "the log-in form has no token"
    browser.headers["Cookie"] = cookies(form)
    answer = browser.post_form("/login", {"username": "ann", "password": PASSWORD, "_csrf_token": found[1].decode()})
    assert answer.status == 303, (answer.status, answer.body[:300])
    browser.headers["Cookie"] = cookies(answer)
    return browser
