"""``python -m app`` is the same as ``saldo``."""

from __future__ import annotations

import gc
import sys

if sys.argv[1:2] in (["web"], ["worker"]):
    # Imports make many objects and no garbage; collecting among them takes a fifth of the start.
    # The process turns it on again, with what is loaded set aside, when it is ready (app.light.loaded).
    gc.disable()

from app.cli import main

if __name__ == "__main__":
    main(prog_name="saldo")
