"""The API reference: Swagger UI for browsers, OpenAPI for programs."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Response, get
from litestar.response import Redirect, Template

from app.web.guards import PUBLIC
from app.web.middleware.headers import CSP
from app.web.openapi import with_refusals
from app.web.render import page
from app.web.types import AnyRequest

SCHEMA = "/api/schema/"
DOCS_CSP = CSP.replace("img-src 'self'", "img-src 'self' data:")  # the arrows of Swagger UI's select fields


class DocsController(Controller):
    opt = {**PUBLIC}
    include_in_schema = False

    @get("/api/docs", name="api:docs")
    async def docs(self) -> Template:
        """Show Swagger UI, served from our own files."""
        return page("api_docs", headers={"Content-Security-Policy": DOCS_CSP}, schema_url=SCHEMA)

    @get("/api/schema", name="api:schema")
    async def schema(self, request: AnyRequest) -> Response[dict[str, Any]]:
        """Return the OpenAPI 3.1 document."""
        return Response(with_refusals(request.app.openapi_schema.to_schema()), media_type="application/json")

    @get("/openapi", name="openapi")
    async def openapi(self) -> Redirect:
        return Redirect(SCHEMA, status_code=307)
