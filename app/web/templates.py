"""Jinja as the pages see it: gettext, versioned assets, the filters, the form's token."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Mapping, MutableMapping
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import markupsafe
from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined, nodes, pass_context
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, Macro
from jinja2.utils import internalcode
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template.config import TemplateConfig
from markupsafe import Markup, escape

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
    return csrf.TOKEN_PLACEHOLDER if request.scope["state"].get("kept") else csrf.token(request)


#: Escapes a text to a plain one; the public function makes a Markup of it, which takes most of its time.
_escaped: Callable[[str], str] = getattr(markupsafe, "_escape_inner", escape)
_frames: dict[Hashable, Markup] = {}


@pass_context
def cached_fragment(context: Mapping[str, Any], part: str, caller: Callable[[], Markup]) -> Markup:
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
    return Markup(drawn.replace(csrf.TOKEN_PLACEHOLDER, csrf_token(context)))  # noqa: S704 – a token is letters and digits


def written(value: Any) -> str:
    """A value as it stands in a page. Parts are joined in the end, so none needs to be a Markup by itself."""
    kind = type(value)
    if kind is Markup:
        return value  # type: ignore[no-any-return]
    return _escaped(value if kind is str else value.__html__() if hasattr(value, "__html__") else str(value))


class PageCode(CodeGenerator):
    """Writes ``{{ … }}`` by ``written``: Jinja's own escaping makes a Markup of every word first."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile:
            self.write("environment.written(")
        else:
            super()._output_child_pre(node, frame, finalize)


class PageContext(Context):
    @internalcode
    def call(__self, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Call a macro at once; Jinja asks each callable in turn what it wants to be given first."""
        if type(__obj) is not Macro:
            return super().call(__obj, *args, **kwargs)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        return __obj(__self.eval_ctx, *args, **kwargs)


class PageEnvironment(Environment):
    """All templates share one set of globals: Jinja's layer over them, for each template, is slow to look through."""

    code_generator_class = PageCode
    context_class = PageContext
    written = staticmethod(written)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return self.globals if not d else super().make_globals(d)


class Compiled(FileSystemBytecodeCache):
    """Compiled templates beside the data, so that the first pages after a start need not wait for Jinja's compiler.

    A template that was changed is compiled anew, and all are when this module was. A damaged copy, a full disk
    or one that may not be written to only costs time.
    """

    def __init__(self) -> None:
        folder = settings().data_dir / "templates"
        with suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        mark = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:8]
        super().__init__(str(folder), f"{mark}-%s.bytecode")

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except Exception:  # a damaged file is read as anything
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def environment() -> Environment:
    env = PageEnvironment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        auto_reload=settings().debug,
        bytecode_cache=None if settings().debug else Compiled(),
        cache_size=-1,
    )
    env.filters.update(FILTERS)
    env.globals.update(
        _=gettext,
        ngettext=ngettext,
        static=static if not settings().debug else static.__wrapped__,
        csrf_token=csrf_token,
        cached_fragment=cached_fragment,
        memoize=lru_cache(maxsize=1024),  # of a macro that shows its arguments and nothing else
        locale=i18n.current_locale,
        language=i18n.current_language,
        version=__version__,
    )
    return env


def template_config() -> TemplateConfig[JinjaTemplateEngine]:
    engine = JinjaTemplateEngine.from_environment(environment())
    engine.engine.globals["csrf_token"] = csrf_token  # the engine has just put Litestar's own in its place
    return TemplateConfig(instance=engine)
