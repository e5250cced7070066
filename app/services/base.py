"""The one shape of a service: ``Service(services)``, with the session, the member and the date that they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.services import Services


class Service:
    """Use cases of one area for one member of a book. Commits nothing; the caller's unit of work does."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.session, self.member, self.today = services.session, services.member, services.today
