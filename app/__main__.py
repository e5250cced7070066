"""``python -m app`` is the same as ``saldo``."""

from __future__ import annotations

import gc
import sys

if sys.argv[1:2] in (["web"], ["worker"]):
    gc.disable()  # imports make no garbage, and looking for it takes a fifth of the start; enabled when that is done

from app.cli import main

if __name__ == "__main__":
    main(prog_name="saldo")
