"""`saldo serve` from outside: both processes run, a killed one comes back, SIGTERM ends all of it soon."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.faults import times
from tests.faults.install import ROOT, SOON, until


def children(pid):
    tasks = Path(f"/proc/{pid}/task/{pid}/children")
    found = {}
    for child in tasks.read_text().split():
        try:
            words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
        except FileNotFoundError:
            continue
        found[words[3].decode() if len(words) > 3 else ""] = int(child)
    return found


@pytest.fixture
def served(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "SALDO_DATA_DIR": str(tmp_path), "SALDO_PORT": str(port), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "serve"], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
    )

    def answers():
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    process.answers = answers
    until(answers, "the first answer")
    yield process
    process.kill()
    process.wait()


@pytest.mark.fault
@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.parametrize("seed", times(20))
def test_a_killed_process_comes_back_and_sigterm_ends_all(served, seed):
    first = until(lambda: len(found := children(served.pid)) == 2 and found, "both processes")

    os.kill(first["web"], signal.SIGKILL)
    until(lambda: children(served.pid).get("web") not in (None, first["web"]), "a new web process")
    until(served.answers, "an answer of the new web process")

    served.send_signal(signal.SIGTERM)
    assert served.wait(SOON) == 0
    assert "Saldo is running at http://127.0.0.1:" in served.stdout.read()
    assert not any(Path(f"/proc/{pid}").exists() for pid in first.values())


@pytest.mark.fault
@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_a_killed_supervisor_leaves_no_child(served):
    first = until(lambda: len(found := children(served.pid)) == 2 and found, "both processes")

    served.kill()

    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in first.values()), "the end of both processes")
