"""Jinja as the pages see it: gettext, versioned assets, the filters, the form's token."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template.config import TemplateConfig

from app import __version__, i18n
from app.settings import settings
from app.web import csrf
from app.web.filters import FILTERS

FOLDER = Path(__file__).resolve().parent.parent
STATIC = FOLDER / "static"


@cache
def static(name: str) -> str:
    """The address of a file of ours, with a mark of its contents so that browsers may keep it for ever."""
    mark = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:8]
    return f"/static/{name}?v={mark}"


def gettext(message: str, /, **values: object) -> str:
    return i18n._(message, **values)


def ngettext(one: str, many: str, n: int, /, **values: object) -> str:
    return i18n.ngettext(one, many, n, **values)


@pass_context
def csrf_token(context: Mapping[str, Any]) -> str:
    request = context["request"]
    return csrf.PLACE if request.scope["state"].get("kept") else csrf.token(request)


def environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        auto_reload=settings().debug,
        cache_size=-1,
    )
    env.filters.update(FILTERS)
    env.globals.update(
        _=gettext,
        ngettext=ngettext,
        static=static if not settings().debug else static.__wrapped__,
        csrf_token=csrf_token,
        locale=i18n.current_locale,
        language=i18n.current_language,
        version=__version__,
    )
    return env


def template_config() -> TemplateConfig[JinjaTemplateEngine]:
    engine = JinjaTemplateEngine.from_environment(environment())
    engine.engine.globals["csrf_token"] = csrf_token  # the engine has just put Litestar's own in its place
    return TemplateConfig(instance=engine)
