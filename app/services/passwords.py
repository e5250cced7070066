"""Passwords: Argon2id off the event loop, and what a new one must be."""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.resources import files

import anyio.to_thread
from anyio import CapacityLimiter
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.errors import Invalid
from app.i18n import _

SHORTEST, LONGEST = 10, 1024
HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)  # OWASP's floor for Argon2id, about 20 ms
AT_ONCE = 4  # 4 × 19 MiB at most, and the other requests keep their share of the processor


@cache
def _limiter() -> CapacityLimiter:
    return CapacityLimiter(AT_ONCE)


@cache
def _decoy() -> str:
    """A hash that no password fits: an unknown user costs the same work as a known one."""
    return HASHER.hash("no such user")


@cache
def _common() -> frozenset[str]:
    return frozenset(files("app.data").joinpath("common-passwords.txt").read_text("utf-8").split())


def normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def check_new(password: str, *own_words: str | None, field: str = "password") -> str:
    """A new password, or what is wrong with it. ``own_words`` (name, address) must not be the password."""
    shown = normal(password)
    if len(shown) < SHORTEST:
        raise Invalid(_("Use at least {n} characters; a few words in a row are good.", n=SHORTEST), field=field)
    if len(shown) > LONGEST or "\0" in shown:
        raise Invalid(_("Use at most {n} characters.", n=LONGEST), field=field)
    words = {word.casefold() for word in own_words if word} | {"saldo"}
    if shown.casefold() in _common() or shown.casefold() in words or len(set(shown)) < 4:
        raise Invalid(_("This password is easy to guess. Take a longer or less common one."), field=field)
    return shown


async def hashed(password: str) -> str:
    return await anyio.to_thread.run_sync(HASHER.hash, normal(password), limiter=_limiter())


async def fits(password: str, stored: str | None) -> bool:
    """Whether the password is the stored one; takes as long when there is none."""

    def verify() -> bool:
        try:
            return HASHER.verify(stored or _decoy(), normal(password)[:LONGEST]) and stored is not None
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            return False

    return await anyio.to_thread.run_sync(verify, limiter=_limiter())


def outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters and should be made anew at this log-in."""
    return HASHER.check_needs_rehash(stored)
