"""The sender of a request: address, browser and known devices; and the base of URLs in mails."""

from __future__ import annotations

from collections.abc import Callable

from app.errors import Unavailable
from app.i18n import _
from app.integrations.mail import sends_mail
from app.services.auth import Visitor
from app.settings import settings
from app.web.cookies import cookie_name, is_plain_loopback
from app.web.types import AnyRequest

MAX_DEVICES_CHARACTERS = 1000


def visitor(request: AnyRequest) -> Visitor:
    """Return address, browser and known-device cookie of the request."""
    return Visitor(
        request.client.host if request.client else "",
        request.headers.get("user-agent", ""),
        request.cookies.get(cookie_name(request, "device"), "")[:MAX_DEVICES_CHARACTERS],
    )


def url_builder(request: AnyRequest) -> Callable[[str], str]:
    """Return a function that makes full URLs for mails.

    The base is ``SALDO_PUBLIC_URL``, else the request's host if the settings name it or it is this machine. Neither a
    foreign host nor a foreign port of the request is used: whoever asks for a link would choose where it leads.
    Raises ``Unavailable`` if mail is sent and no base is known.
    """
    base = settings().public_url
    if not base and (settings().allowed_hosts or is_plain_loopback(request)):
        base = f"{request.scope['scheme']}://{_own_host(request)}"
    if not base and sends_mail():
        raise Unavailable(_("No link can be sent. The administrator has to set SALDO_PUBLIC_URL first."))
    return lambda path: f"{base.rstrip('/')}{path}"


def _own_host(request: AnyRequest) -> str:
    """Return the request's host, with its port only if the settings name it or this process listens on it."""
    host = request.headers.get("host", "").lower()
    name, colon, port = host.rpartition(":") if not host.endswith("]") else (host, "", "")
    if not colon or host in settings().allowed_hosts:
        return host
    server = request.scope.get("server")
    return host if server and str(server[1]) == port else name
