"""What the database and the disk say when they cannot serve, put as what a person can do about it."""

from __future__ import annotations

import errno

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree

from app.errors import Full, SaldoError, Unavailable
from app.i18n import _

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
DISK_FULL = "53100"  # SQLSTATE
AWAY = ("08", "57P", "53300")  # classes of SQLSTATE: no connection, shutting down or starting, too many connections


def outage(cause: BaseException) -> SaldoError | None:
    """The refusal that an exception stands for, when it is not a fault of ours."""
    if isinstance(cause, OperationalError) and "locked" in str(cause.orig):
        return Unavailable(_("Saldo is busy. Try again in a moment."), retry_after=2)
    state = str(getattr(getattr(cause, "orig", cause), "sqlstate", None) or "")
    if state == DISK_FULL or _no_room(cause):
        return Full(_("The disk is full. Nothing was saved. Existing data is safe."))
    if state.startswith(AWAY) or _no_connection(cause):
        return Unavailable(_("The database isn’t responding. Try again in a moment."), retry_after=5)
    return None


def _no_room(cause: BaseException) -> bool:
    if isinstance(cause, OSError):
        return cause.errno in NO_ROOM
    return isinstance(cause, OperationalError) and "disk is full" in str(cause.orig)


def _no_connection(cause: BaseException) -> bool:
    return isinstance(cause, ConnectionError | NoneFree) or (
        isinstance(cause, DBAPIError) and cause.connection_invalidated
    )
