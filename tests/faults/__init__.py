"""What goes wrong in the world: killed processes, full disks, databases that restart, people who do things at once.

`make test` takes each fault once; `make faults` takes it as often as its count says.
"""

from __future__ import annotations

import os

WHOLE = 20  # of SALDO_FAULT_ROUNDS: each count is full
ROUNDS = int(os.environ.get("SALDO_FAULT_ROUNDS", "0"))


def times(count: int) -> range:
    """Seeds for a fault that counts after so many tries: one by default."""
    return range(max(1, count * ROUNDS // WHOLE))
