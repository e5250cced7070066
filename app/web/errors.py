"""Turn errors into a partial, a page or a JSON problem."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from litestar import MediaType, Request, Response
from litestar.background_tasks import BackgroundTask
from litestar.exceptions import HTTPException, SerializationException, ValidationException
from pydantic import ValidationError
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app.errors import Conflict, Forbidden, Invalid, SaldoError, Stale, TooMany, Unauthenticated, Unavailable
from app.i18n import _
from app.log import context as log_context
from app.log import logger
from app.services import Member, security_events
from app.web.db_errors import outage
from app.web.forms import MAX_FIELD_ERRORS, MAX_PATH_CHARACTERS, InvalidForm, sentences
from app.web.htmx import is_htmx
from app.web.render import page, partial

log = logger("saldo.web")
AnyRequest = Request[Any, Any, Any]


def is_api(request: AnyRequest) -> bool:
    return request.url.path.startswith("/api/")


def problem(
    status: int,
    detail: str,
    *,
    errors: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
    **more: Any,
) -> Response[Any]:
    """Return a JSON problem (RFC 9457) with the invalid fields."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        **more,
    }
    if errors:
        body["errors"] = [{"field": field, "message": message} for field, message in errors.items()]
    return Response(body, status_code=status, media_type="application/problem+json", headers=headers)


def saldo_error(request: AnyRequest, error: SaldoError) -> Response[Any]:
    answer = _told(request, error)
    member: Member | None = request.scope.get("auth")
    if isinstance(error, Forbidden) and member is not None:
        answer.background = BackgroundTask(
            security_events.record_now,
            "denied",
            member.user.id,
            request.client.host if request.client else "",
            name=_route(request),
        )
    return answer


def _told(request: AnyRequest, error: SaldoError) -> Response[Any]:
    headers = {}
    if isinstance(error, TooMany | Unavailable):
        headers["Retry-After"] = str(error.retry_after)
    if is_api(request):
        if isinstance(error, Unauthenticated):
            headers["WWW-Authenticate"] = "Bearer"
        status = 400 if isinstance(error, Invalid) else error.status
        errors = error.errors if isinstance(error, Invalid) else {error.field: error.message} if error.field else None
        versions = {"yours": error.yours, "theirs": error.theirs} if isinstance(error, Stale) else {}
        return problem(status, error.message, errors=errors, headers=headers, **versions)
    if isinstance(error, Unauthenticated):
        return _sign_in(request)
    return render_message(request, error.status, error.message, headers)


def render_message(
    request: AnyRequest, status: int, message: str, headers: dict[str, str] | None = None
) -> Response[Any]:
    """Return the message as a toast for htmx, whatever the status, else as a page."""
    if is_htmx(request):
        return partial("alert", status=status, headers=headers, message=message)
    return page("error", status=status, headers=headers, message=message, status_code=status)


def _sign_in(request: AnyRequest) -> Response[Any]:
    target = "/login"
    if request.method == "GET" and request.url.path != "/":
        query = f"?{request.url.query}" if request.url.query else ""
        target = f"/login?next={quote(request.url.path + query, safe='/')}"
    if is_htmx(request):
        return Response("", status_code=401, headers={"HX-Redirect": target}, media_type=MediaType.HTML)
    return Response("", status_code=303, headers={"Location": target, "Cache-Control": "no-store"})


def invalid_form(request: AnyRequest, form: InvalidForm) -> Response[Any]:
    context = {key: value for key, value in form.context.items() if key != "page"}
    whole = form.context.get("page")
    cause = form.__cause__
    wait = {"Retry-After": str(cause.retry_after)} if isinstance(cause, TooMany | Unavailable) else {}
    if whole and not is_htmx(request):
        return page(whole, status=form.status, headers=wait, values=form.values, errors=form.errors, **context)
    return partial(
        form.template,
        status=form.status,
        headers=wait
        if context.get("keep_target")
        else {"HX-Retarget": "closest form", "HX-Reswap": "outerHTML", **wait},
        values=form.values,
        errors=form.errors,
        **context,
    )


def validation_error(request: AnyRequest, error: ValidationError) -> Response[Any]:
    errors = sentences(error)
    if is_api(request):
        return problem(400, _("Some fields are invalid."), errors=errors)
    return render_message(request, 422, "; ".join(errors.values()))


def find_validation_error(error: BaseException | None) -> ValidationError | None:
    """Return pydantic's error behind Litestar's."""
    while error is not None and not isinstance(error, ValidationError):
        error = error.__cause__ or error.__context__
    return error


def http_error(request: AnyRequest, error: HTTPException) -> Response[Any]:
    if (refusal := find_validation_error(error)) is not None:
        return validation_error(request, refusal)
    status = error.status_code
    headers = {key: value for key, value in (error.headers or {}).items() if key.lower() in ("allow", "retry-after")}
    if is_api(request):
        errors = None
        if isinstance(error, ValidationException) and isinstance(error.extra, list):
            errors = {
                str(each.get("key") or "body")[:MAX_PATH_CHARACTERS]: str(each.get("message"))
                for each in error.extra[:MAX_FIELD_ERRORS]
            }
        detail = error.detail if status < 500 else _("Something went wrong.")
        return problem(status, _status_message(status) or detail, errors=errors, headers=headers)
    return render_message(request, status, _status_message(status) or _("Invalid request."), headers)


def _status_message(status: int) -> str | None:
    return {
        404: _("Page not found."),
        405: _("This action isn’t available here."),
        413: _("The upload is too large."),
        415: _("This content type isn’t accepted."),
    }.get(status)


def innermost_error(error: BaseException) -> BaseException:
    """Return the first plain exception inside the groups that task groups and dependency clean-up add."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _route(request: AnyRequest) -> str:
    """Return the path with its parameters as names: the path itself may hold a one-time token."""
    return str(request.scope.get("path_template", ""))


def any_error(request: AnyRequest, error: Exception) -> Response[Any]:
    cause = innermost_error(error)
    if isinstance(cause, SaldoError):
        return saldo_error(request, cause)
    if isinstance(cause, InvalidForm):
        return invalid_form(request, cause)
    if isinstance(cause, ValidationError):
        return validation_error(request, cause)
    if isinstance(cause, HTTPException):
        return http_error(request, cause)
    if isinstance(cause, IntegrityError | StaleDataError):
        return saldo_error(request, Conflict(_("The data has changed. Reload and try again.")))
    if (refusal := outage(cause)) is not None:
        log.warning("cannot serve", error=type(cause).__name__, route=_route(request))
        return saldo_error(request, refusal)
    if isinstance(cause, SerializationException | RecursionError):
        return saldo_error(request, Invalid(_("The request is not valid JSON.")))
    if isinstance(cause, OverflowError | DataError):
        return saldo_error(request, Invalid(_("A number in this request is too large.")))
    if isinstance(cause, UnicodeError) or type(cause) is LookupError:  # an unknown encoding
        return saldo_error(request, Invalid(_("This contains characters that can’t be stored. Type it again.")))
    log.error("request failed", exc_info=cause, route=_route(request))
    message = _("Something went wrong. Nothing was saved.")
    if is_api(request):
        return problem(500, message, request_id=log_context().get("request_id"))
    return render_message(request, 500, message)


HANDLERS: Any = {
    SaldoError: saldo_error,
    InvalidForm: invalid_form,
    ValidationError: validation_error,
    HTTPException: http_error,
    Exception: any_error,
}
