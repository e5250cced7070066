"""Saved filters of the transaction list."""

from __future__ import annotations

from functools import cached_property
from urllib.parse import parse_qs

from sqlalchemy import select

from app.errors import Conflict, Invalid
from app.i18n import _
from app.models import SavedFilter
from app.models.repository import BookRepository
from app.services.base import Service
from app.services.transaction_list import read_filter

MAX_FILTERS = 30


class SavedFilterRepository(BookRepository[SavedFilter]):
    model_type = SavedFilter


class SavedFilterService(Service):
    """The saved filters of one book."""

    @cached_property
    def repository(self) -> SavedFilterRepository:
        return SavedFilterRepository(self.session, self.member.book.id)

    async def all(self) -> list[SavedFilter]:
        """Return the saved filters, by name."""
        own = select(SavedFilter).where(SavedFilter.book_id == self.member.book.id).order_by(SavedFilter.name)
        return list(await self.session.scalars(own))

    async def add(self, name: str, query: str) -> SavedFilter:
        """Save the filter of a query string, replacing one with the same name. Raises ``Invalid`` if it is empty."""
        wanted, _problems = read_filter(parse_qs(query))
        if wanted.is_empty:
            raise Invalid(_("Set a filter before you save it."), field="name")
        if not name.strip():
            raise Invalid(_("Enter a name."), field="name")
        kept = await self.all()
        found = next((each for each in kept if each.name.casefold() == name.casefold()), None)
        if found is None:
            if len(kept) >= MAX_FILTERS:
                raise Conflict(_("You can save at most {n} filters. Delete one first.", n=MAX_FILTERS))
            found = SavedFilter(book_id=self.member.book.id, name=name, query="")
            self.session.add(found)
        found.query = wanted.query[:1000]
        await self.session.flush()
        self.services.journal.note(_("Saved the filter {name}", name=name))
        return found

    async def delete(self, filter_id: int) -> None:
        """Delete a saved filter."""
        row = await self.repository.get_owned(filter_id)
        await self.session.delete(row)
        await self.session.flush()
        self.services.journal.note(_("Deleted the filter {name}", name=row.name))
