"""Pages to sign up, sign in and sign out, and pages behind links in mails."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from litestar import Controller, Response, get, post
from litestar.background_tasks import BackgroundTask
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import Forbidden, Unavailable
from app.i18n import _
from app.integrations.mail import sends_mail
from app.models import LinkPurpose
from app.schemas.auth import AccountName, PasswordOnly, SignInForm, SignUpForm
from app.services import auth, one_time_links
from app.services.known_devices import remember_device
from app.services.sessions import ABSOLUTE
from app.settings import settings
from app.web import csrf
from app.web.cookies import cookie_name, is_secure
from app.web.forms import rerender_on_error, typed
from app.web.guards import PUBLIC
from app.web.htmx import is_htmx
from app.web.locale import likely_currency
from app.web.presenters.options import currency_options
from app.web.render import local_path, page, partial, redirect
from app.web.types import AnyRequest, Reply
from app.web.visitors import url_builder, visitor

NO_REFERRER = {"Referrer-Policy": "no-referrer"}  # the URL is the secret
DEVICE_SECONDS = 365 * 24 * 3600


def session_cookie(request: AnyRequest, token: str) -> Cookie:
    """Return the cookie that keeps a browser signed in. An empty token deletes it."""
    return _cookie(request, "saldo", token, int(ABSOLUTE.total_seconds()) if token else 0)


def _cookie(request: AnyRequest, name: str, value: str, max_age: int) -> Cookie:
    return Cookie(
        key=cookie_name(request, name),
        value=value,
        path="/",
        max_age=max_age,
        httponly=True,
        secure=is_secure(request),
        samesite="lax",
    )


def sign_in_response(request: AnyRequest, user_id: int, token: str, path: str = "/") -> Response[Any]:
    """Redirect with a new session cookie and a new form token, and remember the device."""
    csrf.renew(request, token)
    answer = redirect(request, path)
    answer.set_cookie(session_cookie(request, token))
    devices = remember_device(visitor(request).devices, user_id)
    answer.set_cookie(_cookie(request, "device", devices, DEVICE_SECONDS))
    return answer


def session_token(request: AnyRequest) -> str:
    """Return the token of the session cookie, or an empty string."""
    return request.cookies.get(cookie_name(request, "saldo"), "")[:100]


class AuthController(Controller):
    opt = {**PUBLIC}

    @get("/login", name="login")
    async def sign_in_page(self, request: AnyRequest, db: NamedDependency[AsyncSession]) -> Reply:
        target = local_path(request.query_params.get("next"))
        if request.scope["auth"] is not None:
            return redirect(request, target)
        said = {
            "reset": _("Password changed. Sign in with your new password."),
            "verified": _("Email address confirmed."),
        }.get(request.query_params.get("done", ""))
        return page(
            "auth/sign_in",
            values={"next": target},
            errors={},
            may_sign_up=await auth.sign_up_is_open(db),
            flashes=[{"message": said}] if said else [],
        )

    @post("/login", name="login:post")
    async def sign_in(self, request: AnyRequest) -> Response[Any]:
        form = await typed(request)
        shown = {"username": form.get("username", ""), "next": local_path(form.get("next"))}
        with rerender_on_error(
            "auth/sign_in_form", shown, page="auth/sign_in", may_sign_up=settings().sign_up == "open"
        ):
            wanted = SignInForm.model_validate(form)
            session = await auth.sign_in(
                wanted.username, wanted.password, visitor(request), old_token=session_token(request)
            )
        return sign_in_response(request, session.user_id, session.token, shown["next"])

    @get("/signup", name="signup")
    async def sign_up_page(self, request: AnyRequest, db: NamedDependency[AsyncSession]) -> Reply:
        if request.scope["auth"] is not None:
            return redirect(request, "/")
        if not await auth.sign_up_is_open(db):
            raise Forbidden(_("Sign-up is closed on this server. Ask its administrator."))
        currency = likely_currency(request.headers.get("accept-language", "")) or settings().currency
        return page(
            "auth/sign_up", values={"currency": currency}, errors={}, currencies=currency_options(settings().currency)
        )

    @post("/signup", name="signup:post")
    async def sign_up(self, request: AnyRequest) -> Response[Any]:
        form = await typed(request)
        shown = {key: form.get(key, "") for key in ("username", "email", "currency", "time_zone")}
        options = currency_options(settings().currency)
        with rerender_on_error("auth/sign_up_form", shown, page="auth/sign_up", currencies=options):
            wanted = SignUpForm.model_validate(form)
            user = await auth.sign_up(
                username=wanted.username,
                email=wanted.email,
                password=wanted.password,
                currency=wanted.currency,
                time_zone=wanted.time_zone,
                visitor=visitor(request),
            )
            token = await auth.open_session(user.id, visitor(request), old_token=session_token(request))
        answer = sign_in_response(request, user.id, token)
        if user.email:
            with suppress(Unavailable):
                answer.background = BackgroundTask(
                    one_time_links.send_confirmation, user.id, user.email, url_builder(request), is_new=False
                )
        return answer

    @post("/logout", name="logout")
    async def sign_out(self, request: AnyRequest) -> Response[Any]:
        member = request.scope["auth"]
        if token := session_token(request):
            await auth.sign_out(token, member.user.id if member else None, visitor(request))
        csrf.renew(request, "")
        answer = redirect(request, "/login")
        answer.set_cookie(session_cookie(request, ""))
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'
        return answer


class LinkController(Controller):
    """Pages behind the links in mails. Opening one changes nothing, because mail scanners open them too."""

    opt = {**PUBLIC}

    @get("/forgot", name="forgot")
    async def forgot_page(self) -> Template:
        return page("auth/forgot", values={}, errors={}, sent=False, sends_mail=sends_mail())

    @post("/forgot", name="forgot:post")
    async def forgot(self, request: AnyRequest) -> Template:
        form = await typed(request)
        shown = {"username": form.get("username", "")}
        with rerender_on_error("auth/forgot_form", shown, page="auth/forgot", sent=False, sends_mail=sends_mail()):
            name = AccountName.model_validate(form).username
            send = await one_time_links.request_password_reset(name, visitor(request), url_builder(request))
        answer = (partial if is_htmx(request) else page)(
            "auth/forgot_form" if is_htmx(request) else "auth/forgot",
            values={}, errors={}, sent=True, sends_mail=sends_mail(),
        )  # fmt: skip
        answer.background = BackgroundTask(send) if send else None
        return answer

    @get("/reset/{token:str}", name="reset")
    async def reset_page(self, db: NamedDependency[AsyncSession], token: FromPath[str]) -> Template:
        await one_time_links.find(db, token, LinkPurpose.RESET)
        return page("auth/reset", values={}, errors={}, token=token, headers=NO_REFERRER)

    @post("/reset/{token:str}", name="reset:post")
    async def reset(self, request: AnyRequest, token: FromPath[str]) -> Response[Any]:
        with rerender_on_error("auth/reset_form", {}, page="auth/reset", token=token):
            wanted = PasswordOnly.model_validate(await typed(request))
            await one_time_links.reset_password(token, wanted.password, visitor(request))
        return redirect(request, "/login?done=reset")

    @get("/verify/{token:str}", name="verify")
    async def verify_page(self, db: NamedDependency[AsyncSession], token: FromPath[str]) -> Template:
        link = await one_time_links.find(db, token, LinkPurpose.VERIFY, LinkPurpose.EMAIL)
        return page("auth/verify", token=token, email=link.email, headers=NO_REFERRER)

    @post("/verify/{token:str}", name="verify:post")
    async def verify(self, request: AnyRequest, token: FromPath[str]) -> Response[Any]:
        member = request.scope["auth"]
        session_id = member.session_id if member else None
        tell = await one_time_links.confirm_address(token, visitor(request), but_session=session_id)
        answer = redirect(request, "/settings/security?done=saved" if member else "/login?done=verified")
        answer.background = BackgroundTask(tell) if tell else None
        return answer
