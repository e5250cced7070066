"""API routes that predict the category of a text and score how unusual an amount is."""

from __future__ import annotations

from typing import Any

from litestar import Controller, post
from litestar.params import JSONBody

from app.domain.money import Money, exponent, wire
from app.models import FindingKind
from app.schemas.anomalies import Expected, ReasonOut, ScoreIn, ScoreOut
from app.schemas.rules import PredictIn
from app.services.categorisation import RowText
from app.web.guards import MEMBER
from app.web.types import ServicesDep


class PredictionsApi(Controller):
    path = "/v1/transactions/predict-category"
    tags = ["Transactions"]
    opt = MEMBER

    @post("/", operation_id="PredictCategory", status_code=200, opt={"reads": True})
    async def predict_category(self, services: ServicesDep, data: JSONBody[PredictIn]) -> dict[str, Any]:
        """Predict the category of a text, with its confidence, the three likeliest categories and the reason.

        ``category`` is null when the prediction is not certain enough to be applied without asking.
        """
        currency = services.member.book.base_currency
        money = Money.parse(data.amount, currency) if data.amount is not None else Money(-1000, currency)
        categoriser = await services.categorisation.load()
        found = categoriser.categorise([RowText(data.text, money.minor, currency, services.today)])[0]
        names = {each.id: {"id": each.id, "name": each.name} for each in (await services.categories.by_id()).values()}
        best = found.confidence / 1000 if found.confidence is not None else 1.0 if found.category_id else 0.0
        return {
            "category": names.get(found.category_id or 0),
            "confidence": best or (round(found.top[0].probability, 3) if found.top else 0.0),
            "top": [
                {"category": names[each.category_id], "confidence": round(each.probability, 3)} for each in found.top
            ],
            "because": [found.reason] if found.reason else [each.reason for each in found.top[:1]],
        }


class ScoreApi(Controller):
    path = "/v1/transactions/score"
    tags = ["Transactions"]
    opt = MEMBER

    @post("/", operation_id="ScoreTransaction", status_code=200, opt={"reads": True})
    async def score(self, services: ServicesDep, data: JSONBody[ScoreIn]) -> ScoreOut:
        """Score how unusual an amount is for this household. Nothing is stored.

        ``amount`` is a magnitude in the default account's currency; the category decides whether it is income or
        spending.
        """
        found, currency = await services.anomalies.score(data.category, data.amount, data.payee, data.booked_on)

        def plain(amount: float) -> str:
            return wire(round(amount * 10 ** exponent(currency)), currency)

        return ScoreOut(
            score=round(found.score, 3),
            is_anomaly=found.is_anomaly,
            currency=currency,
            expected=Expected(low=plain(found.expected_low), high=plain(found.expected_high)),
            reasons=[ReasonOut(kind=FindingKind(each.kind), sentence=each.sentence) for each in found.reasons],
        )
