"""The models that ship with Saldo, as the page about them shows them."""

from __future__ import annotations

from app.i18n import _
from app.ml import artifacts
from app.ml.artifacts import Card


def purposes() -> dict[str, tuple[str, str]]:
    """What each model is called and what it is for."""
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
    """Each model's card with its name and purpose; those whose file was changed are not sound."""
    known = purposes()
    return [(card, *known.get(card.name, (card.name, ""))) for card in artifacts.catalogue()]
