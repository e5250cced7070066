"""API route for suggested budgets."""

from __future__ import annotations

from litestar import Controller, get

from app.schemas.insights import BudgetSuggestion, BudgetSuggestions, Named
from app.web.guards import MEMBER
from app.web.types import ServicesDep


class SuggestionsApi(Controller):
    path = "/v1/budgets/suggestions"
    tags = ["Budgets"]
    opt = MEMBER

    @get("/", operation_id="SuggestBudgets")
    async def suggest(self, services: ServicesDep) -> BudgetSuggestions:
        """Suggest a monthly budget for each category, from the profile and past months. Nothing is stored.

        ``low`` and ``high`` are the range of eight months in ten.
        """
        return BudgetSuggestions(
            currency=services.member.book.base_currency,
            suggestions=[
                BudgetSuggestion(
                    category=Named(id=each.label.id, name=each.label.name),
                    amount=each.amount.wire,
                    low=each.low.wire,
                    high=each.high.wire,
                    reason=each.reason,
                )
                for each in await services.budget_suggestions.budgets()
            ],
        )
