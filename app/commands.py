"""Commands for the administrator: ``saldo admin …``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import click


@click.group()
def admin() -> None:
    """Manage the users of this server."""


@admin.command("reset-password")
@click.argument("name")
@click.option("--password", prompt="New password", hide_input=True, confirmation_prompt=True)
def reset_password(name: str, password: str) -> None:
    """Set a new password for a username or email address and revoke all access."""
    from app.services.auth import set_password

    _run(set_password, name, password)
    click.echo(f"{name} has a new password. All sessions and tokens are revoked.")


@admin.command()
@click.argument("name")
def suspend(name: str) -> None:
    """Suspend a user by username or email address and revoke all access."""
    from app.services.auth import set_suspended

    _run(set_suspended, name, True)
    click.echo(f"{name} is suspended. All sessions and tokens are revoked.")


@admin.command()
@click.argument("name")
def restore(name: str) -> None:
    """Let a suspended user sign in again."""
    from app.services.auth import set_suspended

    _run(set_suspended, name, False)
    click.echo(f"{name} can sign in again.")


def _run(work: Callable[..., Awaitable[None]], *arguments: Any) -> None:
    """Run a service function. Its error becomes one sentence and exit code 1."""
    import anyio

    from app.errors import SaldoError

    try:
        anyio.run(work, *arguments)
    except SaldoError as error:
        raise click.ClickException(error.message) from None
