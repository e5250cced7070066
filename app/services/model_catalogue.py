"""The bundled models, for the page that lists them."""

from __future__ import annotations

from app.i18n import _
from app.ml import artifacts
from app.ml.artifacts import Card


def purposes() -> dict[str, tuple[str, str]]:
    """Return name and purpose of each model."""
    return {
        "categories": (_("Categories"), _("Suggests a category for new payees.")),
        "anomalies": (
            _("Unusual activity"),
            _("Detects unusual amounts and duplicate payments."),
        ),
        "budgets": (_("Budgets"), _("Suggests budgets from the household and its history.")),
        "sequence": (_("Forecast"), _("Part of the forecast: a small recurrent network.")),
    }


def catalogue() -> list[tuple[Card, str, str]]:
    """Return each model's card with name and purpose. ``is_sound`` is false if its file was modified."""
    known = purposes()
    return [(card, *known.get(card.name, (card.name, ""))) for card in artifacts.catalogue()]
