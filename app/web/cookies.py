"""Which cookies this request may have: strict ones over https, plain ones only on the machine itself."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from litestar.connection import ASGIConnection

Connection = ASGIConnection[Any, Any, Any, Any]


def is_loopback(host: str) -> bool:
    """Whether a host name or address, with or without a port, is this very machine."""
    name = (
        host.rsplit("]", 1)[0].lstrip("[")
        if host.startswith("[")
        else host.rsplit(":", 1)[0]
        if host.count(":") == 1
        else host
    )
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def is_plain_loopback(connection: Connection) -> bool:
    """Plain http, from this machine, to this machine: the default run."""
    peer = connection.client.host if connection.client else ""
    return (
        connection.scope["scheme"] != "https"
        and (is_loopback(peer) or peer == "testclient")
        and is_loopback(connection.headers.get("host", ""))
    )


def is_secure(connection: Connection) -> bool:
    return connection.scope["scheme"] == "https"


def cookie_name(connection: Connection, name: str) -> str:
    """``__Host-saldo`` over https (the browser then insists on Secure, path / and no domain), else ``saldo``."""
    return f"__Host-{name}" if is_secure(connection) else name
