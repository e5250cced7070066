"""Where everything is on the web. Each controller is listed once."""

from __future__ import annotations

from litestar.types import ControllerRouterHandler

from app.routes.accounts import AccountsController
from app.routes.api.accounts import AccountsApi
from app.routes.auth import AuthController
from app.routes.health import HealthController

PAGES: list[ControllerRouterHandler] = [
    AccountsController,
    AuthController,
    HealthController,
]
API: list[ControllerRouterHandler] = [
    AccountsApi,
]
