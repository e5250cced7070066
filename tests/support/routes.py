"""The routes of the application, for tests that walk over all of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from litestar.routes import HTTPRoute

from app.asgi import create_litestar


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    handler: Any

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def policy(self) -> str | None:
        return self.handler.opt.get("policy")

    @property
    def id_names(self) -> list[str]:
        """Path parameters that are ids of rows."""
        return re.findall(r"{(\w+):int}", self.path)

    @property
    def example_path(self) -> str:
        """The path with an id or word in place of each parameter, whether or not there is such a row."""
        return re.sub(r"{\w+:(\w+)}", lambda found: "1" if found[1] == "int" else "none", self.path)


ROUTES = sorted(
    (
        Route(method, route.path, handler)
        for route in create_litestar().routes
        if isinstance(route, HTTPRoute)
        for method, (handler, _asgi) in route.route_handler_map.items()
        if method not in ("OPTIONS", "HEAD")
    ),
    key=str,
)
PRIVATE_ROUTES = [each for each in ROUTES if each.policy != "public"]


def ask(person: Any, route: Route, path: str) -> Any:
    """Send a request without content."""
    if path.startswith("/api/"):
        return person.api(route.method, path, **({} if route.method in ("GET", "DELETE") else {"json": {}}))
    return person.get(path) if route.method == "GET" else person.post(path, {})
