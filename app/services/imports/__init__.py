"""Import bank statements: preview a file, import it, decide on unsure lines, undo it.

A batch is undone as a whole.
"""

from app.services.imports.decisions import BalanceGap, ImportDecisions
from app.services.imports.drafts import ImportDrafts, Preview
from app.services.imports.service import (
    LARGE_ROWS,
    Decision,
    ImportService,
    Inspected,
    Questions,
    Report,
    Unsure,
)
from app.services.imports.undo import EditedSince

__all__ = (
    "LARGE_ROWS",
    "BalanceGap",
    "Decision",
    "EditedSince",
    "ImportDecisions",
    "ImportDrafts",
    "ImportService",
    "Inspected",
    "Preview",
    "Questions",
    "Report",
    "Unsure",
)
