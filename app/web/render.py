"""Answer with a page, a partial, or a redirect for htmx and plain forms."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response
from litestar.response import Redirect, Template

from app.services import Member
from app.web.htmx import VARY, is_htmx, is_partial
from app.web.nav import NAV

PRIVATE = "no-store"


class Page(Template):
    """A template with what every page needs: member, book and date."""

    __slots__ = ()

    def create_template_context(self, request: Request[Any, Any, Any]) -> dict[str, Any]:
        member: Member | None = request.scope.get("auth")
        return {
            "user": member.user if member else None,
            "book": member.book if member else None,
            "member": member,
            "today": member.today if member else None,
            "theme": member.user.theme if member else request.cookies.get("theme", ""),
            "nav": NAV,
            "request": request,
            **self.context,
        }


def page(name: str, *, status: int = 200, headers: dict[str, str] | None = None, **context: Any) -> Template:
    return Page(
        f"pages/{name}.html",
        context=context,
        status_code=status,
        headers={"Cache-Control": PRIVATE, "Vary": VARY, **(headers or {})},
        media_type="text/html",
    )


def partial(
    name: str, *, event: str | None = None, status: int = 200, headers: dict[str, str] | None = None, **context: Any
) -> Template:
    """Return a fragment. ``event`` is dispatched as a DOM event when the fragment is in the page."""
    return Page(
        f"partials/{name}.html",
        context=context,
        status_code=status,
        headers={
            "Cache-Control": PRIVATE,
            "Vary": VARY,
            **({"HX-Trigger": event} if event else {}),
            **(headers or {}),
        },
        media_type="text/html",
    )


def page_or_partial(request: Request[Any, Any, Any], page_name: str, partial_name: str, **context: Any) -> Template:
    """Return the partial for htmx, unless it restores history; else the page."""
    return partial(partial_name, **context) if is_partial(request) else page(page_name, **context)


def redirect(request: Request[Any, Any, Any], path: str) -> Response[Any]:
    """Send the browser to another page after a form: a header for htmx, 303 for everyone else."""
    if is_htmx(request):
        return Response("", status_code=200, headers={"HX-Redirect": path}, media_type="text/html")
    return Redirect(path, status_code=303)


def local_path(path: str | None, default: str = "/") -> str:
    """Return a path of this site, or the default. Never another host."""
    if (
        not path
        or not path.startswith("/")
        or path.startswith("//")
        or "\\" in path
        or any(ord(each) < 33 or ord(each) == 127 for each in path)
    ):
        return default
    return path
