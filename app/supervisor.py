"""One command, two processes: keeps the web process and the worker running and drains both at the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GRACE_SECONDS = 10.0  # seconds a child has to drain before it is killed
TICK = 0.2
EXIT_CONFIG = 78  # a child's exit code when starting it again would not help; sysexits.h calls it EX_CONFIG


@dataclass
class Child:
    """A process that is started again when it dies; slower each time it dies young."""

    name: str
    arguments: Sequence[str]
    delay: float = 0.0
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    again_at: float = 0.0
    environment: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 – our own interpreter and module
            [sys.executable, "-m", "app", *self.arguments],
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))),
                **self.environment,
            },
        )

    def watch(self) -> None:
        """Start the process again if it died, after a pause that grows up to half a minute."""
        if self.process is not None and self.process.poll() is not None:
            if self.process.returncode == EXIT_CONFIG:
                raise SystemExit(EXIT_CONFIG)
            lived = time.monotonic() - self.started
            self.deaths = 0 if lived > 60 else self.deaths + 1
            self.again_at = time.monotonic() + min(30.0, 0.5 * 2**self.deaths)
            said = f"saldo: the {self.name} stopped ({self.process.returncode}); starting it again\n"
            sys.stderr.write(said)
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
    """Run the children until SIGTERM or SIGINT; 0 when they ended well. Ends with a child that can not run here."""
    ending = False

    def end(_signal: int, _frame: object) -> None:
        nonlocal ending
        ending = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    for child in children:
        child.again_at = time.monotonic() + child.delay
    try:
        while not ending:
            for child in children:
                if not ending:
                    child.watch()
            time.sleep(TICK)
    finally:
        for child in children:
            child.stop()
        until = time.monotonic() + GRACE_SECONDS
        for child in children:
            child.wait(until)
    return 0
