"""The administrator's page of bundled models."""

from __future__ import annotations

import anyio.to_thread
from litestar import Controller, get
from litestar.response import Template

from app.services import model_catalogue
from app.web.guards import ADMIN
from app.web.render import page


class ModelsController(Controller):
    path = "/admin/models"
    opt = ADMIN
    include_in_schema = False

    @get("/", name="admin:models")
    async def show_models(self) -> Template:
        """Show all models with version, data, license and scores, and whether the file is the released one."""
        cards = await anyio.to_thread.run_sync(model_catalogue.catalogue)
        return page("admin/models", cards=cards, sound=all(card.sound for card, _name, _what in cards))
