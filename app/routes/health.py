"""Health, readiness and metrics."""

from __future__ import annotations

import hmac
from typing import Any

from litestar import Controller, Response, get
from prometheus_client import CONTENT_TYPE_LATEST

from app import __version__
from app.db import ping
from app.errors import NotFound
from app.i18n import _
from app.settings import settings
from app.web.cookies import is_plain_loopback
from app.web.guards import PUBLIC
from app.web.metrics import render_metrics
from app.web.types import AnyRequest


class HealthController(Controller):
    opt = {**PUBLIC, "quiet": True}
    include_in_schema = False

    @get("/health", name="health")
    async def health(self) -> dict[str, str]:
        """Answer if the process runs."""
        return {"status": "ok", "version": __version__}

    @get("/health/ready", name="health:ready")
    async def ready(self) -> Response[dict[str, Any]]:
        """Answer if database and queue answer too, else 503."""
        from app.tasks import queue_answers

        parts = {"database": await _database_answers(), "queue": await queue_answers()}
        well = all(parts.values())
        shown = {name: "ok" if up else "down" for name, up in parts.items()}
        return Response({"status": "ok" if well else "down", **shown}, status_code=200 if well else 503)

    @get("/metrics", name="metrics")
    async def metrics(self, request: AnyRequest) -> Response[bytes]:
        """Return metrics in Prometheus' text format, for this machine or with the token."""
        token = settings().metrics_token.get_secret_value()
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not (is_plain_loopback(request) or (token and hmac.compare_digest(given.encode(), token.encode()))):
            raise NotFound(_("Page not found."))
        return Response(render_metrics(), media_type=CONTENT_TYPE_LATEST)


async def _database_answers() -> bool:
    try:
        await ping()
    except Exception:
        return False
    return True
