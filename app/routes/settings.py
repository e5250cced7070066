"""Settings: profile and appearance, household, security and API tokens."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from litestar import Controller, Response, get, post
from litestar.background_tasks import BackgroundTask
from litestar.datastructures import Cookie, UploadFile
from litestar.params import FromPath
from litestar.response import Template

from app.domain.amounts import decimal_mark
from app.domain.money import wire
from app.errors import Invalid
from app.i18n import _, ngettext
from app.integrations.mail import sends_mail
from app.models import BookRole, Profile
from app.schemas.profile import (
    MONEY_FIELDS,
    VALID_DAYS,
    AppearanceForm,
    BookForm,
    NamesForm,
    NewAddress,
    PasswordForm,
    ProfileFields,
    TokenForm,
)
from app.services import Services, auth, avatars, one_time_links, security_events
from app.services.tokens import DEFAULT_VALID_DAYS
from app.web.forms import rerender_on_error, typed
from app.web.guards import MEMBER
from app.web.htmx import is_htmx
from app.web.presenters.options import currency_options, locale_options, time_zone_options, weekday_options
from app.web.rate_limit import count_request
from app.web.render import local_path, page, redirect
from app.web.types import AnyRequest, MemberDep, ServicesDep
from app.web.user_agents import device
from app.web.visitors import url_builder, visitor


def done_words() -> dict[str, str]:
    """Return the messages after a form was saved."""
    return {
        "saved": _("Saved."),
        "password": _("Password changed. Other devices are signed out and all tokens are revoked."),
        "email": _("Email address changed."),
        "link": _("We sent a link to your new address. Open it to confirm the change."),
        "sent": _("We sent a link to your email address."),
        "ended": _("Device signed out."),
        "all-ended": _("Other devices are signed out and all tokens are revoked."),
        "revoked": _("Token revoked."),
    }


def shown(request: AnyRequest, name: str, context: dict[str, Any]) -> Template:
    said = done_words().get(request.query_params.get("done", ""))
    return page(
        f"settings/{name}", form="", values={}, errors={}, flashes=[{"message": said}] if said else [], **context
    )


async def profile_context(services: Services) -> dict[str, Any]:
    user, profile = await services.profile.user(), await services.profile.get()
    mark = decimal_mark(user.locale) or "."
    share = profile.savings_rate_permille
    return {
        "forms": {
            "names": {"name": user.name, "first_name": user.first_name, "last_name": user.last_name},
            "looks": {
                "locale": user.locale,
                "time_zone": user.time_zone,
                "theme": user.theme,
                "shortcuts": user.shortcuts,
            },
            "money": {
                **{name: _written(profile, name, mark) for name in MONEY_FIELDS},
                "savings_rate": ""
                if share is None
                else f"{share // 10}" + (f"{mark}{share % 10}" if share % 10 else ""),
            },
        },
        "locales": locale_options(),
        "zones": time_zone_options(),
        "currency": services.member.book.base_currency,
    }


def _written(profile: Profile, name: str, mark: str) -> str:
    minor = getattr(profile, f"{name}_minor")
    return "" if minor is None else wire(minor, profile.currency).replace(".", mark)


async def book_context(services: Services) -> dict[str, Any]:
    book = await services.profile.book()
    return {
        "forms": {
            "book": {
                "name": book.name,
                "base_currency": book.base_currency,
                "first_day_of_month": book.first_day_of_month,
                "first_day_of_week": book.first_day_of_week,
            }
        },
        "is_owner": services.member.role is BookRole.OWNER,
        "may_change_currency": await services.profile.may_change_currency(),
        "currencies": currency_options(book.base_currency),
        "month_days": [(str(day), str(day)) for day in range(1, 29)],
        "weekdays": weekday_options(),
    }


async def security_context(services: Services) -> dict[str, Any]:
    user = await services.profile.user()
    return {
        "forms": {"password": {}, "email": {"email": user.email or ""}},
        "email": user.email,
        "verified": user.email_verified_at is not None,
        "username": user.username,
        "sends_mail": sends_mail(),
        "sessions": [
            {
                "id": each.id,
                "device": device(each.user_agent),
                "address": each.address,
                "seen": each.last_seen_at,
                "current": each.id == services.member.session_id,
            }
            for each in await services.sessions.list_open(user.id)
        ],
        "events": await security_events.list_recent(services.session, user.id),
    }


async def tokens_context(services: Services) -> dict[str, Any]:
    return {
        "forms": {"token": {"scope": "read", "valid_days": str(DEFAULT_VALID_DAYS)}},
        "tokens": await services.tokens.list_active(services.member.user.id),
        "scopes": [("read", _("Read only")), ("write", _("Read and write"))],
        "periods": [(str(days), ngettext("{n} day", "{n} days", days)) for days in VALID_DAYS],
        "today": services.today,
    }


class SettingsController(Controller):
    path = "/settings"
    opt = {**MEMBER, "own_only": True}

    @get("/", name="settings")
    async def profile(self, request: AnyRequest, services: ServicesDep) -> Template:
        return shown(request, "profile", await profile_context(services))

    @post("/names", name="settings:names")
    async def save_names(self, request: AnyRequest, services: ServicesDep) -> Response[Any]:
        form = await typed(request)
        context = await profile_context(services)
        with rerender_on_error("settings/names_form", form, page="settings/profile", form="names", **context):
            names = NamesForm.model_validate(form)
            await services.profile.change_user(**names.model_dump())
        return redirect(request, "/settings?done=saved")

    @post("/looks", name="settings:looks")
    async def save_looks(self, request: AnyRequest, services: ServicesDep) -> Response[Any]:
        form = await typed(request)
        context = await profile_context(services)
        typed_in = {**form, "shortcuts": "shortcuts" in form}
        with rerender_on_error("settings/looks_form", typed_in, page="settings/profile", form="looks", **context):
            looks = AppearanceForm.model_validate(typed_in)
            await services.profile.change_user(**looks.model_dump())
        answer = redirect(request, "/settings?done=saved")
        answer.set_cookie(_theme_cookie(looks.theme))
        return answer

    @post("/theme", name="settings:theme")
    async def switch_theme(self, request: AnyRequest, services: ServicesDep) -> Response[Any]:
        """Switch the theme; without JavaScript, return to the previous page."""
        theme = (await typed(request)).get("theme", "")
        if theme not in ("", "light", "dark"):
            raise Invalid(_("Choose one of {expected}.", expected="light, dark"), field="theme")
        await services.profile.change_user(theme=theme)
        referrer = request.headers.get("referer", "").removeprefix(str(request.base_url).rstrip("/"))
        back: Response[Any] = (
            Response("", status_code=204, media_type="text/html")
            if is_htmx(request)
            else redirect(request, local_path(referrer))
        )
        back.set_cookie(_theme_cookie(theme))
        return back

    @post("/money", name="settings:money")
    async def save_money(self, request: AnyRequest, services: ServicesDep) -> Response[Any]:
        form = await typed(request)
        context = await profile_context(services)
        with rerender_on_error("settings/money_form", form, page="settings/profile", form="money", **context):
            told = ProfileFields.model_validate({name: form.get(name, "") for name in (*MONEY_FIELDS, "savings_rate")})
            unit = services.member.book.base_currency
            await services.profile.change(unit, **told.columns(unit, services.member.user.locale))
        return redirect(request, "/settings?done=saved")

    @post("/avatar", name="settings:avatar:set", request_max_body_size=avatars.MAX_BYTES + (1 << 20))
    async def set_avatar(self, request: AnyRequest, services: ServicesDep) -> Response[Any]:
        await count_request(request, "upload", services.member)
        file = (await request.form()).get("file")
        context = await profile_context(services)
        await services.session.rollback()  # no lock is held while the picture is decoded
        with rerender_on_error("settings/avatar_form", {}, page="settings/profile", form="avatar", **context):
            if not isinstance(file, UploadFile) or not file.filename:
                raise Invalid(_("Choose a picture."), field="file")
            await avatars.replace(services.member.user.id, await file.read(avatars.MAX_BYTES + 1))
        return redirect(request, "/settings?done=saved")

    @post("/avatar/remove", name="settings:avatar:remove")
    async def remove_avatar(self, request: AnyRequest, member: MemberDep) -> Response[Any]:
        await avatars.replace(member.user.id, None)
        return redirect(request, "/settings?done=saved")

    @get("/avatar/{name:str}", name="settings:avatar", opt={"shared": True})
    async def avatar(self, name: FromPath[str]) -> Response[Any]:
        """Return a picture by its unguessable name."""
        return Response(
            await avatars.read(name),
            media_type="image/webp",
            headers={
                "Cache-Control": "private, max-age=31536000, immutable",
                "Content-Security-Policy": "default-src 'none'; sandbox",
                "Content-Disposition": "attachment; filename=avatar.webp",
            },
        )

    @get("/book", name="settings:book")
    async def book(self, request: AnyRequest, services: ServicesDep) -> Template:
        return shown(request, "book", await book_context(services))

    @post("/book", name="settings:book:save")
    async def save_book(self, request: AnyRequest, services: ServicesDep) -> Response[Any]:
        form = await typed(request)
        context = await book_context(services)
        with rerender_on_error("settings/book_form", form, page="settings/book", form="book", **context):
            wanted = BookForm.model_validate({"base_currency": services.member.book.base_currency, **form})
            await services.profile.change_book(**wanted.model_dump())
        return redirect(request, "/settings/book?done=saved")


class SecurityController(Controller):
    path = "/settings"
    opt = {**MEMBER, "own_only": True}

    @get("/security", name="settings:security")
    async def security_page(self, request: AnyRequest, services: ServicesDep) -> Template:
        return shown(request, "security", await security_context(services))

    @post("/password", name="settings:password")
    async def change_password(self, request: AnyRequest, services: ServicesDep) -> Response[Any]:
        form = await typed(request)
        context = await _read_before_writing(services, security_context)
        with rerender_on_error("settings/password_form", {}, page="settings/security", form="password", **context):
            wanted = PasswordForm.model_validate(form)
            await auth.change_password(services.member, wanted.current, wanted.new, visitor(request))
        return redirect(request, "/settings/security?done=password")

    @post("/email", name="settings:email")
    async def change_email(self, request: AnyRequest, services: ServicesDep) -> Response[Any]:
        """Change the email address. With a mail server it must be confirmed first."""
        form = await typed(request)
        context = await _read_before_writing(services, security_context)
        typed_in = {"email": form.get("email", "")}
        with rerender_on_error("settings/email_form", typed_in, page="settings/security", form="email", **context):
            wanted = NewAddress.model_validate(form)
            who = visitor(request)
            user = await auth.verify_own_password(services.member, wanted.password, who, field="password")
            if sends_mail():
                await one_time_links.send_confirmation(user.id, wanted.email, url_builder(request), is_new=True)
                return redirect(request, "/settings/security?done=link")
            session_id = services.member.session_id
            await one_time_links.set_address(services.session, user.id, wanted.email, who, but_session=session_id)
        return redirect(request, "/settings/security?done=email")

    @post("/email/confirm", name="settings:email:confirm")
    async def confirm_email(self, request: AnyRequest, services: ServicesDep) -> Response[Any]:
        """Send the link that confirms the current address again."""
        await count_request(request, "reset", services.member)
        member = services.member
        answer = redirect(request, "/settings/security?done=sent")
        if member.user.email:
            answer.background = BackgroundTask(
                one_time_links.send_confirmation, member.user.id, member.user.email, url_builder(request), is_new=False
            )
        return answer

    @post("/sessions/{session_id:int}/end", name="settings:sessions:end")
    async def end_session(self, request: AnyRequest, services: ServicesDep, session_id: FromPath[int]) -> Response[Any]:
        await services.sessions.end_one(services.member.user.id, session_id)
        return redirect(request, "/settings/security?done=ended")

    @post("/sessions/end", name="settings:sessions:end-all")
    async def end_sessions(self, request: AnyRequest, member: MemberDep) -> Response[Any]:
        """Sign out all other devices and revoke all tokens."""
        await auth.sign_out_everywhere(member, visitor(request))
        return redirect(request, "/settings/security?done=all-ended")


class TokenPagesController(Controller):
    path = "/settings/tokens"
    opt = {**MEMBER, "own_only": True}

    @get("/", name="settings:tokens")
    async def tokens(self, request: AnyRequest, services: ServicesDep) -> Template:
        return shown(request, "tokens", {**await tokens_context(services), "made": ""})

    @post("/", name="settings:tokens:create")
    async def create(self, request: AnyRequest, services: ServicesDep) -> Template:
        """Make a token after checking the password. Only this answer shows its secret."""
        form = await typed(request)
        typed_in = {**form, "may_confirm": "may_confirm" in form}
        context = await _read_before_writing(services, tokens_context)
        with rerender_on_error(
            "settings/token_form", typed_in, page="settings/tokens", form="token", made="", **context
        ):
            wanted = TokenForm.model_validate(typed_in)
            await auth.verify_own_password(services.member, wanted.password, visitor(request), field="password")
            _token, made = await services.tokens.create(
                services.member,
                wanted.name,
                may_write=wanted.scope == "write",
                may_confirm=wanted.may_confirm,
                expires_on=services.today + timedelta(days=wanted.valid_days),
            )
        return shown(request, "tokens", {**await tokens_context(services), "made": made})

    @post("/{token_id:int}/revoke", name="settings:tokens:revoke")
    async def revoke(self, request: AnyRequest, services: ServicesDep, token_id: FromPath[int]) -> Response[Any]:
        await services.tokens.revoke(services.member.user.id, token_id)
        return redirect(request, "/settings/tokens?done=revoked")


async def _read_before_writing(
    services: Services, read: Callable[[Services], Awaitable[dict[str, Any]]]
) -> dict[str, Any]:
    """Return a page's context without keeping the database locked while a password is verified."""
    context = await read(services)
    await services.session.rollback()
    return context


def _theme_cookie(theme: str) -> Cookie:
    """Set the cookie for signed-out pages. The choice is stored with the user too."""
    return Cookie(key="theme", value=theme, path="/", max_age=31_536_000 if theme else 0, httponly=True, samesite="lax")
