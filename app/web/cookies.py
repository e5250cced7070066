"""Cookie names and connection checks: strict cookies over https, plain ones only on the machine itself."""

from __future__ import annotations

from typing import Any

from litestar.connection import ASGIConnection

from app.settings import is_loopback, settings

Connection = ASGIConnection[Any, Any, Any, Any]
PROXY_HEADERS = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")


def is_plain_loopback(connection: Connection) -> bool:
    """Return whether this is plain http from this machine to itself, which needs no https.

    A proxy on this machine makes remote users look local, so requests that may have come through one do not count.
    """
    return connection.scope["scheme"] != "https" and has_loopback_addresses(connection) and not is_proxied(connection)


def has_loopback_addresses(connection: Connection) -> bool:
    peer = connection.client.host if connection.client else ""
    return (is_loopback(peer) or peer == "testclient") and is_loopback(connection.headers.get("host", ""))


def is_proxied(connection: Connection) -> bool:
    """Return whether a proxy may have sent this request.

    A proxy that sends no headers cannot be recognized, so an install with a public name always counts as proxied.
    nginx speaks HTTP/1.0 to what is behind it, and browsers do not.
    """
    return (
        settings().has_public_name
        or connection.scope["http_version"] == "1.0"
        or any(name in connection.headers for name in PROXY_HEADERS)
    )


def is_secure(connection: Connection) -> bool:
    return connection.scope["scheme"] == "https"


def cookie_name(connection: Connection, name: str) -> str:
    """``__Host-saldo`` over https (the browser then insists on Secure, path / and no domain), else ``saldo``."""
    return f"__Host-{name}" if is_secure(connection) else name
