"""Runs the web process and the worker, restarts them when they die, and stops both at the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GRACE_SECONDS = 10.0  # that a child has to finish its work before it is killed
CHECK_SECONDS = 0.2
EXIT_CONFIG = 78  # exit code of a child that a restart would not help; EX_CONFIG in sysexits.h
PIPE_VARIABLE = "SALDO_SUPERVISOR_PIPE"  # number of the pipe's end that a child watches


@dataclass
class Child:
    """A process that is restarted when it dies; after a longer pause each time it dies young."""

    name: str
    arguments: Sequence[str]
    delay: float = 0.0
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    again_at: float = 0.0
    pipe: int | None = None  # the end that the child watches

    def start(self) -> None:
        self.started = time.monotonic()
        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        environment = {**os.environ, "PYTHONPATH": path}
        if self.pipe is not None:
            environment[PIPE_VARIABLE] = str(self.pipe)
        self.process = subprocess.Popen(  # noqa: S603 – our own interpreter and module
            [sys.executable, "-m", "app", *self.arguments],
            env=environment,
            pass_fds=() if self.pipe is None else (self.pipe,),
        )

    def restart_if_dead(self) -> None:
        """Start the process if it is not running, after a pause that grows to half a minute."""
        if self.process is not None and self.process.poll() is not None:
            if self.process.returncode == EXIT_CONFIG:
                raise SystemExit(EXIT_CONFIG)
            lived = time.monotonic() - self.started
            self.deaths = 0 if lived > 60 else self.deaths + 1
            self.again_at = time.monotonic() + min(30.0, 0.5 * 2**self.deaths)
            sys.stderr.write(f"saldo: the {self.name} stopped ({self.process.returncode}) and is restarted\n")
            self.process = None
        if self.process is None and time.monotonic() >= self.again_at:
            self.start()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def wait(self, until: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def supervise(children: Sequence[Child]) -> int:
    """Run the children until SIGTERM or SIGINT and return 0. Exits with ``EXIT_CONFIG`` if one cannot run here."""
    ending = False

    def end(_signal: int, _frame: object) -> None:
        nonlocal ending
        ending = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    # Nothing is ever written to the pipe: it closes when this process ends, however that happens.
    watched, _held = os.pipe() if os.name == "posix" else (None, None)
    for child in children:
        child.pipe, child.again_at = watched, time.monotonic() + child.delay
    try:
        while not ending:
            for child in children:
                if not ending:
                    child.restart_if_dead()
            time.sleep(CHECK_SECONDS)
    finally:
        for child in children:
            child.stop()
        until = time.monotonic() + GRACE_SECONDS
        for child in children:
            child.wait(until)
    return 0


def end_with_supervisor() -> None:
    """Make this process end when its supervisor has gone, even if that was killed. Does nothing without one."""
    if pipe := os.environ.pop(PIPE_VARIABLE, ""):
        threading.Thread(target=_wait_for_end, args=(int(pipe),), daemon=True).start()


def _wait_for_end(pipe: int) -> None:
    os.read(pipe, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)
