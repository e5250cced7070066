"""Answers to what stands out."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from app.routes.inbox import answered
from app.services import Services
from app.web.crud_pages import dispatch
from app.web.guards import MEMBER


class AnomaliesController(Controller):
    path = "/anomalies"
    opt = MEMBER
    include_in_schema = False

    @post("/{finding_id:int}/{verb:str}", name="anomalies:answer", status_code=200)
    async def answer(
        self,
        request: Request[Any, Any, Any],
        services: NamedDependency[Services],
        finding_id: FromPath[int],
        verb: FromPath[str],
    ) -> Response[Any] | Template:
        """That's normal, not mine, a double, it will come, it has ended."""
        anomalies = services.anomalies
        verbs = {
            "accept": lambda: anomalies.accept(finding_id),
            "dismiss": lambda: anomalies.dismiss(finding_id),
            "dispute": lambda: anomalies.dispute(finding_id),
            "remove": lambda: anomalies.remove(finding_id),
            "end": lambda: anomalies.end(finding_id),
        }
        await dispatch(verbs, verb)()
        await services.session.flush()
        return answered(request, services, services.journal.recorder.label)
