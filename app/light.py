"""A quick start: advanced-alchemy without numpy, which it wants for vector columns, and no collecting while loading.

Import this before Litestar, which loads advanced-alchemy too.
"""

from __future__ import annotations

import gc
import sys
from typing import Any

if "numpy" not in sys.modules and "advanced_alchemy" not in sys.modules:
    absent: dict[str, Any] = dict.fromkeys(("numpy", "rich", "rich_click"))
    sys.modules.update(absent)  # None makes an import fail as if the package were not installed
    try:
        import advanced_alchemy  # noqa: F401
    finally:
        for name in absent:
            sys.modules.pop(name, None)


def loaded() -> None:
    """All is imported: keep it out of every later collection, and collect from now on."""
    gc.freeze()
    gc.enable()
