"""Assembles the web application: routes, dependencies, middleware, error handlers and OpenAPI."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar, Router
from litestar.config.compression import CompressionConfig
from litestar.config.cors import CORSConfig
from litestar.datastructures import CacheControlHeader
from litestar.middleware import DefineMiddleware
from litestar.middleware.compression import CompressionMiddleware
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.static_files import create_static_files_router

from app import __version__
from app.db import close_database
from app.log import set_up_logging
from app.routes import API, PAGES
from app.settings import settings
from app.tasks import hand_over, request_sweep  # noqa: F401  – their listeners wake the worker
from app.web.dependencies import DEPENDENCIES
from app.web.errors import HANDLERS
from app.web.guards import MEMBER, PUBLIC, policy_guard
from app.web.middleware.auth import AuthMiddleware
from app.web.middleware.headers import HeadersMiddleware
from app.web.templates import STATIC, template_config

MAX_BODY_BYTES = 64 * 1024  # routes that take files set their own ``request_max_body_size``


class SharedRouter(Router):
    """Is registered once, so Litestar need not copy it with all its handlers, which slows the start."""

    def __deepcopy__(self, _memo: object) -> SharedRouter:
        return self


@asynccontextmanager
async def lifespan(_app: Litestar) -> AsyncIterator[None]:
    gc.freeze()  # imported modules are never garbage
    gc.enable()
    yield
    await close_database()


def create_app() -> HeadersMiddleware:
    """Create the ASGI application that the server runs."""
    set_up_logging()
    return HeadersMiddleware(create_litestar())


def create_litestar() -> Litestar:
    static_files = create_static_files_router(
        path="/static",
        directories=[STATIC],
        opt={**PUBLIC, "quiet": True},
        include_in_schema=False,
        # Files of ours only: an answer that repeats what somebody else put into its address must not be compressed,
        # or its length tells what else is in it. app.web.page_cache compresses pages that repeat nothing.
        middleware=[DefineMiddleware(CompressionMiddleware, config=CompressionConfig("gzip", minimum_size=1000))],
        cache_control=CacheControlHeader(public=True, max_age=31_536_000, immutable=True),
    )
    pages = SharedRouter("/", route_handlers=PAGES, include_in_schema=False, middleware=[AuthMiddleware])
    api = SharedRouter("/api", route_handlers=API, opt=MEMBER, middleware=[AuthMiddleware])
    return Litestar(
        route_handlers=[pages, api, static_files],
        dependencies=DEPENDENCIES,
        guards=[policy_guard],
        exception_handlers=HANDLERS,
        template_config=template_config(),
        lifespan=[lifespan],
        request_max_body_size=MAX_BODY_BYTES,
        cors_config=CORSConfig(
            allow_origins=list(settings().origins), allow_headers=["Authorization", "Content-Type", "Idempotency-Key"]
        )
        if settings().origins
        else None,
        openapi_config=OpenAPIConfig(
            title="Saldo",
            version=__version__,
            path="/api/openapi",
            components=Components(
                security_schemes={"bearer": SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")}
            ),
            security=[{"bearer": []}],
            openapi_router=Router("/api/openapi", route_handlers=[], opt=PUBLIC, include_in_schema=False),
            render_plugins=[JsonRenderPlugin()],  # an empty list would add pages that load from other servers
        ),
        logging_config=None,
        debug=False,
    )
