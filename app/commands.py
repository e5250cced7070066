"""What the operator does to people from the console: ``saldo admin …``."""

from __future__ import annotations

import click


@click.group()
def admin() -> None:
    """Look after the people of this install."""


@admin.command("reset-password")
@click.argument("name")
@click.option("--password", prompt="New password", hide_input=True, confirmation_prompt=True)
def reset_password(name: str, password: str) -> None:
    """Set a new password for a user name or e-mail address and sign them out everywhere."""
    import anyio

    from app.errors import SaldoError
    from app.services.auth import set_password

    try:
        anyio.run(set_password, name, password)
    except SaldoError as error:
        raise click.ClickException(error.message) from None
    click.echo(f"{name} has a new password and is signed out everywhere.")
