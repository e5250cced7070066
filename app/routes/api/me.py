"""API routes for the signed-in user: ``users/me`` for earlier clients, ``/api/v1/me`` and the avatar."""

from __future__ import annotations

from typing import Any

from litestar import Controller, delete, get, patch, post, put
from litestar.datastructures import UploadFile
from litestar.params import JSONBody

from app.errors import Forbidden, Invalid
from app.i18n import _
from app.schemas.profile import LegacyMePatch, MePatch, NewPassword, given, legacy_me, me
from app.services import Services, auth, avatars
from app.web.guards import MEMBER
from app.web.rate_limit import count_request
from app.web.types import AnyRequest, MemberDep, ServicesDep
from app.web.visitors import visitor

OWN = {**MEMBER, "own_only": True}


class LegacyMeController(Controller):
    path = "/users/me"
    tags = ["Me"]
    opt = OWN

    @get("/", name="api:users:me")
    async def read(self, services: ServicesDep) -> dict[str, Any]:
        return await _shown(services, legacy_me)

    @patch("/", name="api:users:me:patch")
    async def change(self, request: AnyRequest, services: ServicesDep, data: JSONBody[LegacyMePatch]) -> dict[str, Any]:
        """Change the user's name and profile. Profile fields are nested under ``profile`` or at the top level."""
        user = await services.profile.change_user(**given(data.model_dump(), "first_name", "last_name"))
        if data.email is not None and data.email != user.email:
            _refuse_personal_token(services)
            raise Invalid(_("Change your email address in Settings. It requires your password."), field="email")
        currency = data.preferred_currency or (data.profile.preferred_currency if data.profile else None)
        if currency is not None:
            await services.profile.change_book(base_currency=currency)
        unit = currency or services.member.book.base_currency
        told = data.columns(unit)
        if data.profile is not None:
            told |= data.profile.columns(unit, prefix="profile.")
        await services.profile.change(unit, **told)
        return await _shown(services, legacy_me)


class MeController(Controller):
    path = "/v1/me"
    tags = ["Me"]
    opt = OWN

    @get("/", name="api:v1:me")
    async def read(self, services: ServicesDep) -> dict[str, Any]:
        return await _shown(services, me)

    @patch("/", name="api:v1:me:patch")
    async def change(self, services: ServicesDep, data: JSONBody[MePatch]) -> dict[str, Any]:
        fields = data.model_dump()
        own = given(fields, "name", "first_name", "last_name", "time_zone")
        if data.language is not None:
            own["locale"] = data.language
        await services.profile.change_user(**own)
        if data.base_currency is not None:
            await services.profile.change_book(base_currency=data.base_currency)
        unit = data.base_currency or services.member.book.base_currency
        await services.profile.change(unit, **data.columns(unit))
        return await _shown(services, me)

    @post("/password", name="api:v1:me:password", status_code=204, opt={"no_personal_token": True})
    async def password(self, request: AnyRequest, services: ServicesDep, data: JSONBody[NewPassword]) -> None:
        """Change the password. Ends other sessions and revokes all tokens. Personal tokens cannot do this."""
        await auth.change_password(services.member, data.old, data.new, visitor(request), field="old")

    @put("/avatar", name="api:v1:me:avatar", status_code=200, request_max_body_size=avatars.MAX_BYTES + (1 << 20))
    async def set_avatar(self, request: AnyRequest, member: MemberDep) -> dict[str, str]:
        """Upload a JPEG, PNG or WebP picture of at most 5 MB as the field ``file`` of a multipart form."""
        await count_request(request, "upload", member)
        file = next((each for each in (await request.form()).values() if isinstance(each, UploadFile)), None)
        if file is None:
            raise Invalid(_("Upload the picture as a file."), field="file")
        name = await avatars.replace(member.user.id, await file.read(avatars.MAX_BYTES + 1))
        return {"avatar_url": f"/settings/avatar/{name}"}

    @delete("/avatar", name="api:v1:me:avatar:delete", status_code=204)
    async def remove_avatar(self, member: MemberDep) -> None:
        """Remove the picture."""
        await avatars.replace(member.user.id, None)


def _refuse_personal_token(services: Services) -> None:
    if services.member.token_id is not None:
        raise Forbidden(_("Personal tokens can’t do this. Sign in with your password."))


async def _shown(services: Services, shape: Any) -> dict[str, Any]:
    profile = services.profile
    shown: dict[str, Any] = shape(await profile.user(), await profile.get(), await profile.book())
    return shown
