"""CSRF protection: a signed double-submit token, and a check of the request's origin.

Litestar's own middleware has one fixed cookie name, and never replaces a cookie that does not verify.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any
from urllib.parse import urlsplit

from litestar import Request

from app.errors import Forbidden
from app.i18n import _
from app.settings import settings
from app.web.cookies import Connection, cookie_name, is_secure

FIELD, HEADER = "_csrf_token", "x-csrf-token"
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
TOKEN_STATE, SET_COOKIE_STATE = "csrf_token", "csrf_set_cookie"  # keys of the request's state
#: The state's key that is set while a page is rendered for the cache.
USES_PLACEHOLDER = "csrf_placeholder"
#: Stands for the token in a cached page; as long as a token.
TOKEN_PLACEHOLDER = f"{secrets.token_urlsafe(24)}.{secrets.token_hex(32)}"


def signed(nonce: str, session: str) -> str:
    """Return a token that is valid only with this session cookie, so that nobody can plant their own."""
    said = f"csrf:{nonce}:{session}".encode("utf-8", "surrogatepass")
    mac = hmac.new(settings().secret("secret_key").encode(), said, hashlib.sha256)
    return f"{nonce}.{mac.hexdigest()}"


def verified(token: str, session: str = "") -> bool:
    nonce, dot, _mac = token.partition(".")
    return bool(dot) and hmac.compare_digest(signed(nonce, session).encode(), token.encode("utf-8", "replace"))


def session_of(connection: Connection) -> str:
    return connection.cookies.get(cookie_name(connection, "saldo"), "")


def token(connection: Connection) -> str:
    """Return this browser's token. Makes a new one, set with the response, if it has none that verifies."""
    kept: str | None = connection.scope["state"].get(TOKEN_STATE)
    if kept is None:
        cookie = connection.cookies.get(cookie_name(connection, "csrf"), "")
        if not verified(cookie, session_of(connection)):
            cookie = signed(secrets.token_urlsafe(24), session_of(connection))
            connection.scope["state"][SET_COOKIE_STATE] = cookie
        kept = connection.scope["state"][TOKEN_STATE] = cookie
    return kept


def renew(connection: Connection, session: str) -> None:
    """Make a new token, at sign-in and sign-out, for the session cookie that the response sets."""
    fresh = signed(secrets.token_urlsafe(24), session)
    connection.scope["state"][TOKEN_STATE] = connection.scope["state"][SET_COOKIE_STATE] = fresh


def cookie_header(connection: Connection) -> str | None:
    """Return the Set-Cookie header of a new token, if there is one."""
    fresh = connection.scope["state"].pop(SET_COOKIE_STATE, None)
    if fresh is None:
        return None
    secure = "; Secure" if is_secure(connection) else ""
    return f"{cookie_name(connection, 'csrf')}={fresh}; Path=/; HttpOnly; SameSite=Lax{secure}"


def is_foreign(connection: Connection) -> bool:
    """Return whether the browser says that another site made this request."""
    site = connection.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return True
    origin = connection.headers.get("origin")
    if origin is None:
        return False
    return urlsplit(origin).netloc.lower() != connection.headers.get("host", "").lower()


async def check(request: Request[Any, Any, Any]) -> None:
    """Refuse an unsafe request that does not prove to come from one of our pages.

    What the headers tell is checked before the body is read.
    """
    if is_foreign(request):
        raise Forbidden(_("Request refused: it came from another site."))
    cookie = request.cookies.get(cookie_name(request, "csrf"), "")
    if verified(cookie, session_of(request)):
        sent = request.headers.get(HEADER)
        if sent is None and request.content_type[0] in ("application/x-www-form-urlencoded", "multipart/form-data"):
            sent = (await request.form()).get(FIELD)
        if isinstance(sent, str) and hmac.compare_digest(cookie.encode(), sent.encode("utf-8", "replace")):
            return
    raise Forbidden(_("This page has expired. Reload it and submit the form again."))
