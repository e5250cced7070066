"""Passwords: Argon2id off the event loop, and the rules for a new one."""

from __future__ import annotations

import gzip
import unicodedata
from functools import cache
from importlib.resources import files

import anyio.to_thread
from anyio import CapacityLimiter
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.errors import Invalid
from app.i18n import _

MIN_LENGTH, MAX_LENGTH = 10, 1024  # characters
HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)  # OWASP's minimum for Argon2id, about 20 ms
MAX_PARALLEL = 4  # 4 × 19 MiB at most, and other requests keep their share of the processor


@cache
def _limiter() -> CapacityLimiter:
    return CapacityLimiter(MAX_PARALLEL)


@cache
def _decoy() -> str:
    """Return a hash that no password fits, so that an unknown user costs the same work as a known one."""
    return HASHER.hash("no such user")


@cache
def _common_passwords() -> bytes:
    """Return the 100,000 most common passwords that are long enough, casefolded, each between line feeds."""
    return gzip.decompress(files("app.data").joinpath("common-passwords.txt.gz").read_bytes())


def is_common(password: str) -> bool:
    """Return whether the password is on the list of common ones, in any letter case."""
    return f"\n{password.casefold()}\n".encode("utf-8", "replace") in _common_passwords()


def normalize(password: str) -> str:
    """Return the form that is hashed, the same for each way to type a character."""
    return unicodedata.normalize("NFKC", password)


def check_new_password(password: str, *own_words: str | None, field: str = "password") -> None:
    """Check a new password. ``own_words`` (name, address) must not be it. Raises ``Invalid`` at ``field``."""
    shown = normalize(password)
    if len(shown) < MIN_LENGTH:
        raise Invalid(_("Use at least {n} characters. Several words work well.", n=MIN_LENGTH), field=field)
    if len(shown) > MAX_LENGTH or "\0" in shown:
        raise Invalid(_("Use at most {n} characters.", n=MAX_LENGTH), field=field)
    words = {word.casefold() for word in own_words if word}
    if is_common(shown) or shown.casefold() in words or len(set(shown)) < 4:
        raise Invalid(_("This password is easy to guess. Choose a longer or less common one."), field=field)


async def hash_password(password: str) -> str:
    """Return the Argon2id hash."""
    return await anyio.to_thread.run_sync(HASHER.hash, normalize(password), limiter=_limiter())


async def verify_password(password: str, stored: str | None) -> bool:
    """Return whether the password fits the stored hash. Takes as long when there is none."""

    def verify() -> bool:
        try:
            return HASHER.verify(stored or _decoy(), normalize(password)[:MAX_LENGTH]) and stored is not None
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            return False

    return await anyio.to_thread.run_sync(verify, limiter=_limiter())


def needs_rehash(stored: str) -> bool:
    """Return whether the hash was made with other parameters and should be renewed at the next sign-in."""
    return HASHER.check_needs_rehash(stored)
