"""Jinja as the pages see it: gettext, versioned assets, the filters, the form's token."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Mapping, MutableMapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template.config import TemplateConfig
from markupsafe import Markup

from app import __version__, i18n
from app.settings import settings
from app.web import csrf
from app.web.filters import FILTERS
from app.web.nav import current

FOLDER = Path(__file__).resolve().parent.parent
STATIC = FOLDER / "static"
FRAMES = 256  # parts of the shell that are kept, some ten kilobytes each


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


_frames: dict[Hashable, Markup] = {}


@pass_context
def frame(context: Mapping[str, Any], part: str, caller: Callable[[], Markup]) -> Markup:
    """A part of the shell, drawn once for each reader and section: it may show nothing else of the page."""
    request, user, book = context["request"], context["user"], context["book"]
    key = (part, i18n.current_locale(), context["theme"], user, book and book.name, current(request.url.path))
    drawn = _frames.get(key)
    if drawn is None:
        state = request.scope["state"]
        before, state["kept"] = state.get("kept"), True  # so that it has the place of a token, and nobody's own
        try:
            drawn = caller()
        finally:
            state["kept"] = before
        if len(_frames) >= FRAMES:
            del _frames[next(iter(_frames))]
        if not settings().debug:
            _frames[key] = drawn
    return Markup(drawn.replace(csrf.PLACE, csrf_token(context)))  # noqa: S704 – a token is letters and digits


class PageEnvironment(Environment):
    """All templates share one set of globals: Jinja's layer over them, for each template, is slow to look through."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return self.globals if not d else super().make_globals(d)


def environment() -> Environment:
    env = PageEnvironment(
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
        frame=frame,
        locale=i18n.current_locale,
        language=i18n.current_language,
        version=__version__,
    )
    return env


def template_config() -> TemplateConfig[JinjaTemplateEngine]:
    engine = JinjaTemplateEngine.from_environment(environment())
    engine.engine.globals["csrf_token"] = csrf_token  # the engine has just put Litestar's own in its place
    return TemplateConfig(instance=engine)
