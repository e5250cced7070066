"""The console command: ``saldo serve``, ``worker``, ``migrate``, ``check``, ``demo`` and the rest."""

from __future__ import annotations

from pathlib import Path

import click
from alembic import command
from alembic.config import Config

ROOT = Path(__file__).resolve().parent.parent


def alembic_config() -> Config:
    """Alembic's settings out of ``pyproject.toml``, from wherever the command is run."""
    return Config(toml_file=str(ROOT / "pyproject.toml"))


@click.group()
def main() -> None:
    """Saldo keeps your books."""


@main.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    command.upgrade(alembic_config(), "head")


@main.command("make-migration", hidden=True)
@click.argument("message")
def make_migration(message: str) -> None:
    """Write a migration from the difference between the models and the database."""
    command.revision(alembic_config(), message, autogenerate=True)


if __name__ == "__main__":
    main()
