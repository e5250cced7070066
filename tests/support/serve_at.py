"""Run a Saldo command at a moment: ``python -m tests.support.serve_at 2026-11-21T12:00Z web``."""

from __future__ import annotations

import sys

import time_machine

if __name__ == "__main__":
    time_machine.travel(sys.argv.pop(1), tick=True).start()
    from app.cli import main

    main()
