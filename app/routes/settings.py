"""A member's own settings: profile, looks, book, security, tokens."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Response, get
from litestar.params import FromPath

from app.services import avatars
from app.web.guards import MEMBER


class SettingsController(Controller):
    path = "/settings"
    opt = {**MEMBER, "own_only": True}

    @get("/avatar/{name:str}", name="settings:avatar", opt={"shared": True})
    async def avatar(self, name: FromPath[str]) -> Response[Any]:
        """A picture by its unguessable name; it may be shown to everybody in a household."""
        return Response(
            await avatars.read(name),
            media_type="image/webp",
            headers={
                "Cache-Control": "private, max-age=31536000, immutable",
                "Content-Security-Policy": "default-src 'none'; sandbox",
                "Content-Disposition": "attachment; filename=avatar.webp",
            },
        )
