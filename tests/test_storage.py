"""Files of users and of the install are readable by their owner alone from the moment they are created."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.storage import FileStore, StoredFileTooLarge
from tests.support.cases import each_case


@pytest.fixture
def store(database):
    """A store in the data folder of the tests, emptied afterwards."""
    found = FileStore("test-store")
    yield found
    found.delete(*found.find_older_than(1e12))


def test_a_file_is_private_and_comes_back_unchanged(store):
    stored = store.write(b"%PDF-", ".pdf")

    assert store.read(stored.name) == b"%PDF-"
    assert (store.folder / stored.name).stat().st_mode & 0o777 == 0o600
    assert store.folder.stat().st_mode & 0o777 == 0o700


def test_a_stream_that_is_too_long_leaves_nothing(store):
    with pytest.raises(StoredFileTooLarge):
        store.copy(io.BytesIO(b"x" * 11), max_bytes=10)

    assert list(store.folder.iterdir()) == []


@each_case("name", [None, "", "../../secret_key", "a" * 30 + "/../x", "x" * 400, "." * 30])
def test_no_name_leads_out_of_the_folder(store, name):
    with pytest.raises(FileNotFoundError):
        store.read(name)


def test_all_files_of_a_new_install_are_private(tmp_path):
    """The database, its write-ahead log, the secrets and the queue, under the usual umask of a shell."""
    folder = tmp_path / "new" / "data"
    work = (
        "import asyncio, os; os.umask(0o022)\n"
        "from app.cli import main\n"
        "from app.db import database\n"
        "from app.settings import settings\n"
        "from app.tasks import queue\n"
        "main(['migrate'], standalone_mode=False)\n"
        "settings().secret('secret_key'); settings().secret('jwt_secret_key'); queue().pending_count()\n"
        "async def write():\n"
        "    async with database().write() as session, session.begin():\n"
        "        from app.services import security_events\n"
        "        security_events.record(session, 'x', None)\n"
        "        await session.flush()\n"
        "        print(*(f'{oct(p.stat().st_mode & 0o777)}={p.name}' for p in settings().data_dir.rglob('*')))\n"
        "asyncio.run(write())\n"
    )
    environment = {
        **os.environ,
        "SALDO_DATA_DIR": str(folder),
        "SECRET_KEY": "",
        "JWT_SECRET_KEY": "",
        "DATABASE_URL": "",
    }
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run([sys.executable, "-c", work], cwd=root, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    modes = dict(reversed(each.split("=")) for each in done.stdout.split())
    assert {"saldo.sqlite3", "saldo.sqlite3-wal", "secret_key", "jwt_secret_key", "queue.sqlite3"} <= set(modes)
    assert set(modes.values()) == {"0o600"}
    assert folder.stat().st_mode & 0o777 == 0o700
