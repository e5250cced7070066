"""Filters of the list that a person keeps under a name."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from sqlalchemy import select

from app.errors import Conflict, Invalid
from app.i18n import _
from app.models import SavedFilter
from app.models.repository import BookRepository
from app.services.base import Service
from app.services.transaction_list import read_filter

if TYPE_CHECKING:
    pass

MOST = 30


class SavedFilterRepository(BookRepository[SavedFilter]):
    model_type = SavedFilter


class SavedFilterService(Service):
    @cached_property
    def repository(self) -> SavedFilterRepository:
        return SavedFilterRepository(self.session, self.member.book.id)

    async def all(self) -> list[SavedFilter]:
        """By name."""
        own = select(SavedFilter).where(SavedFilter.book_id == self.member.book.id).order_by(SavedFilter.name)
        return list(await self.session.scalars(own))

    async def add(self, name: str, query: str) -> SavedFilter:
        """Keep the filter of an address; saving under a name that is taken replaces it."""
        wanted, _problems = read_filter(parse_qs(query))
        if wanted.is_empty:
            raise Invalid(_("Set a filter first, then give it a name."), field="name")
        if not name.strip():
            raise Invalid(_("Give the filter a name."), field="name")
        kept = await self.all()
        found = next((each for each in kept if each.name.casefold() == name.casefold()), None)
        if found is None:
            if len(kept) >= MOST:
                raise Conflict(_("At most {n} filters can be kept. Delete one first.", n=MOST))
            found = SavedFilter(book_id=self.member.book.id, name=name, query="")
            self.session.add(found)
        found.query = wanted.query[:1000]
        await self.session.flush()
        self.services.journal.note(_("Saved the filter {name}", name=name))
        return found

    async def delete(self, filter_id: int) -> None:
        row = await self.repository.own(filter_id)
        await self.session.delete(row)
        await self.session.flush()
        self.services.journal.note(_("Deleted the filter {name}", name=row.name))
