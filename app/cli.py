"""The command line: ``saldo serve``, ``worker``, ``migrate``, ``check``, ``demo`` and others.

Imports are inside the commands, so that the command line starts quickly.
"""

from __future__ import annotations

import os
import re
import socket
import sys
from pathlib import Path
from typing import Any

import click

from app.commands import admin

ROOT = Path(__file__).resolve().parent.parent
WORKER_DELAY = 3.0  # seconds


def alembic_config() -> Any:
    """Return Alembic's settings from ``pyproject.toml``, whatever the current folder."""
    from alembic.config import Config

    return Config(toml_file=str(ROOT / "pyproject.toml"))


@click.group()
def main() -> None:
    """Self-hosted personal finance."""
    os.umask(0o077)  # new files are readable by this user alone


main.add_command(admin)


@main.command()
@click.option("--host", help="Address to listen on (SALDO_HOST).")
@click.option("--port", type=int, help="Port to listen on (SALDO_PORT).")
@click.option("--no-worker", is_flag=True, help="Run the web server only.")
def serve(host: str | None, port: int | None, no_worker: bool) -> None:
    """Migrate the database, then run the web server and the worker."""
    from app.supervisor import Child, supervise

    if host:
        os.environ["SALDO_HOST"] = host
    if port is not None:
        os.environ["SALDO_PORT"] = str(port)
    children = [Child("web process", ["web"])]
    if not no_worker:
        # The web process brings the schema up to date; the worker comes a moment later.
        children.append(Child("worker", ["worker"], delay=WORKER_DELAY))
    sys.exit(supervise(children))


def _need_port(host: str, port: int) -> None:
    """Exit with a message if the port is in use."""
    from app.supervisor import EXIT_CONFIG

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            click.echo(f"Port {port} on {host} is not available: {error.strerror}.", err=True)
            click.echo(f"Choose another port, for example: SALDO_PORT={port + 1} make run", err=True)
            sys.exit(EXIT_CONFIG)


def _migrate_if_behind() -> None:
    """Migrate to the latest schema. Alembic is not imported if the file is up to date."""
    from app.settings import settings

    if settings().database.startswith("sqlite") and _sqlite_revision(settings().database) == newest_revision():
        return
    from alembic import command

    command.upgrade(alembic_config(), "head")


def newest_revision() -> str | None:
    """Return the latest migration, as Alembic would find it, without importing Alembic."""
    texts = [path.read_text("utf-8") for path in (ROOT / "migrations" / "versions").glob("*.py")]
    named, followed = (
        {found[1] for text in texts if (found := re.search(rf'^{name} = "(\w+)"', text, re.MULTILINE))}
        for name in ("revision", "down_revision")
    )
    heads = named - followed
    return heads.pop() if len(heads) == 1 else None


def _sqlite_revision(url: str) -> str | None:
    import sqlite3

    path = Path(url.partition(":///")[2])
    if not path.exists():
        return None
    connection = sqlite3.connect(path)
    try:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError:
        return None
    finally:
        connection.close()
    return row[0] if row else None


@main.command(hidden=True)
def web() -> None:
    """Run the web server only; ``serve`` starts it."""
    import uvicorn

    from app.settings import settings
    from app.supervisor import end_with_supervisor
    from app.web.metrics import share_between_processes

    end_with_supervisor()
    _need_port(settings().host, settings().port)
    _migrate_if_behind()
    if settings().web_workers > 1:
        share_between_processes()
    if settings().has_public_name:
        click.echo("Plain http is refused: the proxy has to send X-Forwarded-For and X-Forwarded-Proto.")
        if not settings().metrics_token.get_secret_value():
            click.echo("/metrics is closed: set SALDO_METRICS_TOKEN to open it.")
    shown = "localhost" if settings().host in ("0.0.0.0", "::") else settings().host  # noqa: S104 – only compared
    click.echo(f"Saldo is running at http://{shown}:{settings().port}", err=False)
    uvicorn.run(
        "app.asgi:create_app",
        factory=True,
        host=settings().host,
        port=settings().port,
        workers=settings().web_workers if settings().web_workers > 1 else None,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
        proxy_headers=True,
        forwarded_allow_ips=settings().forwarded_allow_ips,
    )


@main.command()
def worker() -> None:
    """Run background jobs."""
    from app.supervisor import end_with_supervisor
    from app.tasks.worker import run

    end_with_supervisor()
    run()


@main.command()
def migrate() -> None:
    """Migrate the database to the latest schema."""
    from alembic import command

    command.upgrade(alembic_config(), "head")


@main.command("make-migration", hidden=True)
@click.argument("message")
def make_migration(message: str) -> None:
    """Generate a migration from the models."""
    from alembic import command

    command.revision(alembic_config(), message, autogenerate=True)


@main.command()
def check() -> None:
    """Verify all totals and invariants. The exit code is 1 if a check fails."""
    import asyncio

    from app.db import read_session
    from app.services.ledger.invariants import check_invariants

    async def work() -> list[str]:
        async with read_session() as session:
            return [str(each) for each in await check_invariants(session)]

    findings = asyncio.run(work())
    for each in findings:
        click.echo(each)
    click.echo("All checks passed." if not findings else f"{len(findings)} findings.")
    sys.exit(1 if findings else 0)


@main.command()
def demo() -> None:
    """Create the user “demo” with a sample household, unless it exists."""
    import asyncio

    from app.services.sample_data.service import open_demo

    _migrate_if_behind()
    click.echo(asyncio.run(open_demo()))


@main.command()
@click.argument("model", type=click.Choice(["categories", "forecast", "budgets", "anomalies"]))
@click.argument("data_dir", type=click.Path(exists=True, file_okay=False, path_type=Path))
def train(model: str, data_dir: Path) -> None:
    """Train a bundled model on public data and print its scores.

    The model is used only after its checksum, which the report ends with, is set in app/ml/artifacts.py.
    """
    import importlib
    import json

    try:
        report = importlib.import_module(f"app.ml.training.{model}").main(data_dir)
    except FileNotFoundError as missing:
        raise click.ClickException(f"{missing.filename} is missing.") from None
    click.echo(json.dumps(report, indent=2, ensure_ascii=False, default=str))


if __name__ == "__main__":
    main()
