"""Jinja for pages: translation, addresses of static files, filters, icons and the CSRF token."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined, pass_context
from jinja2.bccache import Bucket
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template.config import TemplateConfig
from markupsafe import Markup, escape

from app import __version__, i18n
from app.settings import settings
from app.web import csrf
from app.web.filters import FILTERS

FOLDER = Path(__file__).resolve().parent.parent
STATIC = FOLDER / "static"


@cache
def static(name: str) -> str:
    """Return the address of a static file, with a mark of its content so that browsers may keep it for ever."""
    mark = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:8]
    return f"/static/{name}?v={mark}"


@lru_cache(maxsize=512)
def icon(name: str, css_class: str = "") -> Markup:
    """Return an icon of the sprite. It is decoration: the text beside it must say the same."""
    classes = f"icon {css_class}".strip()
    return Markup('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>').format(
        classes, static("icons.svg"), name
    )


def options(choices: Iterable[tuple[Any, Any]], chosen: object = "", blank: str = "") -> Markup:
    """Return the options of a select field. Python does it in a fifth of Jinja's time, and some pages have hundreds.

    ``choices`` are (value, label), or (group label, [(value, label), …]). ``blank`` is the label of the empty choice.
    """
    parts = [f'<option value="">{escape(blank)}</option>'] if blank else []
    for value, label in choices:
        if isinstance(label, str):
            mark = " selected" if str(value) == str(chosen) else ""
            parts.append(f'<option value="{escape(value)}"{mark}>{escape(label)}</option>')
        else:
            parts.append(f'<optgroup label="{escape(value)}">{options(label, chosen)}</optgroup>')
    return Markup("\n".join(parts))  # noqa: S704 – each value is escaped above


def gettext(message: str, /, **values: object) -> str:
    return i18n._(message, **values)


def ngettext(one: str, many: str, n: int, /, **values: object) -> str:
    return i18n.ngettext(one, many, n, **values)


@pass_context
def csrf_token(context: Mapping[str, Any]) -> str:
    request = context["request"]
    return csrf.TOKEN_PLACEHOLDER if request.scope["state"].get(csrf.USES_PLACEHOLDER) else csrf.token(request)


class TemplateCache(FileSystemBytecodeCache):
    """Compiled templates in the data folder, so that the first pages after a start need not wait for the compiler.

    Jinja compiles a changed template again. A damaged file or a full disk only costs time.
    """

    def __init__(self) -> None:
        folder = settings().data_dir / "templates"
        with suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        super().__init__(str(folder), "%s.bytecode")

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except Exception:  # a damaged file can raise anything
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        auto_reload=settings().debug,
        bytecode_cache=None if settings().debug else TemplateCache(),
        cache_size=-1,
    )
    env.filters.update(FILTERS)
    env.globals.update(
        _=gettext,
        ngettext=ngettext,
        static=static if not settings().debug else static.__wrapped__,
        csrf_token=csrf_token,
        render_icon=icon,
        render_options=options,
        locale=i18n.current_locale,
        language=i18n.current_language,
        version=__version__,
    )
    return env


def template_config() -> TemplateConfig[JinjaTemplateEngine]:
    engine = JinjaTemplateEngine.from_environment(environment())
    engine.engine.globals["csrf_token"] = csrf_token  # the engine has just put Litestar's own in its place
    return TemplateConfig(instance=engine)
