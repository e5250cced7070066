"""Errors with a status code and a message for the user.

SaldoError                  status  shown as
├── NotFound                404     "That transaction does not exist."
├── Unauthenticated         401     sign in first
├── Forbidden               403
├── Conflict                409     the state forbids it
│   ├── AlreadyReconciled
│   └── Stale               409     someone else changed it; carries both versions
├── Gone                    410     used or expired
├── TooLarge                413
├── UnsupportedFile         415
├── Invalid                 422     the input is wrong; has a field (400 under /api)
│   ├── InvalidAmount
│   └── CurrencyMismatch
├── TooMany                 429     with the seconds to wait
├── Unavailable             503     something outside Saldo is down
└── Full                    507     there is no room left to keep it
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.i18n import _


class SaldoError(Exception):
    """An error whose message may be shown to the user as it is."""

    status = 400

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class NotFound(SaldoError):
    status = 404


class Unauthenticated(SaldoError):
    status = 401


class Forbidden(SaldoError):
    status = 403


class Conflict(SaldoError):
    status = 409


class AlreadyReconciled(Conflict):
    def __init__(self) -> None:
        super().__init__(_("This transaction is reconciled. Unlock it before you change it."))


class Stale(Conflict):
    """Someone else saved another version first: ``theirs`` is stored now, ``yours`` is what was sent."""

    def __init__(self, message: str, *, yours: Mapping[str, Any], theirs: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.yours, self.theirs = yours, theirs


class Gone(SaldoError):
    status = 410


class TooLarge(SaldoError):
    status = 413


class UnsupportedFile(SaldoError):
    status = 415


class Invalid(SaldoError):
    """Wrong input. ``errors`` maps fields to messages if there are several."""

    status = 422

    def __init__(self, message: str, *, field: str | None = None, errors: Mapping[str, str] | None = None) -> None:
        super().__init__(message, field=field)
        self.errors = dict(errors) if errors else {field or "form": message}


class InvalidAmount(Invalid):
    def __init__(self, text: str, *, field: str = "amount", why: str | None = None) -> None:
        shown = text if len(text) <= 40 else text[:39] + "…"
        super().__init__(why or _("“{text}” is not an amount. Use a format like 12.50.", text=shown), field=field)


class CurrencyMismatch(Invalid):
    def __init__(self, one: str, other: str) -> None:
        super().__init__(
            _("Can’t mix {one} and {other}. Convert one of them first.", one=one, other=other), field="currency"
        )


class TooMany(SaldoError):
    status = 429

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(SaldoError):
    status = 503

    def __init__(self, message: str, *, retry_after: int = 30) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Full(SaldoError):
    status = 507
