"""The moment at which background work on a book that was just changed may begin."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from app.models.base import now
from app.services.book_cursors import QUIET_SECONDS


def once_quiet(*, early: int = 0) -> time_machine.travel:
    """Set the clock to when books that were just changed are quiet, or ``early`` seconds before."""
    return time_machine.travel(now() + timedelta(seconds=QUIET_SECONDS + 1 - early), tick=True)
