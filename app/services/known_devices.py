"""Browsers that have signed in before, known by a signed cookie.

Wrong passwords from strangers make an account pause. A known device has a pause of its own, so nobody locks the owner
out by guessing. The cookie opens nothing: it only chooses the counter.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from app.settings import settings

MAX_ACCOUNTS = 5  # of one browser, for families that share one
SEPARATOR = "~"


def find_device(cookie: str, user_id: int) -> str | None:
    """Return the identifier of this browser for the user, or None if they have not signed in here."""
    for token in cookie.split(SEPARATOR)[:MAX_ACCOUNTS]:
        owner, _dot, identifier = token.rpartition(".")[0].partition(".")
        if owner == str(user_id) and hmac.compare_digest(
            token.encode("utf-8", "replace"), _signed(user_id, identifier).encode()
        ):
            return identifier
    return None


def remember_device(cookie: str, user_id: int) -> str:
    """Return the cookie with the user added, after they have signed in."""
    if find_device(cookie, user_id) is not None:
        return cookie
    others = [token for token in cookie.split(SEPARATOR) if token and not token.startswith(f"{user_id}.")]
    return SEPARATOR.join([_signed(user_id, secrets.token_urlsafe(12)), *others[: MAX_ACCOUNTS - 1]])


def _signed(user_id: int, identifier: str) -> str:
    said = f"{user_id}.{identifier}"
    digest = hmac.new(settings().secret("secret_key").encode(), f"device:{said}".encode(), hashlib.sha256).hexdigest()
    return f"{said}.{digest}"
