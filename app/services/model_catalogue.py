"""The models that ship with Saldo, as the page about them shows them."""

from __future__ import annotations

from app.i18n import _
from app.ml import artifacts
from app.ml.artifacts import Card


def purposes() -> dict[str, tuple[str, str]]:
    """What each model is called and what it is for."""
    return {
        "categories": (_("Categories"), _("Suggests a category for a payee that nobody has filed yet.")),
        "anomalies": (
            _("What stands out"),
            _("Judges whether an amount is unusual and whether a payment is a double."),
        ),
        "budgets": (_("Budgets"), _("Proposes budgets from the household and its past.")),
        "sequence": (_("Forecast"), _("One of the members of the forecast: a small recurrent network.")),
    }


def catalogue() -> list[tuple[Card, str, str]]:
    """Each model's card with its name and purpose; those whose file was changed are not sound."""
    known = purposes()
    return [(card, *known.get(card.name, (card.name, ""))) for card in artifacts.catalogue()]
