"""Turn failures of database and disk into errors with advice."""

from __future__ import annotations

import errno

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.errors import Full, SaldoError, Unavailable
from app.i18n import _

DISK_FULL_ERRNOS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
DISK_FULL_STATE = "53100"  # SQLSTATE
UNAVAILABLE_STATES = ("08", "57P", "53300")  # SQLSTATE: no connection, shutting down or starting, too many of them


def outage(cause: BaseException) -> SaldoError | None:
    """Return the error to answer with, or None if the exception is a fault of our own."""
    if isinstance(cause, PoolTimeout) or (isinstance(cause, OperationalError) and "locked" in str(cause.orig)):
        return Unavailable(_("Saldo is busy. Try again in a moment."), retry_after=2)
    state = str(getattr(getattr(cause, "orig", cause), "sqlstate", None) or "")
    if state == DISK_FULL_STATE or _is_disk_full(cause):
        return Full(_("The disk is full. Nothing was saved. Existing data is safe."))
    if state.startswith(UNAVAILABLE_STATES) or _is_disconnected(cause):
        return Unavailable(_("The database isn’t responding. Try again in a moment."), retry_after=5)
    return None


def _is_disk_full(cause: BaseException) -> bool:
    if isinstance(cause, OSError):
        return cause.errno in DISK_FULL_ERRNOS
    return isinstance(cause, OperationalError) and "disk is full" in str(cause.orig)


def _is_disconnected(cause: BaseException) -> bool:
    return isinstance(cause, ConnectionError) or (isinstance(cause, DBAPIError) and cause.connection_invalidated)
